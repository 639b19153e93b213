package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// single returns the only block of a type, or nil if there is none. It reports every further block of the type.
func single(r *report, blocks hcl.Blocks, typ string) *hcl.Block {
	var out *hcl.Block
	for _, b := range blocks {
		switch {
		case b.Type != typ:
		case out == nil:
			out = b
		default:
			r.errorAt(b.DefRange, "Duplicate "+typ+" block",
				"Only one %s block is allowed here; the first is at %s.", typ, at(out.DefRange))
		}
	}
	return out
}

// sortedAttributes returns attributes in the order of the file.
func sortedAttributes(attrs hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attrs), func(a, b *hcl.Attribute) int {
		return cmp.Or(cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte), strings.Compare(a.Name, b.Name))
	})
}
