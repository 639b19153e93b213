package dns

import "slices"

// Zone is a zone with its records: as declared, as it is live, or as it was
// when it was last read.
type Zone struct {
	// Name is in lower case and punycode, without a final dot.
	Name string `json:"name"`
	// ID is Cloudflare's identifier: 32 hexadecimal digits. A declared zone
	// has one only where the configuration pins it.
	ID string `json:"id,omitempty"`
	// Tier is Cloudflare's plan of the zone; empty if it is not known.
	Tier Tier `json:"tier,omitempty"`
	// NameServers are those that Cloudflare assigned; empty where not known.
	NameServers []string `json:"name_servers,omitempty"`
	// Records in no particular order.
	Records []Record `json:"records"`
	// Policy says what cfplan may touch. Only a declared zone has one.
	Policy Policy `json:"-"`
}

// Ownership says which records of a zone are cfplan's to change.
type Ownership string

const (
	// Managed is the default: only what cfplan created, adopted or imported.
	Managed Ownership = "managed"
	// Exclusive: the zone is exactly what is declared.
	Exclusive Ownership = "exclusive"
)

// Policy is what the configuration says about a zone as a whole.
type Policy struct {
	Ownership Ownership
	// Account names the account with whose credentials the zone is read and written; empty for the default one.
	Account string
	// Ignore lists what is left alone even in an exclusive zone.
	Ignore []Pattern
	// MaxDestroy bounds what one plan may destroy; nil if nothing is declared: the zone's size then decides.
	MaxDestroy *Limit
	// Scope says which records the configuration may touch, in this zone and in others. The others are left alone even
	// if cfplan owns them.
	Scope Scope
	// Protected are the blocks with prevent_destroy.
	Protected []Protection
	// Defaults tells that the zone has a defaults block: what a record block of it leaves out is not Cloudflare's
	// default.
	Defaults bool
	// File and Line say where the zone's block stands.
	File string
	Line int
}

// Stricter returns the policy that protects what either of the two protects. The limit and the scope, which are
// constants of the configuration, and the place are p's.
func (p Policy) Stricter(o Policy) Policy {
	if o.Ownership != Exclusive {
		p.Ownership = o.Ownership
	}
	p.Ignore = slices.Concat(p.Ignore, o.Ignore)
	p.Protected = slices.Concat(p.Protected, o.Protected)
	return p
}
