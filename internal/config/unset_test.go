package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cfplan/cfplan/internal/dns"
)

// oneOfEach has a content for each record type.
var oneOfEach = map[dns.Type]string{
	dns.A:          "192.0.2.1",
	dns.AAAA:       "2001:db8::1",
	dns.CAA:        `0 issue "letsencrypt.org"`,
	dns.CERT:       "1 12345 8 TUlJQg==",
	dns.CNAME:      "www.example.net",
	dns.DNSKEY:     "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
	dns.DS:         "2371 13 2 0d6fce9a0b3c4d5e6f708192a3b4c5d6e7f80910213243546576879809acbdce",
	dns.HTTPS:      "1 . alpn=h2",
	dns.LOC:        "37 46 46 N 122 23 35 W 0m",
	dns.MX:         "10 mail.example.net",
	dns.NAPTR:      `100 10 "S" "SIP+D2T" "" _sip._tcp.example.net`,
	dns.NS:         "ns1.example.net",
	dns.OPENPGPKEY: "mQINBFit2jsBEADrbl5vjVxYeAE0g0IDYCBp",
	dns.PTR:        "host.example.net",
	dns.SMIMEA:     "3 0 0 abcd",
	dns.SRV:        "10 5 5060 sip.example.net",
	dns.SSHFP:      "1 1 f6a07b3e6f2f9a1d8b7c6d5e4f3a2b1c0d9e8f70",
	dns.SVCB:       "1 svc.example.net alpn=dot",
	dns.TLSA:       "3 0 0 abcd",
	dns.TXT:        "text",
	dns.URI:        `10 1 "https://www.example.net/"`,
}

// A null attribute counts as not set, for every record type, in HCL and JSON, and however it becomes null.
func TestNullAttributesChangeNothing(t *testing.T) {
	const constants = "for_each count ignore_warnings" // these are not taken from expressions that become null
	for _, typ := range dns.Types() {
		value, ok := oneOfEach[typ]
		if !ok {
			t.Fatalf("oneOfEach has no content for the type %s", typ)
		}
		var all, evaluated []string
		for _, a := range allAttributes() {
			if a == string(dns.AttrContent) {
				continue
			}
			all = append(all, a)
			if !strings.Contains(constants, a) {
				evaluated = append(evaluated, a)
			}
		}

		want := recordsOf(t, "main.cf.hcl", hclRecord(typ, value, nil, ""))
		for name, tt := range map[string]struct{ file, src string }{
			"HCL":                      {"main.cf.hcl", hclRecord(typ, value, all, "null")},
			"HCL, an expression":       {"main.cf.hcl", hclRecord(typ, value, evaluated, "local.nothing")},
			"HCL, a sensitive one":     {"main.cf.hcl", hclRecord(typ, value, evaluated, "sensitive(local.nothing)")},
			"JSON":                     {"main.cf.json", jsonRecord(t, typ, value, all, nil)},
			"JSON, an expression":      {"main.cf.json", jsonRecord(t, typ, value, evaluated, "${local.nothing}")},
			"dynamic":                  {"main.cf.hcl", dynamicRecord(typ, value, evaluated, "null")},
			"dynamic, of its elements": {"main.cf.hcl", dynamicRecord(typ, value, evaluated, "record.value.nothing")},
		} {
			if diff := cmp.Diff(want, recordsOf(t, tt.file, tt.src)); diff != "" {
				t.Errorf("%s, %s: nulls change the record (-want +got)\n%s\nin\n%s", typ, name, diff, tt.src)
			}
		}
	}
}

const localNothing = "locals {\n  nothing = null\n}\n"

func hclRecord(typ dns.Type, value string, attrs []string, expr string) string {
	return localNothing + fmt.Sprintf("zone \"example.com\" {\n%s  record %q \"x\" {\n%s  }\n}\n",
		beside(typ), typ, body(value, attrs, expr))
}

func dynamicRecord(typ dns.Type, value string, attrs []string, expr string) string {
	return localNothing + fmt.Sprintf(`zone "example.com" {
%s  dynamic "record" {
    for_each = [{ nothing = null }]
    labels   = [%q, "x"]
    content {
%s    }
  }
}
`, beside(typ), typ, body(value, attrs, expr))
}

// beside returns a block that records of the type need beside them.
func beside(typ dns.Type) string {
	if typ == dns.DS {
		return "  record \"NS\" \"x\" {\n    content = [\"ns1.example.net\", \"ns2.example.net\"]\n  }\n"
	}
	return ""
}

// body returns the body of a record block: a content, each attribute with an expression, and a lifecycle
// block with nulls.
func body(value string, attrs []string, expr string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "content = %q\n", value)
	for _, name := range attrs {
		fmt.Fprintf(&b, "%s = %s\n", name, expr)
	}
	if expr != "" {
		fmt.Fprintf(&b, "lifecycle {\n  ignore_changes = null\n}\n")
	}
	return b.String()
}

func jsonRecord(t *testing.T, typ dns.Type, value string, attrs []string, null any) string {
	t.Helper()
	record := map[string]any{"content": value, "lifecycle": nil}
	for _, name := range attrs {
		record[name] = null
	}
	records := map[dns.Type]any{typ: map[string]any{"x": record}}
	if beside(typ) != "" {
		records[dns.NS] = map[string]any{"x": map[string]any{"content": []string{"ns1.example.net", "ns2.example.net"}}}
	}
	b, err := json.Marshal(map[string]any{
		"locals": map[string]any{"nothing": nil},
		"zone":   map[string]any{"example.com": map[string]any{"record": records}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// recordsOf loads one file and returns the records of its zone, without positions.
func recordsOf(t *testing.T, file, src string) []dns.Record {
	t.Helper()
	c, files, diags := Load(writeFiles(t, []txtar.File{{Name: file, Data: []byte(src)}}), Options{})
	if diags.HasErrors() || len(c.Zones) != 1 {
		t.Errorf("%s", describeDiagnostics(t, files, diags))
		return nil
	}
	records := slices.Clone(c.Zones[0].Records)
	for i := range records {
		records[i].Declared = nil
	}
	return records
}

// Advice may quote the source, but never a secret.
func TestAdviceShowsNoSecret(t *testing.T) {
	for file, src := range map[string]string{
		"main.cf.hcl": `zone "example.com" {
  record "A" "a" { value = sensitive("hunter2") }
  record "CAA" "b" {
    data {
      tag   = sensitive("hunter2")
      value = "x"
    }
  }
  record "A" "c" { hostname = sensitive("hunter2") }
}
data "cloudflare_zone" "d" {
  name = sensitive("hunter2")
}
`,
		"main.cf.json": `{"zone": {"example.com": {"record": {"A": {"a": {
  "value": "${sensitive(\"hunter2\")}"
}}}}}}`,
	} {
		_, files, diags := Load(writeFiles(t, []txtar.File{{Name: file, Data: []byte(src)}}), Options{})
		if shown := describeDiagnostics(t, files, diags); !diags.HasErrors() || strings.Contains(shown, "hunter2") {
			t.Errorf("%s: Load reports no error, or one that shows the secret:\n%s", file, shown)
		}
	}
}
