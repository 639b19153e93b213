package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// fromProblem gives a problem its place. The detail of one with a sensitive
// value is withheld: it quotes the value.
func fromProblem(p *dns.Problem, rng hcl.Range, secret bool) *hcl.Diagnostic {
	detail := p.Detail
	if secret {
		detail = withheld
	}
	if p.Severity == dns.Warning {
		return warningAt(rng, p.Summary, "%s", detail)
	}
	return errorAt(rng, p.Summary, "%s", detail)
}
