package dns

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// described is a row of docs/records.md: one value of a type as fields and as content, other spellings of the
// same value, and a description of what counts as equal.
type described struct {
	t       Type
	data    map[string]any
	content string
	spelled []string
	equal   string
}

var described21 = []described{
	{A, nil, "192.0.2.10", nil, "the address"},
	{AAAA, nil, "2001:db8::10", []string{"2001:DB8:0:0::10", "2001:0db8::0010"}, "the address, in any spelling"},
	{CAA, map[string]any{"flags": 0, "tag": "issue", "value": "letsencrypt.org"}, `0 issue "letsencrypt.org"`, []string{`0 ISSUE letsencrypt.org`},
		"flags as a number; tag without regard to case; value byte for byte"},
	{CERT, map[string]any{"type": 1, "key_tag": 12345, "algorithm": 8, "certificate": "TUlJQg=="}, `1 12345 8 TUlJQg==`, []string{`PKIX 12345 RSASHA256 TUlJ Qg==`},
		"numbers, by name or digits; the bytes that the base64 stands for"},
	{CNAME, nil, "www.example.net", []string{"WWW.example.net."}, "the host name, without regard to case and final dot; Unicode as punycode"},
	{DNSKEY, map[string]any{"flags": 257, "protocol": 3, "algorithm": 13, "public_key": curveKey}, `257 3 13 ` + curveKey, []string{`257 3 ECDSAP256SHA256 ` + curveKey[:40] + " " + curveKey[40:]},
		"numbers, the algorithm by name or digits; the bytes of the key"},
	{DS, map[string]any{"key_tag": 2371, "algorithm": 13, "digest_type": 2, "digest": sha256Hex}, `2371 13 2 ` + sha256Hex, []string{`2371 ECDSAP256SHA256 2 ` + strings.ToUpper(sha256Hex)},
		"numbers, the algorithm by name or digits; the digest without regard to case and blanks"},
	{HTTPS, map[string]any{"priority": 1, "target": ".", "value": `alpn="h3,h2" ipv4hint="192.0.2.10"`}, `1 . alpn="h3,h2" ipv4hint="192.0.2.10"`,
		[]string{`1 . ipv4hint=192.0.2.10 alpn=h3,h2`, `1 . key4="\192\000\002\010" ALPN="h3,h2"`},
		"the parameters, in any order and quoting, by name or number; the order inside a list matters, except in mandatory; target as a host name or a lone dot"},
	{LOC, map[string]any{"lat_degrees": 37, "lat_minutes": 46, "lat_seconds": 46, "lat_direction": "N", "long_degrees": 122, "long_minutes": 23, "long_seconds": 35.5, "long_direction": "W",
		"altitude": 10, "size": 100, "precision_horz": 50, "precision_vert": 2}, `37 46 46 N 122 23 35.5 W 10m 100m 50m 2m`, []string{`37 46 46.000 n 122 23 35.500 w 10.00 100.00 50.00 2.00`},
		"numbers: seconds to a thousandth, meters to a hundredth"},
	{MX, nil, "10 mail.example.net", []string{"10 Mail.Example.net."},
		"the host name; another priority is a change of the record, not another record. A lone dot with the priority 0 says that the name accepts no mail"},
	{NAPTR, map[string]any{"order": 100, "preference": 10, "flags": "S", "service": "SIP+D2T", "regex": "", "replacement": "_sip._tcp.example.net"}, `100 10 "S" "SIP+D2T" "" _sip._tcp.example.net`,
		[]string{`100 10 S SIP+D2T "" _SIP._tcp.example.net.`}, "numbers; the texts byte for byte, in any quoting; replacement as a host name"},
	{NS, nil, "ns1.example.net", []string{"NS1.example.net."}, "the host name, as for CNAME"},
	{OPENPGPKEY, nil, "mQINBFit2jsBEADrbl5vjVxYeAE0g0IDYCBp", []string{"mQINBFit2jsBEADr bl5vjVxYeAE0g0IDYCBp"}, "the bytes that the base64 stands for"},
	{PTR, nil, "host.example.net", []string{"Host.example.net."}, "the host name, as for CNAME"},
	{SMIMEA, map[string]any{"usage": 3, "selector": 0, "matching_type": 1, "certificate": sha256Hex}, `3 0 1 ` + sha256Hex, []string{`3 0 1 ` + strings.ToUpper(sha256Hex)},
		"numbers; the hexadecimal digits without regard to case and blanks"},
	{SRV, map[string]any{"priority": 10, "weight": 5, "port": 5060, "target": "sip.example.net"}, `10 5 5060 sip.example.net`, []string{`10 5 05060 SIP.example.net.`},
		"numbers; target as a host name. A lone dot says that there is no such service"},
	{SSHFP, map[string]any{"algorithm": 4, "type": 2, "fingerprint": sha256Hex}, `4 2 ` + sha256Hex, []string{`4 2 ` + strings.ToUpper(sha256Hex)},
		"numbers; the hexadecimal digits without regard to case and blanks"},
	{SVCB, map[string]any{"priority": 1, "target": "dns.example.net", "value": `alpn="dot" port="853"`}, `1 dns.example.net alpn="dot" port="853"`, []string{`1 DNS.example.net. port=853 alpn=dot`},
		"as for HTTPS"},
	{TLSA, map[string]any{"usage": 3, "selector": 1, "matching_type": 1, "certificate": sha256Hex}, `3 1 1 ` + sha256Hex, []string{`3 1 1 ` + strings.ToUpper(sha256Hex)},
		"numbers; the hexadecimal digits without regard to case and blanks"},
	{TXT, nil, "v=spf1 include:_spf.example.net -all", []string{`"v=spf1 include:_spf.example.net -all"`, `"v=spf1 include:_spf" ".example.net -all"`, `"\118=spf1 include:_spf.example.net -all"`},
		"the bytes of the text, bare or quoted, in one chunk or many, with any escapes"},
	{URI, map[string]any{"priority": 10, "weight": 1, "target": "https://www.example.net/"}, `10 1 "https://www.example.net/"`, []string{`010 1 https://www.example.net/`},
		"numbers; target byte for byte"},
}

