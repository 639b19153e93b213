package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// origin is where a record comes from.
type origin struct {
	block *recordBlock
	ctx   *hcl.EvalContext
	// element is the record's index in the block's list of contents.
	element int
	secret  []dns.Attribute
	// line is the place of a record of a zone file, whose block is empty.
	line *hcl.Range
}

// addInstance evaluates one instance of a block and adds its records to the zone.
func (z *zone) addInstance(b *recordBlock, i instance) {
	r := &reader{report: z.report, ctx: i.ctx, attrs: b.attrs}
	name := z.recordName(b, r)
	own := readTraits(r, settingsReader(z.report, i.ctx, b.settings))
	values := b.values(r)
	all := own.or(z.defaults.traits, b.typ)
	z.warnTTL(b, r, own, all)
	if r.broken {
		return
	}
	warnPublic(z.report, r.secret, func(a dns.Attribute) hcl.Range { return b.rangeOf(a, 0) })

	record := all.record()
	record.Name, record.Type, record.Declared = name, b.typ, z.declaration(b, i)
	record.Declared.Sensitive = z.sensitive(r.secret, own)
	z.learn(record)
	for n, v := range values {
		record.Content, record.Priority = v.Content, v.Priority
		z.add(record, origin{block: b, ctx: i.ctx, element: n, secret: r.secret})
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
	if given, ok := r.text(dns.AttrName); ok {
		text, rng = given, b.rangeOf(dns.AttrName, 0)
	}
	name, p := dns.AbsoluteName(text, z.Name)
	if p != nil {
		r.problem(p, rng, dns.AttrName)
	}
	return name
}

// warnTTL warns of a TTL that has no effect, if it is written on the record itself: a
// default is meant for the records that it can apply to.
func (z *zone) warnTTL(b *recordBlock, r *reader, own, all traits) {
	if own.ttl == nil || *own.ttl == dns.AutoTTL || !orElse(all.proxied, false) {
		return
	}
	p := &dns.Problem{
		Severity: dns.Warning,
		Rule:     "proxied-ttl",
		Attr:     dns.AttrTTL,
		Summary:  "TTL of a proxied record",
		Detail: fmt.Sprintf("Cloudflare sets the TTL of a proxied record itself, so %d has no effect. "+
			"Leave ttl out, or write ttl = \"auto\".", *own.ttl),
	}
	if !z.ignored.covers(p) && !b.ignored.covers(p) {
		r.problem(p, b.rangeOf(dns.AttrTTL, 0), dns.AttrTTL)
	}
}
