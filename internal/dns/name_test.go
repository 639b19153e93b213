package dns

import (
	"strings"
	"testing"
)

func TestCanonicalName(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, tt := range []struct{ in, want string }{
		{"example.com", "example.com"},
		{"Example.COM.", "example.com"},
		{"_dmarc.example.com", "_dmarc.example.com"},
		{"_sip._tcp.Example.com", "_sip._tcp.example.com"},
		{"*.example.com", "*.example.com"},
		{"*", "*"},
		{"*.MÜNCHEN.de", "*.xn--mnchen-3ya.de"},
		{"_x.münchen.de", "_x.xn--mnchen-3ya.de"},
		{"faß.de", "xn--fa-hia.de"},
		{"bücher。example", "xn--bcher-kva.example"}, // an ideographic full stop is a dot
		{"r3---sn-a.bücher.de", "r3---sn-a.xn--bcher-kva.de"},
		{"XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de"},
		{"-a-.example.com", "-a-.example.com"},
		{"0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"},
		{long + ".com", long + ".com"},
		{strings.Repeat("a.", 126) + "a", strings.Repeat("a.", 126) + "a"},
	} {
		got, p := CanonicalName(tt.in)
		if p != nil || got != tt.want {
			t.Errorf("CanonicalName(%q) = %q, %v, want %q", tt.in, got, p, tt.want)
		}
	}
}

func TestCanonicalNameRefusesInvalidNames(t *testing.T) {
	for _, tt := range []struct{ in, advice string }{
		{"", "@ stands for the zone"},
		{"@", "full name is needed"},
		{".", "root"},
		{"a..b", "a part before, between or after its dots is empty"},
		{".a", "a part before, between or after its dots is empty"},
		{"a..", "a part before, between or after its dots is empty"},
		{strings.Repeat("a", 64) + ".com", "63 characters"},
		{strings.Repeat("ü", 63) + ".com", "63 characters"},
		{strings.Repeat("a.", 127) + "aa", "253 characters"},
		{"*." + strings.Repeat("a.", 126) + "a", "253 characters"},
		{strings.Repeat("ü.", 5000), "253 characters"},
		{"a.*.com", "whole first part"},
		{"*a.com", "whole first part"},
		{"a*.com", "whole first part"},
		{"＊.ü.com", "whole first part"}, // a full-width asterisk is not a wildcard
		{"a b.com", "white space"},
		{"a\n.com", "white space"},
		{"a\\.b.com", "backslash"},
		{"a\x00.com", `'\x00'`},
		{"a\u200eb..com", ""},
		{"http://a.com", "without https://"},
		{"https://www.example.com/path?q", `The host in it is "www.example.com".`},
		{"https://user@Example.com:8443", `The host in it is "example.com".`},
		{"example.org:53", `The host in it is "example.org".`},
		{"a.com/x", "without https://"},
		{"me@a.com", "whole name"},
		{"a\xff.com", "IDN"},
		{"xn--zzzzzzzzz.ü", "IDN"},
		{"a;b.com", "';'"},
	} {
		got, p := CanonicalName(tt.in)
		if p == nil {
			t.Errorf("CanonicalName(%q) = %q, want a problem", tt.in, got)
			continue
		}
		if !strings.Contains(p.Detail, tt.advice) || p.Severity != Error || p.Attr != "name" {
			t.Errorf("CanonicalName(%q): %+v, want advice with %q", tt.in, p, tt.advice)
		}
	}
}

// A relative name is valid exactly if its full form is.
func TestSlashesAreValidOnlyInReverseZones(t *testing.T) {
	for _, tt := range []struct{ in, zone, want string }{
		{"0/25", "2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"},
		{"0/25.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"},
		{"0/25.2.0.192.IN-ADDR.ARPA.", "2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"},
		{"5.0/25", "2.0.192.in-addr.arpa", "5.0/25.2.0.192.in-addr.arpa"},
	} {
		if got, p := AbsoluteName(tt.in, tt.zone); p != nil || got != tt.want {
			t.Errorf("AbsoluteName(%q, %q) = %q, %v, want %q", tt.in, tt.zone, got, p, tt.want)
		}
	}
	for _, in := range []string{"0/25", "example.com/x", "https://example.com/"} {
		if got, p := AbsoluteName(in, "example.com"); p == nil {
			t.Errorf("AbsoluteName(%q, example.com) = %q, want a problem", in, got)
		}
	}
}

func TestAbsoluteName(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"@", "example.com"},
		{"www", "www.example.com"},
		{"WWW", "www.example.com"},
		{"a.b", "a.b.example.com"},
		{"*", "*.example.com"},
		{"*.dev", "*.dev.example.com"},
		{"example.com", "example.com"},
		{"example.com.", "example.com"},
		{"www.EXAMPLE.com", "www.example.com"},
		{"www.example.com.", "www.example.com"},
		{"notexample.com", "notexample.com.example.com"},
		{"www.example.org", "www.example.org.example.com"},
		{"bücher", "xn--bcher-kva.example.com"},
	} {
		got, p := AbsoluteName(tt.in, "example.com")
		if p != nil || got != tt.want {
			t.Errorf("AbsoluteName(%q) = %q, %v, want %q", tt.in, got, p, tt.want)
		}
	}
	if got, p := AbsoluteName("www.bücher.de", "xn--bcher-kva.de"); p != nil || got != "www.xn--bcher-kva.de" {
		t.Errorf("AbsoluteName of a full Unicode name in a punycode zone = %q, %v, want its punycode form", got, p)
	}
	for _, in := range []string{"", ".", "www.", "notexample.com.", "www.example.org.", "@.example.com", "*.*", strings.Repeat("a.", 121) + "ab"} {
		if got, p := AbsoluteName(in, "example.com"); p == nil || p.Attr != "name" {
			t.Errorf("AbsoluteName(%q) = %q, %v, want a problem with the name", in, got, p)
		}
	}
}

func TestRelativeName(t *testing.T) {
	for _, tt := range []struct{ in, zone, want string }{
		{"example.com", "example.com", "@"},
		{"www.example.com", "example.com", "www"},
		{"*.a.example.com", "example.com", "*.a"},
		{"notexample.com", "example.com", "notexample.com"},
		{"other.org", "example.com", "other.org"},
		{"other.org", "", "other.org"},
		{"", "example.com", ""},
	} {
		if got := RelativeName(tt.in, tt.zone); got != tt.want {
			t.Errorf("RelativeName(%q, %q) = %q, want %q", tt.in, tt.zone, got, tt.want)
		}
	}
}

func TestUnicode(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"example.com", "example.com"},
		{"*.xn--mnchen-3ya.de", "*.münchen.de"},
		{"_dmarc.xn--fa-hia.de", "_dmarc.faß.de"},
		{"xn--zzzzzzzzz.de", "xn--zzzzzzzzz.de"},
		{"xn--.de", "xn--.de"},
		{"xn--a.de", "xn--a.de"},
		{"xn--bcher-kva.DE", "xn--bcher-kva.DE"}, // not canonical: its Unicode form has another canonical form
	} {
		if got := Unicode(tt.in); got != tt.want {
			t.Errorf("Unicode(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
