package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// evalContext holds the names that expressions in one place may refer to, with their values.
type evalContext struct {
	refs references
	ctx  *hcl.EvalContext
}

// paths are the attributes of the object "path" that differ between modules and runs. module is the directory of the
// module, relative to the root module. cwd is the working directory of the process.
type paths struct{ module, cwd string }

// newEvalContext returns the context of a module, with its variables but without its locals.
func newEvalContext(n *names, p paths, functions map[string]function.Function, variables cty.Value) evalContext {
	path := cty.ObjectVal(map[string]cty.Value{
		"module": cty.StringVal(p.module),
		"root":   cty.StringVal("."),
		"cwd":    cty.StringVal(p.cwd),
	})
	return evalContext{references{names: n}, &hcl.EvalContext{
		Functions: functions,
		Variables: map[string]cty.Value{
			"var":  variables,
			"path": path,
		},
	}}
}

// with returns a context that also has the given object.
func (s evalContext) with(name string, object cty.Value) evalContext {
	return evalContext{s.refs, child(s.ctx, name, object)}
}

// withUnknownElement returns a context in which the element of for_each or count is unknown.
func (s evalContext) withUnknownElement() evalContext {
	return s.
		with("each", cty.ObjectVal(map[string]cty.Value{"key": cty.UnknownVal(cty.String), "value": cty.DynamicVal})).
		with("count", cty.ObjectVal(map[string]cty.Value{"index": cty.UnknownVal(cty.Number)}))
}

// eval checks the references of an expression and evaluates it. The value is unknown if the expression may refer to a
// name in a file that could not be read.
func (s evalContext) eval(expr hcl.Expression) (cty.Value, hcl.Diagnostics) {
	if diags := s.refs.check(expr); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if s.refs.uncertain(expr) {
		return cty.DynamicVal, nil
	}
	return expr.Value(s.ctx)
}

// child returns an evaluation context that also has the given object.
func child(ctx *hcl.EvalContext, name string, object cty.Value) *hcl.EvalContext {
	out := ctx.NewChild()
	out.Variables = map[string]cty.Value{name: object}
	return out
}
