package config

import "github.com/hashicorp/hcl/v2"

// elements holds the positions of the elements of a list. It is made once for all elements, because a list may
// have thousands of elements with a mistake in each.
type elements struct {
	whole hcl.Range
	// parts is empty if the list is not written out in the source.
	parts []hcl.Range
}

func elementsOf(expr hcl.Expression) *elements {
	out := &elements{whole: expr.Range()}
	parts, _ := hcl.ExprList(expr) // an expression that is not a list has no parts
	for _, part := range parts {
		out.parts = append(out.parts, part.Range())
	}
	return out
}

// at returns the position of an element, or of the whole expression if the list is not written out.
func (e *elements) at(n int) hcl.Range {
	if n < len(e.parts) {
		return e.parts[n]
	}
	return e.whole
}
