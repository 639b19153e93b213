package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// validation is a rule for the value of a variable.
type validation struct {
	condition, message hcl.Expression
	rng                hcl.Range
}

func (v *variable) readValidation(r *report, b *hcl.Block) {
	content, diags := b.Body.Content(validationSchema)
	r.add(diags...)
	if diags.HasErrors() {
		return
	}
	v.validations = append(v.validations, validation{
		condition: content.Attributes["condition"].Expr,
		message:   content.Attributes["error_message"].Expr,
		rng:       b.DefRange,
	})
}

// validateVariables applies the validation rules of variables. Conditions may use locals, so it runs after the locals
// have been evaluated.
func validateVariables(r *report, variables []*variable, from givenValues, s evalContext) {
	for _, v := range variables {
		for _, rule := range v.validations {
			v.validate(r, rule, from, s)
		}
	}
}

func (v *variable) validate(r *report, rule validation, from givenValues, s evalContext) {
	ok, diags := rule.holds(r, s)
	r.add(diags...)
	if ok || diags.HasErrors() {
		return
	}

	place := v.rng
	if g := from.values[v.name]; g != nil {
		place = g.rng
	} else if v.fallback != nil {
		place = v.fallback.rng
	}
	d := errorAt(place, "Invalid value for variable",
		"%s\n\nThis was checked by the validation rule at %s.", rule.complaint(r, s), at(rule.rng))
	d.Expression, d.EvalContext = rule.condition, s.ctx
	r.add(d)
}

// holds evaluates the condition. It returns true if the result is unknown.
func (rule validation) holds(r *report, s evalContext) (bool, hcl.Diagnostics) {
	value, diags := s.eval(rule.condition)
	if diags.HasErrors() {
		return false, diags
	}

	value, _ = value.Unmark()
	value, err := convert.Convert(value, cty.Bool)
	if err != nil || value.IsNull() {
		d := errorAt(rule.condition.Range(), "Invalid validation condition", "A condition must be true or false.")
		return false, hcl.Diagnostics{d}
	}
	if !value.IsKnown() {
		r.doubt(rule.condition.Range())
		return true, nil
	}
	return value.True(), nil
}

// complaint returns the error message of a rule that does not hold.
func (rule validation) complaint(r *report, s evalContext) string {
	value, diags := s.eval(rule.message)
	r.add(diags...)
	if value.ContainsMarked() {
		return "The error message is not shown, because it contains a sensitive value."
	}

	value, err := convert.Convert(value, cty.String)
	if diags.HasErrors() || err != nil || value.IsNull() || !value.IsKnown() {
		return "The value does not satisfy the condition."
	}
	return value.AsString()
}
