package genconfig

import (
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// record writes one record block.
func (p *printer) record(b block) {
	p.line(`record "`, string(b.typ), `" `, literal(b.label), ` {`)
	if b.each.entries != nil {
		p.attribute("for_each", b.each.expression())
		p.line()
	}
	if name := b.nameText(); name != "" {
		p.attribute(dns.AttrName, name)
	}
	p.value(b)
	p.traits(b)
	p.extras(b.records[0])
	p.line(`}`)
}

func (p *printer) attribute(name dns.Attribute, value string) { p.line(string(name), ` = `, value) }

func (e each) expression() string {
	if e.value != "" {
		return object(e.entries)
	}
	keys := make([]string, len(e.entries))
	for i, entry := range e.entries {
		keys[i] = literal(entry.key)
	}
	return "toset(" + list(keys) + ")"
}

func (b block) nameText() string {
	switch {
	case b.each.key == dns.AttrName:
		return "each.key"
	case b.name != "":
		return literal(b.name)
	}
	return ""
}

// value writes what the type defines: content, or the fields of a single value.
func (p *printer) value(b block) {
	one := len(b.records) == 1 || b.each.key == dns.AttrName && b.each.value == ""
	if fs := fields(b.records[0]); one && fs != nil {
		for _, f := range fs {
			p.attribute(f.name, f.value)
		}
		return
	}
	p.attribute(dns.AttrContent, b.contentText())
	if b.typ == dns.MX {
		p.attribute(dns.AttrPriority, b.orEach(dns.AttrPriority, strconv.Itoa(int(b.records[0].Priority))))
	}
}

func (b block) contentText() string {
	switch {
	case b.each.key == dns.AttrContent:
		return "each.key"
	case b.each.value == dns.AttrContent:
		return "each.value"
	case b.each.entries != nil || len(b.records) == 1:
		return content(b.records[0])
	}
	values := make([]string, len(b.records))
	for i, r := range b.records {
		values[i] = content(r)
	}
	return list(values)
}

// orEach returns each.value where the for_each gives it to the attribute.
func (b block) orEach(attribute dns.Attribute, value string) string {
	if b.each.value == attribute {
		return "each.value"
	}
	return value
}

// traits writes what differs from the defaults.
func (p *printer) traits(b block) {
	r := b.records[0]
	if ttl := ttlOf(r); b.each.value == dns.AttrTTL || !r.Proxied && (p.explicit || ttl != p.defaults.effectiveTTL()) {
		p.attribute(dns.AttrTTL, b.orEach(dns.AttrTTL, ttlText(ttl)))
	}
	if b.typ.Proxiable() && (p.explicit || r.Proxied != p.defaults.proxied) {
		p.attribute(dns.AttrProxied, strconv.FormatBool(r.Proxied))
	}
	if r.PrivateRouting {
		p.attribute(dns.AttrPrivateRouting, "true")
	}
	if b.each.value == dns.AttrComment || p.explicit || r.Comment != "" {
		p.attribute(dns.AttrComment, b.orEach(dns.AttrComment, literal(r.Comment)))
	}
	if p.explicit || len(r.Tags) > 0 {
		tags := make([]string, len(r.Tags))
		for i, tag := range r.Tags {
			tags[i] = literal(tag)
		}
		p.attribute(dns.AttrTags, list(tags))
	}
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

// settings writes the switches that are on, and with explicit also those that a default could turn on.
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

// uncarried lists the attributes that do not come back from HCL as they went in:
// an accent may stand as a letter of its own, for instance.
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
