package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// zoneBlock is one zone block, its references checked.
type zoneBlock struct {
	l       *loader
	block   *hcl.Block
	attrs   hcl.Attributes
	refs    references
	dynamic bool
	// parts are decoded once for all instances, unless dynamic blocks make
	// each instance different.
	parts *zoneParts
}

// zoneParts are the blocks inside a zone block.
type zoneParts struct {
	records          []*recordBlock
	ignores          []ignoreBlock
	zonefiles        []zonefileBlock
	maxDestroy       *dns.Limit
	defaults         hcl.Attributes
	defaultsSettings hcl.Attributes
}

type ignoreBlock struct {
	rng    hcl.Range
	attrs  hcl.Attributes
	faulty bool
}

// zone is one zone under construction.
type zone struct {
	dns.Zone
	l        *loader
	rng      hcl.Range
	defaults defaults
	// origins says for each record where it comes from.
	origins []origin
}

func (l *loader) evalZones(d *declarations, ctx *hcl.EvalContext) []dns.Zone {
	seen := map[string]hcl.Range{}
	var out []dns.Zone
	for _, b := range d.zones {
		for _, z := range l.evalZone(b, ctx) {
			if first, ok := seen[z.Name]; ok {
				l.duplicateZone(z, first)
				continue
			}
			seen[z.Name] = z.rng
			z.check()
			out = append(out, z.sorted())
		}
	}
	slices.SortFunc(out, func(a, b dns.Zone) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (l *loader) duplicateZone(z *zone, first hcl.Range) {
	if first == z.rng {
		l.report.errorAt(z.rng, "Duplicate zone", "Several elements of for_each give this block the same name, %q. Make the name depend on each.key.", z.Name)
		return
	}
	l.report.errorAt(z.rng, "Duplicate zone", "The zone %q was already declared at %s. Move all its records into one block.", z.Name, at(first))
}

func (l *loader) evalZone(b *hcl.Block, ctx *hcl.EvalContext) []*zone {
	content, diags := b.Body.Content(zoneSchema)
	l.report.add(diags...)
	zb := &zoneBlock{l: l, block: b, attrs: content.Attributes, refs: l.references()}
	l.checkForEach(zb.refs, content.Attributes)
	zb.refs.each = content.Attributes["for_each"] != nil
	l.checkAll(zb.refs, content.Attributes)
	zb.refs.zone = true
	zb.dynamic = slices.ContainsFunc(content.Blocks, func(b *hcl.Block) bool { return b.Type == "dynamic" })
	if !zb.dynamic {
		zb.parts = l.zoneParts(zb.refs, content.Blocks, ctx)
	}
	if a := content.Attributes["for_each"]; a != nil && content.Attributes["name"] == nil {
		l.report.errorAt(a.NameRange, "Missing name", "A zone block with for_each makes several zones, so each needs a name of its own: add name = each.key.")
		return nil
	}
	var out []*zone
	for _, i := range l.instances(content.Attributes, ctx) {
		if z := zb.eval(i); z != nil {
			out = append(out, z)
		}
	}
	return out
}

// checkForEach checks for_each and count, which do not see what they define.
func (l *loader) checkForEach(refs references, attrs hcl.Attributes) {
	for _, name := range []string{"for_each", "count"} {
		if a := attrs[name]; a != nil {
			one := hcl.Attributes{name: a}
			l.checkAll(refs, one)
			attrs[name] = one[name]
		}
	}
}

// eval makes the zone of one instance; nil where even its name is not known.
func (zb *zoneBlock) eval(i instance) *zone {
	r := &reader{report: zb.l.report, ctx: i.ctx, attrs: zb.attrs}
	z := &zone{l: zb.l, rng: zb.block.DefRange}
	z.Policy = dns.Policy{Ownership: readOwnership(r), File: z.rng.Filename, Line: z.rng.Start.Line}
	z.ID = readZoneID(r)
	name, ok := zb.name(r)
	if !ok {
		return nil
	}
	z.Name = name
	ctx := child(i.ctx, "zone", cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name)}))
	z.fill(zb.partsFor(ctx), ctx)
	return z
}

// partsFor returns the blocks of an instance, dynamic ones expanded.
func (zb *zoneBlock) partsFor(ctx *hcl.EvalContext) *zoneParts {
	if !zb.dynamic {
		return zb.parts
	}
	content, diags := dynblock.Expand(zb.block.Body, ctx).Content(staticZoneSchema)
	zb.l.report.add(diags...)
	return zb.l.zoneParts(zb.refs, content.Blocks, ctx)
}

func (l *loader) zoneParts(refs references, blocks hcl.Blocks, ctx *hcl.EvalContext) *zoneParts {
	p := &zoneParts{maxDestroy: l.readLimits(blocks)}
	if b := l.single(blocks, "defaults"); b != nil {
		content, diags := b.Body.Content(defaultsSchema)
		l.report.add(diags...)
		l.checkAll(refs, content.Attributes)
		p.defaults = content.Attributes
		p.defaultsSettings = l.settingsOf(refs, content.Blocks)
	}
	for _, b := range blocks {
		switch b.Type {
		case "record":
			if rb := l.recordBlock(refs, b, ctx); rb != nil {
				p.records = append(p.records, rb)
			}
		case "ignore":
			p.ignores = append(p.ignores, l.ignoreBlock(refs, b))
		case "zonefile":
			p.zonefiles = append(p.zonefiles, l.zonefileBlock(refs, b))
		}
	}
	return p
}

