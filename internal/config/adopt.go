package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// The values of lifecycle.adopt: which unmanaged records a block takes over.
const (
	adoptEqual   = "equal"
	adoptReplace = "replace"
)

// replaces reads adopt from a lifecycle block and reports whether it is "replace". A null value means the
// default.
func (d decoder) replaces(a *hcl.Attribute, ctx *hcl.EvalContext) bool {
	one := hcl.Attributes{a.Name: a}
	references{names: d.names}.checkAll(d.report, one)
	r := &reader{report: d.report, ctx: ctx, attrs: one}
	text, ok := r.text(dns.Attribute(a.Name))
	if !ok {
		return false
	}

	known := []string{adoptEqual, adoptReplace}
	if !slices.Contains(known, text) {
		r.fail(dns.Attribute(a.Name), "Invalid adopt",
			"adopt is %s: the default adopts unmanaged records that are equal to the declared one, and %q also "+
				"replaces those that conflict with it.%s",
			english.List(english.Quoted(known), "or"), adoptReplace, dns.DidYouMean(text, known))
		return false
	}
	return text == adoptReplace
}
