package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// sensitive returns the attributes of a record that must not be shown. secret are the sensitive attributes of
// the record block. An attribute that the block does not set is sensitive if the default of the zone is.
func (z *zone) sensitive(secret []dns.Attribute, own traits) []dns.Attribute {
	var inherited []dns.Attribute
	for _, a := range z.defaults.secret {
		if a == dns.AttrComment && own.comment == nil || a == dns.AttrTags && own.tags == nil {
			inherited = append(inherited, a)
		}
	}
	return dns.JoinSensitive(secret, inherited)
}

// learn keeps the sensitive texts of a record out of all diagnostics, including diagnostics about other
// records. The name of the zone itself is not secret.
func (z *zone) learn(r dns.Record) {
	for _, a := range r.Declared.Sensitive {
		switch {
		case a == dns.AttrName && r.Name != z.Name:
			z.report.secrets[r.Name] = true
			z.report.masked[dns.RelativeName(r.Name, z.Name)] = true
		case a == dns.AttrComment && r.Comment != "":
			z.report.secrets[r.Comment] = true
			z.report.masked[r.Comment] = true
		case a == dns.AttrTags:
			for _, tag := range r.Tags {
				z.report.secrets[tag], z.report.masked[tag] = true, true
			}
		}
	}
}

// shownMasked reports whether a value is part of a sensitive attribute although it is not sensitive itself, as in
// sensitive("${var.team}/dns"). Showing the value would reveal part of the attribute.
func (r *report) shownMasked(v cty.Value) bool {
	const short = 4
	found := false
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) { // the callback never fails
		text, ok := plainText(part)
		if !ok || found {
			return !found, nil
		}
		found = r.masked[text]
		for masked := range r.masked {
			found = found || len(text) >= short && strings.Contains(masked, text) ||
				len(masked) >= short && strings.Contains(text, masked)
		}
		return !found, nil
	})
	return found
}

// warnPublic warns about sensitive values that DNS publishes. cfplan does not mask these values, because users
// cannot review a plan that does not show the contents.
func warnPublic(r *report, secret []dns.Attribute, place func(dns.Attribute) hcl.Range) {
	for _, a := range secret {
		if slices.Contains(dns.Maskable(), a) {
			continue
		}
		r.add(warningAt(place(a), "Sensitive value in a public attribute",
			"The value of %q is sensitive, but DNS publishes it, and plans show it. "+
				"If you want that, wrap it in nonsensitive().", a))
	}
}
