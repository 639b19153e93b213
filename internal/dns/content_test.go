package dns

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
	"testing"
)

const (
	sha256Hex = "0d6fce9a0b3c4d5e6f708192a3b4c5d6e7f80910213243546576879809acbdce"
	sha1Hex   = "f6a07b3e6f2f9a1d8b7c6d5e4f3a2b1c0d9e8f70"
	pgp       = "mQINBFit2jsBEADrbl5vjVxYeAE0g0IDYCBpHirv1Sjlqxx5gjtPhb2YhvyDMXjq"
)

// contents holds canonical values of each type, with other spellings of the same values.
var contents = []struct {
	t       Type
	want    string
	spelled []string
}{
	{A, "192.0.2.10", []string{"192.0.2.10", " 192.0.2.10\n"}},
	{AAAA, "2001:db8::1", []string{"2001:db8::1", "2001:DB8:0:0::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::0.0.0.1"}},
	{AAAA, "::", []string{"0:0:0:0:0:0:0:0"}},
	{AAAA, "2001:db8:0:1:1:1:1:1", []string{"2001:db8::1:1:1:1:1"}}, // RFC 5952, section 4.2.2
	{CNAME, "www.example.com", []string{"www.example.com", "WWW.Example.com."}},
	{CNAME, "_x.xn--mnchen-3ya.de", []string{"_x.München.de."}},
	{NS, "ns1.example.net", []string{"NS1.example.net."}},
	{PTR, "255.2.0.192.in-addr.arpa", []string{"255.2.0.192.IN-ADDR.ARPA."}},
	{PTR, "1.0/25.2.0.192.in-addr.arpa", []string{"1.0/25.2.0.192.in-addr.arpa."}},
	{MX, "mail.example.com", []string{"mail.example.com", "Mail.example.com."}},
	{MX, ".", []string{"."}},
	{OPENPGPKEY, pgp, []string{pgp, pgp[:20] + " " + pgp[20:40] + "\n\t" + pgp[40:]}},
	{CAA, `0 issue "letsencrypt.org"`, []string{`0 issue letsencrypt.org`, `00 ISSUE "letsencrypt.org"`, "0\tissue  \"letsencrypt.org\" ", `0 issue "lets\101ncrypt.org"`}},
	{CAA, `128 issue ";"`, []string{`128 issue ";"`, `128 issue "\;"`}},
	{CAA, `0 iodef "mailto:a@example.com?x=\"\\"`, []string{`0 iodef "mailto:a@example.com?x=\"\\"`}},
	{CERT, `1 12345 8 TUlJQg==`, []string{`PKIX 12345 RSASHA256 TUlJQg==`, `pkix 12345 8 TUlJ Qg==`, `1 12345 8 TUlJQh==`}},
	{DNSKEY, `257 3 13 ` + pgp, []string{`257 3 13 ` + pgp, `257 3 ECDSAP256SHA256 ` + pgp[:8] + " " + pgp[8:]}},
	{DS, `2371 13 2 ` + sha256Hex, []string{`2371 13 2 ` + strings.ToUpper(sha256Hex), `2371 ECDSAP256SHA256 2 ` + sha256Hex[:10] + " " + sha256Hex[10:]}},
	{HTTPS, `1 . alpn="h2,h3"`, []string{`1 . alpn="h2,h3"`, `1 . alpn=h2,h3`, `01  .  alpn="h2,h3"`, `1 . ALPN=h2,h3`}},
	{HTTPS, `1 . alpn="h3,h2"`, []string{`1 . alpn="h3,h2"`}}, // the order is a preference
	{HTTPS, `0 www.example.com`, []string{`0 www.example.com.`, `0 WWW.example.com `}},
	{SVCB, `1 svc.example.com mandatory="alpn,port" alpn="dot" no-default-alpn port="853" ipv4hint="192.0.2.1" ipv6hint="2001:db8::1" key65280="x\ y\001"`,
		[]string{`1 svc.example.com. ipv6hint=2001:DB8:0::1 port=0853 key65280="x y\001" mandatory=port,alpn alpn=dot no-default-alpn ipv4hint=192.0.2.1`}},
	{SVCB, `1 . alpn="f\\\092oo\\\044bar,h2"`, []string{`1 . alpn="f\\\\oo\\,bar,h2"`, `1 . alpn=f\\\092oo\092,bar,h2`}}, // RFC 9460, appendix D.2
	{HTTPS, `1 . ech="AEX+DQ==" dohpath="/q{?dns}"`, []string{`1 . dohpath=/q{?dns} ech=AEX+DQ==`}},
	{HTTPS, `1 . mandatory="alpn,ipv4hint" alpn="h2" port="443" ipv4hint="192.0.2.1" ipv6hint="2001:db8::1" dohpath="/q{?dns}"`,
		[]string{`1 . key4="\192\000\002\001" key3="\001\187" KEY1="\002h2" key6="\032\001\013\184\000\000\000\000\000\000\000\000\000\000\000\001" key7="/q{?dns}" mandatory=key4,KEY1`}}, // RFC 9460, section 2.1
	{SVCB, `1 . key9`, []string{`1 . key9=`, `1 . key9=""`, `1 . key9`}},
	{LOC, `37 46 46.000 N 122 23 35.000 W 0.00 100.00 0.00 0.00`, []string{`37 46 46 N 122 23 35 W 0 100 0 0`, `37 46 46.0001 n 122 23 35.000 w 0.00m 100m 0m 0.00M`, `37 46 46 N 122 23 35 W -0.001 100 0 0`}},
	{LOC, `42 0 0.000 N 71 6 0.000 W -24.00 1.00 10000.00 10.00`, []string{`42 N 71 06 W -24m`, `42 0 N 71 6 0 W -24 1`, `42 0 0 N 71 6 W -24m 1m 10000m 10m`}},
	{NAPTR, `100 10 "S" "SIP+D2T" "" _sip._tcp.example.com`, []string{`100 10 "S" "SIP+D2T" "" _sip._tcp.example.com.`, `100 10 S SIP+D2T "" _SIP._tcp.example.com`}},
	{NAPTR, `100 10 "u" "E2U+sip" "!^.*$!sip:\\1@example.com!" .`, []string{`100 10 "u" "E2U+sip" "!^.*$!sip:\\1@example.com!" .`}},
	{SMIMEA, `3 0 0 abcd`, []string{`3 0 0 ABCD`, `3 0 0 AB cd`}},
	{TLSA, `3 1 1 ` + sha256Hex, []string{`3 1 1 ` + strings.ToUpper(sha256Hex), `03 01 01 ` + sha256Hex[:32] + " \t" + sha256Hex[32:]}},
	{SRV, `10 5 5060 sip.example.com`, []string{`10 5 5060 sip.example.com.`, "10\t5 5060  SIP.example.com"}},
	{SRV, `0 0 0 .`, []string{`0 0 0 .`}},
	{SSHFP, `1 1 ` + sha1Hex, []string{`1 1 ` + strings.ToUpper(sha1Hex)}},
	{TXT, `"v=spf1 -all"`, []string{`v=spf1 -all`}},
	{URI, `10 1 "https://www.example.com/a?b=c;d (e)"`, []string{`10 1 "https://www.example.com/a?b=c;d (e)"`}},
	{URI, `10 1 "ftp://a"`, []string{`10 1 ftp://a`}},
}

