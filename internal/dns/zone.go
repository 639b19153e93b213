package dns

import "slices"

// Zone is a zone with its records: declared, live, or as it was last read.
type Zone struct {
	// Name is in lower case and punycode, without a final dot.
	Name string `json:"name"`
	// ID is Cloudflare's ID: 32 hexadecimal digits. A declared zone has one only if the
	// configuration sets it.
	ID string `json:"id,omitempty"`
	// Tier is Cloudflare's plan for the zone. It is empty if it is not known.
	Tier Tier `json:"tier,omitempty"`
	// NameServers are the name servers that Cloudflare assigned. It is empty if they are not known.
	NameServers []string `json:"name_servers,omitempty"`
	// Records is in no particular order.
	Records []Record `json:"records"`
	// Policy says what cfplan may touch. Only a declared zone has a policy.
	Policy Policy `json:"-"`
}

// Ownership says which records of a zone cfplan may change.
type Ownership string

const (
	// Managed is the default: cfplan changes only records that it created, adopted or imported.
	Managed Ownership = "managed"
	// Exclusive means that cfplan makes the zone exactly as declared.
	Exclusive Ownership = "exclusive"
)

// Policy holds what the configuration says about a zone as a whole.
type Policy struct {
	Ownership Ownership
	// Account names the account whose credentials are used for the zone. It is empty for the default account.
	Account string
	// Ignore selects records that cfplan leaves alone even in an exclusive zone.
	Ignore []Pattern
	// MaxDestroy bounds the number of records that one plan may destroy. If it is nil, the zone's size decides.
	MaxDestroy *Limit
	// Scope says which records the configuration may touch, in this zone and in others. cfplan leaves other records
	// alone even if it owns them.
	Scope Scope
	// Protected lists the blocks with prevent_destroy or destroy = false.
	Protected []Protection
	// Defaults reports whether the zone has a defaults block. If it has, an attribute that a record block
	// leaves out may have another value than Cloudflare's default.
	Defaults bool
	// File and Line are the position of the zone's block.
	File string
	Line int
}

// Stricter returns a policy that protects everything that p or o protects. Limit, scope and position come from p. Both
// policies must have the same limit and scope.
func (p Policy) Stricter(o Policy) Policy {
	if o.Ownership != Exclusive {
		p.Ownership = o.Ownership
	}
	p.Ignore = slices.Concat(p.Ignore, o.Ignore)
	p.Protected = slices.Concat(p.Protected, o.Protected)
	return p
}