// curveKey is a key of the right length for algorithm 13.
const curveKey = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="

func TestDocumentedSpellingsAreTheSameRecord(t *testing.T) {
	for i, d := range described21 {
		if d.t != Types()[i] {
			t.Fatalf("row %d describes the type %s, want %s", i, d.t, Types()[i])
		}

		want, p := ParseContent(d.t, d.content)
		if p != nil {
			t.Errorf("%s %q: %v", d.t, d.content, p)
		}
		for _, s := range d.spelled {
			if got, p := ParseContent(d.t, s); p != nil || got != want {
				t.Errorf("ParseContent(%s, %q) = %+v, %v, want %+v", d.t, s, got, p, want)
			}
		}
		if (d.data != nil) != (Fields(d.t) != nil) || len(d.data) != len(Fields(d.t)) {
			t.Errorf("the row of %s has the fields %v, want %v", d.t, d.data, Fields(d.t))
			continue
		}
		if d.data != nil {
			if got, problems := ParseData(d.t, d.data); len(problems) > 0 || got != want {
				t.Errorf("ParseData(%s, %v) = %+v, %v, want %+v", d.t, d.data, got, problems, want)
			}
		}
	}
}

var update = flag.Bool("update", false, "rewrite docs/records.md")

func TestDocsOfRecords(t *testing.T) {
	path, want := filepath.Join("..", "..", "docs", "records.md"), []byte(recordsPage())
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/records.md does not match the source (%v): run go test ./internal/dns -update", err)
	}
}

func recordsPage() string {
	var b strings.Builder
	b.WriteString(recordsIntro)
	b.WriteString("| type | fields | as fields | as content | what counts as equal |\n| --- | --- | --- | --- | --- |\n")
	for _, d := range described21 {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", d.t, fieldList(d.t), asFields(d), asContent(d), d.equal)
	}
	b.WriteString(recordsRest)
	return b.String()
}

