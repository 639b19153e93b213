package genconfig

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// record writes one record block.
func (p *printer) record(b block) {
	if b.family {
		b.each = p.familyEach(b)
	}
	above, own := b.comments()
	for _, line := range above {
		p.line(`# `, line)
	}
	p.line(`record "`, string(b.typ), `" `, literal(b.label), ` {`)
	if b.each.entries != nil {
		p.attribute("for_each", b.each.expression(own))
		p.line()
		own = nil
	}
	if name := p.nameText(b); name != "" {
		p.attribute(dns.AttrName, name)
	}
	p.value(b, own)
	p.traits(b)
	p.extras(b.records[0].Record)
	p.line(`}`)
}

func (p *printer) attribute(name dns.Attribute, value string) { p.line(string(name), ` = `, value) }

// nameText returns the name attribute as HCL, or "" if the label already gives the name.
func (p *printer) nameText(b block) string {
	name := b.name
	if b.family {
		full := b.records[0].Record.Name
		if said, problem := dns.AbsoluteName(b.label, p.zoneName); problem != nil || said != full {
			name = relative(full, p.zoneName)
		}
	}
	if b.varies(dns.AttrName) || name == "" {
		return b.each.refs[dns.AttrName]
	}
	return literal(name)
}

// value writes the value of the record: content, or the fields of a single value.
func (p *printer) value(b block, comments [][]string) {
	if fs := b.fields(); fs != nil {
		for _, f := range fs {
			p.attribute(f.name, b.orEach(f.name, f.value))
		}
		return
	}
	p.attribute(dns.AttrContent, b.contentText(comments))
	if b.typ == dns.MX {
		p.attribute(dns.AttrPriority, b.orEach(dns.AttrPriority, priorityText(b.records[0].Record)))
	}
}

// fields returns the fields of a block's value, or nil if the block has a content instead. A block with
// for_each takes the fields that vary from the element.
func (b block) fields() []field {
	switch {
	case b.family:
		var out []field
		for _, c := range commonFields(b.records) {
			out = append(out, field{c.name, c.values[0]})
		}
		return out
	case len(b.records) == 1 || b.each.set && !b.varies(dns.AttrContent):
		return fields(b.records[0].Record)
	}
	return nil
}

func (b block) contentText(comments [][]string) string {
	if b.varies(dns.AttrContent) {
		return b.each.refs[dns.AttrContent]
	}
	if b.each.entries != nil || len(b.records) == 1 {
		return content(b.records[0].Record)
	}
	values := make([]string, len(b.records))
	for i, r := range b.records {
		values[i] = content(r.Record)
	}
	return list(values, comments)
}

func priorityText(r dns.Record) string { return strconv.Itoa(int(r.Priority)) }

// orEach returns the reference to the for_each for an attribute that varies, else the value.
func (b block) orEach(attribute dns.Attribute, value string) string {
	if b.varies(attribute) {
		return b.each.refs[attribute]
	}
	return value
}

// varies reports whether the for_each has a value for the attribute.
func (b block) varies(attribute dns.Attribute) bool { return b.each.refs[attribute] != "" }

// traits writes ttl and proxied if they differ from the defaults.
func (p *printer) traits(b block) {
	r := b.records[0].Record
	if b.varies(dns.AttrTTL) || p.saysTTL(b.records) {
		p.attribute(dns.AttrTTL, b.orEach(dns.AttrTTL, ttlText(ttlOf(r))))
	}
	if b.typ.Proxiable() && (b.varies(dns.AttrProxied) || p.explicit || r.Proxied != p.defaults.proxied) {
		p.attribute(dns.AttrProxied, b.orEach(dns.AttrProxied, strconv.FormatBool(r.Proxied)))
	}
	if b.varies(dns.AttrPrivateRouting) || r.PrivateRouting {
		p.attribute(dns.AttrPrivateRouting, b.orEach(dns.AttrPrivateRouting, "true"))
	}
	if b.varies(dns.AttrComment) || p.explicit || r.Comment != "" {
		p.attribute(dns.AttrComment, b.orEach(dns.AttrComment, literal(r.Comment)))
	}
	if b.varies(dns.AttrTags) || p.explicit || len(r.Tags) > 0 {
		p.attribute(dns.AttrTags, b.orEach(dns.AttrTags, tagList(r.Tags)))
	}
}

// saysTTL reports whether a block must have a ttl, because the default is not the TTL of all its records. The
// TTL of proxied records is automatic in any case.
func (p *printer) saysTTL(records []Named) bool {
	return slices.ContainsFunc(records, func(r Named) bool {
		return !r.Record.Proxied && (p.explicit || ttlOf(r.Record) != p.defaults.effectiveTTL())
	})
}

func tagList(tags []string) string {
	out := make([]string, len(tags))
	for i, tag := range tags {
		out[i] = literal(tag)
	}
	return list(out, nil)
}

// extras writes the blocks inside a record block.
func (p *printer) extras(r dns.Record) {
	p.settings(r)
	if lost := uncarried(r); len(lost) > 0 {
		p.line()
		p.line(`# Cloudflare has these in a spelling that HCL cannot carry.`)
		p.line(`lifecycle {`)
		p.attribute("ignore_changes", "["+strings.Join(lost, ", ")+"]")
		p.line(`}`)
	}
}

// settings writes the settings that are on. If explicit is set, it also writes the ones that a default could
// turn on.
func (p *printer) settings(r dns.Record) {
	proxied := r.Proxied && r.Type.Proxiable()
	flags := []struct {
		name      dns.Attribute
		on, could bool
	}{
		{dns.AttrFlattenCNAME, r.Settings.FlattenCNAME, r.Type == dns.CNAME && !proxied},
		{dns.AttrIPv4Only, r.Settings.IPv4Only, proxied},
		{dns.AttrIPv6Only, r.Settings.IPv6Only, proxied},
	}

	begun := false
	for _, f := range flags {
		if !f.on && !(p.explicit && f.could) {
			continue
		}
		if !begun {
			p.line()
			p.line(`settings {`)
			begun = true
		}
		p.attribute(f.name, strconv.FormatBool(f.on))
	}
	if begun {
		p.line(`}`)
	}
}

// uncarried returns the attributes that HCL would change, for instance because an accent is a character of
// its own.
func uncarried(r dns.Record) []string {
	var out []string
	if !carried(r.Comment) {
		out = append(out, string(dns.AttrComment))
	}
	for _, tag := range r.Tags {
		if !carried(tag) {
			return append(out, string(dns.AttrTags))
		}
	}
	return out
}
