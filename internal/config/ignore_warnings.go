package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// quiet are checks whose warnings are not told, by name.
type quiet map[string]bool

// readQuiet reads ignore_warnings. It is a constant, as it is about the block
// and not about what the block makes.
func (l *loader) readQuiet(a *hcl.Attribute) quiet {
	v := l.constant(a, cty.List(cty.String))
	if v.IsNull() {
		return nil
	}
	out := quiet{}
	for n, e := range v.AsValueSlice() {
		if complaint := quietComplaint(e); complaint != "" {
			l.report.errorAt(elementRange(a.Expr, true, n), "Invalid ignore_warnings", "%s", complaint)
			continue
		}
		out[e.AsString()] = true
	}
	return out
}

// quietComplaint says why a name is not that of a warning.
func quietComplaint(v cty.Value) string {
	if v.IsNull() {
		return "This list has a null in it. Write the names of checks."
	}
	check, ok := lint.FindCheck(v.AsString())
	switch {
	case !ok:
		var known []string
		for _, c := range lint.Checks() {
			known = append(known, c.Name)
		}
		return fmt.Sprintf("There is no check %q.%s Every warning ends in the name of its check, and docs/checks.md lists them all.", v.AsString(), dns.DidYouMean(v.AsString(), known))
	case check.Severity == dns.Error:
		return fmt.Sprintf("The check %q tells errors, which cannot be switched off: Cloudflare or DNS would refuse the record.", check.Name)
	}
	return ""
}

// ignored reports whether the configuration, or the block of any of the records
// concerned, switches a problem off.
func (z *zone) ignored(p *dns.Problem, records ...int) bool {
	if p.Severity != dns.Warning {
		return false
	}
	if z.l.quiet[p.Rule] {
		return true
	}
	for _, n := range records {
		if z.origins[n].block.quiet[p.Rule] {
			return true
		}
	}
	return false
}
