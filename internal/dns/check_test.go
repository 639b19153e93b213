package dns

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// record makes one that has nothing wrong with it but, perhaps, its value.
func record(t *testing.T, typ Type, name, content string) Record {
	t.Helper()
	v, p := ParseContent(typ, content)
	if p != nil {
		t.Fatalf("ParseContent(%s, %q): %v", typ, content, p)
	}
	return Record{Name: name, Type: typ, Content: v.Content, Priority: v.Priority, TTL: AutoTTL}
}

func with(r Record, change func(*Record)) Record {
	change(&r)
	return r
}

func rules(problems []*Problem, s Severity) (out []string) {
	for _, p := range problems {
		if p.Severity == s {
			out = append(out, p.Rule)
		}
	}
	return out
}

func TestSoundRecordsHaveNoProblems(t *testing.T) {
	for _, tt := range contents {
		r := record(t, tt.t, "a.example.com", tt.want)
		for _, p := range CheckRecord(r, "example.com") {
			// Some of the examples are shorter than what they are examples of.
			if p.Severity == Error {
				t.Errorf("%s %s: %v", tt.t, tt.want, p)
			}
		}
	}
	for _, r := range []Record{
		with(record(t, A, "*.example.com", "192.0.2.1"), func(r *Record) { r.Proxied, r.Settings.IPv4Only = true, true }),
		with(record(t, AAAA, "example.com", "100::"), func(r *Record) { r.Proxied = true }),
		with(record(t, A, "a.example.com", "198.51.100.1"), func(r *Record) { r.TTL = 60 }),
		with(record(t, CNAME, "a.example.com", "b.example.com"), func(r *Record) { r.TTL, r.Settings.FlattenCNAME = 86400, true }),
		with(record(t, TXT, "_dmarc.example.com", "v=DMARC1; p=none"), func(r *Record) {
			r.Comment, r.Tags = strings.Repeat("ü", 500), []string{"team", "team:Web & more", "a_b-c:"}
		}),
		record(t, MX, "example.com", "0 ."),
		record(t, NS, "sub.example.com", "ns1.example.net"),
	} {
		if problems := CheckRecord(r, "example.com"); len(problems) > 0 {
			t.Errorf("%s %s %s: %v", r.Name, r.Type, r.Content, problems)
		}
	}
}

