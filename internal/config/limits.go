package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// readLimits reads the limits block among the blocks, nil where there is none. Its
// values are constants: a limit that the records decide about is none.
func (l *loader) readLimits(blocks hcl.Blocks) *dns.Limit {
	b := l.single(blocks, "limits")
	if b == nil {
		return nil
	}
	content, diags := b.Body.Content(limitsSchema)
	l.report.add(diags...)
	a := content.Attributes["max_destroy"]
	if a == nil {
		return nil
	}
	if vars := a.Expr.Variables(); len(vars) > 0 {
		l.report.errorAt(vars[0].SourceRange(), "Variables not allowed", "A limit is a constant, so that nothing which it is to catch can move it.")
		return nil
	}
	v := l.constant(a, cty.String)
	if v.IsNull() {
		return nil
	}
	limit, err := dns.ParseLimit(v.AsString())
	if err != nil {
		l.report.errorAt(a.Expr.Range(), "Invalid limit", "%v.", err)
		return nil
	}
	return &limit
}