func TestParseContent(t *testing.T) {
	for _, tt := range contents {
		for _, in := range append(tt.spelled, tt.want) {
			got, p := ParseContent(tt.t, in)
			if p != nil || got.Content != tt.want {
				t.Errorf("ParseContent(%s, %q) = %q, %v, want %q", tt.t, in, got.Content, p, tt.want)
			}
		}
	}
}

func TestParseContentOfMX(t *testing.T) {
	for in, want := range map[string]Value{
		"mail.example.com":           {Content: "mail.example.com"},
		"10 Mail.example.com.":       {Content: "mail.example.com", Priority: 10, HasPriority: true},
		"0 .":                        {Content: ".", HasPriority: true},
		"065535 \t mail.example.com": {Content: "mail.example.com", Priority: 65535, HasPriority: true},
	} {
		if got, p := ParseContent(MX, in); p != nil || got != want {
			t.Errorf("ParseContent(MX, %q) = %+v, %v, want %+v", in, got, p, want)
		}
	}
}

func TestEveryTypeHasAnExample(t *testing.T) {
	seen := map[Type]bool{}
	for _, tt := range contents {
		seen[tt.t] = true
	}
	for _, typ := range Types() {
		if !seen[typ] {
			t.Errorf("contents has no example of the type %s", typ)
		}
	}
}

