package config

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
)

// moduleInputs are what a module is evaluated with. They are all that it sees of the rest
// of the configuration.
type moduleInputs struct {
	// dir is the module's directory, relative to that of the root module.
	dir string
	// given are the values of its variables.
	given givenValues
	// mayBeUnset lets variables go without a value; see Options.Unset.
	mayBeUnset bool
	// tree is where the module's zone files are, and functions are those that its
	// expressions may call.
	tree      *lang.Tree
	functions map[string]function.Function
	// budget bounds what evaluation may take.
	budget *lang.Budget
	// settings apply to all zones, whichever module declares them.
	settings settings
}

// module is what the declarations of a directory make of their inputs.
type module struct {
	// scope is what the expressions of the directory may refer to.
	scope scope
	// variables is the object "var".
	variables cty.Value
	// zones are what each zone block says; those of one name are not joined yet.
	zones   []*zone
	outputs []Output
	// protected are the blocks with prevent_destroy of zone blocks with for_each, also in zones that these no longer
	// make.
	protected []dns.Protection
	// unset counts the variables without a value.
	unset int
}

// evalModule evaluates the declarations of one directory: variables, then locals, then
// everything that depends on these.
func evalModule(r *report, d *declarations, in moduleInputs) module {
	variables, unset := evalVariables(r, in.budget, d.variables, in.given, in.mayBeUnset)
	s := newScope(d.names, in.dir, in.functions, variables)
	s = s.with("local", evalLocals(r, d.locals, s))
	validateVariables(r, d.variables, in.given, s)

	out := module{scope: s, variables: variables, unset: unset, outputs: evalOutputs(r, d.outputs, s)}
	e := zoneEvaluator{
		report:  r,
		decoder: decoder{report: r, names: d.names, schemas: recordSchemas{}},
		tree:    in.tree,
		ignored: in.settings.ignored,
		scope:   in.settings.scope,
	}
	for _, b := range d.zones {
		zones, protected := e.block(b, s)
		out.zones, out.protected = append(out.zones, zones...), append(out.protected, protected...)
	}
	return out
}
