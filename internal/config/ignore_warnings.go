package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// ignoredWarnings is the set of checks whose warnings are not shown, by name.
type ignoredWarnings map[string]bool

// readIgnoreWarnings reads ignore_warnings. The list must be a constant, because it applies to the block as a
// whole and not to each record that the block makes.
func readIgnoreWarnings(r *report, a *hcl.Attribute) ignoredWarnings {
	v := constant(r, a, cty.List(cty.String))
	if v.IsNull() {
		return nil
	}

	places := elementsOf(a.Expr)
	out := ignoredWarnings{}
	for n, e := range v.AsValueSlice() {
		if complaint := checkComplaint(&r.hints, e); complaint != "" {
			r.errorAt(places.at(n), "Invalid ignore_warnings", "%s", complaint)
			continue
		}
		out[e.AsString()] = true
	}
	return out
}

// checkComplaint says why a value is not the name of a check whose warnings can be ignored. It returns "" if it
// is.
func checkComplaint(h *hints, v cty.Value) string {
	if v.IsNull() {
		return "This list has a null in it. Write the names of checks."
	}

	name := v.AsString()
	check, ok := lint.FindCheck(name)
	switch {
	case !ok:
		var known []string
		for _, c := range lint.Checks() {
			known = append(known, c.Name)
		}
		return fmt.Sprintf("There is no check %q.%s Every warning ends in the name of its check, "+
			"and docs/checks.md lists them all.", name, h.didYouMean(name, known))
	case check.Severity == dns.Error:
		return fmt.Sprintf("The check %q reports errors, which cannot be switched off: "+
			"Cloudflare or DNS would refuse the record.", name)
	}
	return ""
}

// covers reports whether a problem is a warning that must not be shown.
func (w ignoredWarnings) covers(p *dns.Problem) bool { return p.Severity == dns.Warning && w[p.Rule] }
