package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// record returns a record of which only the value may be wrong.
func record(t *testing.T, typ dns.Type, name, content string) dns.Record {
	t.Helper()
	v, p := dns.ParseContent(typ, content)
	if p != nil {
		t.Fatalf("ParseContent(%s, %q): %v", typ, content, p)
	}
	return dns.Record{Name: name, Type: typ, Content: v.Content, Priority: v.Priority, TTL: dns.AutoTTL}
}

func with(r dns.Record, change func(*dns.Record)) dns.Record {
	change(&r)
	return r
}

func rules(problems []*dns.Problem, s dns.Severity) (out []string) {
	for _, p := range problems {
		if p.Severity == s {
			out = append(out, p.Rule)
		}
	}
	return out
}

func TestValidRecordsHaveNoProblems(t *testing.T) {
	for _, r := range []dns.Record{
		with(record(t, dns.A, "*.example.com", "192.0.2.1"), func(r *dns.Record) { r.Proxied, r.Settings.IPv4Only = true, true }),
		with(record(t, dns.AAAA, "example.com", "100::"), func(r *dns.Record) { r.Proxied = true }),
		with(record(t, dns.A, "a.example.com", "198.51.100.1"), func(r *dns.Record) { r.TTL = 60 }),
		with(record(t, dns.CNAME, "a.example.com", "b.example.com"), func(r *dns.Record) { r.TTL, r.Settings.FlattenCNAME = 86400, true }),
		with(record(t, dns.TXT, "_dmarc.example.com", "v=DMARC1; p=none"), func(r *dns.Record) {
			r.Comment, r.Tags = strings.Repeat("ü", 500), []string{"team", "team:Web & more", "a_b-c:"}
		}),
		record(t, dns.MX, "example.com", "0 ."),
		record(t, dns.NS, "sub.example.com", "ns1.example.net"),
	} {
		if problems := Record(r, "example.com"); len(problems) > 0 {
			t.Errorf("%s %s %s: %v", r.Name, r.Type, r.Content, problems)
		}
	}
}

