package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// constant evaluates an attribute that must be a constant. It returns null if the attribute is missing or
// invalid.
func constant(r *report, a *hcl.Attribute, want cty.Type) cty.Value {
	if a == nil {
		return cty.NullVal(want)
	}
	value, diags := a.Expr.Value(nil)
	r.add(diags...)
	if diags.HasErrors() || !value.IsWhollyKnown() || value.IsNull() { // a value is unknown after a syntax error
		return cty.NullVal(want)
	}

	out, err := convert.Convert(value, want)
	if err != nil {
		r.errorAt(a.Expr.Range(), "Unsuitable value", "Inappropriate value for attribute %q: %v.", a.Name, err)
		return cty.NullVal(want)
	}
	return out
}

func constantBool(r *report, a *hcl.Attribute, otherwise bool) bool {
	v := constant(r, a, cty.Bool)
	if v.IsNull() {
		return otherwise
	}
	return v.True()
}

func constantText(r *report, a *hcl.Attribute) string {
	v := constant(r, a, cty.String)
	if v.IsNull() {
		return ""
	}
	return v.AsString()
}

// constantOnly reports an attribute that is not a constant, with the reason why it must be one. It returns
// whether the attribute is a constant.
func constantOnly(r *report, a *hcl.Attribute, reason string) bool {
	vars := a.Expr.Variables()
	if len(vars) > 0 {
		r.errorAt(vars[0].SourceRange(), "Variables not allowed", "%s", reason)
	}
	return len(vars) == 0
}
