package reconcile

import (
	"cmp"
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// inScope gives targets that are no longer declared the configuration's scope. A declared zone has
// the scope in its policy.
func inScope(targets []target, scope dns.Scope) []target {
	for i := range targets {
		if targets[i].undeclared {
			targets[i].declared.Policy.Scope = scope
		}
	}
	return targets
}

// notDestroyed returns warnings about records that a plan to destroy everything leaves because they
// are outside of the scope.
func notDestroyed(seen observation, known *state.Zone) []plan.Diagnostic {
	scope := seen.declared.Policy.Scope.In(seen.name)
	outside := 0
	for _, r := range seen.zone.Records {
		if known.Owns(r.ID) && !scope.Has(r) {
			outside++
		}
	}
	if outside == 0 {
		return nil
	}
	return []plan.Diagnostic{outsideOfScope(seen, fmt.Sprintf(
		"cfplan owns %s of %s outside of the scope",
		english.Count(outside, "record"), seen.name), "They are not destroyed.")}
}

// notTakenBack returns warnings about changes that a rollback leaves because their records are
// outside of the scope.
func notTakenBack(seen []observation, applies []Applied) []plan.Diagnostic {
	var out []plan.Diagnostic
	for _, s := range seen {
		scope := s.declared.Policy.Scope.In(s.name)
		outside := 0
		for _, a := range applies {
			for _, z := range a.Plan.Zones {
				for _, c := range z.Changes {
					before := dns.Record{Name: cmp.Or(c.PreviousName, c.Name), Type: c.Type}
					if z.Name == s.name && (!scope.Has(dns.Record{Name: c.Name, Type: c.Type}) || !scope.Has(before)) {
						outside++
					}
				}
			}
		}
		if outside > 0 {
			out = append(out, outsideOfScope(s, fmt.Sprintf(
				"%s of %s changed records outside of the scope",
				english.Count(outside, "change"), s.name), "They are not undone."))
		}
	}
	return out
}

func outsideOfScope(seen observation, what, so string) plan.Diagnostic {
	return plan.Diagnostic{
		Severity: dns.Warning,
		Summary:  "Records are outside of the scope",
		Detail: fmt.Sprintf("%s%s. %s If they belong to this configuration, widen the scope.",
			what, seen.declared.Policy.Scope.Place(), so),
		Position: plan.PositionOf(seen.declared.Policy),
	}
}
