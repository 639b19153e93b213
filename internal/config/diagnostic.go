package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// withheld replaces a detail that may quote a sensitive value.
const withheld = "The reason is not shown, because it may quote a sensitive value."

// about is the Extra of a diagnostic about a record, or about something inside a module.
type about struct {
	// record is the address of the record. It is empty if the diagnostic is not about one record.
	record string
	// call is the instance of the module. It is nil for the root module, and after addCalls has
	// added the instance to the detail.
	call *callSite
	// inner is the Extra that hcl gave to the diagnostic.
	inner any
}

// UnwrapDiagnosticExtra implements [hcl.DiagnosticExtraUnwrapper].
func (e about) UnwrapDiagnosticExtra() any { return e.inner }

// RecordOf returns the address of the record that a diagnostic of [Load] is about, such as
// example.com/A/www. It is empty if the diagnostic is not about one record.
func RecordOf(d *hcl.Diagnostic) string {
	e, _ := hcl.DiagnosticExtra[about](d)
	return e.record
}

// maxCalls is the greatest number of module calls that the detail of a diagnostic names.
const maxCalls = 5

// addCalls completes a diagnostic about something inside a module. It adds the module instance and the
// position of its block, then the same for the calling module, and so on up to the root module. A diagnostic
// about the module block itself already shows that position.
func addCalls(d *hcl.Diagnostic) {
	e, _ := hcl.DiagnosticExtra[about](d)
	call := e.call
	if call == nil {
		return
	}
	d.Extra = about{record: e.record, inner: e.inner}
	for call != nil && call.rng.Filename == d.Subject.Filename {
		call = call.caller
	}

	text := ""
	for n := 0; call != nil; call, n = call.caller, n+1 {
		if n == maxCalls {
			text += "\nAnd so on, up to the configuration itself."
			break
		}
		text += fmt.Sprintf("\nIn %s, called at %s.", call.module, at(call.rng))
	}
	if text != "" {
		d.Detail += "\n" + text
	}
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

// fromProblem turns a problem of package dns or lint into a diagnostic. secret says that the record has a
// sensitive value; the detail is then withheld, because it quotes values. A warning that can be switched off
// ends in the name of its check.
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

// at formats a position for the text of a diagnostic.
func at(rng hcl.Range) string { return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line) }
