package zonefile

import (
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

func written(t testing.TB, z dns.Zone, o WriteOptions) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, z, o); err != nil {
		t.Fatalf("Write: %v", err)
	}
	return b.String()
}

// sample returns a zone with records that Write must treat in special ways.
func sample() dns.Zone {
	rec := func(name string, typ dns.Type, content string) dns.Record {
		return dns.Record{Name: name, Type: typ, Content: content, TTL: dns.AutoTTL}
	}
	apex := rec("example.com", dns.CNAME, "example.net")
	apex.Settings.FlattenCNAME, apex.Comment = true, "flattened"
	front := rec("www.example.com", dns.A, "192.0.2.1")
	front.Proxied, front.Tags, front.Comment = true, []string{"note:a,b", "team:web"}, "two\nlines cf_tags=x "
	mx := rec("example.com", dns.MX, "mail.example.com")
	mx.Priority, mx.TTL = 10, 3600
	kept := rec("example.com", dns.MX, "route1.mx.cloudflare.net")
	kept.ManagedBy = "Email Routing"
	again := front
	again.ID, again.Proxied, again.TTL, again.Comment = "2", false, 300, "two\nwww 60 A 192.0.2.66"
	return dns.Zone{Name: "example.com", NameServers: []string{"bert.ns.cloudflare.com", "anna.ns.cloudflare.com", "ns1.example.org"},
		Records: []dns.Record{front, apex, mx, kept,
			rec("_host.example.com", dns.A, "192.0.2.2"),
			rec("t.example.com", dns.TXT, `"`+strings.Repeat("x", 300)+`"`),
			rec("t.example.com", dns.HTTPS, `1 svc.example.com alpn="h2,h3"`),
			rec("t.example.com", dns.NAPTR, `30 100 "S" "a b" "" _sip._tcp.example.com`),
			rec("odd.example.com", dns.SRV, "not \x1b[31m a value\nwww 60 A 192.0.2.66"),
			rec("elsewhere.example.net", dns.A, "192.0.2.3"),
			rec("example.com", dns.NS, "ns2.example.org"),
			again,
		}}
}

func TestWriteGolden(t *testing.T) {
	var withheld []string
	got := written(t, sample(), WriteOptions{Serial: 7, Withheld: func(r dns.Record, why string) {
		withheld = append(withheld, string(r.Type)+" "+r.Name+": "+why)
	}})
	got += "\n" + written(t, dns.Zone{Name: "empty.example"}, WriteOptions{})
	path := filepath.Join("testdata", "sample.zone")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(withheld) != 6 {
		t.Errorf("Write withholds %q, want 6 records", withheld)
	}
}

func TestWriteReturnsTheErrorOfTheWriter(t *testing.T) {
	if err := Write(broken{}, sample(), WriteOptions{}); !errors.Is(err, errDiskFull) {
		t.Errorf("Write = %v, want the writer's error", err)
	}
}

var errDiskFull = errors.New("disk full")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errDiskFull }

// The following generators draw canonical records of every type.

var (
	labels = rapid.StringMatching(`[a-z0-9_]([a-z0-9_-]{0,8}[a-z0-9])?`)
	hostsG = rapid.StringMatching(`[a-z][a-z0-9-]{0,8}[a-z0-9](\.[a-z]{2,6}){1,2}\.example`)
	phrase = rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("ab \"\\;()=,:$@日ü09\n\t\x00")), rapid.Rune()))
	line80 = rapid.StringOfN(rapid.RuneFrom([]rune(`ab "\;()=,$@日ü`)), 0, 80, -1)
)

// value draws a canonical value of a type.
func value(t *rapid.T, typ dns.Type) dns.Value {
	if fields := dns.Fields(typ); fields != nil {
		data := map[string]any{}
		for _, f := range fields {
			data[f.Name] = member(t, typ, f)
		}
		v, problems := dns.ParseData(typ, data)
		if len(problems) > 0 {
			t.Fatalf("%s %v: %v", typ, data, problems[0])
		}
		return v
	}
	v, problem := dns.ParseContent(typ, plainContent(t, typ))
	if problem != nil {
		t.Fatalf("%s: %v", typ, problem)
	}
	return v
}

