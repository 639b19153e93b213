package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// scope is what the expressions at a place may refer to, with its values.
type scope struct {
	refs references
	ctx  *hcl.EvalContext
}

// paths are the attributes of the object "path" that differ between modules and runs: the directory
// of the module, relative to that of the root module, and the directory in which cfplan was
// started.
type paths struct{ module, cwd string }

// newScope returns the scope of the module in a directory, with its variables and without
// its locals.
func newScope(n *names, p paths, functions map[string]function.Function, variables cty.Value) scope {
	path := cty.ObjectVal(map[string]cty.Value{
		"module": cty.StringVal(p.module),
		"root":   cty.StringVal("."),
		"cwd":    cty.StringVal(p.cwd),
	})
	return scope{references{names: n}, &hcl.EvalContext{
		Functions: functions,
		Variables: map[string]cty.Value{
			"var":  variables,
			"path": path,
		},
	}}
}

// with returns a scope that sees one more object.
func (s scope) with(name string, object cty.Value) scope {
	return scope{s.refs, child(s.ctx, name, object)}
}

// withUnknownElement returns a scope for an element of for_each or count that is not known.
func (s scope) withUnknownElement() scope {
	return s.
		with("each", cty.ObjectVal(map[string]cty.Value{"key": cty.UnknownVal(cty.String), "value": cty.DynamicVal})).
		with("count", cty.ObjectVal(map[string]cty.Value{"index": cty.UnknownVal(cty.Number)}))
}

// eval checks the references of an expression, then evaluates it. An expression that may
// refer to a file that could not be read is not known.
func (s scope) eval(expr hcl.Expression) (cty.Value, hcl.Diagnostics) {
	if diags := s.refs.check(expr); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if s.refs.uncertain(expr) {
		return cty.DynamicVal, nil
	}
	return expr.Value(s.ctx)
}

// child returns a context that sees one more object.
func child(ctx *hcl.EvalContext, name string, object cty.Value) *hcl.EvalContext {
	out := ctx.NewChild()
	out.Variables = map[string]cty.Value{name: object}
	return out
}