func TestCheckRecord(t *testing.T) {
	a := record(t, dns.A, "www.example.com", "192.0.2.1")
	for _, tt := range []struct {
		title string
		r     dns.Record
		rule  string
		s     dns.Severity
		attr  dns.Attribute
	}{
		{"a name outside the zone", with(a, func(r *dns.Record) { r.Name = "www.example.org" }), "name-outside-zone", dns.Error, "name"},
		{"an invalid name", with(a, func(r *dns.Record) { r.Name = "w w.example.com" }), "name", dns.Error, "name"},
		{"a type that cannot be written", with(a, func(r *dns.Record) { r.Type = "SOA" }), "type", dns.Error, "type"},
		{"an invalid address", with(a, func(r *dns.Record) { r.Content = "192.0.2.300" }), "ipv4", dns.Error, "content"},
		{"a TTL of 0", with(a, func(r *dns.Record) { r.TTL = 0 }), "ttl", dns.Error, "ttl"},
		{"a negative TTL", with(a, func(r *dns.Record) { r.TTL = -300 }), "ttl", dns.Error, "ttl"},
		{"a TTL of 29", with(a, func(r *dns.Record) { r.TTL = 29 }), "ttl", dns.Error, "ttl"},
		{"a TTL of 30", with(a, func(r *dns.Record) { r.TTL = 30 }), "ttl-short", dns.Warning, "ttl"},
		{"a TTL of 59", with(a, func(r *dns.Record) { r.TTL = 59 }), "ttl-short", dns.Warning, "ttl"},
		{"a TTL of 86401", with(a, func(r *dns.Record) { r.TTL = 86401 }), "ttl", dns.Error, "ttl"},
		{"a proxied TXT", with(record(t, dns.TXT, "example.com", "x"), func(r *dns.Record) { r.Proxied = true }), "proxied", dns.Error, "proxied"},
		{"a proxied private address", with(record(t, dns.A, "example.com", "192.168.1.1"), func(r *dns.Record) { r.Proxied = true }), "proxied-private", dns.Warning, "content"},
		{"a proxied shared address", with(record(t, dns.A, "example.com", "100.64.0.1"), func(r *dns.Record) { r.Proxied = true }), "proxied-private", dns.Warning, "content"},
		{"a proxied local address", with(record(t, dns.AAAA, "example.com", "fd00::1"), func(r *dns.Record) { r.Proxied = true }), "proxied-private", dns.Warning, "content"},
		{"a long comment", with(a, func(r *dns.Record) { r.Comment = strings.Repeat("ü", 501) }), "comment", dns.Error, "comment"},
		{"a comment of two lines", with(a, func(r *dns.Record) { r.Comment = "a\nb" }), "comment", dns.Error, "comment"},
		{"a tag with a space", with(a, func(r *dns.Record) { r.Tags = []string{"a b"} }), "tags", dns.Error, "tags"},
		{"a tag without a name", with(a, func(r *dns.Record) { r.Tags = []string{":x"} }), "tags", dns.Error, "tags"},
		{"a reserved tag", with(a, func(r *dns.Record) { r.Tags = []string{"CF-proxied:true"} }), "tags", dns.Error, "tags"},
		{"a tag with an escape in it", with(a, func(r *dns.Record) { r.Tags = []string{"a:\x1b"} }), "tags", dns.Error, "tags"},
		{"a long tag", with(a, func(r *dns.Record) { r.Tags = []string{strings.Repeat("a", 33)} }), "tags-limit", dns.Warning, "tags"},
		{"many tags", with(a, func(r *dns.Record) { r.Tags = slices.Repeat([]string{"a"}, 21) }), "tags-limit", dns.Warning, "tags"},
		{"flatten_cname on an A record", with(a, func(r *dns.Record) { r.Settings.FlattenCNAME = true }), "settings", dns.Error, "flatten_cname"},
		{"settings that leave no address", with(a, func(r *dns.Record) { r.Settings.IPv4Only, r.Settings.IPv6Only = true, true }), "settings", dns.Error, "ipv6_only"},
		{"ipv6_only on a TXT record", with(record(t, dns.TXT, "example.com", "x"), func(r *dns.Record) { r.Settings.IPv6Only = true }), "settings", dns.Error, "ipv6_only"},
		{"a CNAME to itself", record(t, dns.CNAME, "a.example.com", "A.example.com."), "cname-self", dns.Error, "content"},
		{"a target of one label", record(t, dns.CNAME, "a.example.com", "www"), "target-single", dns.Warning, "content"},
		{"an SRV's target of one label", record(t, dns.SRV, "_a._tcp.example.com", "1 1 1 www"), "target-single", dns.Warning, "target"},
		{"NS at the apex", record(t, dns.NS, "example.com", "ns1.example.net"), "ns-apex", dns.Warning, "name"},
		{"a null MX with a priority", record(t, dns.MX, "example.com", "10 ."), "mx-null", dns.Warning, "priority"},
		{"a long text", record(t, dns.TXT, "example.com", strings.Repeat("x", 2048)), "txt-long", dns.Warning, "content"},
		{"a text that is too long", record(t, dns.TXT, "example.com", strings.Repeat("x", 4081)), "size", dns.Error, "content"},
		{"a text with a quotation mark at its end", record(t, dns.TXT, "example.com", `v=test -all"`), "txt-quotes", dns.Warning, "content"},
		{"a text with the quotation marks between two chunks", record(t, dns.TXT, "example.com", `p=MIG" "ABC`), "txt-quotes", dns.Warning, "content"},
		{"a text of two lines", record(t, dns.TXT, "example.com", "a\n"), "txt-line", dns.Warning, "content"},
		{"a text that is not UTF-8", record(t, dns.TXT, "example.com", "a\xff"), "txt-bytes", dns.Warning, "content"},
		{"a key that is too long", record(t, dns.OPENPGPKEY, "example.com", strings.Repeat("QUJD", 1366)), "size", dns.Error, "content"},
		{"too many hints", record(t, dns.HTTPS, "example.com", "1 . ipv6hint="+strings.Repeat("::,", 256)+"::"), "size", dns.Error, "content"},
		{"a digest that is too long", record(t, dns.TLSA, "example.com", "3 0 0 "+strings.Repeat("ab", 4094)), "size", dns.Error, "content"},
		{"a parameter that is too long", record(t, dns.HTTPS, "example.com", "1 . key9="+strings.Repeat("x", 4090)), "size", dns.Error, "content"},
		{"a parameter that is too long together with the target", record(t, dns.SVCB, "example.com", "1 a.b key9="+strings.Repeat("x", 4086)), "size", dns.Error, "content"},
		{"a URI that is too long", record(t, dns.URI, "example.com", `1 1 "`+strings.Repeat("x", 4093)+`"`), "size", dns.Error, "content"},
		{"an unknown CAA tag", record(t, dns.CAA, "example.com", "0 isue x"), "caa-tag", dns.Warning, "tag"},
		{"unknown CAA flags", record(t, dns.CAA, "example.com", "1 issue x"), "caa-flags", dns.Warning, "flags"},
		{"a CAA value with quotation marks inside", record(t, dns.CAA, "example.com", `0 issue "\"x\""`), "caa-value", dns.Error, "value"},
		{"an alias with parameters", record(t, dns.HTTPS, "example.com", `0 a.b alpn=h2`), "svcb-alias", dns.Warning, "value"},
		{"TLSA usage 4", record(t, dns.TLSA, "example.com", `4 0 0 ab`), "unassigned", dns.Warning, "usage"},
		{"TLSA of the wrong length", record(t, dns.TLSA, "example.com", `3 1 1 ab`), "digest-length", dns.Warning, "certificate"},
		{"DS of the wrong length", record(t, dns.DS, "a.example.com", `1 13 2 `+sha1Hex), "digest-length", dns.Warning, "digest"},
		{"SSHFP of the wrong length", record(t, dns.SSHFP, "a.example.com", `4 2 `+sha1Hex), "digest-length", dns.Warning, "fingerprint"},
		{"DNSKEY of another protocol", record(t, dns.DNSKEY, "a.example.com", `257 4 13 `+pgp), "unassigned", dns.Warning, "protocol"},
		{"more than 90 degrees", record(t, dns.LOC, "a.example.com", `90 1 0 N 0 0 0 E 0`), "loc", dns.Error, "lat_degrees"},
		{"more than 180 degrees", record(t, dns.LOC, "a.example.com", `90 0 0 N 180 0 0.1 E 0`), "loc", dns.Error, "long_degrees"},
		{"a long NAPTR service", record(t, dns.NAPTR, "a.example.com", `1 1 "s" "`+strings.Repeat("x", 256)+`" "" .`), "naptr", dns.Error, "service"},
		{"a URI without a target", record(t, dns.URI, "a.example.com", `1 1 ""`), "uri", dns.Error, "target"},
	} {
		var found *dns.Problem
		for _, p := range Record(tt.r, "example.com") {
			if p.Rule == tt.rule {
				found = p
			}
		}
		if found == nil {
			t.Errorf("%s: Record reports the errors %v, want a problem of the check %s", tt.title, rules(Record(tt.r, "example.com"), dns.Error), tt.rule)
			continue
		}

		if found.Severity != tt.s || found.Attr != tt.attr {
			t.Errorf("%s: Record reports %+v, want the severity %s and the attribute %q", tt.title, *found, tt.s, tt.attr)
		}
		if !strings.HasSuffix(found.Detail, ".") && !strings.HasSuffix(found.Detail, "?") {
			t.Errorf("%s: the detail %q is not a sentence", tt.title, found.Detail)
		}
	}
}

