package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxChainOfLocals bounds how many locals refer to each other in a row, because each takes
// a part of the stack.
const maxChainOfLocals = 10_000

// evalLocals returns the object "local". It evaluates all locals, used or not, so that
// every mistake is reported.
func evalLocals(r *report, locals []*hcl.Attribute, s scope) cty.Value {
	g := &localGraph{
		report: r,
		scope:  s,
		locals: map[string]*hcl.Attribute{},
		values: map[string]cty.Value{},
		onPath: map[string]bool{},
		cyclic: map[string]bool{},
	}
	order := make([]string, len(locals))
	for i, a := range locals {
		g.locals[a.Name] = a
		order[i] = a.Name
	}

	slices.Sort(order)
	for _, name := range order {
		g.visit(name)
	}
	return cty.ObjectVal(g.values)
}

// localGraph evaluates locals, each after those that it refers to.
type localGraph struct {
	report *report
	scope  scope
	locals map[string]*hcl.Attribute
	values map[string]cty.Value
	// path is the chain of locals under evaluation. A local that is met again on it is
	// part of a cycle.
	path   []string
	onPath map[string]bool
	// cyclic locals have been reported.
	cyclic map[string]bool
}

func (g *localGraph) visit(name string) {
	if _, done := g.values[name]; done {
		return
	}
	if g.onPath[name] {
		g.cycle(name)
		return
	}
	if len(g.path) == maxChainOfLocals {
		g.tooLong(name)
		return
	}

	g.path, g.onPath[name] = append(g.path, name), true
	needs := g.needs(g.locals[name].Expr)
	for _, n := range needs {
		g.visit(n)
	}
	g.path, g.onPath[name] = g.path[:len(g.path)-1], false

	g.values[name] = g.value(name, needs)
}

// needs lists the locals that an expression refers to.
func (g *localGraph) needs(expr hcl.Expression) []string {
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

// value evaluates a local. Its expression sees only the locals that it needs: an object of
// all locals evaluated so far, made for each local, would cost their number squared.
func (g *localGraph) value(name string, needs []string) cty.Value {
	if g.cyclic[name] {
		return cty.DynamicVal
	}
	seen := make(map[string]cty.Value, len(needs))
	for _, n := range needs {
		seen[n] = g.values[n]
	}

	v, diags := g.scope.with("local", cty.ObjectVal(seen)).eval(g.locals[name].Expr)
	g.report.add(diags...)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

// cycle reports the chain from name to name, unless one of its members was reported
// already.
func (g *localGraph) cycle(name string) {
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
	g.report.errorAt(g.locals[name].NameRange, "Cycle of local values", "%s", cycleText(steps))
}

// tooLong reports a chain of references that is too long to be followed.
func (g *localGraph) tooLong(name string) {
	g.values[name] = cty.DynamicVal
	g.report.errorAt(g.locals[name].NameRange, "Too long chain of local values",
		"The value local.%s is needed through more than %d other local values, each of which refers to the next one.",
		name, maxChainOfLocals)
}

func cycleText(steps []string) string {
	if len(steps) == 2 {
		return fmt.Sprintf("The value %s refers to itself.", steps[0])
	}
	return fmt.Sprintf("These values refer to each other in a circle, so none of them can be known: %s.",
		strings.Join(steps, " → "))
}
