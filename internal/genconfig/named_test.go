package genconfig_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/lint/linttest"
)

func writeNamed(t testing.TB, z genconfig.Zone) (string, genconfig.Report) {
	t.Helper()
	var b bytes.Buffer
	report, err := genconfig.Write(&b, z)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), report
}

// goldenNamed compares the text of a zone with testdata/NAME.cf.hcl and reads the text back.
func goldenNamed(t *testing.T, name string, z genconfig.Zone) {
	t.Helper()
	got, report := writeNamed(t, z)
	path := filepath.Join("testdata", name+".cf.hcl")
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
		t.Errorf("the text of %s differs (-want +got):\n%s", name, diff)
	}
	checkNamed(t, z, got, report)
}

type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// checkNamed checks that the text is in canonical format, and that reading it gives the records of z without
// those left out.
func checkNamed(t failer, z genconfig.Zone, text string, report genconfig.Report) dns.Zone {
	t.Helper()
	if formatted := config.Format([]byte(text)); string(formatted) != text {
		t.Fatalf("the text is not in canonical format:\n%s", text)
	}
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the text contains an unescaped %U:\n%s", r, text)
		}
	}
	got, diags := load(t, text)
	if diags.HasErrors() {
		t.Fatalf("the text cannot be read: %v\n%s", diags, text)
	}

	want := dns.Zone{}
	for _, r := range z.Records {
		if !slices.ContainsFunc(report.Left, func(o genconfig.Omission) bool { return o.Record.ID == r.Record.ID }) {
			want.Records = append(want.Records, r.Record)
		}
	}
	if !slices.EqualFunc(said(got), said(want), dns.Record.Equal) {
		t.Fatalf("got %+v\nwant %+v\n%s", said(got), said(want), text)
	}
	return got
}

// source is a record as a line such as `www A 192.0.2.1`, with the suggestions for its declaration.
type source struct {
	line  string
	named genconfig.Named
	ttl   int
	edit  func(*dns.Record)
}

func sourceZone(t *testing.T, lines []source) genconfig.Zone {
	t.Helper()
	z := genconfig.Zone{Name: linttest.ZoneName}
	for i, l := range lines {
		l.named.Record = zoneOf(t, l.line).Records[0]
		l.named.Record.ID = fmt.Sprintf("%032x", i)
		if l.ttl != 0 {
			l.named.Record.TTL = l.ttl
		}
		if l.edit != nil {
			l.edit(&l.named.Record)
		}
		z.Records = append(z.Records, l.named)
	}
	return z
}

func labeled(label string, notes ...string) genconfig.Named {
	return genconfig.Named{Label: label, Notes: notes}
}

func keyed(label, key string, notes ...string) genconfig.Named {
	return genconfig.Named{Label: label, Key: key, Keyed: true, Notes: notes}
}

func proxied(r *dns.Record) { r.Proxied, r.TTL = true, dns.AutoTTL }

