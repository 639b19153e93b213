package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/cfplan/cfplan/internal/config/lang"
)

// maxCount is the greatest value of count, so that a typing error does not use up the memory. Cloudflare's
// largest zones have a few thousand records.
const maxCount = 100_000

// Labels and keys become parts of addresses, and each record and each diagnostic about a record has an address. Without
// these limits, a long label of a block with many instances would take gigabytes.
const (
	// maxLabel is the longest label of a block, in bytes. A DNS name has at most 255.
	maxLabel = 1_000
	// maxKey is the longest key of a for_each, in bytes. It may be the content of a record.
	maxKey = 4_096
)

// instance is one repetition of a block.
type instance struct {
	ctx *hcl.EvalContext
	// key is the end of the instance's address, such as `["mx1"]` or `[0]`. It may be empty.
	key string
	// each is the key of the element of for_each.
	each string
}

// repeat returns the instances of a block according to its for_each or count. The references of both must have been
// checked. repeat returns nil if the attribute is invalid or unknown.
func repeat(r *report, attrs hcl.Attributes, ctx *hcl.EvalContext) []instance {
	forEach, count := attrs["for_each"], attrs["count"]
	switch {
	case forEach != nil && count != nil:
		r.errorAt(count.NameRange, "Invalid combination of \"count\" and \"for_each\"",
			"The two exclude each other: keep the one that says how often the block is repeated.")
		return nil
	case forEach != nil:
		return repeatForEach(r, forEach, ctx)
	case count != nil:
		return repeatCount(r, count, ctx)
	}
	return []instance{{ctx: ctx}}
}

// repeatForEach returns an instance for each element of a value.
func repeatForEach(r *report, a *hcl.Attribute, ctx *hcl.EvalContext) []instance {
	v, diags := a.Expr.Value(ctx)
	r.add(diags...)
	if diags.HasErrors() {
		return nil
	}

	if complaint := forEachComplaint(v); complaint != "" {
		d := errorAt(a.Expr.Range(), "Invalid for_each argument", "%s", complaint)
		d.Expression, d.EvalContext = a.Expr, ctx
		r.add(d)
		return nil
	}
	if !v.IsKnown() || v.Type().IsSetType() && !v.IsWhollyKnown() { // the elements of a set are the keys
		r.doubt(a.Expr.Range())
		return nil
	}

	out := make([]instance, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if n := len(key.AsString()); n > maxKey {
			r.errorAt(a.Expr.Range(), "Invalid for_each argument", "A key has %d bytes. It becomes part of addresses, "+
				"which take %d at most. Use shorter keys, and write what is long as their values.", n, maxKey)
			continue
		}
		each := cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})
		out = append(out, instance{child(ctx, "each", each), fmt.Sprintf("[%q]", key.AsString()), key.AsString()})
	}
	return out
}

// forEachComplaint says why a value is not valid for for_each. It returns "" if the value is valid.
func forEachComplaint(v cty.Value) string {
	typ := v.Type()
	switch {
	case v.IsMarked():
		return "A sensitive value cannot be used in for_each, because its keys become part of addresses, which " +
			"are shown. Wrap what may be shown in nonsensitive()."
	case v.IsNull():
		return "The value is null. for_each takes a map, an object or a set of strings; an empty one, such as " +
			"{}, makes no instances."
	case typ.IsListType(), typ.IsTupleType():
		return fmt.Sprintf("The value is a %s. for_each takes a map, an object or a set of strings; "+
			"toset() makes a set of a list.", kind(typ))
	case !v.IsKnown(), typ.IsMapType(), typ.IsObjectType():
		return ""
	case !typ.IsSetType():
		return fmt.Sprintf("The value is a %s. for_each takes a map, an object or a set of strings.",
			typ.FriendlyName())
	}
	return setComplaint(v)
}

// setComplaint is forEachComplaint for sets.
func setComplaint(v cty.Value) string {
	if !v.IsWhollyKnown() || v.LengthInt() == 0 {
		return ""
	}
	if v.Type().ElementType() != cty.String {
		return fmt.Sprintf("The value is a set of %s. for_each takes a map, an object or a set of strings.",
			v.Type().ElementType().FriendlyName())
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); e.IsNull() {
			return "The set has a null in it, which cannot be a key. compact() removes nulls from a list."
		}
	}
	return ""
}

// kind names a type for users. It calls a tuple a list.
func kind(t cty.Type) string {
	if t.IsTupleType() {
		return "list"
	}
	return t.FriendlyName()
}

// repeatCount returns as many instances as the value of count says.
func repeatCount(r *report, a *hcl.Attribute, ctx *hcl.EvalContext) []instance {
	v, diags := a.Expr.Value(ctx)
	r.add(diags...)
	if diags.HasErrors() {
		return nil
	}
	if !v.IsKnown() {
		r.doubt(a.Expr.Range())
		return nil
	}

	n, complaint := countOf(v)
	if complaint != "" {
		d := errorAt(a.Expr.Range(), "Invalid count argument", "%s", complaint)
		d.Expression, d.EvalContext = a.Expr, ctx
		r.add(d)
		return nil
	}

	out := make([]instance, n)
	for i := range out {
		index := cty.ObjectVal(map[string]cty.Value{"index": cty.NumberIntVal(int64(i))})
		out[i] = instance{ctx: child(ctx, "count", index), key: fmt.Sprintf("[%d]", i)}
	}
	return out
}

// countOf returns the number of instances, or why the value is not valid for count.
func countOf(v cty.Value) (int, string) {
	if v.IsMarked() {
		return 0, "A sensitive value cannot be used in count, because the number of records is shown."
	}
	v, err := convert.Convert(v, cty.Number)
	switch {
	case err != nil:
		return 0, fmt.Sprintf("The value is not suitable: %v.", err)
	case v.IsNull():
		return 0, "The value is null. count takes a whole number that is not negative; 0 makes no instances."
	}
	n, ok := lang.WholeNumber(v)
	if !ok || n < 0 || n > maxCount {
		return 0, fmt.Sprintf("count takes a whole number from 0 to %d.", maxCount)
	}
	return n, ""
}