func TestParseContentRefusesInvalidContent(t *testing.T) {
	for _, tt := range []struct {
		t          Type
		in, advice string
	}{
		{A, "192.0.2.300", "four numbers from 0 to 255, such as 192.0.2.10."},
		{A, "2001:db8::1", "AAAA"},
		{A, "www.example.com", "CNAME"},
		{A, "192.0.2.010", "leading zeros"},
		{A, "192.0.2.1/32", "prefix"},
		{A, "192.0.2.1:80", "port"},
		{A, "https://192.0.2.1", "URL"},
		{A, "", "four numbers"},
		{A, ".", "four numbers"},
		{A, "192.0.2.1\n192.0.2.2", "four numbers"},
		{AAAA, "192.0.2.1", "use an A record."},
		{AAAA, "::ffff:192.0.2.1", "an A record with 192.0.2.1"},
		{AAAA, "fe80::1%eth0", "interface"},
		{AAAA, "[2001:db8::1]", "brackets"},
		{AAAA, "2001:db8::/32", "prefix"},
		{AAAA, "2001:db8::g", "hexadecimal"},
		{AAAA, "www.example.com", "CNAME"},
		{CNAME, "192.0.2.1", "use an A record."},
		{CNAME, "2001:db8::1", "use an AAAA record."},
		{CNAME, "192.0.2.1.", "use an A record."},
		{CNAME, "192.0.2.300", "cannot be a number"},
		{CNAME, "https://example.com", "URL"},
		{CNAME, "example.com/path", "without a path"},
		{CNAME, "example.com:443", "port"},
		{CNAME, "@", "zone's own name"},
		{CNAME, "www example.com", "white space"},
		{CNAME, "*.example.com", "wildcard"},
		{CNAME, ".", "lone dot"},
		{CNAME, "", "empty"},
		{CNAME, "a..example.com", "between"},
		{NS, ".", "lone dot"},
		{NS, "192.0.2.1", "IP address"},
		{MX, "192.0.2.1", "IP address"},
		{MX, "10 192.0.2.1", "IP address"},
		{MX, "70000 mail.example.com", "65535"},
		{MX, "-1 mail.example.com", "white space"},
		{MX, "10 mail.example.com x", "white space"},
		{MX, "me@example.com", "mail address"},
		{OPENPGPKEY, "", "empty"},
		{OPENPGPKEY, "a", "base64"},
		{OPENPGPKEY, "-----BEGIN PGP PUBLIC KEY BLOCK-----", "BEGIN"},
		{CAA, `0 issue ;`, "semicolon"},
		{CAA, `0 issue letsencrypt.org; x=y`, "semicolon"},
		{CAA, `issue "x"`, "value is missing"},
		{CAA, `256 issue "x"`, "0 to 255"},
		{CAA, `0 issue`, "value is missing"},
		{CAA, `0 issue "x`, "quotation mark is missing"},
		{CAA, `0 issue "x"y`, "directly after"},
		{CAA, `0 issue x"y"`, "has a quotation mark in it"},
		{CAA, `0 issue "x" "y"`, "after the last field"},
		{CAA, `0 is-sue "x"`, "letters and digits"},
		{CAA, `0 issue "\300"`, "escape"},
		{CAA, `0 issue "\010"`, "control"},
		{CAA, `0 issue "\255"`, "UTF-8"},
		{CAA, "0 issue \"x\"\n$INCLUDE /etc/passwd", "one line"},
		{CAA, "$INCLUDE /etc/passwd x", "not a number"},
		{CERT, `XPKI 0 0 TUlJQg==`, "names that stand for one"},
		{CERT, `PKIX 0 0 !`, "base64"},
		{CERT, `PKIX 0 0`, "certificate is missing"},
		{DS, `1 13 2 0x12`, "without 0x"},
		{DS, `1 13 2 12:34`, "colons"},
		{DS, `1 13 2 123`, "odd number"},
		{DS, `1 13 2 12g4`, "0-9 and a-f"},
		{DS, `1 13 2 (1234 5678)`, "Parentheses"},
		{DS, `1 13 2 1234)`, "Parentheses"},
		{LOC, `1 0 0 X 0 0 0 E 0`, "N or S"},
		{HTTPS, "1 . alpn=,", "protocols"},
		{HTTPS, "1 . mandatory port=1", "needs a value"},
		{HTTPS, `1`, "target is missing"},
		{HTTPS, `1 192.0.2.1`, "IP address"},
		{HTTPS, `1 . foo=bar`, "is unknown"},
		{HTTPS, `1 . aln=h2`, `"alpn"`},
		{HTTPS, `1 . alpn`, "needs a value"},
		{HTTPS, `1 . alpn=h2 alpn=h3`, "twice"},
		{HTTPS, `1 . alpn="h2`, "quotation mark is missing"},
		{HTTPS, `1 . alpn="h2"port=1`, "directly after"},
		{HTTPS, `1 . port=65536`, "0 to 65535"},
		{HTTPS, `1 . ipv4hint=2001:db8::1`, "IPv4"},
		{HTTPS, `1 . ipv6hint=192.0.2.1`, "IPv6"},
		{HTTPS, `1 . ech=!`, "base64"},
		{HTTPS, `1 . alpn=h2 no-default-alpn=x`, "no value"},
		{HTTPS, `1 . no-default-alpn`, "needs alpn"},
		{HTTPS, `1 . mandatory=port`, "which is missing"},
		{HTTPS, `1 . key1=h2`, "which is alpn"},
		{HTTPS, `1 . key4="\192\000\002"`, "which is ipv4hint"},
		{HTTPS, `1 . key1="\000"`, "needs a value"},
		{HTTPS, `1 . alpn=h2 key1="\002h3"`, "twice"},
		{HTTPS, `1 . key01=x`, "is unknown"},
		{HTTPS, `1 . key65536=x`, "is unknown"},
		{HTTPS, `1 . mandatory=mandatory`, "other parameters"},
		{HTTPS, `1 . mandatory=bogus port=1`, "other parameters"},
		{HTTPS, `1 . mandatory=port,port port=1`, "twice"},
		{HTTPS, `1 . key65280=a;b`, "quotation marks around"},
		{HTTPS, `1 . =x`, "name of a parameter"},
		{HTTPS, `1 . key65280=\`, "backslash"},
		{LOC, `91 0 0 N 0 0 0 E 0`, "0 to 90"},
		{LOC, `1 60 0 N 0 0 0 E 0`, "0 to 59"},
		{LOC, `1 0 59.9999 N 0 0 0 E 0`, "59.999"},
		{LOC, `1.5 0 0 N 0 0 0 E 0`, "whole number"},
		{LOC, `1 0 0 E 0 0 0 N 0`, "N or S"},
		{LOC, `1 0 0 N 0 0 0 E`, "altitude"},
		{LOC, `N 0 0 0 E 0`, "N or S"},
		{LOC, `1 0 0 N 0 0 0 E 0x10`, "not a number"},
		{LOC, `1 0 0 N 0 0 0 E 1e5`, "not a number"},
		{LOC, `1 0 0 N 0 0 0 E inf`, "not a number"},
		{LOC, `1 0 0 N 0 0 0 E nan`, "not a number"},
		{SRV, `5 5060 sip.example.com`, "target is missing"},
		{SRV, `10 5 5060 192.0.2.1`, "IP address"},
		{SRV, `10 5 5060 sip.example.com extra`, "after the last field"},
		{SRV, `10 5 70000 sip.example.com`, "0 to 65535"},
		{SRV, `10 5 5060.5 sip.example.com`, "whole number"},
		{TXT, ``, "empty"},
		{"SPF", `v=spf1`, "types are A"},
		{"cname", `a`, `Did you mean "CNAME"?`},
		{TXT, strings.Repeat("x", maxContent+1), "longer"},
		{TXT, strings.Repeat("\x80", maxContent/2), "longer"}, // because of its escapes
	} {
		got, p := ParseContent(tt.t, tt.in)
		if p == nil {
			t.Errorf("ParseContent(%s, %q) = %q, want a problem", tt.t, tt.in, got.Content)
			continue
		}
		if !strings.Contains(p.Detail, tt.advice) || p.Severity != Error || p.Rule == "" || p.Summary == "" {
			t.Errorf("ParseContent(%s, %q): %+v, want advice with %q", tt.t, tt.in, *p, tt.advice)
		}
		if p.Attr != "content" && p.Attr != "type" {
			t.Errorf("ParseContent(%s, %q): the problem is about %q, want content or type", tt.t, tt.in, p.Attr)
		}
	}
}

func TestProblemsAreSafeForATerminal(t *testing.T) {
	for _, in := range []string{"\x1b[2J\u202e", strings.Repeat("\x1b", 5000), strings.Repeat("日", 500)} {
		for _, typ := range Types() {
			_, p := ParseContent(typ, `"`+in) // no type accepts an unclosed quotation mark
			if p == nil {
				t.Errorf("ParseContent(%s, %q) returns no problem, want one", typ, `"`+in)
				continue
			}

			raw := strings.ContainsFunc(p.Detail, control) || strings.ContainsRune(p.Detail, '\u202e')
			if raw || len(p.Detail) > 1000 {
				t.Errorf("ParseContent(%s, %q): the detail %q shows the value raw or at full length", typ, `"`+in, p.Detail)
			}
		}
	}
}

