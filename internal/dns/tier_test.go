package dns_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestTierPlanNamesCloudflare(t *testing.T) {
	for tier, want := range map[dns.Tier]string{
		dns.Free:       "Cloudflare's Free plan",
		dns.Enterprise: "Cloudflare's Enterprise plan",
		"":             "Cloudflare's plan",
		"x\x1b":        "Cloudflare's plan",
	} {
		if got := tier.Plan(); got != want {
			t.Errorf("Tier(%q).Plan() = %q, want %q", tier, got, want)
		}
	}
}
