package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

func (l *loader) declareLocals(d *declarations, b *hcl.Block) {
	if l.names.locals == nil {
		l.names.locals = map[string]hcl.Range{}
	}
	attrs, diags := b.Body.JustAttributes()
	l.report.add(diags...)
	for _, a := range sortedAttributes(attrs) {
		if l.identifier("local value", a.Name, a.NameRange) && l.unique(l.names.locals, "local value", a.Name, a.NameRange) {
			d.locals = append(d.locals, a)
		}
	}
}

// graph evaluates locals, each after those that it refers to.
type graph struct {
	l      *loader
	ctx    *hcl.EvalContext
	locals map[string]*hcl.Attribute
	values map[string]cty.Value
	// path is the chain of locals under evaluation, for finding cycles.
	path []string
	on   map[string]bool
	// cyclic locals have been reported.
	cyclic map[string]bool
}

// evalLocals evaluates all locals, needed or not, so that all errors are told.
func (l *loader) evalLocals(d *declarations, ctx *hcl.EvalContext) {
	g := &graph{l: l, ctx: ctx, locals: map[string]*hcl.Attribute{}, values: map[string]cty.Value{},
		on: map[string]bool{}, cyclic: map[string]bool{}}
	order := make([]string, len(d.locals))
	for i, a := range d.locals {
		g.locals[a.Name] = a
		order[i] = a.Name
	}
	slices.Sort(order)
	for _, name := range order {
		g.visit(name)
	}
	ctx.Variables["local"] = cty.ObjectVal(g.values)
}

func (g *graph) visit(name string) {
	if _, done := g.values[name]; done {
		return
	}
	if g.on[name] {
		g.cycle(name)
		return
	}
	g.path, g.on[name] = append(g.path, name), true
	needs := g.needs(g.locals[name].Expr)
	for _, n := range needs {
		g.visit(n)
	}
	g.path, g.on[name] = g.path[:len(g.path)-1], false
	g.values[name] = g.value(name, needs)
}

// needs lists the locals that an expression refers to.
func (g *graph) needs(expr hcl.Expression) []string {
	var out []string
	for _, t := range expr.Variables() {
		name, ok := member(t)
		if ok && t.RootName() == "local" && g.locals[name] != nil && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// value evaluates a local in sight of the locals that it needs, and of no
// others: an object of all that are known so far, made anew for each local,
// would cost their number squared.
func (g *graph) value(name string, needs []string) cty.Value {
	if g.cyclic[name] {
		return cty.DynamicVal
	}
	seen := make(map[string]cty.Value, len(needs))
	for _, n := range needs {
		seen[n] = g.values[n]
	}
	ctx := g.ctx.NewChild()
	ctx.Variables = map[string]cty.Value{"local": cty.ObjectVal(seen)}
	v, diags := g.l.eval(g.locals[name].Expr, g.l.references(), ctx)
	g.l.report.add(diags...)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

// cycle reports the chain from name to name, unless one of its members was
// reported already.
func (g *graph) cycle(name string) {
	chain := g.path[slices.Index(g.path, name):]
	known := slices.ContainsFunc(chain, func(n string) bool { return g.cyclic[n] })
	for _, n := range chain {
		g.cyclic[n] = true
	}
	if known {
		return
	}
	steps := make([]string, 0, len(chain)+1)
	for _, n := range append(slices.Clone(chain), name) {
		steps = append(steps, "local."+n)
	}
	g.l.report.errorAt(g.locals[name].NameRange, "Cycle of local values", "%s", cycleText(steps))
}

func cycleText(steps []string) string {
	if len(steps) == 2 {
		return fmt.Sprintf("The value %s refers to itself.", steps[0])
	}
	return fmt.Sprintf("These values refer to each other in a circle, so none of them can be known: %s.", strings.Join(steps, " → "))
}