func plainContent(t *rapid.T, typ dns.Type) string {
	switch typ {
	case dns.A:
		return "192.0.2." + rapid.StringMatching(`[1-9][0-9]?`).Draw(t, "a")
	case dns.AAAA:
		return "2001:db8::" + rapid.StringMatching(`[1-9a-f][0-9a-f]{0,3}`).Draw(t, "aaaa")
	case dns.TXT:
		text := string(rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("\"\\ 0;()\n"))), 1, 600).Draw(t, "text"))
		return mustQuote(text)
	case dns.OPENPGPKEY:
		return base64.StdEncoding.EncodeToString(rapid.SliceOfN(rapid.Byte(), 1, 90).Draw(t, "key"))
	case dns.MX:
		return rapid.StringMatching(`[1-9][0-9]{0,3} `).Draw(t, "priority") + rapid.OneOf(hostsG, rapid.Just(".")).Draw(t, "mx")
	}
	return hostsG.Draw(t, "host")
}

// mustQuote quotes a text and writes each byte as \DDD. Package dns brings the result into canonical form.
func mustQuote(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString(`\` + string([]byte{'0' + c/100, '0' + c/10%10, '0' + c%10}))
	}
	return `"` + b.String() + `"`
}

func member(t *rapid.T, typ dns.Type, f dns.Field) any {
	switch {
	case f.Fraction:
		return float64(rapid.IntRange(int(f.Min*100), int(f.Max*100)).Draw(t, f.Name)) / 100
	case f.Number:
		return rapid.IntRange(int(f.Min), int(f.Max)).Draw(t, f.Name)
	}
	switch f.Name {
	case "target", "replacement":
		if typ == dns.URI {
			return line80.Filter(func(s string) bool { return s != "" }).Draw(t, f.Name)
		}
		return rapid.OneOf(hostsG, rapid.Just(".")).Draw(t, f.Name)
	case "tag":
		return rapid.SampledFrom([]string{"issue", "issuewild", "iodef", "abc1"}).Draw(t, f.Name)
	case "lat_direction":
		return rapid.SampledFrom([]string{"N", "S"}).Draw(t, f.Name)
	case "long_direction":
		return rapid.SampledFrom([]string{"E", "W"}).Draw(t, f.Name)
	case "certificate", "digest", "fingerprint", "public_key":
		if typ == dns.CERT || typ == dns.DNSKEY {
			return base64.StdEncoding.EncodeToString(rapid.SliceOfN(rapid.Byte(), 4, 60).Draw(t, f.Name))
		}
		return rapid.StringMatching(`([0-9a-f][0-9a-f]){1,70}`).Draw(t, f.Name)
	case "value":
		if typ == dns.HTTPS || typ == dns.SVCB {
			return rapid.SampledFrom([]string{"", `alpn="h2"`, `alpn="h2,h3" port="443"`, `mandatory="alpn,port" alpn="h3" port="8443"`, "ohttp",
				`ipv4hint="192.0.2.1,192.0.2.2" ipv6hint="2001:db8::1"`, `ech="AEX+DQ=="`, `dohpath="/q{?dns}"`, `key7777="a\ b\;\"\\\000"`, `key9`}).Draw(t, f.Name)
		}
	}
	return line80.Draw(t, f.Name)
}

var tags = rapid.Custom(func(t *rapid.T) string {
	tag := rapid.StringMatching(`[a-z0-9_-]{1,10}`).Filter(func(s string) bool { return !strings.HasPrefix(s, "cf-") }).Draw(t, "tag")
	if rapid.Bool().Draw(t, "with value") {
		tag += ":" + rapid.OneOf(phrase, rapid.SampledFrom([]string{"a cf_tags=b", "x=y", " ", "a,b"})).Draw(t, "value")
	}
	return tag
})

func record(t *rapid.T) dns.Record {
	typ := rapid.SampledFrom(dns.Types()).Draw(t, "type")
	name := rapid.OneOf(rapid.Just("example.com"), rapid.Just("*.example.com"), rapid.Map(labels, func(l string) string { return l + ".example.com" }),
		rapid.Map(labels, func(l string) string { return "*." + l + ".a.example.com" })).Draw(t, "name")
	v := value(t, typ)
	r := dns.Record{Name: name, Type: typ, Content: v.Content, Priority: v.Priority,
		TTL:     rapid.OneOf(rapid.Just(dns.AutoTTL), rapid.IntRange(30, 86400)).Draw(t, "ttl"),
		Comment: rapid.OneOf(phrase, rapid.SampledFrom([]string{"", "cf_tags=", "a cf_tags=b,c", `\010`, `C:\010\x`, "; x", " x "})).Draw(t, "comment")}
	if set := rapid.SliceOfNDistinct(tags, 0, 3, rapid.ID).Draw(t, "tags"); len(set) > 0 {
		slices.Sort(set)
		r.Tags = set
	}
	if typ.Proxiable() && rapid.Bool().Draw(t, "proxied") {
		r.Proxied, r.TTL = true, dns.AutoTTL
		r.Settings.IPv4Only = rapid.Bool().Draw(t, "ipv4")
		r.Settings.IPv6Only = !r.Settings.IPv4Only && rapid.Bool().Draw(t, "ipv6")
	}
	r.Settings.FlattenCNAME = typ == dns.CNAME && rapid.Bool().Draw(t, "flatten")
	r.PrivateRouting = r.Proxied && rapid.Bool().Draw(t, "private")
	return r
}

func zone(t *rapid.T) dns.Zone {
	z := dns.Zone{Name: "example.com", NameServers: rapid.SampledFrom([][]string{nil, {"anna.ns.cloudflare.com", "bert.ns.cloudflare.com"}, {"ns1.vanity.example"}}).Draw(t, "name servers")}
	z.Records = rapid.SliceOfNDistinct(rapid.Custom(record), 0, 12, dns.Record.Key).Draw(t, "records")
	slices.SortFunc(z.Records, dns.Compare)
	return z
}

// withTwins repeats some records of a zone and returns all records in random order. A repeated record has
// another ID, and may have another TTL, priority or comment.
func withTwins(t *rapid.T, z dns.Zone) dns.Zone {
	out := z
	out.Records = nil
	for i, r := range z.Records {
		r.ID = fmt.Sprintf("%03d-1", i)
		out.Records = append(out.Records, r)
		for n := range rapid.IntRange(0, 2).Draw(t, "twins") {
			twin := r
			twin.ID = fmt.Sprintf("%03d-%d", i, n+2)
			twin.TTL += rapid.IntRange(0, 1).Draw(t, "longer")
			twin.Priority += rapid.Uint16Range(0, 1).Draw(t, "later")
			twin.Comment += rapid.SampledFrom([]string{"", "twin", "\nx 60 A 192.0.2.66"}).Draw(t, "more comment")
			out.Records = append(out.Records, twin)
		}
	}
	out.Records = rapid.Permutation(out.Records).Draw(t, "order")
	return out
}

// A live zone can have several records with the same name, type and content. Write writes one of
// them and withholds the others.
func TestRepeatedRecordsAreWrittenOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t)
		twins := withTwins(t, z)
		withheld := 0
		var b strings.Builder
		if err := Write(&b, twins, WriteOptions{Withheld: func(_ dns.Record, why string) {
			if strings.Contains(why, "repeats") {
				withheld++
			}
		}}); err != nil {
			t.Fatal(err)
		}

		entries, problems := Parse(strings.NewReader(b.String()), Options{Zone: z.Name})
		if len(problems) > 0 {
			t.Fatalf("%v\n%s", problems[0], b.String())
		}
		var got []dns.Record
		for _, e := range entries {
			got = append(got, e.Record)
		}
		if diff := cmp.Diff(z.Records, got); diff != "" && len(z.Records)+len(got) > 0 {
			t.Fatalf("(-want +got)\n%s\n%s", diff, b.String())
		}
		if want := len(twins.Records) - len(z.Records); withheld != want {
			t.Fatalf("Write withholds %d records as repeated, want %d\n%s", withheld, want, b.String())
		}
	})
}

func TestParseReversesWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t)
		var b strings.Builder
		if err := Write(&b, z, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		entries, problems := Parse(strings.NewReader(b.String()), Options{Zone: z.Name})
		if len(problems) > 0 {
			t.Fatalf("%v\n%s", problems[0], b.String())
		}
		var got []dns.Record
		for _, e := range entries {
			got = append(got, e.Record)
		}
		if diff := cmp.Diff(z.Records, got); diff != "" && len(z.Records)+len(got) > 0 {
			t.Fatalf("(-want +got)\n%s\n%s", diff, b.String())
		}
	})
}

// Other programs must see one CNAME without other records beside it.
func TestRepeatedAliasIsWrittenOnce(t *testing.T) {
	alias := dns.Record{ID: "1", Name: "www.example.com", Type: dns.CNAME, Content: "example.net", TTL: 300}
	twin := alias
	twin.ID, twin.TTL = "2", 600
	got := written(t, dns.Zone{Name: "example.com", Records: []dns.Record{alias, twin}}, WriteOptions{})
	want := "\nwww\t300\tIN\tCNAME\texample.net. ; cf_tags=cf-proxied:false\n" +
		"; Left out: it repeats the record above, but differs in ttl.\n" +
		"; www\t600\tIN\tCNAME\texample.net. ; cf_tags=cf-proxied:false\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("the file ends in\n%s\nwant\n%s", got, want)
	}
}

// The test compares names, types, TTLs and values with those of the ZoneParser of miekg/dns.
func TestParseAgreesWithMiekg(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t)
		z.Records = slices.DeleteFunc(z.Records, func(r dns.Record) bool {
			return r.Type == dns.LOC || // miekg/dns rounds its seconds
				r.Type == dns.NS && r.Name == z.Name // Parse skips it
		})
		if len(z.Records) == 0 {
			return
		}
		text := layout(t, z)
		entries, problems := Parse(strings.NewReader(text), Options{Zone: z.Name})
		if len(problems) > 0 {
			t.Fatalf("%v\n%s", problems[0], text)
		}

		p := mdns.NewZoneParser(strings.NewReader(text), z.Name, "")
		p.SetDefaultTTL(dns.AutoTTL)
		for i, e := range entries {
			rr, ok := p.Next()
			if !ok {
				t.Fatalf("record %d: miekg/dns reports %v\n%s", i, p.Err(), text)
			}
			h := rr.Header()
			v, problem := dns.ParseContent(e.Type, strings.TrimPrefix(rr.String(), h.String()))
			sameHeader := h.Name == e.Name+"." && int(h.Ttl) == e.TTL && mdns.TypeToString[h.Rrtype] == string(e.Type)
			if problem != nil || !sameHeader || v.Content != e.Content || v.Priority != e.Priority {
				t.Fatalf("record %d: Parse returns %+v, miekg/dns %s (%v)\n%s", i, e, rr, problem, text)
			}
		}
		if rr, ok := p.Next(); ok {
			t.Fatalf("miekg/dns returns one record more than Parse: %v\n%s", rr, text)
		}
	})
}

// layout writes records in the ways that people and programs do: with relative names, indented, over several
// lines, with or without TTL and class.
func layout(t *rapid.T, z dns.Zone) string {
	var b strings.Builder
	b.WriteString("$TTL 1h\n")
	for i, r := range z.Records {
		name := rapid.SampledFrom([]string{r.Name + ".", dns.RelativeName(r.Name, z.Name)}).Draw(t, "spelling")
		if i > 0 && z.Records[i-1].Name == r.Name && rapid.Bool().Draw(t, "indent") {
			name = ""
		}
		content, _, _ := strings.Cut(presentation(r), "\x00")
		if rapid.Bool().Draw(t, "parentheses") && r.Type != dns.TXT && !strings.Contains(content, `"`) {
			content = "( " + strings.ReplaceAll(content, " ", rapid.SampledFrom([]string{" ", "\n\t", " ; (\n  "}).Draw(t, "break")) + "\n )"
		}
		header := rapid.SampledFrom([]string{"", " 1h30m", " IN", " 600 in", " IN 600"}).Draw(t, "header")
		b.WriteString(name + header + "\t" + string(r.Type) + " " + content + rapid.SampledFrom([]string{"\n", " ; c\n", "\r\n", "\n\n; x\n"}).Draw(t, "end"))
	}
	return b.String()
}

// named-checkzone is BIND's own checker.
func TestNamedCheckzoneAccepts(t *testing.T) {
	checker, err := exec.LookPath("named-checkzone")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("named-checkzone is missing; it is in Debian's bind9-utils")
		}
		t.Skip("named-checkzone is missing (Debian's bind9-utils), so the test cannot check zone files with BIND")
	}

	path := filepath.Join(t.TempDir(), "zone")
	accepts := func(t rapid.TB, z dns.Zone) {
		var b strings.Builder
		if err := Write(&b, z, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		// With -i local, named-checkzone does not look up names outside of the zone.
		if out, err := exec.Command(checker, "-i", "local", z.Name, path).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, b.String())
		}
	}
	accepts(t, sample())
	rapid.Check(t, func(t *rapid.T) { accepts(t, withTwins(t, zone(t))) })
}
