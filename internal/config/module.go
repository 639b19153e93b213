package config

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
)

// moduleInputs holds everything that the evaluation of a module may use from the rest of the configuration.
type moduleInputs struct {
	paths paths
	// path is the module's path in addresses, such as `module.site["a"].`. call is the instance of the
	// module block. The root module has neither.
	path string
	call *callSite
	// repeated is set if the module, or one around it, may have several instances.
	repeated bool
	// given are the values of the module's variables.
	given givenValues
	// mayBeUnset accepts variables without a value; see Options.Unset.
	mayBeUnset bool
	// everyModule checks modules without an instance; see Options.EveryModule.
	everyModule bool
	// tree has the files that the module may read. functions are the functions that its expressions
	// may call.
	tree      *lang.Tree
	functions map[string]function.Function
	// budget bounds the work and memory of the evaluation.
	budget *lang.Budget
	// settings apply to the zones of all modules.
	settings settings
	// schemas are the schemas of record blocks. All modules share them.
	schemas recordSchemas
	// accounts are the accounts that zones may use.
	accounts accountNames
}

// module is the result of evaluating a module: the declarations of one directory.
type module struct {
	// context holds what expressions of the module may refer to.
	context evalContext
	// variables is the object "var".
	variables cty.Value
	// zones are the results of the zone blocks, including those of called modules. Zones with the same
	// name are not joined yet.
	zones []*zone
	// outputs are the outputs of the root module. values are the outputs of any other module.
	outputs []Output
	values  []outputValue
	// protected are the protections of zone blocks and modules with for_each or count. They also
	// protect the records of instances that no longer exist.
	protected []dns.Protection
	// moved and removed are the blocks of these types, including those in called modules.
	moved   []rename
	removed []removal
	// unset counts the variables without a value.
	unset int
}

// evalModule evaluates the declarations of one directory: first the variables, then locals and called modules, then
// everything that depends on these.
func evalModule(r *report, d *declarations, in moduleInputs) module {
	variables, unset := evalVariables(r, in.budget, d.variables, in.given, in.mayBeUnset)
	s := newEvalContext(d.names, in.paths, in.functions, variables)
	inside := &moduleEvaluator{report: r, in: in, made: map[*moduleCall][]module{}}
	nodes := localNodes(r, d.locals)
	for _, c := range d.calls {
		nodes = append(nodes, inside.node(c))
	}
	nodes = append(nodes, d.unloaded()...)
	s = evalNodes(r, nodes, s)
	validateVariables(r, d.variables, in.given, s)

	out := module{context: s, variables: variables, unset: unset}
	if in.call == nil {
		out.outputs = evalOutputs(r, d.outputs, s)
	} else {
		out.values = evalOutputValues(r, d.outputs, s)
	}
	e := zoneEvaluator{
		report:   r,
		decoder:  decoder{report: r, names: d.names, schemas: in.schemas, path: in.path},
		tree:     in.tree,
		ignored:  in.settings.ignored,
		scope:    in.settings.scope,
		accounts: in.accounts,
		call:     in.call,

		everyBlock: in.everyModule,
	}
	for _, b := range d.zones {
		zones, protected := e.block(b, s)
		out.zones, out.protected = append(out.zones, zones...), append(out.protected, protected...)
	}
	out.removed = slices.Concat(e.removals(d.removed, s), inside.removedIn(d.calls))
	out.moved = slices.Concat(e.renames(d.moved, s), inside.movedIn(d.calls))
	zones, protected := inside.zonesOf(d.calls)
	out.zones, out.protected = append(out.zones, zones...), append(out.protected, protected...)
	return out
}
