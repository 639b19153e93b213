package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// zone is a zone under construction. It is the result of one zone block and, after joinZones, of all zone blocks with
// the same name.
type zone struct {
	dns.Zone
	says     statements
	report   *report
	rng      hcl.Range
	defaults defaults
	// path is the path of the module in the addresses of records. call is the instance of the module.
	path string
	call *callSite
	// ignored are the checks whose warnings are switched off for all zones.
	ignored ignoredWarnings
	// scope says which records the configuration may touch in the zone.
	scope *dns.ZoneScope
	// origins has the origin of each record, in the order of Records.
	origins []origin
	// uncertain is set if the zone has an unknown value.
	uncertain bool
	// unnamed is set if the name of the zone is unknown or invalid. The blocks of the zone are then
	// checked with a placeholder as the name.
	unnamed bool
	// everyBlock checks record blocks without a known instance.
	everyBlock bool
}

// zoneEvaluator makes zones from zone blocks.
type zoneEvaluator struct {
	report  *report
	decoder decoder
	tree    *lang.Tree
	ignored ignoredWarnings
	// scope says which records the configuration may touch.
	scope    dns.Scope
	accounts accountNames
	// call is the module instance that contains the blocks. It is nil for the root module.
	call *callSite
	// everyBlock checks blocks without a known instance; see Options.EveryModule.
	everyBlock bool
}

// block makes the zones of one zone block, in the context of a module. It also returns the block's protections for zones
// that it no longer makes.
func (e zoneEvaluator) block(b *hcl.Block, s evalContext) ([]*zone, []dns.Protection) {
	if !e.decoder.labelsFit(b) {
		return nil, nil
	}
	zb := e.decoder.zone(b, s.ctx)
	repeated := zb.attrs["for_each"]
	if repeated != nil && zb.attrs["name"] == nil {
		e.report.errorAt(repeated.NameRange, "Missing name",
			"A zone block with for_each makes several zones, so each needs a name of its own: add name = each.key.")
		return nil, nil
	}

	var out []*zone
	instances := repeat(e.report, zb.attrs, s.ctx)
	if instances == nil && e.everyBlock {
		e.instance(zb, instance{ctx: s.withUnknownElement().ctx})
	}
	for _, i := range instances {
		if z := e.instance(zb, i); z != nil {
			out = append(out, z)
		}
	}
	if repeated == nil {
		return out, nil
	}
	return out, protectionsIn(zb.zoneShape(s.ctx), zb.protected)
}

// instance makes the zone of one instance of a zone block. If the name is unknown or invalid, instance only checks the
// contents of the zone and returns nil.
func (e zoneEvaluator) instance(zb zoneBlock, i instance) *zone {
	doubts := len(e.report.doubts)
	r := &reader{report: e.report, ctx: i.ctx, attrs: zb.attrs}
	z := &zone{
		report:     e.report,
		rng:        zb.block.DefRange,
		path:       e.decoder.path,
		call:       e.call,
		ignored:    e.ignored,
		everyBlock: e.everyBlock,
	}
	z.Policy = dns.Policy{Scope: e.scope, File: z.rng.Filename, Line: z.rng.Start.Line}
	z.says = statements{ownership: readOwnership(r), id: readZoneID(r), account: e.readAccount(r)}
	name, ok := zb.name(r)
	if !ok {
		e.checkInside(zb, z, i)
		return nil
	}
	z.Name, z.scope = name, e.checkScope(name, zb.nameRange())
	z.Policy.Protected = protectionsIn(dns.Shape{name}, zb.protected)

	ctx := child(i.ctx, "zone", cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name)}))
	parts := e.decoder.partsOf(zb, ctx)
	z.says.maxDestroy = parts.maxDestroy
	z.fill(parts, ctx, e.tree)
	z.uncertain = len(e.report.doubts) > doubts
	return z
}

// checkInside checks the blocks of a zone whose name is unknown or invalid. The name is unknown, for example,
// in a module that gets it from its caller. checkInside does not read zone files, because they contain the
// name of the zone.
func (e zoneEvaluator) checkInside(zb zoneBlock, z *zone, i instance) {
	z.unnamed, z.scope = true, dns.Scope{}.In("")
	z.Name, _ = dns.CanonicalName(zb.block.Labels[0])
	if z.Name == "" {
		z.Name = "zone"
	}

	ctx := child(i.ctx, "zone", cty.ObjectVal(map[string]cty.Value{"name": cty.UnknownVal(cty.String)}))
	parts := *e.decoder.partsOf(zb, ctx)
	parts.zonefiles = nil
	z.fill(&parts, ctx, e.tree)
}

// name reads the name of the zone: the label of the block, or the attribute name if it is set.
func (zb zoneBlock) name(r *reader) (string, bool) {
	text, rng := zb.block.Labels[0], zb.block.LabelRanges[0]
	if zb.attrs["name"] != nil {
		given, ok := r.text(dns.AttrName)
		if r.broken && !ok {
			return "", false
		}
		if ok {
			text, rng = given, zb.nameRange()
		}
		if slices.Contains(r.secret, dns.AttrName) {
			r.fail(dns.AttrName, "Sensitive name of a zone",
				"A sensitive value cannot be the name of a zone, because it becomes part of addresses, which are "+
					"shown. Wrap what may be shown in nonsensitive().")
			return "", false
		}
	}

	name, p := dns.CanonicalName(text)
	if p == nil {
		p = oddZoneName(name)
	}
	if p != nil {
		r.problem(p, rng, dns.AttrName)
		return "", false
	}
	return name, true
}

