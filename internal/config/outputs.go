package config

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

func (l *loader) evalOutputs(d *declarations, ctx *hcl.EvalContext) []Output {
	seen := map[string]hcl.Range{}
	var out []Output
	for _, b := range d.outputs {
		name := b.Labels[0]
		if !l.identifier("output", name, b.LabelRanges[0]) || !l.unique(seen, "output", name, b.DefRange) {
			continue
		}
		if o, ok := l.evalOutput(name, b, ctx); ok {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b Output) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (l *loader) evalOutput(name string, b *hcl.Block, ctx *hcl.EvalContext) (Output, bool) {
	o := Output{Name: name}
	content, diags := b.Body.Content(outputSchema)
	l.report.add(diags...)
	if diags.HasErrors() {
		return o, false
	}
	o.Sensitive = l.constantBool(content.Attributes["sensitive"], false)
	l.constantText(content.Attributes["description"])
	expr := content.Attributes["value"].Expr
	v, diags := l.eval(expr, l.references(), ctx)
	l.report.add(diags...)
	if v.ContainsMarked() && !o.Sensitive {
		l.report.errorAt(expr.Range(), "Output refers to a sensitive value", "An output that is made from a sensitive value must say so: add sensitive = true, "+
			"or wrap what may be shown in nonsensitive().")
	}
	v, _ = v.UnmarkDeep()
	if diags.HasErrors() {
		return o, false
	}
	if !v.IsWhollyKnown() {
		l.report.doubt(expr.Range())
		return o, false
	}
	var err error
	if o.Value, err = plainValue(v); err != nil {
		l.report.errorAt(expr.Range(), "Invalid output value", "The value cannot be written as JSON: %v.", err)
	}
	return o, err == nil
}

// plainValue turns a value into what encoding/json would make of it.
func plainValue(v cty.Value) (any, error) {
	b, err := ctyjson.SimpleJSONValue{Value: v}.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(b, &out)
}