func TestCheckRecord(t *testing.T) {
	a := record(t, A, "www.example.com", "192.0.2.1")
	for _, tt := range []struct {
		title string
		r     Record
		rule  string
		s     Severity
		attr  string
	}{
		{"a name outside the zone", with(a, func(r *Record) { r.Name = "www.example.org" }), "name-outside-zone", Error, "name"},
		{"a name that is none", with(a, func(r *Record) { r.Name = "w w.example.com" }), "name", Error, "name"},
		{"a type that nobody can write", with(a, func(r *Record) { r.Type = "SOA" }), "type", Error, "type"},
		{"an address that is none", with(a, func(r *Record) { r.Content = "192.0.2.300" }), "ipv4", Error, "content"},
		{"a TTL of 0", with(a, func(r *Record) { r.TTL = 0 }), "ttl", Error, "ttl"},
		{"a negative TTL", with(a, func(r *Record) { r.TTL = -300 }), "ttl", Error, "ttl"},
		{"a TTL of 29", with(a, func(r *Record) { r.TTL = 29 }), "ttl", Error, "ttl"},
		{"a TTL of 30", with(a, func(r *Record) { r.TTL = 30 }), "ttl-short", Warning, "ttl"},
		{"a TTL of 59", with(a, func(r *Record) { r.TTL = 59 }), "ttl-short", Warning, "ttl"},
		{"a TTL of 86401", with(a, func(r *Record) { r.TTL = 86401 }), "ttl", Error, "ttl"},
		{"a proxied TXT", with(record(t, TXT, "example.com", "x"), func(r *Record) { r.Proxied = true }), "proxied", Error, "proxied"},
		{"a proxied private address", with(record(t, A, "example.com", "192.168.1.1"), func(r *Record) { r.Proxied = true }), "proxied-private", Warning, "content"},
		{"a proxied shared address", with(record(t, A, "example.com", "100.64.0.1"), func(r *Record) { r.Proxied = true }), "proxied-private", Warning, "content"},
		{"a proxied local address", with(record(t, AAAA, "example.com", "fd00::1"), func(r *Record) { r.Proxied = true }), "proxied-private", Warning, "content"},
		{"a long comment", with(a, func(r *Record) { r.Comment = strings.Repeat("ü", 501) }), "comment", Error, "comment"},
		{"a comment of two lines", with(a, func(r *Record) { r.Comment = "a\nb" }), "comment", Error, "comment"},
		{"a tag with a space", with(a, func(r *Record) { r.Tags = []string{"a b"} }), "tags", Error, "tags"},
		{"a tag without a name", with(a, func(r *Record) { r.Tags = []string{":x"} }), "tags", Error, "tags"},
		{"a reserved tag", with(a, func(r *Record) { r.Tags = []string{"CF-proxied:true"} }), "tags", Error, "tags"},
		{"a tag with an escape in it", with(a, func(r *Record) { r.Tags = []string{"a:\x1b"} }), "tags", Error, "tags"},
		{"a long tag", with(a, func(r *Record) { r.Tags = []string{strings.Repeat("a", 33)} }), "tags-limit", Warning, "tags"},
		{"many tags", with(a, func(r *Record) { r.Tags = slices.Repeat([]string{"a"}, 21) }), "tags-limit", Warning, "tags"},
		{"flattening of an A", with(a, func(r *Record) { r.Settings.FlattenCNAME = true }), "settings", Error, "flatten_cname"},
		{"no address left", with(a, func(r *Record) { r.Settings.IPv4Only, r.Settings.IPv6Only = true, true }), "settings", Error, "ipv6_only"},
		{"addresses of a TXT", with(record(t, TXT, "example.com", "x"), func(r *Record) { r.Settings.IPv6Only = true }), "settings", Error, "ipv6_only"},
		{"a CNAME to itself", record(t, CNAME, "a.example.com", "A.example.com."), "cname-self", Error, "content"},
		{"a target of one label", record(t, CNAME, "a.example.com", "www"), "target-single", Warning, "content"},
		{"an SRV's target of one label", record(t, SRV, "_a._tcp.example.com", "1 1 1 www"), "target-single", Warning, "target"},
		{"NS at the apex", record(t, NS, "example.com", "ns1.example.net"), "ns-apex", Warning, "name"},
		{"a null MX that is preferred less", record(t, MX, "example.com", "10 ."), "mx-null", Warning, "priority"},
		{"a long text", record(t, TXT, "example.com", strings.Repeat("x", 2048)), "txt-long", Warning, "content"},
		{"a text too long", record(t, TXT, "example.com", strings.Repeat("x", 4081)), "size", Error, "content"},
		{"a text of two lines", record(t, TXT, "example.com", "a\n"), "txt-line", Warning, "content"},
		{"a text of bytes", record(t, TXT, "example.com", "a\xff"), "txt-bytes", Warning, "content"},
		{"a key too long", record(t, OPENPGPKEY, "example.com", strings.Repeat("QUJD", 1366)), "size", Error, "content"},
		{"hints too many", record(t, HTTPS, "example.com", "1 . ipv6hint="+strings.Repeat("::,", 256)+"::"), "size", Error, "content"},
		{"a digest too long", record(t, TLSA, "example.com", "3 0 0 "+strings.Repeat("ab", 4094)), "size", Error, "content"},
		{"a parameter too long", record(t, HTTPS, "example.com", "1 . key9="+strings.Repeat("x", 4090)), "size", Error, "content"},
		{"a parameter too long for its target", record(t, SVCB, "example.com", "1 a.b key9="+strings.Repeat("x", 4086)), "size", Error, "content"},
		{"a URI too long", record(t, URI, "example.com", `1 1 "`+strings.Repeat("x", 4093)+`"`), "size", Error, "content"},
		{"an unknown CAA tag", record(t, CAA, "example.com", "0 isue x"), "caa-tag", Warning, "tag"},
		{"unknown CAA flags", record(t, CAA, "example.com", "1 issue x"), "caa-flags", Warning, "flags"},
		{"a CAA value in quotes twice", record(t, CAA, "example.com", `0 issue "\"x\""`), "caa-value", Error, "value"},
		{"an alias with parameters", record(t, HTTPS, "example.com", `0 a.b alpn=h2`), "svcb-alias", Warning, "value"},
		{"TLSA usage 4", record(t, TLSA, "example.com", `4 0 0 ab`), "unassigned", Warning, "usage"},
		{"TLSA of the wrong length", record(t, TLSA, "example.com", `3 1 1 ab`), "digest-length", Warning, "certificate"},
		{"DS of the wrong length", record(t, DS, "a.example.com", `1 13 2 `+sha1Hex), "digest-length", Warning, "digest"},
		{"SSHFP of the wrong length", record(t, SSHFP, "a.example.com", `4 2 `+sha1Hex), "digest-length", Warning, "fingerprint"},
		{"DNSKEY of another protocol", record(t, DNSKEY, "a.example.com", `257 4 13 `+pgp), "unassigned", Warning, "protocol"},
		{"more than 90 degrees", record(t, LOC, "a.example.com", `90 1 0 N 0 0 0 E 0`), "loc", Error, "lat_degrees"},
		{"more than 180 degrees", record(t, LOC, "a.example.com", `90 0 0 N 180 0 0.1 E 0`), "loc", Error, "long_degrees"},
		{"a long NAPTR service", record(t, NAPTR, "a.example.com", `1 1 "s" "`+strings.Repeat("x", 256)+`" "" .`), "naptr", Error, "service"},
		{"a URI to nowhere", record(t, URI, "a.example.com", `1 1 ""`), "uri", Error, "target"},
	} {
		var found *Problem
		for _, p := range CheckRecord(tt.r, "example.com") {
			if p.Rule == tt.rule {
				found = p
			}
		}
		if found == nil {
			t.Errorf("%s: %v, want the rule %s", tt.title, rules(CheckRecord(tt.r, "example.com"), Error), tt.rule)
		} else if found.Severity != tt.s || found.Attr != tt.attr || !strings.HasSuffix(found.Detail, ".") && !strings.HasSuffix(found.Detail, "?") {
			t.Errorf("%s: %+v, want %s of %q", tt.title, *found, tt.s, tt.attr)
		}
	}
}

