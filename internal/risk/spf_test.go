package risk

import (
	"slices"
	"testing"
)

func TestStrictnessOf(t *testing.T) {
	for record, want := range map[string]strictness{
		"v=spf1 mx -all":                         failing,
		"v=spf1 mx ~all":                         softFail,
		"v=spf1 mx ?all":                         neutral,
		"v=spf1 mx":                              neutral,
		"v=spf1 mx all":                          passing,
		"v=spf1 +ALL":                            passing,
		"v=spf1 redirect=_spf.example.com":       failing,
		"v=spf1 exp=explain.example.com ~all":    softFail,
		"v=spf1 ip4:0.0.0.0/0 -all":              passing,
		"v=spf1 +ip6:::/0 -all":                  passing,
		"v=spf1 -ip4:0.0.0.0/0 ~all":             softFail,
		"v=spf1 ip4:192.0.2.0/24 a:all.org -all": failing,
	} {
		if got := strictnessOf(record); got != want {
			t.Errorf("strictnessOf(%q) = %d, want %d", record, got, want)
		}
	}
}

func TestSenders(t *testing.T) {
	record := "v=spf1 +include:_SPF.example.net -exists:no.example.com mx/24 ~ip4:192.0.2.1 exp=x.example.com redirect=b.example.net ?all"
	want := []string{"include:_spf.example.net", "mx/24", "ip4:192.0.2.1", "include:b.example.net"}
	if got := senders(record, "example.com"); !slices.Equal(got, want) {
		t.Errorf("senders(%q) = %q, want %q", record, got, want)
	}
}

func TestCovered(t *testing.T) {
	for _, tt := range []struct {
		wide, narrow string
		want         bool
	}{
		{"mx", "mx", true},
		{"mx", "a", false},
		{"ip4:192.0.2.0/24", "ip4:192.0.2.7", true},
		{"ip4:192.0.2.7", "ip4:192.0.2.0/24", false},
		{"ip6:2001:db8::/32", "ip6:2001:db8:1::/48", true},
		{"ip4:192.0.2.0/24", "ip6:2001:db8::1", false},
		{"ip4:nonsense", "ip4:192.0.2.1", false},
	} {
		if got := covered(tt.narrow, []string{tt.wide}); got != tt.want {
			t.Errorf("covered(%q, %q) = %v, want %v", tt.narrow, tt.wide, got, tt.want)
		}
	}
}
