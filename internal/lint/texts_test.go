package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSPF(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []SPFTerm
	}{
		{"v=spf1", nil},
		{"v=spf10 -all", nil},
		{"hello", nil},
		{"V=SPF1 -ALL", []SPFTerm{{Qualifier: '-', Name: "all"}}},
		{"v=spf1  a mx:example.net/24//64", []SPFTerm{
			{Name: "a"},
			{Name: "mx", Domain: "example.net", CIDR: "/24//64"},
		}},
		{"v=spf1 +ip6:2001:db8::/32 ?ip4:192.0.2.1", []SPFTerm{
			{Qualifier: '+', Name: "ip6", Domain: "2001:db8::/32"},
			{Qualifier: '?', Name: "ip4", Domain: "192.0.2.1"},
		}},
		{"v=spf1 ~include:%{d}.example.net redirect=_spf.example.com", []SPFTerm{
			{Qualifier: '~', Name: "include", Domain: "%{d}.example.net"},
			{Name: "redirect", Modifier: true, Domain: "_spf.example.com"},
		}},
	} {
		if d := cmp.Diff(tt.want, ParseSPF(tt.text)); d != "" {
			t.Errorf("ParseSPF(%q) (-want +got):\n%s", tt.text, d)
		}
	}
}

func TestParseDMARC(t *testing.T) {
	for _, tt := range []struct {
		text string
		want DMARC
		ok   bool
	}{
		{"v=DMARC1; p=reject", DMARC{"reject", "reject", 100}, true},
		{"v = dmarc1 ;P=Quarantine; sp=none; pct=20", DMARC{"quarantine", "none", 20}, true},
		{"v=DMARC1; p=none; pct=many", DMARC{"none", "none", 100}, true},
		{"v=DMARC1; nonsense; p=none", DMARC{"none", "none", 100}, true},
		{"v=DMARC1", DMARC{"", "", 100}, true},
		{"p=none; v=DMARC1", DMARC{}, false},
		{"v=DMARC2; p=none", DMARC{}, false},
		{"v=spf1 -all", DMARC{}, false},
		{"", DMARC{}, false},
	} {
		if got, ok := ParseDMARC(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("ParseDMARC(%q) = %+v, %v, want %+v, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestDKIMKey(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		ok         bool
	}{
		{"v=DKIM1; k=rsa; p=QUJD RA==", "QUJDRA==", true},
		{"p = QUJD", "QUJD", true},
		{"v=DKIM1; p=", "", true},
		{"v=DKIM1", "", false},
		{"some other text", "", false},
	} {
		if got, ok := DKIMKey(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("DKIMKey(%q) = %q, %v, want %q, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}