// datas holds structured data for each type that has fields, with the resulting content.
var datas = []struct {
	t    Type
	data map[string]any
	want string
}{
	{CAA, map[string]any{"flags": 0, "tag": "issue", "value": "letsencrypt.org"}, `0 issue "letsencrypt.org"`},
	{CAA, map[string]any{"flags": 128, "tag": "issuewild", "value": `a"b\c; d`}, `128 issuewild "a\"b\\c; d"`},
	{CAA, map[string]any{"flags": 0, "tag": "issue", "value": ""}, `0 issue ""`},
	{CERT, map[string]any{"type": 1, "key_tag": 2, "algorithm": 8, "certificate": "TUlJQg=="}, `1 2 8 TUlJQg==`},
	{DNSKEY, map[string]any{"flags": 257, "protocol": 3, "algorithm": 13, "public_key": pgp}, `257 3 13 ` + pgp},
	{DS, map[string]any{"key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": sha256Hex}, `1 13 2 ` + sha256Hex},
	{HTTPS, map[string]any{"priority": 1, "target": ".", "value": `alpn="h2"`}, `1 . alpn="h2"`},
	{HTTPS, map[string]any{"priority": 0, "target": "www.example.com", "value": ""}, `0 www.example.com`},
	{SVCB, map[string]any{"priority": 2, "target": "a.b", "value": `port="53" key9`}, `2 a.b port="53" key9`},
	{LOC, map[string]any{"lat_degrees": 37.0, "lat_minutes": 46.0, "lat_seconds": 46.0, "lat_direction": "N",
		"long_degrees": 122.0, "long_minutes": 23.0, "long_seconds": 35.5, "long_direction": "W",
		"altitude": -1.25, "size": 100.0, "precision_horz": 0.0, "precision_vert": 0.0}, `37 46 46.000 N 122 23 35.500 W -1.25 100.00 0.00 0.00`},
	{NAPTR, map[string]any{"order": 100, "preference": 10, "flags": "U", "service": "E2U+sip", "regex": `!^(.*)$!sip:\1@a!`, "replacement": "."},
		`100 10 "U" "E2U+sip" "!^(.*)$!sip:\\1@a!" .`},
	{SMIMEA, map[string]any{"usage": 3, "selector": 0, "matching_type": 0, "certificate": "abcd"}, `3 0 0 abcd`},
	{TLSA, map[string]any{"usage": 3, "selector": 1, "matching_type": 1, "certificate": sha256Hex}, `3 1 1 ` + sha256Hex},
	{SRV, map[string]any{"priority": 10, "weight": 5, "port": 5060, "target": "sip.example.com"}, `10 5 5060 sip.example.com`},
	{SRV, map[string]any{"priority": 0, "weight": 0, "port": 0, "target": "."}, `0 0 0 .`},
	{SSHFP, map[string]any{"algorithm": 1, "type": 1, "fingerprint": sha1Hex}, `1 1 ` + sha1Hex},
	{URI, map[string]any{"priority": 10, "weight": 1, "target": "https://a/ü?\"x\""}, `10 1 "https://a/ü?\"x\""`},
}

