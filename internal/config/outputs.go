package config

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/cfplan/cfplan/internal/config/lang"
)

// evalOutputs evaluates output blocks and returns the outputs sorted by name.
func evalOutputs(r *report, blocks hcl.Blocks, s evalContext) []Output {
	seen := map[string]hcl.Range{}
	var out []Output
	for _, b := range blocks {
		name := b.Labels[0]
		if !validName(r, "output", name, b.LabelRanges[0]) || !unique(r, seen, "output", name, b.DefRange) {
			continue
		}
		if o, ok := evalOutput(r, name, b, s); ok {
			out = append(out, o)
		}
	}

	slices.SortFunc(out, func(a, b Output) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// outputValue is the value of an output of a module, with its marks.
type outputValue struct {
	name  string
	value cty.Value
}

// evalOutputValues evaluates the output blocks of a module. The value of an invalid output is unknown.
func evalOutputValues(r *report, blocks hcl.Blocks, s evalContext) []outputValue {
	seen := map[string]hcl.Range{}
	var out []outputValue
	for _, b := range blocks {
		o := Output{Name: b.Labels[0]}
		if !validName(r, "output", o.Name, b.LabelRanges[0]) || !unique(r, seen, "output", o.Name, b.DefRange) {
			continue
		}
		_, v := evalOutputValue(r, &o, b, s)
		if o.Sensitive {
			v = v.Mark(lang.Sensitive)
		}
		out = append(out, outputValue{o.Name, v})
	}
	return out
}

func evalOutput(r *report, name string, b *hcl.Block, s evalContext) (Output, bool) {
	o := Output{Name: name}
	expr, v := evalOutputValue(r, &o, b, s)
	if expr == nil {
		return o, false
	}
	v, _ = v.UnmarkDeep()
	if !v.IsWhollyKnown() {
		r.doubt(expr.Range())
		return o, false
	}

	var err error
	if o.Type, err = ctyjson.MarshalType(v.Type()); err == nil {
		o.Value, err = plainValue(v)
	}
	if err != nil {
		r.errorAt(expr.Range(), "Invalid output value", "The value cannot be written as JSON: %v.", err)
	}
	return o, err == nil
}

// evalOutputValue evaluates an output block and sets o.Sensitive. It returns a nil expression if the value must not
// be used.
func evalOutputValue(r *report, o *Output, b *hcl.Block, s evalContext) (hcl.Expression, cty.Value) {
	content, diags := b.Body.Content(outputSchema)
	r.add(diags...)
	if diags.HasErrors() {
		return nil, cty.DynamicVal
	}
	o.Sensitive = constantBool(r, content.Attributes["sensitive"], false)
	constantText(r, content.Attributes["description"])

	expr := content.Attributes["value"].Expr
	v, diags := s.eval(expr)
	r.add(diags...)
	if v.ContainsMarked() && !o.Sensitive {
		r.errorAt(expr.Range(), "Output refers to a sensitive value",
			"An output that is made from a sensitive value must say so: add sensitive = true, "+
				"or wrap what may be shown in nonsensitive().")
	}
	if diags.HasErrors() {
		return nil, cty.DynamicVal
	}
	return expr, v
}

// plainValue converts a value to the form in which encoding/json decodes values.
func plainValue(v cty.Value) (any, error) {
	b, err := ctyjson.SimpleJSONValue{Value: v}.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(b, &out)
}
