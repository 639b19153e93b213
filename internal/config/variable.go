package config

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/cfplan/cfplan/internal/config/lang"
)

// variable is a `variable "NAME"` block.
type variable struct {
	name     string
	rng      hcl.Range
	typ      cty.Type
	defaults *typeexpr.Defaults
	// literal variables take a text from the environment or from -var as it
	// stands; others parse it as an expression.
	literal             bool
	fallback            *given
	sensitive, nullable bool
	validations         []validation
	// broken blocks declare their name and nothing more.
	broken bool
	// given is the value that won, nil where there is none.
	given *given
}

type validation struct {
	condition, message hcl.Expression
	rng                hcl.Range
}

// given is a value and where it was given.
type given struct {
	value cty.Value
	rng   hcl.Range
}

func (l *loader) declareVariable(d *declarations, b *hcl.Block) {
	name := b.Labels[0]
	if l.names.variables == nil {
		l.names.variables = map[string]hcl.Range{}
	}
	if !l.identifier("variable", name, b.LabelRanges[0]) || !l.unique(l.names.variables, "variable", name, b.DefRange) {
		return
	}
	before := len(l.report.list)
	v := &variable{name: name, rng: b.DefRange, typ: cty.DynamicPseudoType, literal: true, nullable: true}
	content, diags := b.Body.Content(variableSchema)
	l.report.add(diags...)
	l.readVariable(v, content)
	v.broken = l.report.list[before:].HasErrors()
	d.variables = append(d.variables, v)
}

func (l *loader) identifier(kind, name string, rng hcl.Range) bool {
	if hclsyntax.ValidIdentifier(name) {
		return true
	}
	l.report.errorAt(rng, "Invalid name of "+kind, "A name begins with a letter and has only letters, digits, underscores and dashes.")
	return false
}

func (l *loader) readVariable(v *variable, content *hcl.BodyContent) {
	if a := content.Attributes["type"]; a != nil {
		typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
		l.report.add(diags...)
		v.typ, v.defaults = typ, defaults
		v.literal = v.typ.IsPrimitiveType()
	}
	v.sensitive = l.constantBool(content.Attributes["sensitive"], false)
	v.nullable = l.constantBool(content.Attributes["nullable"], true)
	l.constantText(content.Attributes["description"])
	for _, b := range content.Blocks {
		l.readValidation(v, b)
	}
	if a := content.Attributes["default"]; a != nil {
		value, diags := a.Expr.Value(nil)
		l.report.add(diags...)
		v.fallback = &given{value, a.Expr.Range()}
		if v.sensitive {
			l.hide(a.Expr.Range())
		}
		if !diags.HasErrors() {
			l.checkDefault(v)
		}
	}
}

// checkDefault reports a default that does not suit, whether or not it is used.
func (l *loader) checkDefault(v *variable) {
	_, err := v.convert(v.fallback.value)
	if err == nil && v.fallback.value.IsNull() && !v.nullable {
		err = fmt.Errorf("null is not allowed, because nullable is false")
	}
	if err != nil {
		l.report.errorAt(v.fallback.rng, "Invalid default value for variable", "This default does not suit the variable %q: %v.", v.name, err)
	}
}

func (l *loader) readValidation(v *variable, b *hcl.Block) {
	content, diags := b.Body.Content(validationSchema)
	l.report.add(diags...)
	if !diags.HasErrors() {
		v.validations = append(v.validations, validation{
			condition: content.Attributes["condition"].Expr,
			message:   content.Attributes["error_message"].Expr,
			rng:       b.DefRange,
		})
	}
}

// convert brings a value to the variable's type, optional attributes filled in.
func (v *variable) convert(value cty.Value) (cty.Value, error) {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	out, err := convert.Convert(value, v.typ)
	if err != nil {
		return cty.DynamicVal, describe(err)
	}
	return out, nil
}

// describe puts the way to the offending part in front of a conversion error.
func describe(err error) error {
	var path cty.PathError
	if !errors.As(err, &path) || len(path.Path) == 0 {
		return err
	}
	where := ""
	for _, step := range path.Path {
		switch s := step.(type) {
		case cty.GetAttrStep:
			where += "." + s.Name
		case cty.IndexStep:
			where += indexText(s.Key)
		}
	}
	return fmt.Errorf("at %s: %w", where, err)
}

func indexText(key cty.Value) string {
	if !key.IsKnown() || key.IsNull() || key.IsMarked() {
		return "[…]"
	}
	if key.Type() == cty.String {
		return fmt.Sprintf("[%q]", key.AsString())
	}
	if key.Type() == cty.Number {
		return "[" + key.AsBigFloat().Text('f', -1) + "]"
	}
	return "[…]"
}

// evalVariables gives each variable its value, in ctx.
func (l *loader) evalVariables(d *declarations, ctx *hcl.EvalContext) {
	l.collectGiven(d.variables)
	values := make(map[string]cty.Value, len(d.variables))
	for _, v := range d.variables {
		values[v.name] = l.evalVariable(v)
	}
	ctx.Variables["var"] = cty.ObjectVal(values)
}