func TestDataReturnsWhatParseDataParsed(t *testing.T) {
	for _, tt := range datas {
		v, problems := ParseData(tt.t, tt.data)
		if len(problems) > 0 || v.Content != tt.want || v.HasPriority {
			t.Errorf("ParseData(%s, %v) = %+v, %v, want %q", tt.t, tt.data, v, problems, tt.want)
			continue
		}
		if back := (Record{Type: tt.t, Content: v.Content}).Data(); !reflect.DeepEqual(back, tt.data) {
			t.Errorf("Data() of %s %q = %v, want %v", tt.t, v.Content, back, tt.data)
		}
		if again, p := ParseContent(tt.t, v.Content); p != nil || again != v {
			t.Errorf("ParseContent(%s, %q) = %+v, %v, want %+v", tt.t, v.Content, again, p, v)
		}
	}
}

func TestDataIsNilWithoutStructuredData(t *testing.T) {
	for _, r := range []Record{{Type: A, Content: "192.0.2.1"}, {Type: TXT, Content: `"x"`}, {Type: MX, Content: "a.b"},
		{Type: SRV, Content: "5060 sip.example.com"}, {Type: CAA}, {Type: "SPF", Content: "x"}} {
		if got := r.Data(); got != nil {
			t.Errorf("Data() of %s %q = %v, want nil", r.Type, r.Content, got)
		}
	}
}