func TestLimitsOfSizeAreExact(t *testing.T) {
	for _, r := range []Record{
		record(t, TXT, "example.com", strings.Repeat("x", 4080)), // 16 strings and their lengths: 4096
		record(t, TLSA, "example.com", "3 0 0 "+strings.Repeat("ab", 4093)),
		record(t, URI, "example.com", `1 1 "`+strings.Repeat("x", 4092)+`"`),
		record(t, CAA, "example.com", `0 issue "`+strings.Repeat("x", 4096-7)+`"`),
		record(t, HTTPS, "example.com", "1 . key9="+strings.Repeat("x", 4089)),
		record(t, SVCB, "example.com", "1 a.b key9="+strings.Repeat("x", 4085)),
	} {
		if got := rules(CheckRecord(r, "example.com"), Error); len(got) > 0 {
			t.Errorf("a %s of 4096 bytes: %v, want no error", r.Type, got)
		}
	}
}

func TestAllProblemsOfARecordAreReported(t *testing.T) {
	r := Record{Name: "bad name", Type: A, Content: "x", TTL: 5, Comment: "\n", Tags: []string{"!"}, Settings: Settings{FlattenCNAME: true}}
	want := []string{"name", "ipv4", "ttl", "comment", "tags", "settings"}
	if got := rules(CheckRecord(r, "example.com"), Error); !slices.Equal(got, want) {
		t.Errorf("CheckRecord: %v, want %v", got, want)
	}
}

