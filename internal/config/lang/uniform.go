package lang

import (
	"iter"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// largeTuple is the number of elements above which it matters that cty takes quadratic time to find their
// common type.
const largeTuple = 1_000

// unifying lists the functions that turn an argument into a collection with elements of one type.
var unifying = []string{
	"chunklist", "distinct", "setintersection", "setproduct", "setsubtract", "setunion", "tolist", "tomap", "toset",
}

// Uniform returns a large tuple as a list, and a large object as a map, if all elements have the same
// type. Use it for values that become such a collection anyway, because cty would compare the type of each
// element with the type of every other one. If the types differ, Uniform charges the budget for that work.
func (b *Budget) Uniform(v cty.Value, rng hcl.Range) (cty.Value, hcl.Diagnostics) {
	t := v.Type()
	if !t.IsTupleType() && !t.IsObjectType() || !v.IsKnown() || v.IsNull() {
		return v, nil
	}
	plain, marks := v.Unmark()
	n := plain.LengthInt()
	if n < largeTuple {
		return v, nil
	}

	if t.IsTupleType() {
		if sameTypes(slices.Values(t.TupleElementTypes())) {
			return cty.ListVal(plain.AsValueSlice()).WithMarks(marks), nil
		}
	} else if sameTypes(maps.Values(t.AttributeTypes())) {
		return cty.MapVal(plain.AsValueMap()).WithMarks(marks), nil
	}
	return v, b.work(product(n, n)/64, rng)
}

// sameTypes reports whether all types are the same known type.
func sameTypes(types iter.Seq[cty.Type]) bool {
	first := cty.NilType
	for t := range types {
		if first == cty.NilType {
			first = t
		}
		if !t.Equals(first) || t.HasDynamicTypes() {
			return false
		}
	}
	return true
}