// nameRange returns the position of the name of the zone.
func (zb zoneBlock) nameRange() hcl.Range {
	if a := zb.attrs["name"]; a != nil {
		return a.Expr.Range()
	}
	return zb.block.LabelRanges[0]
}

// oddZoneName returns why a name cannot be the name of a zone, or nil.
func oddZoneName(name string) *dns.Problem {
	var detail string
	switch {
	case !strings.Contains(name, "."):
		detail = fmt.Sprintf("A zone's name has at least two labels, such as example.com; %q has one.", name)
	case strings.Contains(name, "*"):
		detail = "A zone name cannot have a wildcard. Write the zone's name here, and the wildcard in the name of a record."
	default:
		return nil
	}
	return &dns.Problem{Severity: dns.Error, Rule: "zone-name", Summary: "Invalid zone name", Detail: detail}
}

func readOwnership(r *reader) stated[dns.Ownership] {
	known := []string{string(dns.Managed), string(dns.Exclusive)}
	text, ok := r.text("ownership")
	if !ok {
		return stated[dns.Ownership]{}
	}
	if !slices.Contains(known, text) {
		r.fail("ownership", "Invalid ownership",
			"The ownership of a zone must be %s.%s", english.List(english.Quoted(known), "or"), dns.DidYouMean(text, known))
		return stated[dns.Ownership]{}
	}
	return statedBy(r, "ownership", dns.Ownership(text))
}

var zoneID = regexp.MustCompile(`^[0-9a-f]{32}$`)

func readZoneID(r *reader) stated[string] {
	text, ok := r.text("id")
	if !ok {
		return stated[string]{}
	}
	id := strings.ToLower(text)
	if !zoneID.MatchString(id) {
		r.fail("id", "Invalid zone ID",
			"A zone ID has 32 hexadecimal digits, such as 023e105f4ecef8ad9ca31a8372d0c353. "+
				"It is on the zone's overview page. Without an ID, cfplan finds the zone by its name.")
		return stated[string]{}
	}
	return statedBy(r, "id", id)
}

// fill evaluates the blocks inside the zone block and adds their results to the zone.
func (z *zone) fill(p *zoneParts, ctx *hcl.EvalContext, tree *lang.Tree) {
	z.defaults = readDefaults(z.report, p, ctx)
	z.Policy.Defaults = len(p.defaults)+len(p.defaultsSettings) > 0
	for _, b := range p.ignores {
		if pattern, ok := b.pattern(z.report, ctx); ok {
			z.Policy.Ignore = append(z.Policy.Ignore, pattern)
		}
	}

	z.grow(len(p.records))
	for _, b := range p.records {
		z.addBlock(b, ctx)
	}

	for _, b := range p.zonefiles {
		z.addFile(b, ctx, tree)
	}
}

// addBlock adds the records of all instances of a block.
func (z *zone) addBlock(b *recordBlock, ctx *hcl.EvalContext) {
	defer z.report.within(z.Name + "/" + string(b.typ) + "/" + z.path + b.label)()

	instances := b.instances(z.report, ctx)
	if instances == nil && z.everyBlock && b.attrs["for_each"] != nil {
		z.checkBlock(b, ctx)
	}
	z.grow(len(instances))
	for _, i := range instances {
		z.addInstance(b, i)
	}
}

// checkBlock checks a block that has no known instance, with an unknown element. It does not add a record to
// the zone. It skips blocks with count or enabled: they may be turned off precisely because something that
// they need is missing.
func (z *zone) checkBlock(b *recordBlock, ctx *hcl.EvalContext) {
	apart := *z
	apart.Records, apart.origins = nil, nil
	apart.addInstance(b, instance{ctx: evalContext{ctx: ctx}.withUnknownElement().ctx})
}

// grow makes room for n more records.
func (z *zone) grow(n int) {
	z.Records = slices.Grow(z.Records, n)
	z.origins = slices.Grow(z.origins, n)
}

// add adds a record and reports what is wrong with it.
func (z *zone) add(record dns.Record, from origin) {
	z.Records = append(z.Records, record)
	z.origins = append(z.origins, from)
	z.checkRecord(len(z.Records) - 1)
}

// sorted returns the zone with its records in the form in which Cloudflare stores them. Their order does not
// depend on the order of files and blocks.
func (z *zone) sorted() dns.Zone {
	for i, r := range z.Records {
		z.Records[i] = r.Stored()
	}
	slices.SortStableFunc(z.Records, func(a, b dns.Record) int {
		return cmp.Or(
			dns.Compare(a, b),
			strings.Compare(a.Declared.File, b.Declared.File),
			cmp.Compare(a.Declared.Line, b.Declared.Line),
		)
	})
	return z.Zone
}
