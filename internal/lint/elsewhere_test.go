package lint

import (
	"strings"
	"testing"
)

func TestElsewhereFindsNamesOfOtherZones(t *testing.T) {
	zones := map[string]bool{"example.com": true, "example.org": true, "dev.example.com": true}
	for _, tt := range []struct{ name, records, want string }{
		{"its own names", "@ A 192.0.2.1\nwww A 192.0.2.1\nexample A 192.0.2.1\n*.a.b A 192.0.2.1", ""},
		{"the full name of another zone", "www.example.org A 192.0.2.1", `Did you mean "www.example.org"?`},
		{"the name of another zone", "example.org A 192.0.2.1", `Did you mean "example.org"?`},
		{"a wildcard of another zone", "*.example.org A 192.0.2.1", `Did you mean "*.example.org"?`},
		{"a label that only ends like the other zone", "notexample.org A 192.0.2.1", ""},
		{"the other zone's name in front", "example.org._report._dmarc TXT v=DMARC1", ""},
		{"the zone's own name again", "www.example.com.example.com. A 192.0.2.1", ""}, // name-doubled reports it
		{"a name in a zone below", "api.dev A 192.0.2.1", `in the zone "dev.example.com", which is also declared`},
		{"the name of a zone below", "dev A 192.0.2.1", `in the zone "dev.example.com", which is also declared`},
		{"a delegation to the zone below", "dev NS ns1.example.net\ndev NS ns2.example.net\ndev DS 1 13 2 aa", ""},
		{"a record that the delegation hides", "dev NS ns1.example.net\napi.dev A 192.0.2.1", ""}, // delegation-hides reports it
		{"a zone that is not declared", "www.example.net A 192.0.2.1", ""},
	} {
		var got []string
		for _, p := range Elsewhere(zone(t, tt.records), zones) {
			got = append(got, p.Detail)
		}
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
			t.Errorf("%s: Elsewhere reports %q, want %q", tt.name, got, tt.want)
		}
	}
}
