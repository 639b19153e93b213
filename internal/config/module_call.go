package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxModulePath is the greatest length of the path of a module, in bytes. The path becomes part of the address of
// each record in the module.
const maxModulePath = 2_000

// moduleCall is a module block. It makes the configuration in another directory part of this one, once or for each
// element.
type moduleCall struct {
	name  string
	block *hcl.Block
	// attrs are for_each and count. inputs are the values for the module's variables. The references
	// of both have been checked.
	attrs, inputs hcl.Attributes
	// source is the directory as the block spells it. dir is the same directory relative to the root
	// module.
	source, dir string
	// inside are the declarations in the directory. It is nil if the directory could not be loaded,
	// which has been reported.
	inside *declarations
}

// repeated reports whether the module may have several instances, or none.
func (c *moduleCall) repeated() bool { return c.attrs["for_each"] != nil || c.attrs["count"] != nil }

// expressions returns the expressions that the values of the module depend on.
func (c *moduleCall) expressions() []hcl.Expression {
	var out []hcl.Expression
	for _, attrs := range []hcl.Attributes{c.attrs, c.inputs} {
		for _, a := range sortedAttributes(attrs) {
			out = append(out, a.Expr)
		}
	}
	return out
}

// callSite is an instance of a module with the position of its block, for diagnostics about something inside the
// module.
type callSite struct {
	// module is the path of the instance, without the final dot.
	module string
	rng    hcl.Range
	// caller is the instance that contains the block. It is nil for the root module.
	caller *callSite
}

// moduleEvaluator evaluates the modules that one module calls.
type moduleEvaluator struct {
	report *report
	// in are the inputs of the calling module.
	in moduleInputs
	// made has the results of evaluating the instances of each call.
	made map[*moduleCall][]module
	// protected are the protections for records of instances that no longer exist.
	protected []dns.Protection
}

// node returns the node of a call for the graph.
func (e *moduleEvaluator) node(c *moduleCall) *node {
	return &node{
		id:    nodeID{"module", c.name},
		rng:   c.block.DefRange,
		exprs: c.expressions(),
		eval:  func(s evalContext) cty.Value { return e.value(c, s) },
	}
}

// unloaded returns nodes for the modules whose blocks are in files that could not be parsed. The values of these
// nodes are unknown.
func (d *declarations) unloaded() []*node {
	var out []*node
	for name, rng := range d.names.modules {
		if d.names.calls[name] == nil {
			out = append(out, &node{
				id:   nodeID{"module", name},
				rng:  rng,
				eval: func(evalContext) cty.Value { return cty.DynamicVal },
			})
		}
	}
	return out
}

// value evaluates the instances of a call, and returns the value of references to the module.
func (e *moduleEvaluator) value(c *moduleCall, s evalContext) cty.Value {
	if c.inside == nil {
		for _, i := range repeat(e.report, c.attrs, s.ctx) {
			e.inputs(c, i.ctx) // reports mistakes in the inputs, too
		}
		return cty.DynamicVal
	}
	if c.repeated() && c.inside.protects && !e.in.repeated {
		e.protected = append(e.protected, protectionsOf(e.report, c, e.in, s)...)
	}
	instances := repeat(e.report, c.attrs, s.ctx)
	if len(instances) == 0 && e.in.everyModule {
		e.check(c, s)
	}
	if instances == nil {
		return cty.DynamicVal
	}

	outputs := make([]cty.Value, len(instances))
	for i, instance := range instances {
		m, ok := e.instance(c, instance)
		if !ok {
			return cty.DynamicVal
		}
		outputs[i] = m.object()
		e.made[c] = append(e.made[c], module{zones: m.zones, protected: m.protected, moved: m.moved, removed: m.removed})
	}
	return c.combine(instances, outputs)
}

// check evaluates a module that has no known instance, with an unknown element. It only reports mistakes: the
// records are not used.
func (e *moduleEvaluator) check(c *moduleCall, s evalContext) {
	doubts := len(e.report.doubts)
	e.instance(c, instance{ctx: s.withUnknownElement().ctx})
	e.report.doubts = e.report.doubts[:doubts]
}

