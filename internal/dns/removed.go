package dns

// Removed is a `removed` block: records that are no longer declared, and what becomes of them.
type Removed struct {
	// From is an address, an address without its last key for all its instances, or the path of a module.
	From string
	// Destroy: the records are destroyed. Otherwise they are given up.
	Destroy bool
	// File and Line say where the block stands.
	File string
	Line int
}

// Removals finds the removed block of an address without asking all blocks. The zero value has none.
type Removals struct{ byFrom map[string]Removed }

// NewRemovals returns the removals of blocks, each of which has a From of its own.
func NewRemovals(blocks []Removed) Removals {
	r := Removals{make(map[string]Removed, len(blocks))}
	for _, b := range blocks {
		r.byFrom[b.From] = b
	}
	return r
}

// Of returns the removed block for an address, the narrowest if there are several.
func (r Removals) Of(address string) (Removed, bool) {
	if len(r.byFrom) == 0 {
		return Removed{}, false
	}
	for _, family := range Families(address) {
		if b, ok := r.byFrom[family]; ok {
			return b, true
		}
	}
	return Removed{}, false
}
