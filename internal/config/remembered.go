package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Variable is the value of a variable of the root module, in a form that a plan file can store.
type Variable struct {
	// Type and Value have the form in which encoding/json decodes them, with numbers as json.Number.
	// The type has cty's JSON form, such as "string" or ["list","string"].
	Type, Value any
	// Sensitive is set if the variable is declared as sensitive, or if a cloudflare block gets a
	// credential from it. Type and Value are not set then.
	Sensitive bool
	// Hidden is set if a plan may store the value but must not show it, because a sensitive attribute
	// of a record contains the value.
	Hidden bool
	// Default is set if the value is the variable's default.
	Default bool
}

// rememberVariables returns the values of the variables by name. It leaves out unknown values. values is the object
// "var".
func rememberVariables(r *report, d *declarations, from givenValues, values cty.Value) map[string]Variable {
	credentials := d.credentialVariables()
	out := make(map[string]Variable, len(d.variables))
	for _, v := range d.variables {
		value := values.GetAttr(v.name)
		remembered := Variable{
			Sensitive: v.sensitive || value.ContainsMarked() || credentials[v.name],
			Default:   v.choose(from) == v.fallback,
		}
		if !value.IsWhollyKnown() {
			continue
		}
		if !remembered.Sensitive {
			var err error
			if remembered.Type, remembered.Value, err = encodeValue(value); err != nil {
				continue // never happens: every value of a variable can be encoded
			}
			remembered.Hidden = r.shownMasked(value)
		}
		out[v.name] = remembered
	}
	return out
}

// encodeValue returns the type and the value of v in the form of Variable.
func encodeValue(v cty.Value) (typ, value any, err error) {
	text, err := ctyjson.MarshalType(v.Type())
	if err != nil {
		return nil, nil, err
	}
	if typ, err = decodeNumbers(text); err != nil {
		return nil, nil, err
	}
	if text, err = (ctyjson.SimpleJSONValue{Value: v}).MarshalJSON(); err != nil {
		return nil, nil, err
	}
	value, err = decodeNumbers(text)
	return typ, value, err
}

// decodeNumbers decodes JSON without losing digits of numbers.
func decodeNumbers(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var out any
	err := d.Decode(&out)
	return out, err
}

// decode reverses encodeValue.
func (v Variable) decode() (cty.Value, error) {
	text, err := json.Marshal(v.Type)
	if err != nil {
		return cty.NilVal, err
	}
	typ, err := ctyjson.UnmarshalType(text)
	if err != nil {
		return cty.NilVal, err
	}

	if text, err = json.Marshal(v.Value); err != nil {
		return cty.NilVal, err
	}
	return ctyjson.Unmarshal(text, typ)
}

// credentialVariables returns the variables that the cloudflare blocks refer to.
func (d *declarations) credentialVariables() map[string]bool {
	var exprs []hcl.Expression
	for _, b := range slices.Concat(d.cloudflare, d.accounts) {
		content, _, _ := b.Body.PartialContent(cloudflareSchema) // evalCloudflare reports errors in the block
		for _, a := range content.Attributes {
			exprs = append(exprs, a.Expr)
		}
	}
	return d.variablesBehind(exprs...)
}

// variablesBehind returns the variables that expressions refer to, directly or through locals and modules.
func (d *declarations) variablesBehind(exprs ...hcl.Expression) map[string]bool {
	behind := d.expressionsBehind()
	out, seen := map[string]bool{}, map[nodeID]bool{}
	var visit func(hcl.Expression)
	visit = func(expr hcl.Expression) {
		for _, t := range expr.Variables() {
			name, ok := member(t)
			switch {
			case !ok:
			case t.RootName() == "var":
				out[name] = true
			case !seen[nodeID{t.RootName(), name}]:
				seen[nodeID{t.RootName(), name}] = true
				for _, e := range behind[nodeID{t.RootName(), name}] {
					visit(e)
				}
			}
		}
	}
	for _, expr := range exprs {
		visit(expr)
	}
	return out
}

