package sandbox

import (
	"strings"
	"testing"

	mdns "github.com/miekg/dns"
	"pgregory.net/rapid"
)

func TestNameServerConvertsEveryType(t *testing.T) {
	d := func(pairs ...any) map[string]any {
		out := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i].(string)] = pairs[i+1]
		}
		return out
	}

	long := strings.Repeat("x", 300)
	tests := []struct {
		r    Record
		want string
	}{
		{Record{Type: "A", Content: "192.0.2.1"}, "192.0.2.1"},
		{Record{Type: "AAAA", Content: "2001:DB8::1"}, "2001:db8::1"},
		{Record{Type: "CAA", Data: d("flags", 128, "tag", "issue", "value", `a; b="c"`)}, `128 issue "a; b=\"c\""`},
		{Record{Type: "CERT", Data: d("type", 1, "key_tag", 2, "algorithm", 8, "certificate", "Zm9v IGJhcg==")}, "PKIX 2 RSASHA256 Zm9vIGJhcg=="},
		{Record{Type: "CNAME", Content: "host.example.net"}, "host.example.net."},
		{Record{Type: "DNSKEY", Data: d("flags", 257, "protocol", 3, "algorithm", 13, "public_key", "Zm9v")}, "257 3 13 Zm9v"},
		{Record{Type: "DS", Data: d("key_tag", 1, "algorithm", 13, "digest_type", 2, "digest", "ab12")}, "1 13 2 AB12"},
		{Record{Type: "HTTPS", Data: d("priority", 1, "target", ".", "value", `alpn="h3,h2" ipv4hint="192.0.2.1"`)}, `1 . alpn="h3,h2" ipv4hint="192.0.2.1"`},
		{Record{Type: "LOC", Data: d("lat_degrees", 52, "lat_minutes", 22, "lat_seconds", 23.5, "lat_direction", "N", "long_degrees", 4, "long_direction", "E", "altitude", -2.0, "size", 10)},
			"52 22 23.500 N 04 00 0.000 E -2m 10m 0.00m 0.00m"},
		{Record{Type: "MX", Content: "mx.example.net", Priority: 7}, "7 mx.example.net."},
		{Record{Type: "MX", Content: "."}, "0 ."},
		{Record{Type: "NAPTR", Data: d("order", 1, "preference", 2, "flags", "u", "service", "E2U+sip", "regex", `!^.*$!sip:a\@b!`, "replacement", "host.example.net")},
			`1 2 "u" "E2U+sip" "!^.*$!sip:a\\@b!" host.example.net.`},
		{Record{Type: "NS", Content: "ns.example.net"}, "ns.example.net."},
		{Record{Type: "OPENPGPKEY", Content: "Zm9v"}, "Zm9v"},
		{Record{Type: "PTR", Content: "host.example.net"}, "host.example.net."},
		{Record{Type: "SMIMEA", Data: d("usage", 3, "selector", 1, "matching_type", 1, "certificate", "AB12")}, "3 1 1 ab12"},
		{Record{Type: "SRV", Data: d("priority", 1, "weight", 2, "port", 3, "target", "host.example.net")}, "1 2 3 host.example.net."},
		{Record{Type: "SRV", Data: d("priority", 0, "weight", 0, "port", 0, "target", ".")}, "0 0 0 ."},
		{Record{Type: "SSHFP", Data: d("algorithm", 4, "type", 2, "fingerprint", "ab12")}, "4 2 AB12"},
		{Record{Type: "SVCB", Data: d("priority", 0, "target", "host.example.net.")}, "0 host.example.net."},
		{Record{Type: "TLSA", Data: d("usage", 3, "selector", 1, "matching_type", 1, "certificate", "ab12")}, "3 1 1 ab12"},
		{Record{Type: "TXT", Content: `bare; (text) with \ in it`}, `"bare; (text) with \\ in it"`},
		{Record{Type: "TXT", Content: `"two" "\"strings\" \195\188"`}, `"two" "\"strings\" \195\188"`},
		{Record{Type: "TXT", Content: `"none""between"`}, `"none" "between"`},
		{Record{Type: "TXT", Content: "ü"}, `"\195\188"`},
		{Record{Type: "TXT", Content: long}, `"` + long[:255] + `" "` + long[255:] + `"`},
		{Record{Type: "URI", Data: d("weight", 2, "target", `https://example.net/"x"`), Priority: 1}, `1 2 "https://example.net/\"x\""`},
	}

	types := map[string]bool{}
	for _, tt := range tests {
		types[tt.r.Type] = true
		tt.r.Name, tt.r.TTL = "rr", 120
		r := served(t, com(tt.r))
		a := r.exchange("tcp", asking("rr.example.com", tt.r.Type))
		if tt.r.Type == "NS" {
			a.Answer = a.Ns // below the apex, NS is a delegation
		}
		if want := "rr.example.com. 120 " + tt.r.Type + " " + tt.want; len(a.Answer) != 1 || lines("", a.Answer)[0] != want {
			t.Errorf("%+v\n got %s\nwant %s", tt.r, told(a), want)
		}
	}

	if len(types) != 21 {
		t.Errorf("the test tried %d types, want all 21", len(types))
	}
}

// If the zone has invalid records, the server leaves them out and still serves the others.
func TestNameServerLeavesOutInvalidRecords(t *testing.T) {
	ns := nameServer(com(Record{Type: "TXT", Name: "rr", Content: "good"}))
	z := ns.server.zone("example.com")
	for i, bad := range []Record{
		{Type: "A", Content: "not an address"}, {Type: "A", Content: ""}, {Type: "A", Content: "192.0.2.1\nx 300 IN A 192.0.2.2"},
		{Type: "TXT", Content: `"open`}, {Type: "MX", Content: strings.Repeat("x", 64), Priority: 1}, {Type: "MX", Priority: 70000, Content: "a.example"},
		{Type: "LOC", Content: "nowhere"}, {Type: "WORDS", Content: "x"}, {Type: "CERT", Content: "1 2 3 !"}, {Type: "CNAME", Content: "a..b"},
	} {
		bad.ID, bad.Name = identifier(1, "bad", i), "rr.example.com"
		z.put(bad)
	}

	listening(t, ns).table([]question{
		{"rr.example.com", "A", nodata}, {"rr.example.com", "MX", nodata}, {"rr.example.com", "LOC", nodata},
		{"rr.example.com", "CERT", nodata}, {"rr.example.com", "CNAME", nodata},
		{"rr.example.com", "TXT", `NOERROR aa | rr.example.com. 300 TXT "good"`},
	})
}

// A client receives a text byte for byte, in strings of up to 255 bytes.
func TestNameServerServesTextsByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.Byte(), 1, 700).Draw(t, "text"))
		content := quoteAll([]string{text})
		rr := convert("example.com.", Record{Type: "TXT", Content: content})
		if rr == nil {
			t.Fatalf("convert of TXT %s = nil, want a record", content)
		}

		wire := make([]byte, 2000)
		end, err := mdns.PackRR(rr, wire, 0, nil, false)
		if err != nil {
			t.Fatal(err)
		}

		const before = len("\x07example\x03com\x00") + 10 // owner, type, class, TTL, length
		var got strings.Builder
		for rest := wire[before:end]; len(rest) > 0; rest = rest[1+rest[0]:] {
			got.Write(rest[1 : 1+int(rest[0])])
		}

		if got.String() != text {
			t.Fatalf("the text arrives as %q, want %q", got.String(), text)
		}
	})
}
