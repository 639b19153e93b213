package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// irText returns a document with one domain, example.com, and one record on each line from line 2 on. more
// has further members of the domain.
func irText(more string, records ...string) string {
	return `{"registrars": [], "dns_providers": [], "domains": [{"name": "example.com", "uniquename": "example.com", "records": [` + "\n" +
		strings.Join(records, ",\n") + "\n]" + more + "}]}\n"
}

func TestDNSControlReadsRecords(t *testing.T) {
	for name, tt := range map[string]struct {
		record string
		domain string
		want   string
	}{
		"A":                         {record: `{"type": "A", "name": "www", "ttl": 60, "target": "192.0.2.1"}`, want: "www 60 A 192.0.2.1"},
		"apex, automatic":           {record: `{"type": "A", "name": "@", "ttl": 1, "target": "192.0.2.1"}`, want: "@ 1 A 192.0.2.1"},
		"no name, no TTL":           {record: `{"type": "A", "target": "192.0.2.1"}`, want: "@ 300 A 192.0.2.1"},
		"wildcard":                  {record: `{"type": "AAAA", "name": "*", "ttl": 60, "target": "2001:DB8:0::1"}`, want: "* 60 AAAA 2001:db8::1"},
		"name that looks full":      {record: `{"type": "A", "name": "example.com", "ttl": 60, "target": "192.0.2.1"}`, want: "example.com 60 A 192.0.2.1"},
		"D_EXTEND":                  {record: `{"type": "A", "name": "host.sub", "subdomain": "sub", "ttl": 60, "target": "192.0.2.1"}`, want: "host.sub 60 A 192.0.2.1"},
		"full name":                 {record: `{"type": "A", "name": "a.example.com.", "ttl": 60, "target": "192.0.2.1"}`, want: "a 60 A 192.0.2.1"},
		"TXT, every byte":           {record: `{"type": "TXT", "name": "a", "ttl": 60, "target": " \"a\\b; ${c} "}`, want: `a 60 TXT " \"a\\b; ${c} "`},
		"TXT of one quotation mark": {record: `{"type": "TXT", "name": "a", "ttl": 60, "target": "\""}`, want: `a 60 TXT "\""`},
		"MX of zero":                {record: `{"type": "MX", "name": "a", "ttl": 60, "target": "m.example.net."}`, want: "a 60 MX 0 m.example.net"},
		"null MX":                   {record: `{"type": "MX", "name": "a", "ttl": 60, "target": "."}`, want: "a 60 MX 0 ."},
		"SRV of zeros":              {record: `{"type": "SRV", "name": "_s._tcp", "ttl": 60, "srvport": 1, "target": "."}`, want: "_s._tcp 60 SRV 0 0 1 ."},
		"CAA":                       {record: `{"type": "CAA", "name": "a", "ttl": 60, "caatag": "issue", "target": ";"}`, want: `a 60 CAA 0 issue ";"`},
		"SSHFP":                     {record: `{"type": "SSHFP", "name": "a", "ttl": 60, "sshfpalgorithm": 4, "sshfpfingerprint": 2, "target": "AB"}`, want: "a 60 SSHFP 4 2 ab"},
		"TLSA of zeros":             {record: `{"type": "TLSA", "name": "_1._tcp", "ttl": 60, "tlsausage": 3, "target": "ab"}`, want: "_1._tcp 60 TLSA 3 0 0 ab"},
		"SMIMEA":                    {record: `{"type": "SMIMEA", "name": "a", "ttl": 60, "smimeausage": 3, "smimeaselector": 1, "target": "ab"}`, want: "a 60 SMIMEA 3 1 0 ab"},
		"NAPTR":                     {record: `{"type": "NAPTR", "name": "a", "ttl": 60, "naptrorder": 1, "naptrservice": "x", "naptrregexp": "!\\d!", "target": "."}`, want: `a 60 NAPTR 1 0 "" "x" "!\\d!" .`},
		"DNSKEY":                    {record: `{"type": "DNSKEY", "name": "a", "ttl": 60, "dnskeyflags": 257, "dnskeyprotocol": 3, "dnskeyalgorithm": 13, "dnskeypublickey": "AAAA"}`, want: "a 60 DNSKEY 257 3 13 AAAA"},
		"HTTPS":                     {record: `{"type": "HTTPS", "name": "a", "ttl": 60, "svcpriority": 1, "target": ".", "svcparams": "port=443 alpn=h2"}`, want: `a 60 HTTPS 1 . alpn="h2" port="443"`},
		"LOC":                       {record: `{"type": "LOC", "name": "a", "ttl": 60, "locversion": 0, "target": "1 2 3 N 4 5 6 E 0m 1m 2m 3m"}`, want: "a 60 LOC 1 2 3.000 N 4 5 6.000 E 0.00 1.00 2.00 3.00"},
		"OPENPGPKEY":                {record: `{"type": "OPENPGPKEY", "name": "a", "ttl": 60, "target": "AAAA"}`, want: "a 60 OPENPGPKEY AAAA"},
		"in a zone file's form":     {record: `{"type": "CERT", "name": "a", "ttl": 60, "fields": {"Type": 9}, "zonfefilepartial": "1 2 3 AAAA", "target": ""}`, want: "a 60 CERT 1 2 3 AAAA"},
		"ALIAS":                     {record: `{"type": "ALIAS", "name": "@", "ttl": 60, "target": "a.example.net."}`, want: "@ 60 CNAME a.example.net"},
		"proxied":                   {record: `{"type": "A", "name": "a", "ttl": 60, "target": "192.0.2.1", "meta": {"cloudflare_proxy": "ON"}}`, want: "a 1 A 192.0.2.1 proxied"},
		"full proxy":                {record: `{"type": "ALIAS", "name": "a", "ttl": 60, "target": "a.example.net.", "meta": {"cloudflare_proxy": "full"}}`, want: "a 1 CNAME a.example.net proxied"},
		"proxied by default": {
			record: `{"type": "A", "name": "a", "ttl": 60, "target": "192.0.2.1"}`, domain: `, "meta": {"cloudflare_proxy_default": "on"}`,
			want: "a 1 A 192.0.2.1 proxied",
		},
		"proxied by default, the record says no": {
			record: `{"type": "A", "name": "a", "ttl": 60, "target": "192.0.2.1", "meta": {"cloudflare_proxy": "off"}}`,
			domain: `, "meta": {"cloudflare_proxy_default": "full"}`, want: "a 60 A 192.0.2.1",
		},
		"TXT is not proxied": {
			record: `{"type": "TXT", "name": "a", "ttl": 60, "target": "x"}`, domain: `, "meta": {"cloudflare_proxy_default": "on"}`,
			want: `a 60 TXT "x"`,
		},
		"managed comments and tags": {
			record: `{"type": "A", "name": "a", "ttl": 60, "target": "192.0.2.1", "meta": {"cloudflare_comment": "c", "cloudflare_tags": "B:1, a,"}}`,
			domain: `, "meta": {"cloudflare_manage_comments": "true", "cloudflare_manage_tags": "true"}`,
			want:   `a 60 A 192.0.2.1 comment="c" tags=["a" "b:1"]`,
		},
		"comments that are not managed": {
			record: `{"type": "A", "name": "a", "ttl": 60, "target": "192.0.2.1", "meta": {"cloudflare_comment": "c", "cloudflare_tags": "a"}}`,
			want:   `a 60 A 192.0.2.1 notes=["c"]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			z := readGood(t, DNSControl, irText(tt.domain, tt.record))
			if got := briefs(z); !slices.Equal(got, []string{tt.want}) || len(z.Left) > 0 {
				t.Errorf("records = %q, want %q; left out %q", got, tt.want, briefLeft(z))
			}
		})
	}
}

func TestDNSControlIsSilentOnUnmanagedAttributes(t *testing.T) {
	const record = `{"type": "CNAME", "name": "a", "ttl": 60, "target": "a.example.net.", "meta": {%s}}`
	for name, tt := range map[string]struct {
		record, domain string
		want           []dns.Attribute
		flattened      bool
	}{
		"nothing": {want: []dns.Attribute{dns.AttrPrivateRouting, dns.AttrSettings, dns.AttrComment, dns.AttrTags}},
		"comments and tags": {
			domain: `"cloudflare_manage_comments": "true", "cloudflare_manage_tags": "true"`,
			want:   []dns.Attribute{dns.AttrPrivateRouting, dns.AttrSettings},
		},
		"flattening": {
			record: `"cloudflare_cname_flatten": "on"`, flattened: true,
			want: []dns.Attribute{dns.AttrPrivateRouting, dns.AttrComment, dns.AttrTags},
		},
	} {
		t.Run(name, func(t *testing.T) {
			z := readGood(t, DNSControl, irText(`, "meta": {`+tt.domain+`}`, fmt.Sprintf(record, tt.record)))
			if got := z.Records[0]; !slices.Equal(got.Silent, tt.want) || got.Record.Settings.FlattenCNAME != tt.flattened {
				t.Errorf("silent = %q, flattened = %v; want %q, %v", got.Silent, got.Record.Settings.FlattenCNAME, tt.want, tt.flattened)
			}
		})
	}
}

func TestDNSControlLeavesOutWhatIsNotADNSRecord(t *testing.T) {
	z := readGood(t, DNSControl, irText(`, "recordsabsent": [{"type": "TXT", "name": "gone", "ttl": 300, "target": "x"}]`,
		`{"type": "A", "name": "a", "ttl": 60, "target": "192.0.2.1"}`,
		`{"type": "NS", "name": "@", "ttl": 60, "target": "ns1.example.net."}`,
		`{"type": "PAGE_RULE", "name": "@", "ttl": 1, "target": "x"}`,
		`{"type": "CF_WORKER_ROUTE", "name": "@", "ttl": 1, "target": "x"}`,
		`{"type": "R53_ALIAS", "name": "b", "ttl": 1, "target": "x"}`,
		`{"type": "RP", "name": "c", "ttl": 1, "target": "x"}`,
		`{"type": "SOA", "name": "@", "ttl": 1, "target": "x"}`,
		`{"type": "A", "name": "www.example.org.", "ttl": 1, "target": "192.0.2.1"}`,
	))
	want := []string{
		"3 @ NS: Cloudflare answers for the zone's own NS",
		"4 @ PAGE_RULE: a page rule, not a DNS record",
		"5 @ CF_WORKER_ROUTE: a route of a Worker, not a DNS record",
		"6 b R53_ALIAS: an alias of Route 53",
		"7 c RP: Cloudflare has no records of the type RP",
		"8 @ SOA: Cloudflare answers for the zone's own SOA",
		"9 www.example.org. A: its name is outside of the zone",
		"10 gone TXT: ENSURE_ABSENT: a record that must not exist",
	}
	if diff := cmp.Diff(want, briefLeft(z)); diff != "" {
		t.Errorf("left out (-want +got)\n%s", diff)
	}
}

func TestDNSControlReadsOneViewOfAZone(t *testing.T) {
	domain := func(name, tag string) string {
		return fmt.Sprintf(`{"name": %q, "tag": %q, "records": [{"type": "TXT", "name": "@", "ttl": 300, "target": %q}]}`, name, tag, name+"!"+tag)
	}
	for name, tt := range map[string]struct {
		domains []string
		zone    string
		want    string
		remark  string
		err     string
	}{
		"without a tag": {
			domains: []string{domain("example.com", "inside"), domain("example.com", ""), domain("example.com", "x")}, zone: "example.com",
			want: `"example.com!"`, remark: `example.com also has 2 views, which are not read: "example.com!inside", "example.com!x".`,
		},
		"the only tag": {
			domains: []string{domain("example.com", "ext")}, zone: "example.com", want: `"example.com!ext"`,
			remark: `example.com is read from "example.com!ext", its only view.`,
		},
		"several tags": {
			domains: []string{domain("example.com", "a"), domain("example.com", "b")}, zone: "example.com",
			err: `all with a tag: "example.com!a", "example.com!b"`,
		},
		"tags in the unique names alone": {
			domains: []string{
				`{"name": "example.com", "uniquename": "example.com!a", "records": []}`,
				`{"name": "example.com", "uniquename": "example.com!b", "records": []}`,
			},
			zone: "example.com", err: `all with a tag: "example.com!a", "example.com!b"`,
		},
		"a zone below": {
			domains: []string{domain("bar.example.com", "a"), domain("bar.example.com", "b"), domain("example.com", "")}, zone: "example.com", want: `"example.com!"`,
		},
		"views of another zone": {
			domains: []string{domain("example.org", "a"), domain("example.org", "b"), domain("example.com", "")}, zone: "example.com", want: `"example.com!"`,
		},
		"no such zone": {
			domains: []string{domain("example.org", "a"), domain("example.net", "")}, zone: "example.com",
			err: `describes no record of example.com. It has records of "example.net", "example.org!a".`,
		},
		"another case": {domains: []string{domain("EXAMPLE.com", "")}, zone: "example.com", want: `"EXAMPLE.com!"`},
		"a bad name":   {domains: []string{domain("a b", "")}, zone: "example.com", err: "no zone can have"},
	} {
		t.Run(name, func(t *testing.T) {
			src, diags := readText(DNSControl, tt.zone, `{"domains": [`+strings.Join(tt.domains, ",")+`]}`)
			switch {
			case tt.err != "":
				if !strings.Contains(spelledOut(diags), tt.err) {
					t.Errorf("%s, want %q", spelledOut(diags), tt.err)
				}
			case hasErrors(diags) || len(src.Zones) != 1 || src.Zones[0].Records[0].Record.Content != tt.want ||
				strings.Join(src.Remarks, "\n") != tt.remark:
				t.Errorf("%+v, %s; want %s, %q", src, spelledOut(diags), tt.want, tt.remark)
			}
		})
	}
}

func TestDNSControlReadsAllZones(t *testing.T) {
	src, diags := readText(DNSControl, "", `{"domains": [
		{"name": "example.org", "records": [{"type": "A", "name": "@", "target": "192.0.2.1"}]},
		{"name": "xn--mnchen-3ya.example", "keepunknown": true, "records": [{"type": "A", "name": "@", "target": "192.0.2.1"}]},
		{"name": "empty.example", "records": null}
	]}`)
	if hasErrors(diags) || len(src.Zones) != 3 {
		t.Fatalf("%+v, %s; want three zones", src, spelledOut(diags))
	}
	if !src.Zones[1].Exclusive || src.Zones[2].Exclusive {
		t.Errorf("exclusive = %v, %v; want true, false, because the second has NO_PURGE", src.Zones[1].Exclusive, src.Zones[2].Exclusive)
	}
	if got := src.Zones[2].Records[0].At.Line; got != 3 {
		t.Errorf("line = %d, want 3", got)
	}
}

func TestDNSControlConvertsIgnorePatterns(t *testing.T) {
	for name, tt := range map[string]struct {
		pattern string
		want    []dns.Pattern
		remark  string
	}{
		"a label":          {`{"label_pattern": "_acme**", "rType_pattern": "*", "target_pattern": "*"}`, []dns.Pattern{{Name: "_acme*"}}, ""},
		"a list of types":  {`{"label_pattern": "x", "rType_pattern": "A, txt"}`, []dns.Pattern{{Name: "x", Type: "A"}, {Name: "x", Type: "TXT"}}, ""},
		"a target":         {`{"label_pattern": "*", "rType_pattern": "CNAME", "target_pattern": "*.acm.example."}`, []dns.Pattern{{Type: "CNAME", Content: "*.acm.example"}}, ""},
		"a text":           {`{"rType_pattern": "TXT", "target_pattern": "v=*"}`, []dns.Pattern{{Type: "TXT", Content: `"v=*"`}}, ""},
		"everything":       {`{"label_pattern": "**"}`, nil, "it covers a record that is declared"},
		"everything, SRV":  {`{"label_pattern": "**", "rType_pattern": "SRV"}`, []dns.Pattern{{Type: "SRV"}}, ""},
		"braces":           {`{"label_pattern": "{a,b}"}`, nil, "brackets, braces or a backslash"},
		"a target alone":   {`{"target_pattern": "192.0.2.*"}`, nil, "a pattern for the target needs"},
		"an SRV's target":  {`{"rType_pattern": "SRV", "target_pattern": "a."}`, nil, "a pattern for the target needs"},
		"no DNS type":      {`{"label_pattern": "x", "rType_pattern": "PAGE_RULE!"}`, nil, "not a type"},
		"a declared one":   {`{"label_pattern": "ww?"}`, nil, `IGNORE("ww?", "", "") of example.com has no ignore block here: it covers a record that is declared`},
		"more than labels": {`{"label_pattern": "*.com"}`, nil, "it covers a record that is declared"},
	} {
		t.Run(name, func(t *testing.T) {
			src, diags := readText(DNSControl, "example.com",
				irText(`, "unmanaged": [`+tt.pattern+`]`, `{"type": "A", "name": "www", "ttl": 60, "target": "192.0.2.1"}`))
			if hasErrors(diags) {
				t.Fatal(spelledOut(diags))
			}
			if diff := cmp.Diff(tt.want, src.Zones[0].Ignore); diff != "" {
				t.Errorf("ignored (-want +got)\n%s", diff)
			}
			if got := strings.Join(src.Remarks, "\n"); (got == "") != (tt.remark == "") || !strings.Contains(got, tt.remark) {
				t.Errorf("remarks = %q, want %q", got, tt.remark)
			}
		})
	}
}

func TestDNSControlReportsMistakes(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want string
		line int
	}{
		"cut off":             {irText("", `{"type": "A", "name": "a", "ta`)[:140], "cut off", 2},
		"another document":    {`{"a": 1}`, "it has no domains", 0},
		"a list":              {`[]`, "must be an object", 1},
		"no domains":          {`{"domains": []}`, "describes no record of example.com", 0},
		"no record":           {irText(""), "describes no record of example.com", 0},
		"domains of a text":   {`{"domains": "x"}`, "must be a list", 1},
		"text behind it":      {irText("", `{"type": "A", "name": "a", "target": "192.0.2.1"}`) + "x", "", 4},
		"no type":             {irText("", `{"name": "a"}`), "no record type", 2},
		"a bad address":       {irText("", `{"type": "A", "name": "a", "ttl": 60, "target": "x"}`), `The "A" record at "a"`, 2},
		"a bad name":          {irText("", `{"type": "A", "name": "a b", "ttl": 60, "target": "192.0.2.1"}`), "white space", 2},
		"an empty text":       {irText("", `{"type": "TXT", "name": "a", "ttl": 60}`), "Cloudflare refuses an empty text", 2},
		"a text for a number": {irText("", `{"type": "A", "name": "a", "ttl": "60", "target": "192.0.2.1"}`), `in the field "ttl" has a value of another kind (string)`, 2},
		"out of range":        {irText("", `{"type": "SRV", "name": "a", "srvport": 70000, "target": "a.b."}`), "65535", 2},
		"a fraction":          {irText("", `{"type": "MX", "name": "a", "mxpreference": 1.5, "target": "a.b."}`), "another kind", 2},
		"an unknown proxy":    {irText("", `{"type": "A", "name": "a", "target": "192.0.2.1", "meta": {"cloudflare_proxy": "maybe"}}`), `"maybe" as cloudflare_proxy`, 2},
		"meta of numbers":     {irText("", `{"type": "A", "name": "a", "target": "192.0.2.1", "meta": {"a": 1}}`), "another kind", 2},
		"deep nesting":        {`{"x": ` + strings.Repeat("[", 20000), "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := readText(DNSControl, "example.com", tt.text)
			i := slices.IndexFunc(diags, func(d plan.Diagnostic) bool { return d.Severity == dns.Error && strings.Contains(d.Detail, tt.want) })
			if i < 0 {
				t.Fatalf("%s, want an error with %q", spelledOut(diags), tt.want)
			}
			if p := diags[i].Position; tt.line > 0 && (p == nil || p.Line != tt.line || p.File != "in.dat") {
				t.Errorf("at %+v, want line %d", p, tt.line)
			}
		})
	}
}

// All mistakes are reported at once.
func TestDNSControlReportsAllMistakes(t *testing.T) {
	_, diags := readText(DNSControl, "example.com", irText("", `{"type": "A", "name": "a", "target": "x"}`, `{"type": 1}`,
		`{"type": "TXT", "name": "a"}`, `{"type": "A", "name": "b", "target": "192.0.2.1"}`))
	if len(diags) != 3 {
		t.Errorf("%s\nwant three errors", spelledOut(diags))
	}
}

func TestDNSControlReleaseNamesTheZones(t *testing.T) {
	src, _ := readText(DNSControl, "example.com", irText("", `{"type": "A", "name": "b", "target": "192.0.2.1"}`))
	steps := src.Release(src.Zones)
	if len(steps) < 3 || !strings.Contains(steps[1].Text, "D_EXTEND(…) of example.com from") || !slices.Equal(steps[2].Commands[0], []string{"dnscontrol", "preview"}) {
		t.Errorf("steps = %+v, want at least three that name example.com and run dnscontrol preview", steps)
	}
}

// irWritten returns a zone in the form of print-ir.
func irWritten(z dns.Zone) string {
	var records []map[string]any
	for _, r := range z.Records {
		meta := map[string]string{"cloudflare_comment": r.Comment, "cloudflare_tags": strings.Join(r.Tags, ",")}
		if r.Proxied {
			meta["cloudflare_proxy"] = "on"
		}
		if r.Settings.FlattenCNAME {
			meta["cloudflare_cname_flatten"] = "on"
		}
		record := map[string]any{"type": r.Type, "name": dns.RelativeName(r.Name, z.Name), "ttl": r.TTL, "meta": meta}
		irValue(record, r)
		records = append(records, record)
	}
	text, err := json.Marshal(map[string]any{"registrars": nil, "dns_providers": nil, "domains": []any{map[string]any{
		"name": z.Name, "records": records,
		"meta": map[string]string{"cloudflare_manage_comments": "true", "cloudflare_manage_tags": "true"},
	}}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// irNames maps Cloudflare's names of a type's fields to the names in print-ir.
var irNames = map[dns.Type]map[string]string{
	dns.SRV:    {"priority": "srvpriority", "weight": "srvweight", "port": "srvport"},
	dns.CAA:    {"flags": "caaflag", "tag": "caatag", "value": "target"},
	dns.SSHFP:  {"algorithm": "sshfpalgorithm", "type": "sshfpfingerprint", "fingerprint": "target"},
	dns.TLSA:   {"usage": "tlsausage", "selector": "tlsaselector", "matching_type": "tlsamatchingtype", "certificate": "target"},
	dns.SMIMEA: {"usage": "smimeausage", "selector": "smimeaselector", "matching_type": "smimeamatchingtype", "certificate": "target"},
	dns.DNSKEY: {"flags": "dnskeyflags", "protocol": "dnskeyprotocol", "algorithm": "dnskeyalgorithm", "public_key": "dnskeypublickey"},
	dns.NAPTR: {
		"order": "naptrorder", "preference": "naptrpreference", "flags": "naptrflags", "service": "naptrservice", "regex": "naptrregexp", "replacement": "target",
	},
	dns.HTTPS: {"priority": "svcpriority", "value": "svcparams"},
	dns.SVCB:  {"priority": "svcpriority", "value": "svcparams"},
	dns.DS:    {"key_tag": "dskeytag", "algorithm": "dsalgorithm", "digest_type": "dsdigesttype", "digest": "dsdigest"},
}

func irValue(record map[string]any, r dns.Record) {
	names, structured := irNames[r.Type]
	switch {
	case structured:
		for field, value := range r.Data() {
			name := field
			if names[field] != "" {
				name = names[field]
			}
			if value != 0 && value != "" { // print-ir leaves out zero and empty fields
				record[name] = value
			}
		}
	case r.Type == dns.TXT:
		record["target"] = dns.TXTValue(r.Content)
	case r.Type == dns.MX:
		record["target"] = r.Content
		if r.Priority != 0 {
			record["mxpreference"] = r.Priority
		}
	case r.Data() != nil && r.Type != dns.LOC:
		record["zonfefilepartial"] = r.Content
	default:
		record["target"] = r.Content
	}
}

// irSays returns the parts of a record that DNSControl can express. Its texts are UTF-8, and its tags have no
// commas.
func irSays(r dns.Record) dns.Record {
	r.ID, r.PrivateRouting = "", false
	r.Settings = dns.Settings{FlattenCNAME: r.Settings.FlattenCNAME && r.Type == dns.CNAME}
	r.Comment = strings.ToValidUTF8(r.Comment, "?")
	if r.Type == dns.TXT {
		v, _ := dns.ParseContent(dns.TXT, quotedText(strings.ToValidUTF8(dns.TXTValue(r.Content), "?")))
		r.Content = v.Content
	}
	return r
}

func TestDNSControlRoundTrip(t *testing.T) {
	checkRoundTrip(t, DNSControl, irSays, irWritten)
}

func FuzzReadDNSControl(f *testing.F) { fuzz(f, DNSControl) }