// expressionsBehind returns the expressions that the values of locals and the outputs of modules depend on.
func (d *declarations) expressionsBehind() map[nodeID][]hcl.Expression {
	out := make(map[nodeID][]hcl.Expression, len(d.locals)+len(d.calls))
	for _, a := range d.locals {
		out[nodeID{"local", a.Name}] = []hcl.Expression{a.Expr}
	}
	for _, c := range d.calls {
		out[nodeID{"module", c.name}] = c.expressions()
	}
	return out
}

// recall sets the variables that this run leaves unset to their values from the saved plan. It reports variables that
// this run sets to another value.
func (g *givenReader) recall(d *declarations, remembered map[string]Variable) {
	for _, v := range d.variables {
		was, ok := remembered[v.name]
		if !ok || v.broken {
			continue
		}
		own := g.out.values[v.name]
		if own != nil && own.value.IsNull() && !v.nullable {
			own = nil // a null stands for the default
		}

		switch {
		case own != nil && !was.Sensitive:
			g.compare(v, own, was)
		case own == nil && !was.Sensitive:
			g.take(v, was)
		case own == nil && !was.Default:
			g.out.values[v.name] = &given{value: cty.DynamicVal, broken: true}
			g.report.errorAt(v.rng, "No value for sensitive variable",
				"The plan was made with a value for the variable %q, which it does not remember: plans do not keep "+
					"sensitive variables, nor those that the cloudflare block uses. Give it the same value again:\n"+
					"  - in the environment: CFPLAN_VAR_%s=VALUE\n"+
					"  - on the command line: -var-file=FILE, or -var '%s=VALUE'", v.name, v.name, v.name)
		}
	}
}

// take gives a variable the value from the plan.
func (g *givenReader) take(v *variable, was Variable) {
	file := "<variable " + v.name + " of the plan>"
	value, err := was.decode()
	if err != nil {
		g.report.errorAt(g.report.pseudoFile(file, "", false), "Invalid value for variable",
			"The value that the plan remembers for the variable %q cannot be read: %v. Make the plan again.",
			v.name, err)
		g.out.values[v.name] = &given{value: cty.DynamicVal, broken: true}
		return
	}

	text, _ := json.Marshal(was.Value) // cannot fail, because decode has encoded the value before
	rng := g.report.pseudoFile(file, string(text), v.sensitive)
	g.out.values[v.name] = &given{value: value, rng: rng}
	if changed, err := v.differs(v.fallback, value); err == nil && changed && was.Default {
		g.report.add(warningAt(v.fallback.rng, "Default has changed since the plan was made",
			"The plan was made with the default that the variable %q had then, and it is applied with that value. "+
				"To use the new default, make the plan again.", v.name))
	}
	if !was.Default {
		g.out.recalled = append(g.out.recalled, v.name)
	}
}

// compare warns if this run gives a variable another value than the plan has.
func (g *givenReader) compare(v *variable, own *given, was Variable) {
	value, err := was.decode()
	if own.broken || err != nil {
		return
	}
	if changed, err := v.differs(own, value); err != nil || !changed {
		return
	}
	g.report.add(warningAt(own.rng, "Variable differs from the plan",
		"The plan was made with another value of the variable %q. The value given here wins; "+
			"leave it out to use the one that the plan remembers.", v.name))
}

// differs reports whether the given value, converted to the type of the variable, differs from another value. A missing
// value does not differ.
func (v *variable) differs(g *given, value cty.Value) (bool, error) {
	if g == nil || v.broken {
		return false, nil
	}
	a, err := v.convert(g.value)
	if err != nil {
		return false, err
	}
	b, err := v.convert(value)
	if err != nil {
		return false, fmt.Errorf("remembered value: %w", err)
	}
	a, _ = a.UnmarkDeep()
	return !a.RawEquals(b), nil
}
