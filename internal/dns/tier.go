package dns

import "strings"

// Tier is the product that Cloudflare sells for a zone, and which Cloudflare calls the zone's plan. Some
// limits depend on it. The zero value means that the tier is not known.
type Tier string

// The tiers, with the legacy_id of Cloudflare's zone object as value.
const (
	Free       Tier = "free"
	Pro        Tier = "pro"
	Business   Tier = "business"
	Enterprise Tier = "enterprise"
)

// Plan returns the name of the tier for people, such as "Cloudflare's Free plan", or "Cloudflare's
// plan" if it is not known. Messages never call it "the plan", which is what cfplan makes.
func (t Tier) Plan() string {
	if !t.Known() {
		return "Cloudflare's plan"
	}
	return "Cloudflare's " + strings.ToUpper(string(t[:1])) + string(t[1:]) + " plan"
}

// Known reports whether t is one of Cloudflare's tiers.
func (t Tier) Known() bool {
	switch t {
	case Free, Pro, Business, Enterprise:
		return true
	default:
		return false
	}
}
