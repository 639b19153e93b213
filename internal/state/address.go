package state

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/dns"
)

// Address names the block that declares a record: ZONE/TYPE/LABEL, followed by the ["key"] of a for_each or
// the [0] of a count. Inside a module, the module's path precedes the label, as in
// ZONE/TYPE/module.NAME["key"].LABEL.
type Address struct {
	Zone  string
	Type  dns.Type
	Label string // with the path of its module, without the key
	Key   string // with its brackets; empty if there is no for_each or count
}

// ParseAddress reads an address as plan and state list write it. It refuses an address
// that no block can have.
func ParseAddress(text string) (Address, error) {
	malformed := func(format string, args ...any) (Address, error) {
		return Address{}, fmt.Errorf("%q is not an address: %s; an address is ZONE/TYPE/LABEL or "+
			"ZONE/TYPE/LABEL[\"KEY\"], as cfplan state list shows it",
			text, fmt.Sprintf(format, args...))
	}

	parts := strings.SplitN(text, "/", 3)
	if len(parts) < 3 || parts[0] == "" || parts[2] == "" {
		return malformed("the zone, the type or the label is missing")
	}

	a := Address{Zone: parts[0], Type: dns.Type(parts[1]), Label: parts[2]}
	if canonical, problem := dns.CanonicalName(a.Zone); problem != nil || canonical != a.Zone {
		return malformed("%q is not a zone name", a.Zone)
	}
	if !a.Type.Writable() {
		return malformed("there is no record type %q", parts[1])
	}
	if strings.ContainsFunc(a.Label, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) && r != ' ' }) {
		return malformed("it has a control character")
	}

	module, own := dns.SplitModule(a.Label)
	if strings.HasPrefix(own, dns.ModulePrefix) {
		return malformed("%s is the path of a module, and the label of a record in it is missing", a.Label)
	}

	if i := strings.IndexByte(own, '['); i >= 0 {
		a.Key, own = own[i:], own[:i]
		if own == "" || !dns.ValidKey(a.Key) {
			return malformed("%s is not a key of a for_each or count", a.Key)
		}
	}

	a.Label = module + own
	return a, nil
}

// String returns the address in the form that ParseAddress reads.
func (a Address) String() string { return a.Zone + "/" + string(a.Type) + "/" + a.Label + a.Key }