// The records come from Terraform: labels are the names of resources, keys are those of for_each.
func TestResourcesReadLikeWrittenByHand(t *testing.T) {
	z := sourceZone(t, []source{
		{line: "@ A 192.0.2.10", named: labeled("root"), edit: proxied},
		{line: "www CNAME example.com", named: labeled("www"), edit: proxied},
		{line: "@ NS ns1.example.net", named: labeled("own_servers")},
		{line: "lab NS ns1.example.net", named: labeled("lab")},
		{line: "lab NS ns2.example.net", named: labeled("lab")},
		{line: "mail A 192.0.2.25", named: labeled("mail_host", "the old machine, until the move")},
		// The names are the keys.
		{line: "blog CNAME sites.example.net", named: keyed("sites", "blog", `cloudflare_record.sites["blog"]`)},
		{line: "docs CNAME sites.example.net", named: keyed("sites", "docs", `cloudflare_record.sites["docs"]`)},
		{line: "shop CNAME sites.example.net", named: keyed("sites", "shop", `cloudflare_record.sites["shop"]`)},
		// One attribute differs.
		{line: "@ MX 10 mx1.example.net", named: keyed("mail", "mx1")},
		{line: "@ MX 10 mx2.example.net", named: keyed("mail", "mx2")},
		{line: "db1 A 198.51.100.1", named: keyed("db", "db1"), ttl: 3600},
		{line: "db2 A 198.51.100.2", named: keyed("db", "db2"), ttl: 3600},
		// Several attributes differ.
		{line: "@ TXT v=spf1 include:_spf.example.net -all", named: keyed("this", "spf", `module.dns.cloudflare_record.this["spf"]`)},
		{line: "_dmarc TXT v=DMARC1; p=reject", named: keyed("this", "dmarc", `module.dns.cloudflare_record.this["dmarc"]`, "ask security first")},
		{line: "k1._domainkey TXT v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ", named: keyed("this", "dkim", `module.dns.cloudflare_record.this["dkim"]`)},
		{line: "alpha A 203.0.113.1", named: keyed("this", "a"), edit: proxied},
		{line: "beta A 203.0.113.2", named: keyed("this", "b"), ttl: 60},
		{line: "_sip._tcp SRV 10 5 5060 sip.example.com", named: keyed("voice", "sip")},
		{line: "_sips._tcp SRV 10 5 5061 sip.example.com", named: keyed("voice", "sips")},
		// Families of one record.
		{line: "@ CAA 0 issue \"letsencrypt.org\"", named: keyed("caa", "issue")},
		{line: "vpn A 203.0.113.77", named: keyed("extra", "vpn")},
		{line: "_xmpp._tcp SRV 1 2 5222 xmpp.example.com", named: keyed("chat", "xmpp")},
		{line: "@ HTTPS 1 . alpn=\"h2\"", named: keyed("https", "apex")},
		{line: "shop HTTPS 1 .", named: keyed("https", "shop")},
		{line: "lists MX 10 mx1.example.net", named: keyed("lists_mail", "10 mx1.example.net")},
		{line: "lists MX 10 mx2.example.net", named: keyed("lists_mail", "10 mx2.example.net")},
		{line: "news MX 10 mx1.example.net", named: keyed("news_mail", "mx1.example.net")},
		{line: "news MX 20 mx2.example.net", named: keyed("news_mail", "mx2.example.net")},
		// The source has one such record for each zone.
		{line: "status CNAME status.example.net", named: keyed("status", "example.com", `cloudflare_record.status["example.com"]`)},
		// A map cannot hold these differences, because each record has its own settings.
		{line: "c1 CNAME cdn.example.net", named: keyed("cdn", "c1"), edit: func(r *dns.Record) { r.Settings.FlattenCNAME = true }},
		{line: "c2 CNAME cdn.example.net", named: keyed("cdn", "c2")},
	})
	z.Ignore = []dns.Pattern{{Name: "_acme-challenge.*"}, {Name: "*", Type: "txt", Content: "heritage=external-dns*"}}
	z.Left = []genconfig.Omission{{Record: dns.Record{Name: "go.example.com", Type: "PAGE_RULE"}, Reason: "a page rule"}}
	goldenNamed(t, "resources", z)
}

// The records come from zone files and scripts: they have comments and places, but no labels.
func TestCommentsOfTheSourceSurvive(t *testing.T) {
	z := sourceZone(t, []source{
		{line: "@ A 192.0.2.10", named: labeled("", "the web servers", "dnsconfig.js:6")},
		{line: "@ A 192.0.2.11", named: labeled("", "the web servers", "dnsconfig.js:7")},
		{line: "@ MX 10 mx1.example.net", named: labeled("", "mail")},
		{line: "@ MX 20 mx2.example.net", named: labeled("", "mail")},
		{line: "@ MX 30 mx3.example.net", named: labeled("", "mail", "in the other building")},
		{line: "host-1 A 198.51.100.1"},
		{line: "host-2 A 198.51.100.2", named: labeled("", "new disks in May")},
		{line: "host-3 A 198.51.100.3"},
		{line: "host-4 A 198.51.100.4"},
		{line: "blog CNAME example.com", named: labeled("", "sites")},
		{line: "docs CNAME example.com", named: labeled("", "sites")},
		{line: "shop CNAME example.com", named: labeled("", "sites", "closed in winter")},
		{line: "www CNAME example.com", named: labeled("", "sites")},
		{line: "vpn A 203.0.113.77", named: labeled("", "two\nlines", "two")},
	})
	goldenNamed(t, "comments", z)
}

