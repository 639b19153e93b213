package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// references says which names the expressions in one place may refer to. Expressions are checked before evaluation. The
// check happens once for each block and not for each instance, and includes branches that are never evaluated.
type references struct {
	names             *names
	each, count, zone bool
}

// checkAll reports attributes that refer to something undeclared. It makes their values unknown, so that no
// other error is reported about them.
func (r references) checkAll(to *report, attrs hcl.Attributes) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		r.checkOne(to, attrs, name)
	}
}

// checkOne is checkAll for one attribute. It does nothing if the attribute is not set.
func (r references) checkOne(to *report, attrs hcl.Attributes, name string) {
	a := attrs[name]
	if a == nil {
		return
	}
	diags := r.check(a.Expr)
	to.add(diags...)
	if diags.HasErrors() || r.uncertain(a.Expr) {
		unknown := *a
		unknown.Expr = hcl.StaticExpr(cty.DynamicVal, a.Expr.Range())
		attrs[name] = &unknown
	}
}

// checkRepetition checks for_each and count. They cannot use each and count, which they define.
func (r references) checkRepetition(to *report, attrs hcl.Attributes) {
	r.checkOne(to, attrs, "for_each")
	r.checkOne(to, attrs, "count")
}

// check returns errors about the references in an expression.
func (r references) check(expr hcl.Expression) hcl.Diagnostics {
	if isLiteral(expr) {
		return nil
	}
	var diags hcl.Diagnostics
	for _, t := range expr.Variables() {
		if d := r.reference(t); d != nil {
			diags = append(diags, d)
		}
	}
	return diags
}

// isLiteral reports whether an expression is a literal, which refers to nothing. It is the fast path for most values.
func isLiteral(expr hcl.Expression) bool {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return e.IsStringLiteral()
	}
	return false
}

// uncertain reports whether an expression refers to a name that is not declared, but that a file that could not be read
// may declare.
func (r references) uncertain(expr hcl.Expression) bool {
	if !r.names.incomplete || isLiteral(expr) {
		return false
	}
	return slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool {
		known := map[string]map[string]hcl.Range{
			"var":    r.names.variables,
			"local":  r.names.locals,
			"module": r.names.modules,
		}[t.RootName()]
		name, ok := member(t)
		_, declared := known[name]
		return known != nil && ok && !declared
	})
}

// reference returns what is wrong with one reference, or nil.
func (r references) reference(t hcl.Traversal) *hcl.Diagnostic {
	switch t.RootName() {
	case "var":
		return r.declared(t, "input variable", r.names.variables, "variable %q {}")
	case "local":
		return r.declared(t, "local value", r.names.locals, "locals { %s = … }")
	case "module":
		return r.module(t)
	case "path":
		return fixed(t, "module", "root", "cwd")
	case "zone":
		return r.only(r.zone, t, "The \"zone\" object can be used only inside a zone block.", "name")
	case "each":
		return r.only(r.each, t,
			"The \"each\" object can be used only in a zone, record or module block that has a for_each argument.",
			"key", "value")
	case "count":
		return r.only(r.count, t,
			"The \"count\" object can be used only in a record or module block that has a count argument.", "index")
	}
	if len(t) == 1 && slices.Contains(typeKeywords, t.RootName()) {
		return nil // a type, as in convert(x, string); evaluation reports it if it is not allowed there
	}
	return r.unknownRoot(t)
}

var typeKeywords = []string{"any", "bool", "number", "string"}

// declared checks a reference to a variable or a local.
func (r references) declared(t hcl.Traversal, kind string, known map[string]hcl.Range, form string) *hcl.Diagnostic {
	name, ok := member(t)
	if !ok {
		return whole(t)
	}
	if _, ok := known[name]; ok || r.names.incomplete {
		return nil
	}
	hint := nameLike(&r.names.hints, name, known)
	if hint == "" {
		hint = " Declare it with " + fmt.Sprintf(form, name) + "."
	}
	return errorAt(t.SourceRange(), "Reference to undeclared "+kind,
		"No %s with the name %q has been declared.%s", kind, name, hint)
}

