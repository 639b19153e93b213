package config

import (
	"errors"

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
	// literal is set if a text from the environment or from -var is the value itself. For other
	// variables, the text is an expression.
	literal             bool
	fallback            *given
	sensitive, nullable bool
	validations         []validation
	// broken is set if the block has errors. The variable then only declares its name.
	broken bool
}

// readVariable reads a variable block.
func readVariable(r *report, name string, b *hcl.Block) *variable {
	before := len(r.list)
	content, diags := b.Body.Content(variableSchema)
	r.add(diags...)

	v := &variable{
		name:      name,
		rng:       b.DefRange,
		typ:       cty.DynamicPseudoType,
		literal:   true,
		sensitive: constantBool(r, content.Attributes["sensitive"], false),
		nullable:  constantBool(r, content.Attributes["nullable"], true),
	}
	constantText(r, content.Attributes["description"])
	if a := content.Attributes["type"]; a != nil {
		v.readType(r, a)
	}
	for _, b := range content.Blocks {
		v.readValidation(r, b)
	}
	if a := content.Attributes["default"]; a != nil {
		v.readDefault(r, a)
	}

	v.broken = r.list[before:].HasErrors()
	return v
}

func (v *variable) readType(r *report, a *hcl.Attribute) {
	if err := checkQuotedType(a.Expr); err != nil {
		r.errorAt(a.Expr.Range(), "Invalid type specification", "%v.", err)
		return
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
	r.add(diags...)
	v.typ, v.defaults, v.literal = typ, defaults, typ.IsPrimitiveType()
}

// checkQuotedType refuses a type that is nested too deeply to be parsed. In JSON, a type is a text, which was
// not parsed before.
func checkQuotedType(expr hcl.Expression) error {
	if _, native := expr.(hclsyntax.Expression); native {
		return nil
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() {
		return nil
	}
	return lang.CheckExpression([]byte(v.AsString()))
}

// readDefault reads the default. It reports an invalid default even if the default is not used.
func (v *variable) readDefault(r *report, a *hcl.Attribute) {
	value, diags := a.Expr.Value(nil)
	r.add(diags...)
	v.fallback = &given{value: value, rng: a.Expr.Range()}
	if v.sensitive {
		r.hide(v.fallback.rng)
	}
	if diags.HasErrors() {
		return
	}

	_, err := v.convert(value)
	if err == nil && value.IsNull() && !v.nullable {
		err = errors.New("null is not allowed, because nullable is false")
	}
	if err != nil {
		r.errorAt(v.fallback.rng, "Invalid default value for variable",
			"This default is not a valid value of the variable %q: %v.", v.name, err)
	}
}

// convert converts a value to the type of the variable and fills in the defaults of optional attributes.
func (v *variable) convert(value cty.Value) (cty.Value, error) {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	out, err := convert.Convert(value, v.typ)
	if err != nil {
		return cty.DynamicVal, withPath(err)
	}
	return out, nil
}

// evalVariables returns the object "var". Each variable has its given value or its default. If variables
// without a value are allowed, their values are unknown, and unset is the number of such variables.
func evalVariables(
	r *report, budget *lang.Budget, variables []*variable, from givenValues, mayBeUnset bool,
) (object cty.Value, unset int) {
	values := make(map[string]cty.Value, len(variables))
	for _, v := range variables {
		g := v.choose(from)
		switch {
		case v.broken || g != nil && g.broken:
			values[v.name] = cty.DynamicVal
		case g != nil:
			values[v.name] = v.value(r, budget, g)
		case mayBeUnset && from.values[v.name] == nil:
			values[v.name] = v.unknown()
			unset++
		default:
			values[v.name] = cty.DynamicVal
			v.reportMissing(r, from)
		}
	}
	return cty.ObjectVal(values), unset
}

// choose returns the given value of the variable, or its default, or nil if it has neither.
func (v *variable) choose(from givenValues) *given {
	g := from.values[v.name]
	if g == nil || g.value.IsNull() && !v.nullable {
		return v.fallback
	}
	return g
}

// value converts and checks the given value g and returns the value of the variable.
func (v *variable) value(r *report, budget *lang.Budget, g *given) cty.Value {
	value := g.value
	if v.typ != cty.DynamicPseudoType && v.typ.HasDynamicTypes() {
		var diags hcl.Diagnostics
		value, diags = budget.Uniform(value, g.rng)
		r.add(diags...)
	}
	value, err := v.convert(value)
	if err != nil {
		r.errorAt(g.rng, "Invalid value for variable",
			"This value is not valid for the variable %q, declared at %s: %v.", v.name, at(v.rng), err)
		return cty.DynamicVal
	}
	if diags := budget.Check(value, g.rng); diags.HasErrors() {
		r.add(diags...)
		return cty.DynamicVal
	}
	if v.sensitive {
		r.secrets.learn(value)
		return value.Mark(lang.Sensitive)
	}
	return value
}

func (v *variable) unknown() cty.Value {
	value := cty.UnknownVal(v.typ)
	if v.sensitive {
		value = value.Mark(lang.Sensitive)
	}
	return value
}

// reportMissing reports a variable without a value. It reports nothing if a file of values could not be read, because
// that file may set the variable.
func (v *variable) reportMissing(r *report, from givenValues) {
	if g := from.values[v.name]; g != nil {
		r.errorAt(g.rng, "Invalid value for variable",
			"The variable %q must not be null, and has no default.", v.name)
		return
	}
	if from.incomplete {
		return
	}

	r.errorAt(v.rng, "No value for required variable",
		"The variable %q has neither a value nor a default. Give it one in one of three ways:\n"+
			"  - on the command line: -var '%s=VALUE', or -var-file=FILE\n"+
			"  - in the environment: CFPLAN_VAR_%s=VALUE\n"+
			"  - in a file of this directory whose name ends in .auto.cfvars: %s = VALUE",
		v.name, v.name, v.name, v.name)
}