// A file of another tool may have any text as a label, key, note or pattern.
func TestHostileLabelsKeysAndNotesAreEscaped(t *testing.T) {
	z := sourceZone(t, []source{
		{line: "a A 192.0.2.1", named: labeled(`x" { content = "192.0.2.66" }`, "a\n}\nzone \"example.org\" {", "b\r}\r", "c\u2028}")},
		{line: "b A 192.0.2.1", named: labeled("${file(\"/etc/passwd\")}", "##[error]boo", "::error::boo", "\u202egnihtyreve", "*/ }")},
		{line: "c A 192.0.2.1", named: labeled("module.x", strings.Repeat("(", 2000))},
		{line: "d A 192.0.2.1", named: labeled("module-x")},
		{line: "e A 192.0.2.1", named: labeled("[]", "\xff\x00")},
		{line: "f A 192.0.2.1", named: labeled(strings.Repeat("long", 100))},
		{line: "g A 192.0.2.1", named: labeled("e\u0301")},
		{line: "module.h A 192.0.2.1"},
		{line: "i A 192.0.2.1", named: keyed("keys", `"]} ${x} %{if}`, `keys["\"]} ${x} %{if}"]`)},
		{line: "j A 192.0.2.1", named: keyed("keys", "a\nb")},
		{line: "k A 192.0.2.1", named: keyed("keys", "for")},
		{line: "l A 192.0.2.1", named: keyed("keys", "")},
		{line: "m TXT a", named: keyed("raw", "e\u0301")},
		{line: "n TXT a", named: keyed("raw", "\xff")},
		{line: "o TXT a", named: keyed("", "no label")},
		{line: "q TXT a", named: keyed("spelled", "x"), edit: func(r *dns.Record) { r.Comment = "e\u0301" }},
		{line: "r TXT a", named: keyed("spelled", "y")},
		{line: "p TXT a", named: keyed("}", strings.Repeat("k", 5000))},
	})
	z.Ignore = []dns.Pattern{{}, {Name: "."}, {Name: "e\u0301"}, {Name: "a\n}"}, {Name: "a", Type: "A}"}, {Content: "${x}"}, {Name: "b"}, {Name: "b."}}
	z.Left = []genconfig.Omission{{Record: dns.Record{Name: "x\n}", Type: "A\n}", Content: "\u2028}"}, Reason: "b\n}"}}
	goldenNamed(t, "hostile-source", z)
}

func TestLabelsOfASourceAreKept(t *testing.T) {
	z := sourceZone(t, []source{
		{line: "a A 192.0.2.1", named: labeled("b")},      // the name of another record
		{line: "b A 192.0.2.1"},                           // loses its name to a label of the source
		{line: "c A 192.0.2.1", named: labeled("mail $")}, // becomes mail, which another record has
		{line: "d A 192.0.2.1", named: labeled("mail")},   //
		{line: "e A 192.0.2.1", named: labeled("mail")},   // a repeated label
		{line: "f A 192.0.2.1", named: labeled("mail-2")}, // must not lose its label to the second mail
		{line: "g A 192.0.2.1", named: labeled("F")},      // not the record's name
		{line: "h A 192.0.2.1", named: labeled("H.example.com")},
		{line: "i AAAA 2001:db8::1", named: labeled("mail")}, // another type
	})
	text, report := writeNamed(t, z)
	got := checkNamed(t, z, text, report)
	labels := map[string]string{}
	for _, r := range got.Records {
		labels[dns.RelativeName(r.Name, linttest.ZoneName)] = strings.SplitN(r.Declared.Address, "/", 3)[2]
	}
	want := map[string]string{"a": "b", "b": "b-2", "c": "mail-3", "d": "mail", "e": "mail-4", "f": "mail-2",
		"g": "F", "h": "H.example.com", "i": "mail"}
	if diff := cmp.Diff(want, labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s\n%s", diff, text)
	}
	if strings.Contains(text, `name    = "h"`) {
		t.Errorf("the block of h has a name, want none because its label is the full name:\n%s", text)
	}
}

