package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// checkEnabled checks the references of lifecycle.enabled and returns the attribute. attrs are the attributes
// of the block. checkEnabled returns nil if enabled is not set. If the block also has for_each or count, which
// decide how often it is repeated, checkEnabled reports an error and returns nil.
func (r references) checkEnabled(to *report, enabled *hcl.Attribute, attrs hcl.Attributes) *hcl.Attribute {
	if enabled == nil {
		return nil
	}
	for _, name := range []string{"for_each", "count"} {
		if other := attrs[name]; other != nil {
			to.errorAt(enabled.NameRange, "Invalid combination of \"enabled\" and \""+name+"\"",
				"The block has %s at %s, which says how often it is repeated; enabled makes one instance or none. "+
					"Keep one of the two; an empty for_each and count = 0 make none, too.", name, at(other.NameRange))
			return nil
		}
	}

	checked := hcl.Attributes{enabled.Name: enabled}
	r.checkAll(to, checked)
	return checked[enabled.Name]
}

// instances returns the instances of the block according to its for_each, count or enabled. It returns nil if
// the attribute is invalid or unknown.
func (b *recordBlock) instances(r *report, ctx *hcl.EvalContext) []instance {
	all := repeat(r, b.attrs, ctx)
	if b.life.enabled == nil || isEnabled(r, b.life.enabled, ctx) {
		return all
	}
	return nil
}

// isEnabled evaluates lifecycle.enabled. It returns false if the value is invalid or unknown.
func isEnabled(r *report, a *hcl.Attribute, ctx *hcl.EvalContext) bool {
	v, diags := a.Expr.Value(ctx)
	r.add(diags...)
	if diags.HasErrors() {
		return false
	}
	if !v.IsKnown() {
		r.doubt(a.Expr.Range())
		return false
	}

	enabled, complaint := enabledOf(v)
	if complaint != "" {
		d := errorAt(a.Expr.Range(), "Invalid enabled argument", "%s", complaint)
		d.Expression, d.EvalContext = a.Expr, ctx
		r.add(d)
	}
	return enabled
}

// enabledOf reads a known value of lifecycle.enabled. complaint says what is wrong with the value, or is "".
func enabledOf(v cty.Value) (enabled bool, complaint string) {
	if v.IsMarked() {
		return false,
			"A sensitive value cannot be used in enabled, because the plan shows whether there is a record. Wrap " +
				"what may be shown in nonsensitive()."
	}
	v, err := convert.Convert(v, cty.Bool)
	switch {
	case err != nil:
		return false, fmt.Sprintf("The value is not suitable: %v. enabled takes true or false.", err)
	case v.IsNull():
		return false, "The value is null. enabled takes true or false; without it, there is a record."
	}
	return v.True(), ""
}
