package lang

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// templateFunctions returns the functions that render templates. Templates may call all
// other functions, but not these two: a template that renders itself would never end.
func templateFunctions(tree *Tree, budget *Budget, others map[string]fn) map[string]fn {
	params := func(first string) []function.Parameter {
		return []function.Parameter{text(first), anything("vars")}
	}
	inside := maps.Clone(others)
	return map[string]fn{
		"templatefile": dynamic(params("path"), nil, func(args []cty.Value) (cty.Value, error) {
			name := args[0].AsString()
			src, err := tree.text(name)
			if err != nil {
				return cty.NilVal, err
			}
			return renderTemplate(budget, src, name, args[1], inside)
		}),
		"templatestring": dynamic(params("template"), nil, func(args []cty.Value) (cty.Value, error) {
			return renderTemplate(budget, args[0].AsString(), "<template>", args[1], inside)
		}),
	}
}

// renderTemplate evaluates a template. Errors show the given name.
func renderTemplate(budget *Budget, src, name string, vars cty.Value, functions map[string]fn) (cty.Value, error) {
	if t := vars.Type(); !t.IsMapType() && !t.IsObjectType() {
		return cty.NilVal, errors.New("the variables of a template must be a map or an object")
	}

	if err := CheckTemplate([]byte(src)); err != nil {
		return cty.NilVal, fmt.Errorf("%s: %w", name, err)
	}
	expr, diags := hclsyntax.ParseTemplate([]byte(src), name, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, firstError(diags)
	}

	ctx := &hcl.EvalContext{Variables: vars.AsValueMap(), Functions: functions}
	for _, t := range expr.Variables() {
		if _, ok := ctx.Variables[t.RootName()]; !ok {
			known := slices.Collect(maps.Keys(ctx.Variables))
			slices.Sort(known)
			return cty.NilVal, fmt.Errorf("%s: the template uses %q, which is not among its variables (%s)",
				at(t.SourceRange()), t.RootName(), strings.Join(known, ", "))
		}
	}

	v, diags := budget.MeterExpression(expr).Value(ctx)
	if diags.HasErrors() {
		return cty.NilVal, firstError(diags)
	}

	out, err := convert.Convert(v, cty.String)
	if err != nil || out.IsNull() {
		return cty.NilVal, fmt.Errorf("%s: the result of the template is not a text", name)
	}
	return out, nil
}

// firstError returns the first error with its position, on one line.
func firstError(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil {
			return fmt.Errorf("%s: %s; %s", at(*d.Subject), d.Summary, strings.TrimSuffix(d.Detail, "."))
		}
	}
	return diags
}

// at formats a position for the text of an error.
func at(rng hcl.Range) string { return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line) }
