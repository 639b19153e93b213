package dns

import (
	"strings"
	"testing"
)

func TestCheckParts(t *testing.T) {
	for _, tt := range []struct {
		typ     Type
		content string
		rule    string
		attr    Attribute
	}{
		{A, "192.0.2.1", "", ""},
		{TLSA, "3 1 1 " + sha256Hex, "", ""},
		{TLSA, "3 1 1 abcd", "digest-length", "certificate"},
		{TLSA, "3 1 0 abcd", "", ""}, // a whole certificate, of any length
		{SMIMEA, "3 1 2 " + sha256Hex, "digest-length", "certificate"},
		{DS, "2371 13 1 " + sha256Hex, "digest-length", "digest"},
		{DS, "2371 13 99 abcd", "", ""}, // an unknown algorithm
		{SSHFP, "1 2 " + sha1Hex, "digest-length", "fingerprint"},
		{LOC, "90 0 0.000 N 180 0 0.000 E 0.00 1.00 10000.00 10.00", "", ""},
		{LOC, "90 0 0.001 N 0 0 0.000 E 0.00 1.00 10000.00 10.00", "loc", "lat_degrees"},
		{LOC, "0 0 0.000 N 180 1 0.000 E 0.00 1.00 10000.00 10.00", "loc", "long_degrees"},
		{NAPTR, `1 1 "u" "` + strings.Repeat("x", 255) + `" "" .`, "", ""},
		{NAPTR, `1 1 "u" "` + strings.Repeat("x", 256) + `" "" .`, "naptr", "service"},
		{URI, `1 1 "ftp://a"`, "", ""},
		{URI, `1 1 ""`, "uri", "target"},
		{TLSA, "not to be read", "", ""},
	} {
		var rule string
		var attr Attribute
		for _, p := range CheckParts(Record{Type: tt.typ, Content: tt.content}) {
			rule, attr = p.Rule, p.Attr
		}
		if rule != tt.rule || attr != tt.attr {
			t.Errorf("CheckParts(%s %q) = %q at %q, want %q at %q", tt.typ, tt.content, rule, attr, tt.rule, tt.attr)
		}
	}
}