// fieldList lists a type's fields with their limits.
func fieldList(t Type) string {
	switch {
	case t == MX:
		return "`priority` 0–65535, `content`"
	case Fields(t) == nil:
		return "`content`"
	}
	var out []string
	for _, f := range Fields(t) {
		text := "`" + f.Name + "`"
		if f.Number {
			text += " " + limit(f.Min) + "–" + limit(f.Max)
		}
		if f.Optional {
			text += " (optional)"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func asFields(d described) string {
	if d.t == MX {
		priority, host, _ := strings.Cut(d.content, " ")
		return code("priority = "+priority) + "<br>" + code("content = "+strconv.Quote(host))
	}
	if d.data == nil {
		return "—"
	}
	var out []string
	for _, f := range Fields(d.t) {
		out = append(out, code(f.Name+" = "+literal(d.data[f.Name])))
	}
	return strings.Join(out, "<br>")
}

func asContent(d described) string {
	out := []string{code(strconv.Quote(d.content))}
	for _, s := range d.spelled {
		out = append(out, code(strconv.Quote(s)))
	}
	return strings.Join(out, "<br>or ")
}

// literal writes a value as HCL does.
func literal(v any) string {
	if s, ok := v.(string); ok {
		return strconv.Quote(s)
	}
	return fmt.Sprint(v)
}

// code writes a text as code in Markdown. It shortens long digests and keys, which are only
// examples of the form.
func code(s string) string {
	for _, long := range []string{sha256Hex, strings.ToUpper(sha256Hex), curveKey, curveKey[:40] + " " + curveKey[40:]} {
		s = strings.ReplaceAll(s, long, long[:8]+"…")
	}
	return "`" + strings.ReplaceAll(s, "|", "\\|") + "`"
}

const recordsIntro = `<!-- Written by go test ./internal/dns -update from internal/dns/docs_test.go; do not edit. -->

# Record types

Cloudflare's API can write 21 types. For types with structured data, write their fields by
Cloudflare's own names, or ` + "`content`" + ` in the presentation form of zone files. Both give the same
record, and equal records never make a diff.

` + "```hcl" + `
zone "example.com" {
  record "SRV" "_sip._tcp" {
    priority = 10
    weight   = 5
    port     = 5060
    target   = "sip.example.net"
  }

  record "SRV" "_sips._tcp" { content = "10 5 5061 sip.example.net" }
}
` + "```" + `

Cloudflare's API, and so a Terraform state, writes the content of SRV and URI without the priority,
and the priority beside it: ` + "`content = \"5 5060 sip.example.net\"`" + ` with ` + "`priority = 10`" + `. That is the
same record too. If the priority is in both places, it must be the same.

If a cell has several contents, they are spellings of the same value. This page shortens digests and keys.

`

const recordsRest = `
## What is equal everywhere

- Names and host names are compared without regard to case and final dot, and Unicode as punycode. A record's
  name can be relative to the zone, full, or ` + "`@`" + ` for the zone itself; a target is always a full name.
- The TTL of a proxied record is always automatic; a declared TTL has no effect.
- Numbers are compared as numbers: ` + "`010`, `\"10\"` and `10`" + `. Only the fields of LOC may have fractions.
- Blanks inside hexadecimal digits and base64 do not matter. The case of hexadecimal digits does not matter
  either.
- Quotation marks, escapes and chunks are ways to write a text. The escapes ` + "`\\\"`, `\\\\` and `\\DDD`" + ` (a byte
  in three decimal digits) work inside quotation marks only. A text that does not begin with a quotation
  mark is used byte for byte, including any quotation marks inside it. A text that is only one quotation mark
  is used as it is, too.

## What cfplan sends

- A TXT is sent in quoted chunks of at most 255 bytes. No chunk ends inside a character. The data of a record
  has at most 4,096 bytes in a DNS message, so a text has at most 4,080.
- Types with structured data are sent as fields, all others as content.
- A proxied record is sent with the TTL "automatic".

[checks.md](checks.md) lists the checks of records.
`
