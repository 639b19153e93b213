package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// traits are what both a record and a zone's defaults can say: everything but
// name and value. Nil is "not said".
type traits struct {
	ttl                 *int
	proxied             *bool
	comment             *string
	tags                []string
	flatten, ipv4, ipv6 *bool
}

// defaults are a zone's, with the places where they stand.
type defaults struct {
	traits
	attrs, settings hcl.Attributes
	// secret lists the attributes with sensitive values.
	secret []string
}

// attribute returns an attribute of the defaults block or of its settings.
func (d defaults) attribute(name string) *hcl.Attribute {
	if a := d.attrs[name]; a != nil {
		return a
	}
	return d.settings[name]
}

// readTraits reads the attributes of a block and of its settings block.
func readTraits(r, settings *reader) traits {
	t := traits{ttl: r.ttl(), proxied: r.flag("proxied")}
	if c, ok := r.text("comment"); ok {
		t.comment = &c
	}
	if tags, ok := r.texts("tags"); ok {
		t.tags = append([]string{}, dns.CanonicalTags(tags)...) // not nil: it says that there are none
	}
	if settings != nil {
		t.flatten = settings.flag("flatten_cname")
		t.ipv4 = settings.flag("ipv4_only")
		t.ipv6 = settings.flag("ipv6_only")
		r.broken = r.broken || settings.broken
		r.secret = append(r.secret, settings.secret...)
	}
	return t
}

// or fills in what t does not say. A default reaches only the types that it can
// apply to: one that says proxied must not forbid TXT records.
func (t traits) or(d traits, typ dns.Type) traits {
	t.ttl = first(t.ttl, d.ttl)
	t.comment = first(t.comment, d.comment)
	if t.tags == nil {
		t.tags = d.tags
	}
	if typ.Proxiable() {
		t.proxied = first(t.proxied, d.proxied)
		t.ipv4 = first(t.ipv4, d.ipv4)
		t.ipv6 = first(t.ipv6, d.ipv6)
	}
	if typ == dns.CNAME {
		t.flatten = first(t.flatten, d.flatten)
	}
	return t
}

// record returns a record that bears the traits.
func (t traits) record() dns.Record {
	r := dns.Record{
		TTL:     orElse(t.ttl, dns.AutoTTL),
		Proxied: orElse(t.proxied, false),
		Comment: orElse(t.comment, ""),
		Settings: dns.Settings{
			FlattenCNAME: orElse(t.flatten, false),
			IPv4Only:     orElse(t.ipv4, false),
			IPv6Only:     orElse(t.ipv6, false),
		},
	}
	if len(t.tags) > 0 {
		r.Tags = t.tags
	}
	if r.Proxied {
		r.TTL = dns.AutoTTL
	}
	return r
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

func orElse[T any](p *T, otherwise T) T {
	if p != nil {
		return *p
	}
	return otherwise
}

// settingsOf returns the attributes of the one settings block in a body.
func (l *loader) settingsOf(refs references, blocks hcl.Blocks) hcl.Attributes {
	b := l.single(blocks, "settings")
	if b == nil {
		return nil
	}
	content, diags := b.Body.Content(recordSettingsSchema)
	l.report.add(diags...)
	l.checkAll(refs, content.Attributes)
	return content.Attributes
}

// single returns the block of a type, nil where there is none, and reports more
// than one.
func (l *loader) single(blocks hcl.Blocks, typ string) *hcl.Block {
	var out *hcl.Block
	for _, b := range blocks {
		switch {
		case b.Type != typ:
		case out == nil:
			out = b
		default:
			l.report.errorAt(b.DefRange, "Duplicate "+typ+" block", "Only one %s block is allowed here; the first is at %s.", typ, at(out.DefRange))
		}
	}
	return out
}

// settingsReader returns a reader for a settings block, nil where there is none.
func settingsReader(report *report, ctx *hcl.EvalContext, attrs hcl.Attributes) *reader {
	if attrs == nil {
		return nil
	}
	return &reader{report: report, ctx: ctx, attrs: attrs}
}
