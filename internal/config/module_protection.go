package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// protectionsOf returns the protections of a called module with for_each or count for instances that no longer
// exist. It finds the protected blocks as far as they are known without an instance. It does not report mistakes in
// the module: the evaluation of its instances does.
func protectionsOf(r *report, c *moduleCall, in moduleInputs, s evalContext) []dns.Protection {
	silent := r.muted()
	p := protectionFinder{silent, in}
	return p.call(c, s.withUnknownElement().ctx, in.path)
}

// protectionFinder evaluates modules only as far as needed to find their protections.
type protectionFinder struct {
	report *report
	in     moduleInputs
}

// call returns the protections of a called module. path is the path of the calling module.
func (p protectionFinder) call(c *moduleCall, ctx *hcl.EvalContext, path string) []dns.Protection {
	if c.inside == nil || !c.inside.protects {
		return nil
	}
	path += dns.ModulePrefix + c.name + "."
	if ok, diags := p.in.budget.Enter(c.inside.pieces, c.block.DefRange); !ok || len(path) > maxModulePath {
		p.report.add(diags...) // Enter reports only once that the budget is used up
		return nil
	}

	e := moduleEvaluator{report: p.report, in: p.in}
	variables, _ := evalVariables(p.report, p.in.budget, c.inside.variables, e.given(c, ctx), false)
	s := newEvalContext(c.inside.names, paths{c.dir, p.in.paths.cwd}, p.in.functions, variables)
	nodes := localNodes(p.report, c.inside.locals)
	for _, inner := range c.inside.calls {
		nodes = append(nodes, &node{
			id:    nodeID{"module", inner.name},
			exprs: inner.expressions(),
			eval:  func(evalContext) cty.Value { return cty.DynamicVal },
		})
	}
	s = evalNodes(p.report, nodes, s)

	var out []dns.Protection
	d := decoder{report: p.report, names: c.inside.names, schemas: p.in.schemas, path: path}
	for _, b := range c.inside.zones {
		out = append(out, d.protections(b, s.ctx)...)
	}
	for _, inner := range c.inside.calls {
		out = append(out, p.call(inner, s.ctx, path)...)
	}
	return out
}

// protections returns the protections of a zone block. The names of its zones may be known only in part.
func (d decoder) protections(b *hcl.Block, ctx *hcl.EvalContext) []dns.Protection {
	content, _, _ := b.Body.PartialContent(zoneSchema)
	blocks := d.protected(content.Blocks, ctx)
	if len(blocks) == 0 {
		return nil
	}

	zb := zoneBlock{block: b, attrs: content.Attributes}
	if content.Attributes["name"] != nil {
		return protectionsIn(zb.zoneShape(ctx), blocks)
	}
	name, problem := dns.CanonicalName(b.Labels[0])
	if problem != nil {
		return nil
	}
	return protectionsIn(dns.Shape{name}, blocks)
}

// protectInModules adds the protections of modules to the declared zones, because the zones may contain records of
// module instances that no longer exist. protected are the protections of all modules.
func protectInModules(zones []*zone, protected []dns.Protection) {
	var inModules []dns.Protection
	for _, p := range protected {
		if strings.HasPrefix(p.Label[0], dns.ModulePrefix) {
			inModules = append(inModules, p)
		}
	}
	if len(inModules) == 0 {
		return
	}

	for _, z := range zones {
		z.Policy.Protected = alsoProtected(z.Name, z.Policy.Protected, inModules)
	}
}

// alsoProtected adds protections from others to the zone's own ones. It adds those that can apply to records of the
// zone and that the zone does not have yet.
func alsoProtected(zone string, own, others []dns.Protection) []dns.Protection {
	known := make(map[protectedLabel]bool, len(own))
	for _, p := range own {
		known[labelOf(p)] = true
	}
	fits := func(p dns.Protection) bool { return p.Zone.Match(zone) && !known[labelOf(p)] }
	if len(own) == 0 && !slices.ContainsFunc(others, func(p dns.Protection) bool { return !fits(p) }) {
		return others // not copied, because many zones may have no protections of their own
	}

	out := slices.Clip(own)
	for _, p := range others {
		if fits(p) {
			out = append(out, p)
		}
	}
	return out
}

// protectedLabel identifies a protection apart from its zone.
type protectedLabel struct {
	typ, label, file string
	line             int
	letGo            bool
}

func labelOf(p dns.Protection) protectedLabel {
	return protectedLabel{p.Type.String(), p.Label.String(), p.File, p.Line, p.LetGo}
}
