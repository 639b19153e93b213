package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"syscall"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// printer writes what people and programs read: text and JSON on stdout, diagnostics
// and errors on stderr.
type printer struct {
	streams
	output *output
	env    environment
	dir    *directory
	// hidden are texts that messages must not show; nil if there are none.
	hidden *hiding

	// commands matches cfplan followed by the name of a command; nil until the commands are known.
	commands *regexp.Regexp

	noColor bool
	// asJSON is -json. Commands that have no JSON ignore it.
	asJSON bool
	// compactWarnings is -compact-warnings.
	compactWarnings bool
	// input is -input. Without it, a command fails instead of asking.
	input bool
}

func (p *printer) register(flags *pflag.FlagSet) {
	flags.BoolVar(&p.noColor, "no-color", false, "print without color (also NO_COLOR)")
	flags.BoolVar(&p.asJSON, "json", false, "print JSON, if the command supports it")
	flags.BoolVar(&p.compactWarnings, "compact-warnings", false, "show only the summaries of warnings")
	flags.BoolVar(&p.input, "input", true, "ask for approval; with -input=false, a command fails instead of asking")
}

// printf writes to stdout. The output keeps an error, which fails the command at its end.
func (p *printer) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format, args...) }

// shown returns an error if the output so far could not be written. A command calls it before it
// changes something that the user, or the log of the job, must have seen first.
func (p *printer) shown() error {
	if err := p.output.failure(); err != nil {
		return &outputError{err, "Nothing was changed, because the plan could not be shown."}
	}
	return nil
}

// finish returns the error with which the command ends: its own error, joined with the failure of
// the output if that could not be written. If the reader has gone away, as with head, nothing is
// printed about the output, but the command still fails.
func (p *printer) finish(err error) error {
	failed := p.output.failure()
	var own *outputError
	var status exitStatus
	switch {
	case failed == nil:
		return err
	case errors.As(err, &own):
	case errors.Is(err, failed):
		err = &outputError{failed, "The command ended there."}
	case err == nil, errors.As(err, &status):
		err = &outputError{failed, "A part of it is lost. The command itself did all of its work."}
	default:
		err = errors.Join(err, &outputError{failed, "A part of it is lost."})
	}
	if errors.Is(failed, syscall.EPIPE) {
		return withoutOutput(err)
	}
	return err
}

// withoutOutput removes the parts about the output from an error.
func withoutOutput(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range joined.Unwrap() {
			out = append(out, withoutOutput(e))
		}
		return errors.Join(out...)
	}
	var output *outputError
	if errors.As(err, &output) {
		return errShown
	}
	return err
}

// ask asks a question; only yes counts as approval. withoutAsking is the flag that makes the
// question unnecessary.
func (p *printer) ask(ctx context.Context, question, withoutAsking string) (yes bool, err error) {
	if !p.input {
		return false, failure("Approval is needed",
			"-input=false does not let cfplan ask for it. Add %s to go on without asking. Nothing was changed.",
			withoutAsking)
	}
	return p.streams.ask(ctx, question)
}

// errorf writes to stderr.
func (p *printer) errorf(format string, args ...any) {
	_, _ = fmt.Fprint(p.err, p.hidden.redact(fmt.Sprintf(format, args...)))
}

// json writes a document of -json. All commands use it, so that no document contains characters
// that a terminal or the log of a CI job would obey.
func (p *printer) json(v any) error {
	if whole, ok := v.(*plan.Plan); ok {
		v = whole.Masked()
	}
	return plan.WriteJSON(p.out, v)
}

// color reports whether w gets color. A terminal does, unless -no-color, NO_COLOR (no-color.org)
// or a dumb terminal prevents it. Anything else only gets color with CLICOLOR_FORCE.
func (p *printer) color(w io.Writer) bool {
	switch {
	case p.noColor || p.env.get("NO_COLOR") != "":
		return false
	case p.env.get("CLICOLOR_FORCE") != "" && p.env.get("CLICOLOR_FORCE") != "0":
		return true
	default:
		return isTerminal(w) && p.env.get("TERM") != "dumb"
	}
}

// textOptions returns the options for rendering to stdout.
func (p *printer) textOptions() render.TextOptions {
	return render.TextOptions{Color: p.color(p.out), Width: width(p.out)}
}

// report shows an error: what happened, where, and what to do next. Joined errors are
// shown one by one.
func (p *printer) report(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			p.report(e)
		}
		return
	}
	if !errors.Is(err, errShown) {
		p.diagnose(describe(err).diagnostics(hcl.DiagError), nil)
	}
}

// warn shows a warning that has no place in the configuration.
func (p *printer) warn(summary, format string, args ...any) {
	p.diagnose(messagef(summary, format, args...).diagnostics(hcl.DiagWarning), nil)
}

// diagnose prints diagnostics to stderr, each with its source line. In a job of GitHub Actions,
// errors also appear on the page of the job.
func (p *printer) diagnose(diags hcl.Diagnostics, files config.Files) {
	diags = p.allInDirectory(diags)
	_ = render.Diagnostics(p.err, diags, files, render.DiagnosticOptions{ // there is no other stream to report it on
		TextOptions:     render.TextOptions{Color: p.color(p.err), Width: width(p.err)},
		Redact:          p.hidden.redact,
		Record:          config.RecordOf,
		CompactWarnings: p.compactWarnings,
	})
	if onGitHub(p.env) {
		_ = render.GitHubErrors(p.err, p.errorsOnGitHub(diags))
	}
}

// errorsOnGitHub returns the errors with their places as GitHub knows them.
func (p *printer) errorsOnGitHub(diags hcl.Diagnostics) []plan.Diagnostic {
	path := repositoryOf(p.env, p.dir).path
	var out []plan.Diagnostic
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		e := plan.Diagnostic{Severity: dns.Error, Summary: p.hidden.redact(d.Summary), Detail: p.hidden.redact(d.Detail)}
		if d.Subject != nil && d.Subject.Filename != "" {
			e.Position = &plan.Position{File: path(d.Subject.Filename), Line: d.Subject.Start.Line}
		}
		out = append(out, e)
	}
	return out
}

// planDiagnostics converts the diagnostics of a plan to diagnostics of hcl. A plan has the line of a
// position, but not the column.
func planDiagnostics(diags []plan.Diagnostic) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range diags {
		h := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: d.Summary, Detail: d.Detail}
		if d.Severity == dns.Warning {
			h.Severity = hcl.DiagWarning
		}
		if d.Position != nil {
			line := hcl.Pos{Line: d.Position.Line}
			h.Subject = &hcl.Range{Filename: d.Position.File, Start: line, End: line}
		}
		out = append(out, h)
	}
	return out
}

// hideDeclared keeps the sensitive values of the configuration out of messages.
func (p *printer) hideDeclared(cfg *config.Config) {
	var texts dns.Hidden
	for _, z := range cfg.Zones {
		texts.AddDeclared(z)
	}
	p.hidden.add(texts)
}

// hideTexts keeps texts out of messages, in lower case too, because record names are in lower case.
func (p *printer) hideTexts(list []string) {
	var texts dns.Hidden
	for _, text := range list {
		texts.AddText(text)
		texts.AddText(strings.ToLower(text))
	}
	p.hidden.add(texts)
}
