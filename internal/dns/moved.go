package dns

import "strings"

// Moved is a `moved` block: it gives the records of one address another address.
type Moved struct {
	// From and To are either two addresses of the same zone and type, with or without an instance key, or two module
	// paths.
	From, To string
}

// longestChain is the largest number of moved blocks that one address can pass through.
const longestChain = 1000

// Renames finds the new address of an old one without trying all moved blocks. The zero value renames nothing.
type Renames struct{ byFrom map[string]Moved }

// NewRenames returns the renames that the blocks declare. No two blocks may have the same From.
func NewRenames(blocks []Moved) Renames {
	r := Renames{make(map[string]Moved, len(blocks))}
	for _, b := range blocks {
		r.byFrom[b.From] = b
	}
	return r
}

// Of follows the chain of moved blocks from an old address and returns the current one.
func (r Renames) Of(address string) string {
	if len(r.byFrom) == 0 {
		return address
	}

	for range longestChain {
		_, next, moved := r.Step(address)
		if !moved {
			break
		}
		address = next
	}
	return address
}

// Step returns the moved block that applies to an address, and the new address. If several apply, it takes the one with
// the narrowest From.
func (r Renames) Step(address string) (by Moved, to string, moved bool) {
	for _, family := range Families(address) {
		m, ok := r.byFrom[family]
		if !ok {
			continue
		}
		if to, fits := m.rename(address); fits {
			return m, to, true
		}
	}
	return Moved{}, "", false
}

// rename returns the new address of an address that From covers. If To has a key and From has none, From covers only the
// instance without a key.
func (m Moved) rename(address string) (to string, fits bool) {
	head, rest := "", strings.TrimPrefix(address, m.From)
	if strings.HasPrefix(m.From, ModulePrefix) {
		zone, typed, _ := strings.Cut(address, "/")
		typ, label, _ := strings.Cut(typed, "/")
		head, rest = zone+"/"+typ+"/", strings.TrimPrefix(label, m.From)
	}
	if strings.HasPrefix(rest, "[") && strings.HasSuffix(m.To, "]") {
		return "", false
	}
	return head + m.To + rest, true
}
