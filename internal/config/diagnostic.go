package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// withheld replaces a detail that may quote a sensitive value.
const withheld = "The reason is not shown, because it may quote a sensitive value."

// recordExtra is the Extra of a diagnostic about a record.
type recordExtra struct {
	address string
	// inner is what hcl says beside the diagnostic.
	inner any
}

// UnwrapDiagnosticExtra implements [hcl.DiagnosticExtraUnwrapper].
func (e recordExtra) UnwrapDiagnosticExtra() any { return e.inner }

// RecordOf returns the address of the record that a diagnostic of [Load] is about, such as example.com/A/www. It is
// empty if the diagnostic is not about one record.
func RecordOf(d *hcl.Diagnostic) string {
	e, _ := hcl.DiagnosticExtra[recordExtra](d)
	return e.address
}

func errorAt(rng hcl.Range, summary, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Subject:  &rng,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
	}
}

func warningAt(rng hcl.Range, summary, format string, args ...any) *hcl.Diagnostic {
	d := errorAt(rng, summary, format, args...)
	d.Severity = hcl.DiagWarning
	return d
}

// fromProblem turns what the rules of DNS say into a diagnostic. If the record has a
// sensitive value, the detail is withheld, because it quotes values. A warning that can
// be switched off ends in the name to switch it off by.
func fromProblem(p *dns.Problem, rng hcl.Range, secret bool) *hcl.Diagnostic {
	detail := p.Detail
	if secret {
		detail = withheld
	}
	if p.Severity != dns.Warning {
		return errorAt(rng, p.Summary, "%s", detail)
	}

	if _, ok := lint.FindCheck(p.Rule); ok {
		detail += " (check " + p.Rule + ")"
	}
	return warningAt(rng, p.Summary, "%s", detail)
}

// at renders a place for the text of a diagnostic.
func at(rng hcl.Range) string { return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line) }