func TestParseDataAcceptsNumbersOfAnyGoType(t *testing.T) {
	if testing.Short() {
		t.Skip("many values: not with -short")
	}

	huge := new(big.Float).SetMantExp(big.NewFloat(1), 4_000_000) // about 1e1200000
	var none *big.Float
	for _, tt := range []struct {
		in   any
		want string // "" if it is refused
	}{
		{5060, "5060"}, {int64(5060), "5060"}, {uint16(5060), "5060"}, {uint8(50), "50"}, {5060.0, "5060"}, {float32(5060), "5060"},
		{json.Number("5060"), "5060"}, {json.Number("506e1"), "5060"}, {json.Number("5060.0"), "5060"}, {big.NewFloat(5060), "5060"},
		{big.NewInt(5060), "5060"}, {"5060", "5060"}, {" 05060 ", "5060"}, {"-0", "0"},
		{-1, ""}, {65536, ""}, {5060.5, ""}, {"5060.5", ""}, {"", ""}, {"x", ""}, {"0x10", ""}, {"1_0", ""}, {true, ""}, {[]int{1}, ""},
		{json.Number("1e99999"), ""}, {json.Number("1e-3"), ""}, {huge, ""}, {none, ""}, {nil, ""}, {"5.", ""}, {"+5", ""}, {strings.Repeat("9", 10000), ""},
	} {
		v, problems := ParseData(SRV, map[string]any{"priority": 1, "weight": 1, "port": tt.in, "target": "a.b"})
		if tt.want != "" && v.Content != "1 1 "+tt.want+" a.b" {
			t.Errorf("ParseData with port %#v = %q, %v, want port %s", tt.in, v.Content, problems, tt.want)
		}
		if tt.want == "" && (len(problems) != 1 || problems[0].Attr != "port") {
			t.Errorf("ParseData with port %#v = %q, %v, want one problem, about the port", tt.in, v.Content, problems)
		}
	}
}

func TestParseDataReportsAllProblems(t *testing.T) {
	_, problems := ParseData(SRV, map[string]any{"priority": 1.5, "wieght": 5, "port": 70000, "target": 7})
	want := map[Attribute]string{
		"priority": "whole number",
		"weight":   "needs the field",
		"port":     "0 to 65535",
		"target":   "must be text",
		"wieght":   `Did you mean "weight"?`,
	}
	for _, p := range problems {
		if want[p.Attr] == "" || !strings.Contains(p.Detail, want[p.Attr]) {
			t.Errorf("ParseData returns the problem %+v, want a detail with %q", *p, want[p.Attr])
		}
		delete(want, p.Attr)
	}

	if len(want) > 0 {
		t.Errorf("ParseData returns no problems with the details %v", want)
	}
	if _, problems := ParseData(A, map[string]any{"x": 1}); len(problems) != 1 {
		t.Errorf("ParseData(A) = %v, want one problem", problems)
	}
}

func TestMissingOptionalFieldsAreZeroOrEmpty(t *testing.T) {
	v, problems := ParseData(LOC, map[string]any{
		"lat_degrees": 1, "lat_direction": "s", "long_degrees": 2, "long_direction": "e", "size": nil,
	})
	if want := "1 0 0.000 S 2 0 0.000 E 0.00 0.00 0.00 0.00"; v.Content != want {
		t.Errorf("ParseData(LOC) = %q, %v, want %q", v.Content, problems, want)
	}

	v, problems = ParseData(HTTPS, map[string]any{"priority": 1, "target": "."})
	if v.Content != "1 ." {
		t.Errorf("ParseData(HTTPS) = %q, %v, want %q", v.Content, problems, "1 .")
	}
}

