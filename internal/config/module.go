package config

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
)

// moduleInputs are what a module is evaluated with. They are all that it sees of the rest
// of the configuration.
type moduleInputs struct {
	paths paths
	// path is the module's own in addresses, such as `module.site["a"].`, and call the block that it comes from. The
	// root module has neither.
	path string
	call *callSite
	// repeated is set if the module, or one around it, may have several instances.
	repeated bool
	// given are the values of its variables.
	given givenValues
	// mayBeUnset lets variables go without a value; see Options.Unset.
	mayBeUnset bool
	// everyModule checks modules without an instance; see Options.EveryModule.
	everyModule bool
	// tree is where the module's zone files are, and functions are those that its
	// expressions may call.
	tree      *lang.Tree
	functions map[string]function.Function
	// budget bounds what evaluation may take.
	budget *lang.Budget
	// settings apply to all zones, whichever module declares them.
	settings settings
	// schemas are those of record blocks, shared by all modules.
	schemas recordSchemas
	// accounts are those that zones may name.
	accounts accountNames
}

// module is what the declarations of a directory make of their inputs.
type module struct {
	// scope is what the expressions of the directory may refer to.
	scope scope
	// variables is the object "var".
	variables cty.Value
	// zones are what each zone block says, also in the modules inside; those of one name are not joined yet.
	zones []*zone
	// outputs are those of the root module, and values those of others.
	outputs []Output
	values  []outputValue
	// protected are the blocks with prevent_destroy of zone blocks and modules with for_each or count, also of
	// instances that are gone.
	protected []dns.Protection
	// moved and removed are the blocks of these names, also those in the modules inside.
	moved   []rename
	removed []removal
	// unset counts the variables without a value.
	unset int
}

// evalModule evaluates the declarations of one directory: variables, then locals and the modules inside, then
// everything that depends on these.
func evalModule(r *report, d *declarations, in moduleInputs) module {
	variables, unset := evalVariables(r, in.budget, d.variables, in.given, in.mayBeUnset)
	s := newScope(d.names, in.paths, in.functions, variables)
	inside := &moduleEvaluator{report: r, in: in, made: map[*moduleCall][]module{}}
	nodes := localNodes(r, d.locals)
	for _, c := range d.calls {
		nodes = append(nodes, inside.node(c))
	}
	nodes = append(nodes, d.unloaded()...)
	s = evalNodes(r, nodes, s)
	validateVariables(r, d.variables, in.given, s)

	out := module{scope: s, variables: variables, unset: unset}
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