// module checks a reference to a module, and to one of its outputs.
func (r references) module(t hcl.Traversal) *hcl.Diagnostic {
	if d := r.declared(t, "module", r.names.modules, "module %q { source = … }"); d != nil {
		return d
	}
	name, _ := member(t)
	c := r.names.calls[name]
	if c == nil || c.inside == nil || c.inside.names.incomplete || len(t) < 3 {
		return nil
	}

	steps := t[1:]
	if _, keyed := t[2].(hcl.TraverseIndex); keyed && c.repeated() {
		steps = t[2:]
	}
	output, ok := member(steps)
	if !ok {
		return nil // evaluation reports the error
	}
	switch _, is := c.inside.names.outputs[output]; {
	case is && c.repeated() && len(steps) == len(t)-1:
		return errorAt(t.SourceRange(), "Missing instance key",
			"The module %q has several instances, because of its for_each or count. Name one of them, as in "+
				"module.%s%s.%s.",
			name, name, exampleKey(c), output)
	case is || c.repeated() && len(steps) == len(t)-1:
		return nil
	}
	hint := nameLike(&r.names.hints, output, c.inside.names.outputs)
	if hint == "" {
		hint = fmt.Sprintf(" Declare it in %s with output %q { value = … }.", c.dir, output)
	}
	return errorAt(t.SourceRange(), "Unsupported attribute",
		"The module %q has no output with the name %q.%s", name, output, hint)
}

func exampleKey(c *moduleCall) string {
	if c.attrs["count"] != nil {
		return "[0]"
	}
	return `["KEY"]`
}

// only checks a reference to an object that exists only in some places. here says that it exists in this one.
func (r references) only(here bool, t hcl.Traversal, advice string, members ...string) *hcl.Diagnostic {
	if !here {
		return errorAt(t.SourceRange(), fmt.Sprintf("Reference to %q out of place", t.RootName()), "%s", advice)
	}
	return fixed(t, members...)
}

// fixed checks a reference into an object whose attributes are always the same.
func fixed(t hcl.Traversal, members ...string) *hcl.Diagnostic {
	name, ok := member(t)
	if !ok {
		return whole(t)
	}
	if slices.Contains(members, name) {
		return nil
	}
	return errorAt(t.SourceRange(), fmt.Sprintf("Invalid %q attribute", t.RootName()),
		"The %q object has no attribute %q; it has %s.%s",
		t.RootName(), name, english.List(members, "and"), dns.DidYouMean(name, members))
}

// whole returns the error that an object is used as a whole instead of one of its attributes.
func whole(t hcl.Traversal) *hcl.Diagnostic {
	return errorAt(t.SourceRange(), "Invalid reference",
		"The %q object cannot be used as a whole. Use one of its attributes, as in %s.NAME.",
		t.RootName(), t.RootName())
}

func (r references) unknownRoot(t hcl.Traversal) *hcl.Diagnostic {
	roots := []string{"var", "local", "module", "path", "each", "count", "zone"}
	root := t.RootName()
	hint := dns.DidYouMean(root, roots)
	if _, ok := r.names.variables[root]; ok {
		hint = fmt.Sprintf(" Did you mean var.%s?", root)
	}
	if _, ok := r.names.locals[root]; ok {
		hint = fmt.Sprintf(" Did you mean local.%s?", root)
	}
	if hint == "" {
		hint = " If it is meant as text, put it in quotation marks."
	}
	return errorAt(t.SourceRange(), "Invalid reference",
		"There is no object named %q; references begin with %s.%s", root, english.List(roots, "or"), hint)
}

// member returns the name after the dot: var.NAME or var["NAME"].
func member(t hcl.Traversal) (string, bool) {
	if len(t) < 2 {
		return "", false
	}
	switch step := t[1].(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
			return step.Key.AsString(), true
		}
	}
	return "", false
}
