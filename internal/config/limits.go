package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// readLimits reads the limits block among the blocks. It returns the zero value if there is none. A limit must be
// a constant, so that a change that it should stop cannot raise it.
func readLimits(r *report, blocks hcl.Blocks) (none stated[dns.Limit]) {
	b := single(r, blocks, "limits")
	if b == nil {
		return none
	}
	content, diags := b.Body.Content(limitsSchema)
	r.add(diags...)
	a := content.Attributes["max_destroy"]
	if a == nil || !constantOnly(r, a,
		"A limit must be a constant, so that a change that it should stop cannot raise it.") {
		return none
	}

	v := constant(r, a, cty.String)
	if v.IsNull() {
		return none
	}
	limit, err := dns.ParseLimit(v.AsString())
	if err != nil {
		r.errorAt(a.Expr.Range(), "Invalid limit", "%v.", err)
		return none
	}
	return stated[dns.Limit]{&limit, a.Expr.Range()}
}