func TestFields(t *testing.T) {
	for _, typ := range Types() {
		fields := Fields(typ)
		_, structured := formOf(typ)
		if structured != (len(fields) > 0) {
			t.Errorf("Fields(%s) = %v, but the type has structured data: %v", typ, fields, structured)
		}
		for _, f := range fields {
			if f.Number && f.Max <= f.Min || f.Fraction && !f.Number {
				t.Errorf("the field %s.%s is not sound: %+v", typ, f.Name, f)
			}
		}
	}
	if got := len(Fields(LOC)); got != 12 {
		t.Errorf("LOC has %d fields, want 12", got)
	}
}

func TestParseLive(t *testing.T) {
	ten := 10.0
	half, below, above := 0.5, -1.0, 65536.0
	for _, tt := range []struct {
		t        Type
		content  string
		data     map[string]any
		priority *float64
		want     Value
	}{
		{A, "192.0.2.1", nil, nil, Value{Content: "192.0.2.1"}},
		{A, "not an address", nil, nil, Value{Content: "not an address"}},
		{A, "192.0.2.1", nil, &ten, Value{Content: "192.0.2.1"}},
		{MX, "Mail.example.com", nil, &ten, Value{"mail.example.com", 10, true}},
		{MX, "mail server", nil, &ten, Value{"mail server", 10, true}},
		{MX, "20 mail.example.com", nil, nil, Value{"mail.example.com", 20, true}},
		{MX, "mail.example.com", nil, &half, Value{Content: "mail.example.com"}},
		{MX, "mail.example.com", nil, &below, Value{Content: "mail.example.com"}},
		{MX, "mail.example.com", nil, &above, Value{Content: "mail.example.com"}},
		{TXT, "v=spf1 -all", nil, nil, Value{Content: `"v=spf1 -all"`}},
		{TXT, `"v=spf1" " -all"`, nil, nil, Value{Content: `"v=spf1 -all"`}},
		{TXT, `say "hi"`, nil, nil, Value{Content: `"say \"hi\""`}},
		{TXT, `"lone`, nil, nil, Value{Content: `"\"lone"`}},
		{TXT, ``, nil, nil, Value{Content: `""`}},
		{SRV, "0 5222 talk.l.google.com", map[string]any{"priority": 5.0, "weight": 0.0, "port": 5222.0, "target": "talk.l.google.com",
			"name": "example.com", "service": "_xmpp", "proto": "_tcp"}, &ten, Value{Content: "5 0 5222 talk.l.google.com"}},
		{SRV, "0 5222 talk.l.google.com", map[string]any{"weight": 0.0, "port": 5222.0, "target": "talk.l.google.com"}, &ten, Value{Content: "10 0 5222 talk.l.google.com"}},
		{SRV, "0\t5222\ttalk.l.google.com", nil, &ten, Value{Content: "10 0 5222 talk.l.google.com"}},
		{SRV, "7 0 5222 talk.l.google.com", nil, &ten, Value{Content: "7 0 5222 talk.l.google.com"}},
		{SRV, "0 5222 talk.l.google.com", nil, nil, Value{Content: "0 5222 talk.l.google.com"}},
		{URI, `1 "https://a/"`, map[string]any{"weight": 1.0, "target": "https://a/"}, &ten, Value{Content: `10 1 "https://a/"`}},
		{URI, `1 "https://a/"`, nil, &ten, Value{Content: `10 1 "https://a/"`}},
		{HTTPS, `1 www.unit.tests. alpn="h3,h2"`, map[string]any{"priority": 1.0, "target": "www.unit.tests.", "value": ` alpn="h3,h2"`}, nil, Value{Content: `1 www.unit.tests alpn="h3,h2"`}},
		{HTTPS, `1 . alpn="h2"`, nil, nil, Value{Content: `1 . alpn="h2"`}},
		{CAA, "", map[string]any{"flags": 0.0, "tag": "issuewild", "value": "example.com"}, nil, Value{Content: `0 issuewild "example.com"`}},
		{CAA, `0 issue "a"`, map[string]any{"flags": "x"}, nil, Value{Content: `0 issue "a"`}},
		{CAA, "", map[string]any{"flags": "x", "tag": 1.0}, nil, Value{Content: `{"flags":"x","tag":1}`}},
		{LOC, "IN LOC 37 46 46.000 N 122 23 35.000 W 0.00m", map[string]any{"lat_degrees": 37.0, "lat_minutes": 46.0, "lat_seconds": 46.0, "lat_direction": "N",
			"long_degrees": 122.0, "long_minutes": 23.0, "long_seconds": 35.0, "long_direction": "W", "altitude": 0.0, "size": 100.0, "precision_horz": 0.0, "precision_vert": 0.0},
			nil, Value{Content: "37 46 46.000 N 122 23 35.000 W 0.00 100.00 0.00 0.00"}},
		{NAPTR, `30 100 "S" "SIP+D2T" "" _sip._tls.unit.tests.`, map[string]any{"order": 30.0, "preference": 100.0, "flags": "S", "service": "SIP+D2T", "regex": "", "replacement": "_sip._tls.unit.tests."},
			nil, Value{Content: `30 100 "S" "SIP+D2T" "" _sip._tls.unit.tests`}},
		{"LUA", "whatever \x00", map[string]any{"a": 1}, &ten, Value{Content: "whatever \x00"}},
		{"", "", nil, nil, Value{}},
	} {
		if got := ParseLive(tt.t, tt.content, tt.data, tt.priority); got != tt.want {
			t.Errorf("ParseLive(%s, %q, %v) = %+v, want %+v", tt.t, tt.content, tt.data, got, tt.want)
		}
	}
}

