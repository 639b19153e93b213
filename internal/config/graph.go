package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxChain is the greatest number of values that refer to each other in a row. Without this limit, a long chain
// would overflow the stack.
const maxChain = 10_000

// node is a value that other values may refer to: a local value or a module.
type node struct {
	// id is the beginning of references to the node.
	id  nodeID
	rng hcl.Range
	// exprs are the expressions that the value depends on.
	exprs []hcl.Expression
	// eval returns the value. Its argument is a context with the nodes that this node refers to.
	eval func(evalContext) cty.Value
}

// nodeID is the beginning of a reference, such as local.NAME or module.NAME.
type nodeID struct{ root, name string }

func (id nodeID) String() string { return id.root + "." + id.name }

// nodeRoots are the names of the objects whose attributes are nodes.
var nodeRoots = []string{"local", "module"}

// evalNodes returns a context with the values of all nodes. It also evaluates nodes that are not used, so that
// every mistake is reported.
func evalNodes(r *report, nodes []*node, s evalContext) evalContext {
	g := &graph{
		report:  r,
		context: s,
		nodes:   make(map[nodeID]*node, len(nodes)),
		values:  make(map[nodeID]cty.Value, len(nodes)),
		onPath:  map[nodeID]bool{},
		cyclic:  map[nodeID]bool{},
	}
	for _, n := range nodes {
		g.nodes[n.id] = n
	}

	order := slices.SortedFunc(slices.Values(nodes), func(a, b *node) int { return strings.Compare(a.id.String(), b.id.String()) })
	for _, n := range order {
		g.visit(n.id)
	}
	return g.seeing(nodeIDs(nodes))
}

func nodeIDs(nodes []*node) []nodeID {
	out := make([]nodeID, len(nodes))
	for i, n := range nodes {
		out[i] = n.id
	}
	return out
}

// graph evaluates nodes, each after the nodes to which it refers.
type graph struct {
	report  *report
	context evalContext
	nodes   map[nodeID]*node
	values  map[nodeID]cty.Value
	// path is the chain of nodes that are being evaluated. If a node occurs in it again, it is part
	// of a cycle.
	path   []nodeID
	onPath map[nodeID]bool
	// cyclic has the nodes of cycles that have been reported.
	cyclic map[nodeID]bool
}

func (g *graph) visit(id nodeID) {
	if _, done := g.values[id]; done {
		return
	}
	if g.onPath[id] {
		g.cycle(id)
		return
	}
	if len(g.path) == maxChain {
		g.tooLong(id)
		return
	}

	g.path, g.onPath[id] = append(g.path, id), true
	needs := g.needs(g.nodes[id])
	for _, n := range needs {
		g.visit(n)
	}
	g.path, g.onPath[id] = g.path[:len(g.path)-1], false

	g.values[id] = cty.DynamicVal
	if !g.cyclic[id] {
		g.values[id] = g.nodes[id].eval(g.seeing(needs))
	}
}

// needs lists the nodes that a node refers to.
func (g *graph) needs(n *node) []nodeID {
	var out []nodeID
	seen := map[nodeID]bool{}
	for _, expr := range n.exprs {
		for _, t := range expr.Variables() {
			name, ok := member(t)
			id := nodeID{t.RootName(), name}
			if ok && g.nodes[id] != nil && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	slices.SortFunc(out, func(a, b nodeID) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// seeing returns the context with the given nodes. A node is evaluated with only the nodes that it refers to:
// making objects with all earlier nodes for each node would take quadratic time.
func (g *graph) seeing(ids []nodeID) evalContext {
	objects := map[string]map[string]cty.Value{}
	for _, root := range nodeRoots {
		objects[root] = map[string]cty.Value{}
	}
	for _, id := range ids {
		objects[id.root][id.name] = g.values[id]
	}

	s := g.context
	for _, root := range nodeRoots {
		s = s.with(root, cty.ObjectVal(objects[root]))
	}
	return s
}

// cycle reports the chain from a node back to itself, unless a cycle with one of its nodes was reported before.
func (g *graph) cycle(id nodeID) {
	chain := g.path[slices.Index(g.path, id):]
	known := slices.ContainsFunc(chain, func(n nodeID) bool { return g.cyclic[n] })
	for _, n := range chain {
		g.cyclic[n] = true
	}
	if known {
		return
	}

	summary := "Cycle of local values"
	if slices.ContainsFunc(chain, func(n nodeID) bool { return n.root == "module" }) {
		summary = "Cycle of modules"
	}
	steps := make([]string, 0, len(chain)+1)
	for _, n := range append(slices.Clone(chain), id) {
		step := n.String()
		if n.root == "module" {
			step += " (" + at(g.nodes[n].rng) + ")"
		}
		steps = append(steps, step)
	}
	g.report.errorAt(g.nodes[id].rng, summary, "%s", cycleText(steps))
}

// tooLong reports a chain of references that is too long to follow.
func (g *graph) tooLong(id nodeID) {
	g.values[id] = cty.DynamicVal
	g.report.errorAt(g.nodes[id].rng, "Too long chain of local values",
		"The value %s is needed through more than %d other local values, each of which refers to the next one.",
		id, maxChain)
}

func cycleText(steps []string) string {
	if len(steps) == 2 {
		return fmt.Sprintf("The value %s refers to itself.", steps[0])
	}
	return fmt.Sprintf("These values refer to each other in a circle, so none of them can be known: %s.",
		strings.Join(steps, " → "))
}