// combine returns the value of module.NAME: the outputs of a single instance, an object with the outputs by key, or
// a list of the outputs of counted instances.
func (c *moduleCall) combine(instances []instance, outputs []cty.Value) cty.Value {
	switch {
	case c.attrs["for_each"] != nil:
		byKey := make(map[string]cty.Value, len(instances))
		for i, instance := range instances {
			byKey[instance.each] = outputs[i]
		}
		return cty.ObjectVal(byKey)
	case c.attrs["count"] != nil:
		return cty.TupleVal(outputs)
	}
	return outputs[0]
}

// instance evaluates one instance of a call. ok is false if the instance could not be evaluated. The reason has then
// been reported.
func (e *moduleEvaluator) instance(c *moduleCall, i instance) (m module, ok bool) {
	in := e.in
	in.paths.module = c.dir
	in.path += dns.ModulePrefix + c.name + i.key + "."
	in.call = &callSite{in.path[:len(in.path)-1], c.block.DefRange, e.in.call}
	in.repeated = in.repeated || c.repeated()
	in.mayBeUnset = false
	in.given = e.given(c, i.ctx)

	if len(in.path) > maxModulePath {
		e.report.errorAt(c.block.DefRange, "Address too long",
			"The path of this module has more than %d bytes. It becomes part of the address of every record inside. "+
				"Use shorter keys in for_each.", maxModulePath)
		return module{}, false
	}
	if ok, diags := in.budget.Enter(c.inside.pieces, c.block.DefRange); !ok {
		e.report.add(diags...)
		return module{}, false
	}
	defer e.report.inside(in.call)()
	return evalModule(e.report, c.inside, in), true
}

// given evaluates the inputs of an instance. checkCall has already reported a required input that is missing.
func (e *moduleEvaluator) given(c *moduleCall, ctx *hcl.EvalContext) givenValues {
	out := givenValues{values: e.inputs(c, ctx), incomplete: c.inside.names.incomplete}
	for _, v := range c.inside.variables {
		if out.values[v.name] == nil && v.fallback == nil {
			out.values[v.name] = &given{value: cty.DynamicVal, rng: c.block.DefRange, broken: true}
		}
	}
	return out
}

// inputs evaluates the values that the block sets for the variables of the module.
func (e *moduleEvaluator) inputs(c *moduleCall, ctx *hcl.EvalContext) map[string]*given {
	out := make(map[string]*given, len(c.inputs))
	for _, a := range sortedAttributes(c.inputs) {
		v, diags := a.Expr.Value(ctx)
		e.report.add(diags...)
		out[a.Name] = &given{value: v, rng: a.Expr.Range(), broken: diags.HasErrors()}
	}
	return out
}

// object returns the module's outputs as an object.
func (m module) object() cty.Value {
	out := make(map[string]cty.Value, len(m.values))
	for _, o := range m.values {
		out[o.name] = o.value
	}
	return cty.ObjectVal(out)
}

// zonesOf returns the zones of the called modules, and the modules' protections, in the order of the calls.
func (e *moduleEvaluator) zonesOf(calls []*moduleCall) ([]*zone, []dns.Protection) {
	var zones []*zone
	protected := e.protected
	for _, c := range calls {
		for _, m := range e.made[c] {
			zones = append(zones, m.zones...)
			protected = append(protected, m.protected...)
		}
	}
	return zones, slices.Clip(protected)
}

// removedIn returns the removed blocks of the called modules, in the order of the calls.
func (e *moduleEvaluator) removedIn(calls []*moduleCall) []removal {
	var out []removal
	for _, c := range calls {
		for _, m := range e.made[c] {
			out = append(out, m.removed...)
		}
	}
	return out
}

// movedIn returns the moved blocks of the called modules, in the order of the calls.
func (e *moduleEvaluator) movedIn(calls []*moduleCall) []rename {
	var out []rename
	for _, c := range calls {
		for _, m := range e.made[c] {
			out = append(out, m.moved...)
		}
	}
	return out
}
