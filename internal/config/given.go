package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/files"
)

const envPrefix = "CFPLAN_VAR_"

// given is a value of a variable, with the position where it is set.
type given struct {
	value cty.Value
	rng   hcl.Range
	// broken is set if the value could not be parsed. The error has been reported.
	broken bool
	// outside is set if the value does not come from the files of the configuration.
	outside bool
}

// givenValues are the values that the variables of a module get from outside the module.
type givenValues struct {
	values map[string]*given
	// incomplete is set if a file of values could not be read. That file may set a variable that
	// seems to have no value.
	incomplete bool
	// recalled are the names of the variables that get their value from the saved plan.
	recalled []string
}

// givenReader collects the values that a run sets for the variables of the root module.
type givenReader struct {
	report *report
	tree   *lang.Tree
	budget *lang.Budget
	known  map[string]*variable
	// someUndeclared is set if a file of the configuration could not be read. That file may declare
	// a variable that seems to be undeclared.
	someUndeclared bool
	// outside is set while the reader reads values that do not come from the files.
	outside bool
	out     givenValues
}

// readGiven reads values from the environment, from automatic files, from -var-file and from -var, in this
// order. If a variable is set several times, the last value wins. A variable that is not set gets its value
// from the saved plan, if there is one.
func readGiven(
	r *report, tree *lang.Tree, budget *lang.Budget, d *declarations, dir string, o Options,
) givenValues {
	g := &givenReader{
		report:         r,
		tree:           tree,
		budget:         budget,
		known:          make(map[string]*variable, len(d.variables)),
		someUndeclared: d.names.incomplete,
		out:            givenValues{values: map[string]*given{}},
	}
	for _, v := range d.variables {
		g.known[v.name] = v
	}

	g.outside = true
	g.fromEnv(o.Env)
	g.outside = false
	autoFiles, _ := namesIn(dir, isAutoValueFile) // readSources has reported a directory that cannot be read
	for _, name := range autoFiles {
		g.fromFile(name, filepath.Join(dir, name))
	}
	for _, path := range o.VarFiles {
		g.outside = !files.Within(dir, path)
		g.fromFile(path, path)
	}
	g.outside = true
	for _, option := range o.Vars {
		g.fromOption(option)
	}
	if !g.out.incomplete {
		g.recall(d, o.Remembered)
		g.warnUnread(d, dir, o)
	}
	return g.out
}

// fromEnv reads values from the environment. It ignores undeclared variables, because several programs share
// the environment.
func (g *givenReader) fromEnv(env []string) {
	for _, entry := range env {
		name, text, ok := strings.Cut(entry, "=")
		v := g.known[strings.TrimPrefix(name, envPrefix)]
		if ok && strings.HasPrefix(name, envPrefix) && v != nil {
			g.fromText(v, "<"+name+">", text)
		}
	}
}

// fromOption reads one NAME=VALUE of -var.
func (g *givenReader) fromOption(option string) {
	name, text, ok := strings.Cut(option, "=")
	name = strings.TrimSpace(name)
	file := "<-var " + name + ">"
	rng := g.report.pseudoFile(file, name, false)
	v := g.known[name]
	switch {
	case !ok:
		g.report.errorAt(rng, "Invalid -var option",
			"-var takes a name and a value with an equals sign between them: -var '%s=VALUE'.", name)
	case v != nil:
		g.fromText(v, file, text)
	case !g.someUndeclared:
		g.report.errorAt(rng, "Value for undeclared variable",
			"-var gives a value to %q, but the configuration declares no such variable.%s", name, g.didYouMean(name))
	}
}

// fromText reads a value from a text. For a literal variable, the text is the value; for any other variable, it
// is an expression. file is the name that diagnostics show.
func (g *givenReader) fromText(v *variable, file, text string) {
	rng := g.report.pseudoFile(file, text, v.sensitive)
	if v.literal {
		g.out.values[v.name] = &given{value: cty.StringVal(text), rng: rng, outside: g.outside}
		return
	}

	expr, diags := parseExpression(file, text)
	g.report.add(diags...)
	if diags.HasErrors() {
		g.out.values[v.name] = &given{value: cty.DynamicVal, rng: rng, broken: true, outside: g.outside}
		return
	}
	value, diags := g.budget.MeterExpression(expr).Value(nil)
	g.report.add(diags...)
	g.out.values[v.name] = &given{value: value, rng: rng, outside: g.outside}
}

func parseExpression(file, text string) (hclsyntax.Expression, hcl.Diagnostics) {
	if err := lang.CheckExpression([]byte(text)); err != nil {
		rng := hcl.Range{Filename: file, Start: hcl.InitialPos, End: hcl.InitialPos}
		return nil, hcl.Diagnostics{errorAt(rng, "Cannot read value", "%v.", err)}
	}
	return hclsyntax.ParseExpression([]byte(text), file, hcl.InitialPos)
}

// fromFile reads a file of NAME = VALUE lines.
func (g *givenReader) fromFile(name, path string) {
	maskBroken := maskSettings
	if g.anySensitive() {
		maskBroken = maskValues
	}
	s := parseFile(g.report, name, func() ([]byte, error) { return g.tree.ReadSource(path) }, maskBroken)
	if s.broken {
		g.out.incomplete = true
	}
	if s.body == nil {
		return
	}

	attrs, diags := g.budget.Meter(s.body).JustAttributes()
	if !s.broken {
		g.report.add(diags...)
	}
	var undeclared []*hcl.Attribute
	for _, a := range sortedAttributes(attrs) {
		if v := g.known[a.Name]; v != nil {
			g.fromAttribute(v, a)
		} else {
			undeclared = append(undeclared, a)
		}
	}
	g.warnUndeclared(undeclared)
}

func (g *givenReader) anySensitive() bool {
	for _, v := range g.known {
		if v.sensitive {
			return true
		}
	}
	return false
}

func (g *givenReader) fromAttribute(v *variable, a *hcl.Attribute) {
	if v.sensitive {
		g.report.hide(a.Expr.Range())
	}
	value, diags := a.Expr.Value(nil)
	g.report.add(diags...)
	g.out.values[v.name] = &given{value: value, rng: a.Expr.Range(), outside: g.outside}
}

// warnUndeclared warns about values in a file for variables that are not declared. It hides the values, because
// the name may be a misspelling of a sensitive variable.
func (g *givenReader) warnUndeclared(attrs []*hcl.Attribute) {
	for _, a := range attrs {
		g.report.hide(a.Expr.Range())
	}
	if g.someUndeclared || len(attrs) == 0 {
		return
	}

	first := attrs[0]
	if len(attrs) == 1 {
		g.report.add(warningAt(first.NameRange, "Value for undeclared variable",
			"The configuration declares no variable %q, so this value is not used.%s",
			first.Name, g.didYouMean(first.Name)))
		return
	}

	const most = 20
	var b strings.Builder
	for _, a := range attrs[:min(most, len(attrs))] {
		fmt.Fprintf(&b, "\n  - %q in line %d.%s", a.Name, a.NameRange.Start.Line, g.didYouMean(a.Name))
	}
	if more := len(attrs) - most; more > 0 {
		fmt.Fprintf(&b, "\n  - and %d more.", more)
	}
	g.report.add(warningAt(first.NameRange, "Values for undeclared variables",
		"The configuration does not declare these variables, so their values are not used:%s", b.String()))
}

func (g *givenReader) didYouMean(name string) string {
	return nameLike(&g.report.hints, name, g.known)
}
