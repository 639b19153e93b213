package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// recordBlock is one record block, its references checked.
type recordBlock struct {
	block    *hcl.Block
	typ      dns.Type
	label    string
	fields   []dns.Field
	attrs    hcl.Attributes
	settings hcl.Attributes
	life     lifecycle
	quiet    quiet
	// faulty blocks have something that does not belong there, perhaps a
	// misspelt name: what seems to be missing is then not reported too.
	faulty bool
}

type lifecycle struct {
	preventDestroy bool
	ignoreChanges  []string
}

// recordBlock decodes a record block; nil where its type is not known, so that
// nothing can be said about the rest. ctx is that of the zone.
func (l *loader) recordBlock(refs references, b *hcl.Block, ctx *hcl.EvalContext) *recordBlock {
	typ := dns.Type(b.Labels[0])
	if !typ.Writable() {
		l.report.errorAt(b.LabelRanges[0], "Unknown record type", "%s", typeAdvice(b.Labels[0]))
		return nil
	}
	schema := l.schemas.of(typ)
	content, diags := b.Body.Content(schema.body)
	l.report.add(diags...)
	out := &recordBlock{block: b, typ: typ, label: b.Labels[1], fields: schema.fields, attrs: content.Attributes, faulty: diags.HasErrors()}
	out.quiet = l.readQuiet(content.Attributes["ignore_warnings"])
	delete(content.Attributes, "ignore_warnings")
	l.checkForEach(refs, content.Attributes)
	refs.each = refs.each || content.Attributes["for_each"] != nil
	refs.count = content.Attributes["count"] != nil
	l.checkAll(refs, content.Attributes)
	if len(content.Blocks) > 0 {
		out.settings = l.settingsOf(refs, content.Blocks)
		out.life = l.lifecycle(l.single(content.Blocks, "lifecycle"), schema, ctx)
	}
	return out
}

// typeAdvice says what to write instead of a type that is not known.
func typeAdvice(label string) string {
	upper := dns.Type(strings.ToUpper(label))
	switch upper {
	case "SOA":
		return "Cloudflare keeps the SOA record of a zone itself; it cannot be declared."
	case "SPF":
		return "The type SPF was given up (RFC 7208, section 3.1). Write the same text as a record of type \"TXT\"."
	case "ALIAS", "ANAME":
		return fmt.Sprintf("There is no type %s at Cloudflare. Write a \"CNAME\": it works at the apex too, where Cloudflare answers with the addresses of its target.", upper)
	case "DNAME":
		return "Cloudflare does not support DNAME. Write a \"CNAME\" for each name, or a wildcard \"CNAME\" with the name \"*\"."
	}
	if upper.Writable() {
		return fmt.Sprintf("Record types are written in upper case. Did you mean %q?", upper)
	}
	var known []string
	for _, t := range dns.Types() {
		known = append(known, string(t))
	}
	return fmt.Sprintf("There is no record type %q.%s The types are %s.", label, dns.DidYouMean(string(upper), known), join(known, "and"))
}

// lifecycle reads the lifecycle block, which is about the block as a whole and
// therefore does not see each or count.
func (l *loader) lifecycle(b *hcl.Block, schema *recordSchema, ctx *hcl.EvalContext) lifecycle {
	var out lifecycle
	if b == nil {
		return out
	}
	content, diags := b.Body.Content(lifecycleSchema)
	l.report.add(diags...)
	if a := content.Attributes["prevent_destroy"]; a != nil {
		one := hcl.Attributes{a.Name: a}
		l.checkAll(l.references(), one)
		r := &reader{report: l.report, ctx: ctx, attrs: one}
		out.preventDestroy = orElse(r.flag(a.Name), false)
	}
	if a := content.Attributes["ignore_changes"]; a != nil {
		out.ignoreChanges = l.ignoreChanges(a, schema)
	}
	return out
}