func (l *loader) evalVariable(v *variable) cty.Value {
	g := v.given
	if g == nil || g.value.IsNull() && !v.nullable {
		g = v.fallback
	}
	switch {
	case v.broken:
		return cty.DynamicVal
	case g == nil && v.given != nil:
		l.report.errorAt(v.given.rng, "Invalid value for variable", "The variable %q must not be null, and has no default.", v.name)
		return cty.DynamicVal
	case g == nil:
		return l.missing(v)
	}
	value, err := v.convert(g.value)
	if err != nil {
		l.report.errorAt(g.rng, "Invalid value for variable", "This value does not suit the variable %q, declared at %s: %v.", v.name, at(v.rng), err)
		return cty.DynamicVal
	}
	if v.sensitive {
		l.report.secrets.learn(value)
		return value.Mark(lang.Sensitive)
	}
	return value
}

// missing is the value of a variable that has none.
func (l *loader) missing(v *variable) cty.Value {
	switch {
	case l.opts.Unset:
		l.report.unset++
		value := cty.UnknownVal(v.typ)
		if v.sensitive {
			value = value.Mark(lang.Sensitive)
		}
		return value
	case l.lostValues:
		return cty.DynamicVal
	}
	l.report.errorAt(v.rng, "No value for required variable", "The variable %q has neither a value nor a default. Give it one in one of three ways:\n"+
		"  - on the command line: -var '%s=VALUE', or -var-file=FILE\n"+
		"  - in the environment: CFPLAN_VAR_%s=VALUE\n"+
		"  - in a file of this directory whose name ends in .auto.cfvars: %s = VALUE", v.name, v.name, v.name, v.name)
	return cty.DynamicVal
}

// validateVariables runs the validation blocks. It comes after the locals,
// which conditions may use.
func (l *loader) validateVariables(d *declarations, ctx *hcl.EvalContext) {
	for _, v := range d.variables {
		for _, rule := range v.validations {
			l.validate(v, rule, ctx)
		}
	}
}

func (l *loader) validate(v *variable, rule validation, ctx *hcl.EvalContext) {
	ok, diags := l.condition(rule, ctx)
	l.report.add(diags...)
	if ok || diags.HasErrors() {
		return
	}
	place := v.rng
	if v.given != nil {
		place = v.given.rng
	} else if v.fallback != nil {
		place = v.fallback.rng
	}
	d := errorAt(place, "Invalid value for variable", "%s\n\nThis was checked by the validation rule at %s.", l.message(rule, ctx), at(rule.rng))
	d.Expression, d.EvalContext = rule.condition, ctx
	l.report.add(d)
}

// condition evaluates a rule. A value that is not known passes.
func (l *loader) condition(rule validation, ctx *hcl.EvalContext) (bool, hcl.Diagnostics) {
	value, diags := l.eval(rule.condition, l.references(), ctx)
	if diags.HasErrors() {
		return false, diags
	}
	value, _ = value.Unmark()
	value, err := convert.Convert(value, cty.Bool)
	if err != nil || value.IsNull() {
		return false, hcl.Diagnostics{errorAt(rule.condition.Range(), "Invalid validation condition", "A condition must be true or false.")}
	}
	if !value.IsKnown() {
		l.report.doubt(rule.condition.Range())
		return true, nil
	}
	return value.True(), nil
}

func (l *loader) message(rule validation, ctx *hcl.EvalContext) string {
	value, diags := l.eval(rule.message, l.references(), ctx)
	l.report.add(diags...)
	if value.ContainsMarked() {
		return "The error message is not shown, because it contains a sensitive value."
	}
	value, err := convert.Convert(value, cty.String)
	if diags.HasErrors() || err != nil || value.IsNull() || !value.IsKnown() {
		return "The value does not satisfy the condition."
	}
	return value.AsString()
}

// eval checks the references of an expression that is evaluated once, then
// evaluates it.
func (l *loader) eval(expr hcl.Expression, refs references, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if diags := refs.check(expr); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if refs.uncertain(expr) {
		return cty.DynamicVal, nil
	}
	return expr.Value(ctx)
}

func (l *loader) constantBool(a *hcl.Attribute, otherwise bool) bool {
	v := l.constant(a, cty.Bool)
	if v.IsNull() {
		return otherwise
	}
	return v.True()
}

func (l *loader) constantText(a *hcl.Attribute) string {
	v := l.constant(a, cty.String)
	if v.IsNull() {
		return ""
	}
	return v.AsString()
}

// constant evaluates an attribute that must not refer to anything, null where
// it is not there or wrong.
func (l *loader) constant(a *hcl.Attribute, want cty.Type) cty.Value {
	if a == nil {
		return cty.NullVal(want)
	}
	value, diags := a.Expr.Value(nil)
	l.report.add(diags...)
	if diags.HasErrors() || !value.IsWhollyKnown() || value.IsNull() { // not known: after a syntax error
		return cty.NullVal(want)
	}
	out, err := convert.Convert(value, want)
	if err != nil {
		l.report.errorAt(a.Expr.Range(), "Unsuitable value", "Inappropriate value for attribute %q: %v.", a.Name, err)
		return cty.NullVal(want)
	}
	return out
}