func TestSizeLimitIsExact(t *testing.T) {
	for _, r := range []dns.Record{
		record(t, dns.TXT, "example.com", strings.Repeat("x", 4080)), // 16 strings, each with a length byte: 4096
		record(t, dns.TLSA, "example.com", "3 0 0 "+strings.Repeat("ab", 4093)),
		record(t, dns.URI, "example.com", `1 1 "`+strings.Repeat("x", 4092)+`"`),
		record(t, dns.CAA, "example.com", `0 issue "`+strings.Repeat("x", 4096-7)+`"`),
		record(t, dns.HTTPS, "example.com", "1 . key9="+strings.Repeat("x", 4089)),
		record(t, dns.SVCB, "example.com", "1 a.b key9="+strings.Repeat("x", 4085)),
	} {
		if got := rules(Record(r, "example.com"), dns.Error); len(got) > 0 {
			t.Errorf("Record of a %s of 4096 bytes reports the errors %v, want none", r.Type, got)
		}
	}
}

func TestRecordReportsAllProblemsAtOnce(t *testing.T) {
	r := dns.Record{
		Name:     "bad name",
		Type:     dns.A,
		Content:  "x",
		TTL:      5,
		Comment:  "\n",
		Tags:     []string{"!"},
		Settings: dns.Settings{FlattenCNAME: true},
	}
	want := []string{"name", "ipv4", "ttl", "comment", "tags", "settings"}
	if got := rules(Record(r, "example.com"), dns.Error); !slices.Equal(got, want) {
		t.Errorf("Record reports the errors %v, want %v", got, want)
	}
}

