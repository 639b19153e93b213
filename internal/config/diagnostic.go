package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// fromProblem gives a problem its place. The detail of one with a sensitive
// value is withheld: it quotes the value. A warning that can be switched off
// ends in the name to do it by.
func fromProblem(p *dns.Problem, rng hcl.Range, secret bool) *hcl.Diagnostic {
	detail := p.Detail
	if secret {
		detail = withheld
	}
	if p.Severity == dns.Warning {
		if _, ok := lint.FindCheck(p.Rule); ok {
			detail += " (check " + p.Rule + ")"
		}
		return warningAt(rng, p.Summary, "%s", detail)
	}
	return errorAt(rng, p.Summary, "%s", detail)
}
