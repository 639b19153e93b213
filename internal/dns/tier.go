package dns

import "strings"

// Tier is what Cloudflare sells for a zone and calls its plan. It decides limits. The
// zero value means that it is not known.
type Tier string

// The tiers, by the legacy_id of Cloudflare's zone object.
const (
	Free       Tier = "free"
	Pro        Tier = "pro"
	Business   Tier = "business"
	Enterprise Tier = "enterprise"
)

// Plan names the tier as people know it, and never as "the plan", which is what cfplan makes. It is
// "Cloudflare's plan" if the tier is not known.
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