// ignoreChanges reads `all` or a list of attribute names, bare or quoted.
func (l *loader) ignoreChanges(a *hcl.Attribute, schema *recordSchema) []string {
	if hcl.ExprAsKeyword(a.Expr) == "all" {
		return []string{"all"}
	}
	exprs, diags := hcl.ExprList(a.Expr)
	if diags.HasErrors() {
		l.report.errorAt(a.Expr.Range(), "Invalid ignore_changes", "Write a list of attribute names, such as [ttl, comment], or the word all.")
		return nil
	}
	known := []string{"content", "ttl", "proxied", "comment", "tags", "settings", "priority"}
	for _, f := range schema.fields {
		known = append(known, f.Name)
	}
	var out []string
	for _, e := range exprs {
		name := attributeName(e)
		if !slices.Contains(known, name) {
			l.report.errorAt(e.Range(), "Invalid ignore_changes", "There is no attribute of this name whose changes could be ignored.%s", dns.DidYouMean(name, known))
			continue
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// attributeName reads a name that is written bare or, as in JSON, as a text.
func attributeName(e hcl.Expression) string {
	if name := hcl.ExprAsKeyword(e); name != "" {
		return name
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
		return ""
	}
	return v.AsString()
}

// origin is where a record comes from.
type origin struct {
	block *recordBlock
	ctx   *hcl.EvalContext
	// element is the record's index in the block's list of contents.
	element int
	secret  []string
	// line is where a record of a zone file stands; its block is empty.
	line *hcl.Range
}

// add evaluates one instance of a block and adds its records to the zone.
func (z *zone) add(b *recordBlock, i instance) {
	r := &reader{report: z.l.report, ctx: i.ctx, attrs: b.attrs}
	name := z.recordName(b, r)
	own := readTraits(r, settingsReader(z.l.report, i.ctx, b.settings))
	values := b.values(r)
	all := own.or(z.defaults.traits, b.typ)
	z.warnTTL(b, r, own, all)
	if r.broken {
		return
	}
	record := all.record()
	record.Name, record.Type, record.Declared = name, b.typ, z.declaration(b, i)
	for n, v := range values {
		record.Content, record.Priority = v.Content, v.Priority
		z.Records = append(z.Records, record)
		z.origins = append(z.origins, origin{block: b, ctx: i.ctx, element: n, secret: r.secret})
		z.checkRecord(len(z.Records) - 1)
	}
}

func (z *zone) declaration(b *recordBlock, i instance) *dns.Declaration {
	return &dns.Declaration{
		Address:        z.Name + "/" + string(b.typ) + "/" + b.label + i.key,
		File:           b.block.DefRange.Filename,
		Line:           b.block.DefRange.Start.Line,
		PreventDestroy: b.life.preventDestroy,
		IgnoreChanges:  b.life.ignoreChanges,
	}
}

func (z *zone) recordName(b *recordBlock, r *reader) string {
	text, rng := b.label, b.block.LabelRanges[1]
	if given, ok := r.text("name"); ok {
		text, rng = given, b.attrs["name"].Expr.Range()
	}
	name, p := dns.AbsoluteName(text, z.Name)
	if p != nil {
		r.problem(p, rng, "name")
	}
	return name
}

// warnTTL tells of a TTL that has no effect, where it is written on the record
// itself: a default is meant for the records that it can apply to.
func (z *zone) warnTTL(b *recordBlock, r *reader, own, all traits) {
	if z.l.quiet["proxied-ttl"] || b.quiet["proxied-ttl"] || own.ttl == nil || *own.ttl == dns.AutoTTL || !orElse(all.proxied, false) {
		return
	}
	p := &dns.Problem{Severity: dns.Warning, Rule: "proxied-ttl", Attr: "ttl", Summary: "TTL of a proxied record",
		Detail: fmt.Sprintf("Cloudflare sets the TTL of a proxied record itself, so %d has no effect. Leave ttl out, or write ttl = \"auto\".", *own.ttl)}
	r.problem(p, b.attrs["ttl"].Expr.Range(), "ttl")
}