func TestCheckZone(t *testing.T) {
	a := record(t, A, "www.example.com", "192.0.2.1")
	aaaa := record(t, AAAA, "www.example.com", "2001:db8::1")
	cname := record(t, CNAME, "www.example.com", "a.example.net")
	other := record(t, CNAME, "www.example.com", "b.example.net")
	ns := record(t, NS, "www.example.com", "ns1.example.net")
	ns2 := record(t, NS, "www.example.com", "ns2.example.net")
	txt := record(t, TXT, "www.example.com", "x")
	ds := record(t, DS, "www.example.com", "1 13 2 "+sha256Hex)
	apex := func(r Record) Record { r.Name = "example.com"; return r }
	proxied := func(r Record) Record { r.Proxied = true; return r }
	later := func(r Record) Record { r.TTL = 300; return r }
	for _, tt := range []struct {
		title   string
		records []Record
		want    []string
	}{
		{"nothing", nil, nil},
		{"different values", []Record{a, later(aaaa), txt, record(t, A, "www.example.com", "192.0.2.2")}, nil},
		{"the same value at two names", []Record{a, apex(a)}, nil},
		{"a repeat", []Record{txt, a, a}, []string{"error duplicate [1 2]"}},
		{"a repeat with another TTL", []Record{a, later(a), proxied(a)}, []string{"error duplicate [0 1 2]"}},
		{"two repeats", []Record{a, aaaa, aaaa, a}, []string{"error duplicate [0 3]", "error duplicate [1 2]"}},
		{"a repeated CNAME", []Record{cname, later(cname)}, []string{"error duplicate [0 1]"}},
		{"two CNAMEs", []Record{cname, other}, []string{"error cname-alone [0 1]"}},
		{"CNAME beside A", []Record{a, aaaa, cname}, []string{"error cname-alone [2 0 1]"}},
		{"CNAME beside A at the apex", []Record{apex(a), apex(cname)}, []string{"error cname-alone [1 0]"}},
		{"proxied CNAME beside A", []Record{a, proxied(cname)}, []string{"error cname-alone [1 0]"}},
		{"CNAME beside NS", []Record{cname, ns, ns2}, []string{"error cname-alone [0 1 2]"}},
		{"CNAME beside NS at the apex", []Record{apex(cname), apex(ns)}, nil},
		{"CNAME beside TXT", []Record{txt, cname}, []string{"warning cname-beside [1 0]"}},
		{"proxied CNAME beside TXT", []Record{txt, proxied(cname)}, nil},
		{"CNAME beside TXT at the apex", []Record{apex(txt), apex(cname)}, nil},
		{"CNAME beside what nobody knows", []Record{cname, {Name: cname.Name, Type: "NEW", Content: "x"}}, []string{"warning cname-beside [0 1]"}},
		{"A beside NS", []Record{a, ns, aaaa, ns2}, []string{"error ns-alone [0 2 1 3]"}},
		{"A beside NS at the apex", []Record{apex(a), apex(ns)}, nil},
		{"DS beside NS", []Record{ds, ns, ns2}, nil},
		{"DS alone", []Record{ds}, []string{"error ds-without-ns [0]"}},
		{"DS beside A", []Record{a, ds}, []string{"error ds-without-ns [1]"}},
		{"DS at the apex", []Record{apex(ds)}, []string{"error ds-without-ns [0]"}},
	} {
		var got []string
		for _, p := range CheckZone(Zone{Name: "example.com", Records: tt.records}) {
			got = append(got, fmt.Sprintf("%s %s %v", p.Severity, p.Rule, p.Records))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.title, got, tt.want)
		}
	}
}

func TestCheckZoneOfLargeSets(t *testing.T) {
	var z Zone
	z.Name = "example.com"
	for i := range 11 {
		z.Records = append(z.Records, record(t, NS, "a.example.com", fmt.Sprintf("ns%d.example.net", i)))
		z.Records = append(z.Records, record(t, TXT, "a.example.com", fmt.Sprint(i)+strings.Repeat("x", 800)))
	}
	got := map[string]int{}
	for _, p := range CheckZone(z) {
		got[p.Rule+" "+p.Summary] = len(p.Records)
	}
	if got["set-size Many name servers"] != 11 || got["set-size Large set of records"] != 11 {
		t.Errorf("CheckZone: %v", got)
	}
}

func TestADuplicateTellsWhatDiffers(t *testing.T) {
	a := record(t, A, "www.example.com", "192.0.2.1")
	b := with(a, func(r *Record) { r.TTL, r.Comment = 300, "x" })
	got := CheckZone(Zone{Name: "example.com", Records: []Record{a, b}})
	if len(got) != 1 || !strings.Contains(got[0].Detail, "ttl, comment") {
		t.Errorf("CheckZone: %v", got)
	}
}
