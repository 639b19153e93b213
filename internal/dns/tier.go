package dns

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

// Known reports whether t is one of Cloudflare's tiers.
func (t Tier) Known() bool {
	switch t {
	case Free, Pro, Business, Enterprise:
		return true
	default:
		return false
	}
}
