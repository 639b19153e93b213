package dns

// Removed is a `removed` block: it says what happens to records that are no longer declared.
type Removed struct {
	// From is an address, or the path of a module. An address without its last key stands for all instances.
	From string
	// Destroy reports whether the records are destroyed. Otherwise they are given up.
	Destroy bool
	// File and Line are the position of the block.
	File string
	Line int
}

// Removals finds the removed block for an address without trying every block. The zero value has no blocks.
type Removals struct{ byFrom map[string]Removed }

// NewRemovals returns the removals that the blocks declare. No two blocks may have the same From.
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
