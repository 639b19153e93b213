package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// names are the variables and locals that the files declare.
type names struct {
	variables, locals map[string]hcl.Range
	// incomplete tells that a file could not be read, so that a name which is
	// not here may be declared there.
	incomplete bool
}

// references says what the expressions of a place may refer to. They are
// checked before anything is evaluated: once for a block, however many
// instances it has, and also where evaluation would never come by.
type references struct {
	names             *names
	each, count, zone bool
}

func (l *loader) references() references { return references{names: l.names} }

// baseContext is what every expression sees. evalVariables and evalLocals
// complete it.
func (l *loader) baseContext() *hcl.EvalContext {
	here := cty.StringVal(".")
	return &hcl.EvalContext{
		Functions: l.functions,
		Variables: map[string]cty.Value{
			"var":   cty.EmptyObjectVal,
			"local": cty.EmptyObjectVal,
			"path":  cty.ObjectVal(map[string]cty.Value{"module": here, "root": here}),
		},
	}
}

// checkAll reports the attributes that refer to something which is not there,
// and makes their values unknown, so that nothing else complains of them.
func (l *loader) checkAll(refs references, attrs hcl.Attributes) {
	for name, a := range attrs {
		if diags := refs.check(a.Expr); diags.HasErrors() {
			l.report.add(diags...)
			attrs[name] = withExpr(a, hcl.StaticExpr(cty.DynamicVal, a.Expr.Range()))
		} else if refs.uncertain(a.Expr) {
			attrs[name] = withExpr(a, hcl.StaticExpr(cty.DynamicVal, a.Expr.Range()))
		}
	}
}

func withExpr(a *hcl.Attribute, e hcl.Expression) *hcl.Attribute {
	out := *a
	out.Expr = e
	return &out
}

// check returns what is wrong with the references of an expression.
func (r references) check(expr hcl.Expression) hcl.Diagnostics {
	if constant(expr) {
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

// constant is a short cut for the bulk of all values: literals refer to nothing.
func constant(expr hcl.Expression) bool {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return e.IsStringLiteral()
	}
	return false
}

// uncertain reports whether an expression refers to a name that may stand in a
// file that could not be read.
func (r references) uncertain(expr hcl.Expression) bool {
	return r.names.incomplete && !constant(expr) && slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool {
		known := map[string]map[string]hcl.Range{"var": r.names.variables, "local": r.names.locals}[t.RootName()]
		name, ok := member(t)
		_, declared := known[name]
		return known != nil && ok && !declared
	})
}

func (r references) reference(t hcl.Traversal) *hcl.Diagnostic {
	switch t.RootName() {
	case "var":
		return r.declared(t, "input variable", r.names.variables, "variable %q {}")
	case "local":
		return r.declared(t, "local value", r.names.locals, "locals { %s = … }")
	case "path":
		return fixed(t, "module", "root")
	case "zone":
		return r.only(r.zone, t, "The \"zone\" object can be used only inside a zone block.", "name")
	case "each":
		return r.only(r.each, t, "The \"each\" object can be used only in a zone or record block that has a for_each argument.", "key", "value")
	case "count":
		return r.only(r.count, t, "The \"count\" object can be used only in a record block that has a count argument.", "index")
	}
	if len(t) == 1 && slices.Contains(typeKeywords, t.RootName()) {
		return nil // convert(x, string): evaluation tells if it stands elsewhere
	}
	return r.unknownRoot(t)
}

var typeKeywords = []string{"any", "bool", "number", "string"}

func (r references) declared(t hcl.Traversal, kind string, known map[string]hcl.Range, form string) *hcl.Diagnostic {
	name, ok := member(t)
	if !ok {
		return whole(t)
	}
	if _, ok := known[name]; ok || r.names.incomplete {
		return nil
	}
	hint := dns.DidYouMean(name, slices.Collect(maps.Keys(known)))
	if hint == "" {
		hint = " Declare it with " + fmt.Sprintf(form, name) + "."
	}
	return errorAt(t.SourceRange(), "Reference to undeclared "+kind, "No %s with the name %q has been declared.%s", kind, name, hint)
}

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
	return errorAt(t.SourceRange(), fmt.Sprintf("Invalid %q attribute", t.RootName()), "The %q object has no attribute %q; it has %s.%s",
		t.RootName(), name, join(members, "and"), dns.DidYouMean(name, members))
}

func whole(t hcl.Traversal) *hcl.Diagnostic {
	return errorAt(t.SourceRange(), "Invalid reference", "The %q object cannot be used as a whole. Use one of its attributes, as in %s.NAME.", t.RootName(), t.RootName())
}

func (r references) unknownRoot(t hcl.Traversal) *hcl.Diagnostic {
	roots := []string{"var", "local", "path", "each", "count", "zone"}
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
	return errorAt(t.SourceRange(), "Invalid reference", "There is no object named %q; references begin with %s.%s", root, join(roots, "or"), hint)
}

// member returns the name behind the dot: var.NAME or var["NAME"].
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
