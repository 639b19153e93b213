package state

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/dns"
)

// Address names the block that declares a record: ZONE/TYPE/LABEL, followed by the
// ["key"] of a for_each or the [0] of a count.
type Address struct {
	Zone  string
	Type  dns.Type
	Label string // without the key
	Key   string // with its brackets; empty without for_each and count
}

// ParseAddress reads an address as plan and state list write it. It refuses an address
// that no block can have.
func ParseAddress(text string) (Address, error) {
	malformed := func(format string, args ...any) (Address, error) {
		return Address{}, fmt.Errorf("%q is no address: %s; an address is ZONE/TYPE/LABEL or ZONE/TYPE/LABEL[\"KEY\"], as cfplan state list shows it",
			text, fmt.Sprintf(format, args...))
	}

	parts := strings.SplitN(text, "/", 3)
	if len(parts) < 3 || parts[0] == "" || parts[2] == "" {
		return malformed("it lacks a zone, a type or a label")
	}

	a := Address{Zone: parts[0], Type: dns.Type(parts[1]), Label: parts[2]}
	if canonical, problem := dns.CanonicalName(a.Zone); problem != nil || canonical != a.Zone {
		return malformed("%q is not the name of a zone", a.Zone)
	}
	if !a.Type.Writable() {
		return malformed("there is no record type %q", parts[1])
	}
	if strings.ContainsFunc(a.Label, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) && r != ' ' }) {
		return malformed("it has a control character")
	}

	if i := strings.IndexByte(a.Label, '['); i >= 0 {
		a.Label, a.Key = a.Label[:i], a.Label[i:]
		if a.Label == "" || !validInstance(a.Key) {
			return malformed("%s is no key of a for_each or count", a.Key)
		}
	}
	return a, nil
}

// validInstance reports whether text is the key of a for_each or count in brackets.
func validInstance(text string) bool {
	inside, ok := strings.CutSuffix(strings.TrimPrefix(text, "["), "]")
	if !ok || inside == "" {
		return false
	}
	if strings.Trim(inside, "0123456789") == "" {
		return true
	}
	key, err := strconv.Unquote(inside) // config writes keys with %q
	return err == nil && inside == strconv.Quote(key)
}

// String writes the address as ParseAddress reads it.
func (a Address) String() string { return a.Zone + "/" + string(a.Type) + "/" + a.Label + a.Key }