func TestCheckZone(t *testing.T) {
	a := record(t, dns.A, "www.example.com", "192.0.2.1")
	aaaa := record(t, dns.AAAA, "www.example.com", "2001:db8::1")
	cname := record(t, dns.CNAME, "www.example.com", "a.example.net")
	other := record(t, dns.CNAME, "www.example.com", "b.example.net")
	ns := record(t, dns.NS, "www.example.com", "ns1.example.net")
	ns2 := record(t, dns.NS, "www.example.com", "ns2.example.net")
	txt := record(t, dns.TXT, "www.example.com", "x")
	ds := record(t, dns.DS, "www.example.com", "1 13 2 "+sha256Hex)
	apex := func(r dns.Record) dns.Record { r.Name = "example.com"; return r }
	proxied := func(r dns.Record) dns.Record { r.Proxied = true; return r }
	later := func(r dns.Record) dns.Record { r.TTL = 300; return r }

	for _, tt := range []struct {
		title   string
		records []dns.Record
		want    []string
	}{
		{"nothing", nil, nil},
		{"different values", []dns.Record{a, later(aaaa), txt, record(t, dns.A, "www.example.com", "192.0.2.2")}, nil},
		{"the same value at two names", []dns.Record{a, apex(a)}, nil},
		{"a duplicate", []dns.Record{txt, a, a}, []string{"error duplicate [1 2]"}},
		{"a duplicate with another TTL", []dns.Record{a, later(a), proxied(a)}, []string{"error duplicate [0 1 2]"}},
		{"two duplicates", []dns.Record{a, aaaa, aaaa, a}, []string{"error duplicate [0 3]", "error duplicate [1 2]"}},
		{"a duplicate CNAME", []dns.Record{cname, later(cname)}, []string{"error duplicate [0 1]"}},
		{"two CNAMEs", []dns.Record{cname, other}, []string{"error cname-alone [0 1]"}},
		{"CNAME beside A", []dns.Record{a, aaaa, cname}, []string{"error cname-alone [2 0 1]"}},
		{"CNAME beside A at the apex", []dns.Record{apex(a), apex(cname)}, []string{"error cname-alone [1 0]"}},
		{"proxied CNAME beside A", []dns.Record{a, proxied(cname)}, []string{"error cname-alone [1 0]"}},
		{"CNAME beside NS", []dns.Record{cname, ns, ns2}, []string{"error cname-alone [0 1 2]"}},
		{"CNAME beside NS at the apex", []dns.Record{apex(cname), apex(ns)}, nil},
		{"CNAME beside TXT", []dns.Record{txt, cname}, []string{"warning cname-beside [1 0]"}},
		{"proxied CNAME beside TXT", []dns.Record{txt, proxied(cname)}, nil},
		{"CNAME beside TXT at the apex", []dns.Record{apex(txt), apex(cname)}, nil},
		{"CNAME beside an unknown type", []dns.Record{cname, {Name: cname.Name, Type: "NEW", Content: "x"}}, []string{"warning cname-beside [0 1]"}},
		{"A beside NS", []dns.Record{a, ns, aaaa, ns2}, []string{"error ns-alone [0 2 1 3]"}},
		{"TXT beside NS", []dns.Record{txt, ns, ns2}, []string{"error ns-alone [0 1 2]"}},
		{"TXT beside NS and DS", []dns.Record{ds, ns, ns2, txt}, []string{"error ns-alone [3 1 2]"}},
		{"TXT beside NS at the apex", []dns.Record{apex(txt), apex(ns)}, nil},
		{"A beside NS at the apex", []dns.Record{apex(a), apex(ns)}, nil},
		{"DS beside NS", []dns.Record{ds, ns, ns2}, nil},
		{"DS alone", []dns.Record{ds}, []string{"error ds-without-ns [0]"}},
		{"DS beside A", []dns.Record{a, ds}, []string{"error ds-without-ns [1]"}},
		{"DS at the apex", []dns.Record{apex(ds)}, []string{"error ds-without-ns [0]"}},
	} {
		var got []string
		for _, p := range Zone(dns.Zone{Name: "example.com", Records: tt.records}) {
			got = append(got, fmt.Sprintf("%s %s %v", p.Severity, p.Rule, p.Records))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: Zone reports %q, want %q", tt.title, got, tt.want)
		}
	}
}

func TestZoneReportsLargeSets(t *testing.T) {
	var z dns.Zone
	z.Name = "example.com"
	for i := range 11 {
		z.Records = append(z.Records, record(t, dns.NS, "a.example.com", fmt.Sprintf("ns%d.example.net", i)))
		z.Records = append(z.Records, record(t, dns.TXT, "a.example.com", fmt.Sprint(i)+strings.Repeat("x", 800)))
	}

	got := map[string]int{}
	for _, p := range Zone(z) {
		got[p.Rule+" "+p.Summary] = len(p.Records)
	}
	if got["ns-count Many name servers"] != 11 || got["set-size Large set of records"] != 11 {
		t.Errorf("Zone: %v", got)
	}
}

func TestDuplicateNamesTheAttributesThatDiffer(t *testing.T) {
	a := record(t, dns.A, "www.example.com", "192.0.2.1")
	b := with(a, func(r *dns.Record) { r.TTL, r.Comment = 300, "x" })
	got := Zone(dns.Zone{Name: "example.com", Records: []dns.Record{a, b}})
	if len(got) != 1 || !strings.Contains(got[0].Detail, "ttl, comment") {
		t.Errorf("Zone: %v", got)
	}
}