func (l *loader) ignoreBlock(refs references, b *hcl.Block) ignoreBlock {
	content, diags := b.Body.Content(ignoreSchema)
	l.report.add(diags...)
	l.checkAll(refs, content.Attributes)
	return ignoreBlock{b.DefRange, content.Attributes, diags.HasErrors()}
}

// name reads the zone's name: the label, or the attribute that replaces it.
func (zb *zoneBlock) name(r *reader) (string, bool) {
	text, rng := zb.block.Labels[0], zb.block.LabelRanges[0]
	if zb.attrs["name"] != nil {
		given, ok := r.text("name")
		if r.broken && !ok {
			return "", false
		}
		if ok {
			text, rng = given, zb.attrs["name"].Expr.Range()
		}
	}
	name, p := dns.CanonicalName(text)
	if p == nil {
		p = oddZoneName(name)
	}
	if p != nil {
		r.problem(p, rng, "name")
		return "", false
	}
	return name, true
}

func oddZoneName(name string) *dns.Problem {
	switch {
	case !strings.Contains(name, "."):
		return &dns.Problem{Severity: dns.Error, Rule: "zone-name", Summary: "Invalid zone name",
			Detail: fmt.Sprintf("A zone's name has at least two labels, such as example.com; %q has one.", name)}
	case strings.Contains(name, "*"):
		return &dns.Problem{Severity: dns.Error, Rule: "zone-name", Summary: "Invalid zone name",
			Detail: "A zone's name has no wildcard. Write the zone's name, and the wildcard into a record's."}
	}
	return nil
}

func readOwnership(r *reader) dns.Ownership {
	known := []string{string(dns.Managed), string(dns.Exclusive)}
	text, ok := r.text("ownership")
	if !ok {
		return dns.Managed
	}
	if !slices.Contains(known, text) {
		r.fail("ownership", "Invalid ownership", "The ownership of a zone is %s.%s", join(quoted(known), "or"), dns.DidYouMean(text, known))
	}
	return dns.Ownership(text)
}

var zoneID = regexp.MustCompile(`^[0-9a-f]{32}$`)

func readZoneID(r *reader) string {
	text, ok := r.text("id")
	id := strings.ToLower(text)
	if ok && !zoneID.MatchString(id) {
		r.fail("id", "Invalid zone ID", "A zone ID has 32 hexadecimal digits, such as 023e105f4ecef8ad9ca31a8372d0c353. It stands on the zone's overview page; leave it out to have the zone found by name.")
		return ""
	}
	return id
}

// fill evaluates the blocks of the zone.
func (z *zone) fill(p *zoneParts, ctx *hcl.EvalContext) {
	r := &reader{report: z.l.report, ctx: ctx, attrs: p.defaults}
	z.defaults.traits = readTraits(r, settingsReader(z.l.report, ctx, p.defaultsSettings))
	z.defaults.attrs, z.defaults.settings, z.defaults.secret = p.defaults, p.defaultsSettings, r.secret
	z.Policy.MaxDestroy = cmp.Or(p.maxDestroy, z.l.maxDestroy)
	for _, b := range p.ignores {
		if pattern, ok := z.pattern(b, ctx); ok {
			z.Policy.Ignore = append(z.Policy.Ignore, pattern)
		}
	}
	z.grow(len(p.records))
	for _, b := range p.records {
		instances := z.l.instances(b.attrs, ctx)
		z.grow(len(instances))
		for _, i := range instances {
			z.add(b, i)
		}
	}
	for _, b := range p.zonefiles {
		z.addFile(b, ctx)
	}
}

// grow makes room for n more records.
func (z *zone) grow(n int) {
	z.Records = slices.Grow(z.Records, n)
	z.origins = slices.Grow(z.origins, n)
}

func (z *zone) pattern(b ignoreBlock, ctx *hcl.EvalContext) (dns.Pattern, bool) {
	r := &reader{report: z.l.report, ctx: ctx, attrs: b.attrs}
	name, _ := r.text("name")
	typ, typed := r.text("type")
	content, _ := r.text("content")
	p := dns.Pattern{Name: strings.TrimSuffix(name, "."), Type: dns.Type(strings.ToUpper(typ)), Content: content}
	if typed && !p.Type.Writable() {
		r.fail("type", "Unknown record type", "%s", typeAdvice(typ))
	}
	if !r.broken && !b.faulty && p == (dns.Pattern{}) {
		z.l.report.errorAt(b.rng, "Empty ignore block", "A pattern without name, type and content matches every record. Give at least one of the three; name = \"*\" says that all is meant.")
		return p, false
	}
	return p, !r.broken
}

// sorted returns the zone with its records in order, whatever the order of
// files and blocks.
func (z *zone) sorted() dns.Zone {
	slices.SortStableFunc(z.Records, func(a, b dns.Record) int {
		return cmp.Or(dns.Compare(a, b), strings.Compare(a.Declared.File, b.Declared.File),
			cmp.Compare(a.Declared.Line, b.Declared.Line))
	})
	return z.Zone
}
