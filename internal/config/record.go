package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// origin says where a record comes from.
type origin struct {
	// zone is the zone block around the record.
	zone  *zone
	block *recordBlock
	ctx   *hcl.EvalContext
	// element is the record's index in the block's list of contents.
	element int
	secret  []dns.Attribute
	// line is the position of a record from a zone file. Such a record has no record block.
	line *hcl.Range
}

// addInstance evaluates one instance of a block and adds its records to the zone.
func (z *zone) addInstance(b *recordBlock, i instance) {
	declared := z.declaration(b, i)
	defer z.report.within(declared.Address)()
	r := &reader{report: z.report, ctx: i.ctx, attrs: b.attrs}
	name := z.recordName(b, r)
	own := readTraits(r, r.settings(b.settings))
	own.private = r.flag(dns.AttrPrivateRouting)
	values := b.values(r)
	all := own.or(z.defaults.traits, b.typ)
	z.warnTTL(b, r, own, all)

	record := all.record()
	record.Name, record.Type, record.Declared = name, b.typ, declared
	record.Declared.Sensitive = z.sensitive(r.secret, own)
	z.learn(record)
	from := origin{zone: z, block: b, ctx: i.ctx, secret: r.secret}
	if r.broken {
		z.checkUnread(record, values, from, slices.Concat(r.unread, z.defaults.unread))
		return
	}

	warnPublic(z.report, r.secret, func(a dns.Attribute) hcl.Range { return b.rangeOf(a, 0) })
	for _, v := range values {
		record.Content, record.Priority, from.element = v.Content, v.Priority, v.element
		z.add(record, from)
	}
}

// checkUnread reports further mistakes in a record that is not added to the zone, because some of its attributes could
// not be read.
func (z *zone) checkUnread(record dns.Record, values []elementValue, from origin, unread []dns.Attribute) {
	isContent := func(a dns.Attribute) bool { return a == dns.AttrContent }
	unread = slices.DeleteFunc(unread, isContent) // other contents of the list may have been read
	if len(values) == 0 {
		values, unread = []elementValue{{}}, append(unread, dns.AttrContent)
	}
	for _, v := range values {
		record.Content, record.Priority, from.element = v.Content, v.Priority, v.element
		for _, p := range lint.Record(record, z.Name, unread...) {
			if !z.ignored.covers(p) && !from.block.ignored.covers(p) {
				z.problemAt(p, p.Detail, from, from.sensitive())
			}
		}
	}
}

func (z *zone) declaration(b *recordBlock, i instance) *dns.Declaration {
	return &dns.Declaration{
		Address:        z.Name + "/" + string(b.typ) + "/" + z.path + b.label + i.key,
		File:           b.block.DefRange.Filename,
		Line:           b.block.DefRange.Start.Line,
		PreventDestroy: b.life.preventDestroy,
		LetGo:          b.life.letGo,
		Replaces:       b.life.replaces,
		IgnoreChanges:  b.life.ignoreChanges,
	}
}

func (z *zone) recordName(b *recordBlock, r *reader) string {
	text, rng := b.label, b.block.LabelRanges[1]
	if given, ok := r.text(dns.AttrName); ok {
		text, rng = given, b.rangeOf(dns.AttrName, 0)
	}
	if z.unnamed {
		return z.checkName(r, text, rng)
	}
	name, p := dns.AbsoluteName(text, z.Name)
	if p != nil {
		r.problem(p, rng, dns.AttrName)
	}
	return name
}

// checkName is like recordName, for a zone whose name is not known. It reports only names that cannot be in any zone.
// It cannot know whether a full name is in this zone, or whether the zone is a reverse zone, which may have labels
// with slashes.
func (z *zone) checkName(r *reader, text string, rng hcl.Range) string {
	text = strings.TrimSuffix(text, ".")
	if _, p := dns.AbsoluteName(text, "in-addr.arpa"); p != nil {
		r.problem(p, rng, dns.AttrName)
	}
	r.lose(dns.AttrName)

	name, p := dns.AbsoluteName(text, z.Name)
	if p != nil {
		return z.Name
	}
	return name
}

// warnTTL warns about a TTL that has no effect because the record is proxied. It warns only if the record block itself
// sets the TTL: a default is meant only for records to which it can apply.
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