func TestManyRecordsThatAreLeftOutAreCounted(t *testing.T) {
	z := genconfig.Zone{Name: linttest.ZoneName}
	for i := range 1000 {
		r := dns.Record{Name: fmt.Sprintf("h%d.example.com", i), Type: dns.A, Content: "192.0.2.1"}
		z.Left = append(z.Left, genconfig.Omission{Record: r, Reason: "octodns.ignored"})
	}
	text, report := writeNamed(t, z)
	if len(report.Left) != 1000 || strings.Count(text, "octodns.ignored") != 50 || !strings.Contains(text, "#   and 950 more\n") {
		t.Errorf("%d records are left out, want 1000, of which the text names 50 and counts 950:\n%s", len(report.Left), text)
	}
}

var (
	genLabel = rapid.OneOf(
		rapid.SampledFrom([]string{"", "", "this", "mail", "www", "www", "apex-2", "mail-2", "mx1", "@", "*.a", "module.x", "a b", "${x}", "[0]", "münchen", "e\u0301", "\u202e"}),
		rapid.String())
	genKey = rapid.OneOf(
		rapid.SampledFrom([]string{"a", "b", "c", "www", "mail", "@", "0", "1", "10", "for", "null", "", "${x}", "%{y}", `"`, "a\nb", "e\u0301", "\xff", "192.0.2.1", "mx1.example.net"}),
		rapid.String())
	genNote = rapid.OneOf(
		rapid.SampledFrom([]string{"web", "web", "a\n}\nzone \"x.org\" {", "\r}", "\u2028}", "*/", "##[x", `this["a"]`, `this["b"]`, "\xff", ""}),
		rapid.String(), rapid.StringN(150, 300, 900))
)

// genNamed draws suggestions for the records of a zone.
func genNamed(t *rapid.T, z dns.Zone) genconfig.Zone {
	out := genconfig.ZoneOf(z)
	for i := range out.Records {
		r := &out.Records[i]
		r.Label = genLabel.Draw(t, "label")
		if r.Keyed = rapid.Bool().Draw(t, "keyed"); r.Keyed {
			r.Key = genKey.Draw(t, "key")
			r.Label = rapid.SampledFrom([]string{"this", "this", r.Label}).Draw(t, "family")
		}
		r.Notes = rapid.SliceOfN(genNote, 0, 3).Draw(t, "notes")
	}
	for range rapid.IntRange(0, 3).Draw(t, "ignores") {
		out.Ignore = append(out.Ignore, dns.Pattern{
			Name:    genKey.Draw(t, "ignored name"),
			Type:    dns.Type(rapid.SampledFrom([]string{"", "A", "txt", "X Y"}).Draw(t, "ignored type")),
			Content: genNote.Draw(t, "ignored content"),
		})
	}
	return out
}

func TestRecordsWithSuggestionsAreReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		z := genNamed(rt, linttest.Zone(rt))
		text, report := writeNamed(t, z)
		if report.Written != len(z.Records) {
			rt.Fatalf("Write wrote %d of %d records, want all; left out: %v", report.Written, len(z.Records), report.Left)
		}
		got := checkNamed(rt, z, text, report)
		checkAddresses(rt, got, text)
		checkKept(rt, z, got, text)
		checkPatterns(rt, z, got, report, text)
	})
}

// checkKept checks that each valid label that the source suggests is the label of a block, and that families
// keep their keys.
func checkKept(t *rapid.T, z genconfig.Zone, got dns.Zone, text string) {
	addresses := map[string]bool{}
	of := map[dns.Key]string{}
	for _, r := range got.Records {
		addresses[r.Declared.Address] = true
		of[r.Key()] = r.Declared.Address
	}
	simple := func(s string) bool {
		return s != "" && s != "module.x" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-.0123456789") == ""
	}
	for _, r := range z.Records {
		address := of[r.Record.Key()]
		own := address[strings.LastIndex(address, "/")+1:]
		switch {
		case !simple(r.Label) || len(own) > 60:
		case !r.Keyed && !addresses[linttest.ZoneName+"/"+string(r.Record.Type)+"/"+r.Label] && !keyedToo(z, r):
			t.Fatalf("no block has the label %q, which the source suggests for %s\n%s", r.Label, address, text)
		case r.Keyed && simple(r.Key) && alikeInSettings(z, r) && !strings.HasSuffix(address, "["+strconv.Quote(r.Key)+"]"):
			t.Fatalf("the address %s does not end in the key %q\n%s", address, r.Key, text)
		}
	}
}