func TestNeedsPriority(t *testing.T) {
	for _, typ := range Types() {
		if NeedsPriority(typ) != (typ == MX) {
			t.Errorf("NeedsPriority(%s) = %v, want %v", typ, NeedsPriority(typ), typ == MX)
		}
	}
}

// The API writes the content of SRV and URI without the priority, and the priority beside it.
func TestParseContentBeside(t *testing.T) {
	for _, tt := range []struct {
		t        Type
		content  string
		priority uint16
		want     string // "" for a contradiction, "-" for content that cannot be parsed
	}{
		{SRV, "5 5060 sip.example.com", 10, "10 5 5060 sip.example.com"},
		{SRV, "5\t5060\tSIP.example.com.", 10, "10 5 5060 sip.example.com"},
		{SRV, "10 5 5060 sip.example.com", 10, "10 5 5060 sip.example.com"},
		{SRV, "010 5 5060 sip.example.com", 10, "10 5 5060 sip.example.com"},
		{SRV, "1 5 5060 sip.example.com", 10, ""},
		{SRV, "10 5 5060 sip.example.com", 1, ""},
		{SRV, "0 0 .", 0, "0 0 0 ."},
		{SRV, "5060 sip.example.com", 10, "-"},
		{SRV, "", 10, "-"},
		{URI, `1 "https://www.example.com/"`, 10, `10 1 "https://www.example.com/"`},
		{URI, `1 https://www.example.com/`, 10, `10 1 "https://www.example.com/"`},
		{URI, `10 1 "https://www.example.com/"`, 10, `10 1 "https://www.example.com/"`},
		{URI, `10 1 "https://www.example.com/"`, 11, ""},
		{MX, "mail.example.com", 10, "mail.example.com"},
		{MX, "10 mail.example.com", 10, "mail.example.com"},
		{MX, "20 mail.example.com", 10, ""},
		{MX, "1.2.3.4", 10, "-"},
	} {
		v, p := ParseContentBeside(tt.t, tt.content, tt.priority)
		placed := v.HasPriority == (tt.t == MX) && (tt.t != MX || v.Priority == tt.priority)

		switch {
		case tt.want == "" && (p == nil || p.Summary != "Priority given twice"):
			t.Errorf("ParseContentBeside(%s, %q, %d) = %+v, %v, want the problem Priority given twice", tt.t, tt.content, tt.priority, v, p)
		case tt.want == "-" && (p == nil || p.Summary == "Priority given twice"):
			t.Errorf("ParseContentBeside(%s, %q, %d) = %+v, %v, want a problem with the content", tt.t, tt.content, tt.priority, v, p)
		case tt.want == "" || tt.want == "-":
		case p != nil || v.Content != tt.want || !placed:
			t.Errorf("ParseContentBeside(%s, %q, %d) = %+v, %v, want %q", tt.t, tt.content, tt.priority, v, p, tt.want)
		}
	}
}
