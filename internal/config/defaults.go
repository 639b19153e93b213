package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// traits are the attributes that a record block and a defaults block share: everything but name and value.
// Nil means not set.
type traits struct {
	ttl                 *int
	proxied             *bool
	comment             *string
	tags                []string
	flatten, ipv4, ipv6 *bool
	// private exists only for records: a defaults block cannot set it.
	private *bool
}

// defaults holds the defaults of a zone block, with their positions.
type defaults struct {
	traits
	attrs, settings hcl.Attributes
	// unread lists the attributes that could not be read. secret lists the attributes with sensitive
	// values.
	unread, secret []dns.Attribute
}

// readDefaults evaluates the defaults block of a zone.
func readDefaults(to *report, p *zoneParts, ctx *hcl.EvalContext) defaults {
	r := &reader{report: to, ctx: ctx, attrs: p.defaults}
	d := defaults{
		traits:   readTraits(r, r.settings(p.defaultsSettings)),
		attrs:    p.defaults,
		settings: p.defaultsSettings,
	}
	d.unread, d.secret = r.unread, r.secret
	warnPublic(to, d.secret, func(a dns.Attribute) hcl.Range {
		rng, _ := d.rangeOf(a)
		return rng
	})
	return d
}

// rangeOf returns the position of an attribute in the defaults block or in its settings. ok is false if the
// attribute is not set.
func (d defaults) rangeOf(name dns.Attribute) (rng hcl.Range, ok bool) {
	for _, attrs := range []hcl.Attributes{d.attrs, d.settings} {
		if a := attrs[string(name)]; a != nil {
			return a.Expr.Range(), true
		}
	}
	return settingRange(d.attrs, name)
}

// readTraits reads the attributes of a block and of its settings block.
func readTraits(r, settings *reader) traits {
	t := traits{ttl: r.ttl(), proxied: r.flag(dns.AttrProxied)}
	if c, ok := r.text(dns.AttrComment); ok {
		t.comment = &c
	}
	if tags, ok := r.texts(dns.AttrTags); ok {
		t.tags = append([]string{}, dns.CanonicalTags(tags)...) // not nil: an empty list means no tags
	}

	if settings != nil {
		t.flatten = settings.flag(dns.AttrFlattenCNAME)
		t.ipv4 = settings.flag(dns.AttrIPv4Only)
		t.ipv6 = settings.flag(dns.AttrIPv6Only)
		r.broken = r.broken || settings.broken
		r.unread = append(r.unread, settings.unread...)
		r.secret = append(r.secret, settings.secret...)
	}
	return t
}

// or returns t with the attributes that it does not set taken from d. A default applies only to records that
// can have the attribute: a default of proxied must not forbid TXT records, and a default of flatten_cname
// must not cause a warning for each proxied CNAME.
func (t traits) or(d traits, typ dns.Type) traits {
	t.ttl = first(t.ttl, d.ttl)
	t.comment = first(t.comment, d.comment)
	if t.tags == nil {
		t.tags = d.tags
	}
	if typ.Proxiable() {
		t.proxied = first(t.proxied, d.proxied)
	}
	switch proxied := orElse(t.proxied, false); {
	case proxied && typ.Proxiable():
		t.ipv4 = first(t.ipv4, d.ipv4)
		t.ipv6 = first(t.ipv6, d.ipv6)
	case typ == dns.CNAME:
		t.flatten = first(t.flatten, d.flatten)
	}
	return t
}

// record returns a record that has the traits.
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
		PrivateRouting: orElse(t.private, false),
	}

	if len(t.tags) > 0 {
		r.Tags = t.tags
	}
	if r.Proxied {
		r.TTL = dns.AutoTTL
	}
	return r
}

// first returns a, or b if a is nil.
func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// orElse returns what p points to, or otherwise if p is nil.
func orElse[T any](p *T, otherwise T) T {
	if p != nil {
		return *p
	}
	return otherwise
}