// keyedToo reports whether a family has the same label as a record.
func keyedToo(z genconfig.Zone, r genconfig.Named) bool {
	return slices.ContainsFunc(z.Records, func(o genconfig.Named) bool {
		return o.Keyed && o.Label == r.Label && o.Record.Type == r.Record.Type
	})
}

// alikeInSettings reports whether a map can certainly hold the differences between the records with the type
// and label of r.
func alikeInSettings(z genconfig.Zone, r genconfig.Named) bool {
	return !slices.ContainsFunc(z.Records, func(o genconfig.Named) bool {
		odd := o.Record.Settings != r.Record.Settings || o.Record.Comment == "e\u0301" ||
			strings.ContainsFunc(o.Record.Comment, func(r rune) bool { return r > 0x7f }) || !simpleKey(o.Key)
		return o.Keyed && o.Label == r.Label && o.Record.Type == r.Record.Type && odd
	})
}

// simpleKey reports whether a key is ASCII, which HCL holds unchanged.
func simpleKey(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f }) }

func checkPatterns(t *rapid.T, z genconfig.Zone, got dns.Zone, report genconfig.Report, text string) {
	distinct := map[dns.Pattern]bool{}
	for _, p := range z.Ignore {
		distinct[dns.Pattern{Name: strings.TrimSuffix(p.Name, "."), Type: dns.Type(strings.ToUpper(string(p.Type))), Content: p.Content}] = true
	}
	if len(got.Policy.Ignore)+len(report.Left) != len(distinct) {
		t.Fatalf("%d patterns are read back and %d left out, want %d together\n%s", len(got.Policy.Ignore), len(report.Left), len(distinct), text)
	}
	for _, p := range got.Policy.Ignore {
		if !distinct[p] {
			t.Fatalf("the text has the pattern %+v, which the zone does not have\n%s", p, text)
		}
	}
}

func TestOrderOfNamedRecordsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone := linttest.Zone(rt)
		if len(zone.Records) > 0 {
			zone.Records = append(zone.Records, zone.Records[0]) // Write leaves out one of the two
		}
		z := genNamed(rt, zone)
		want, _ := writeNamed(t, z)
		shuffled := z
		shuffled.Records = rapid.Permutation(z.Records).Draw(rt, "order")
		if got, _ := writeNamed(t, shuffled); got != want {
			rt.Fatalf("in another order, Write gives\n%s\nwant\n%s", got, want)
		}
	})
}

// For a label that repeats many times, Write must not try all numbers from the beginning.
func TestLabelsGrowLinearly(t *testing.T) {
	if testing.Short() {
		t.Skip("names thousands of records: not with -short")
	}

	allocations := func(n int) float64 {
		z := genconfig.Zone{Name: linttest.ZoneName}
		for i := range n {
			r := dns.Record{Name: fmt.Sprintf("h%d.example.com", i), Type: dns.A, Content: "192.0.2.1", TTL: 300}
			z.Records = append(z.Records, genconfig.Named{Record: r, Label: "this", Notes: []string{fmt.Sprint(i)}})
			r.Type, r.Content = dns.TXT, `"a"`
			z.Records = append(z.Records, genconfig.Named{Record: r, Label: "this", Key: "same", Keyed: true})
		}
		return testing.AllocsPerRun(1, func() { writeNamed(t, z) })
	}
	if small, large := allocations(500), allocations(2000); large > 6*small {
		t.Errorf("500 records take %.0f allocations and 2000 take %.0f, want at most 6 times as many", small, large)
	}
}
