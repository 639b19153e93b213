package main

import (
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

	noColor bool
	// asJSON is -json. Commands that have no JSON ignore it.
	asJSON bool
}

func (p *printer) register(flags *pflag.FlagSet) {
	flags.BoolVar(&p.noColor, "no-color", false, "no colour (also NO_COLOR)")
	flags.BoolVar(&p.asJSON, "json", false, "machine-readable output, where a command has it")
}

// printf writes to stdout. An error is kept there, and fails the command in the end.
func (p *printer) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format, args...) }

// shown returns an error if something that was printed so far did not arrive. A command asks before it
// does what the user, or the log of the job, was to see first.
func (p *printer) shown() error {
	if err := p.output.failure(); err != nil {
		return &outputError{err, "Nothing was changed, as the plan could not be shown."}
	}
	return nil
}

// finish returns the error that the command ends with: its own, and that of an output that could not be written.
// A reader that has gone away, as head does, is no news to anybody, but the command has not succeeded.
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

// withoutOutput returns an error that is reported without the parts that are about the output.
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

// errorf writes to stderr.
func (p *printer) errorf(format string, args ...any) {
	_, _ = fmt.Fprint(p.err, p.hidden.redact(fmt.Sprintf(format, args...)))
}

// json writes a document of -json. Every command's goes through here, so that none
// carries what a terminal or a CI job's log would obey.
func (p *printer) json(v any) error {
	if whole, ok := v.(*plan.Plan); ok {
		v = whole.Masked()
	}
	return plan.WriteJSON(p.out, v)
}

// colour reports whether w gets colour. A terminal does, unless -no-color, NO_COLOR
// (no-color.org) or a dumb terminal says otherwise; anything else only does with
// CLICOLOR_FORCE.
func (p *printer) colour(w io.Writer) bool {
	switch {
	case p.noColor || p.env.get("NO_COLOR") != "":
		return false
	case p.env.get("CLICOLOR_FORCE") != "" && p.env.get("CLICOLOR_FORCE") != "0":
		return true
	default:
		return isTerminal(w) && p.env.get("TERM") != "dumb"
	}
}

// textOptions are those of everything that is rendered to stdout.
func (p *printer) textOptions() render.TextOptions {
	return render.TextOptions{Color: p.colour(p.out), Width: width(p.out)}
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

// diagnose prints diagnostics to stderr, each with its source line.
func (p *printer) diagnose(diags hcl.Diagnostics, files config.Files) {
	w := hcl.NewDiagnosticTextWriter(p.err, masked(files), uint(width(p.err)), p.colour(p.err))
	for _, d := range diags {
		safe := *d
		summary, detail := p.hidden.redact(d.Summary), p.hidden.redact(d.Detail)
		safe.Summary, safe.Detail = render.EscapeText(oneLine(summary)), render.EscapeText(withoutHeadings(detail))
		safe.Subject, safe.Context = maskedRange(d.Subject), maskedRange(d.Context)
		_ = w.WriteDiagnostic(&safe) // there is no other stream to report it on

		if onGitHub(p.env) && d.Severity == hcl.DiagError {
			_ = render.GitHubError(p.err, summary, detail, p.positionOnGitHub(d.Subject))
		}
	}
}

// positionOnGitHub returns a place as GitHub knows it, or nil if there is none.
func (p *printer) positionOnGitHub(r *hcl.Range) *plan.Position {
	if r == nil || r.Filename == "" {
		return nil
	}
	return &plan.Position{File: repositoryPath(p.env, p.dir)(r.Filename), Line: r.Start.Line}
}

// oneLine escapes the line breaks of a summary: what others wrote must not begin
// another diagnostic.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", `\n`) }

// heading begins a line as a diagnostic does.
var heading = regexp.MustCompile(`(?m)^([ \t│╷╵|]*(?:Error|Warning))[ \t]*:`)

// withoutHeadings escapes the colon of each line of a detail that looks like the
// beginning of a diagnostic: such lines come from what others wrote.
func withoutHeadings(s string) string { return heading.ReplaceAllString(s, `$1\u{3a}`) }

// masked returns files whose names and lines can be shown: what others wrote into them
// must not reach the terminal, or a CI job's log, as it is.
func masked(files config.Files) config.Files {
	out := make(config.Files, len(files))
	for name, f := range files {
		copied := *f
		copied.Bytes = render.Mask(f.Bytes)
		out[render.Escape(name)] = &copied
	}
	return out
}

func maskedRange(r *hcl.Range) *hcl.Range {
	if r == nil {
		return nil
	}
	out := *r
	out.Filename = render.Escape(r.Filename)
	return &out
}

// planDiagnostics turns the diagnostics of a plan into hcl's form. hcl prints a source
// line only for files that it has read; for others the position is in the text.
func planDiagnostics(diags []plan.Diagnostic, files config.Files) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range diags {
		h := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: d.Summary, Detail: d.Detail}
		if d.Severity == dns.Warning {
			h.Severity = hcl.DiagWarning
		}
		if d.Position != nil {
			h.Subject = lineRange(d.Position, files)
		}
		out = append(out, h)
	}
	return out
}

// lineRange covers the whole line of a position.
func lineRange(p *plan.Position, files config.Files) *hcl.Range {
	start := hcl.Pos{Line: p.Line, Column: 1}
	rng := hcl.Range{Filename: p.File, Start: start, End: start}
	f := files[p.File]
	if f == nil {
		return &rng
	}
	lines := strings.SplitAfter(string(f.Bytes), "\n")
	if p.Line < 1 || p.Line > len(lines) {
		return &rng
	}

	for _, l := range lines[:p.Line-1] {
		rng.Start.Byte += len(l)
	}
	line := strings.TrimRight(lines[p.Line-1], "\r\n")
	rng.End = hcl.Pos{Line: p.Line, Column: len(line) + 1, Byte: rng.Start.Byte + len(line)}
	return &rng
}

// hideDeclared keeps what the configuration declares to be sensitive out of messages.
func (p *printer) hideDeclared(cfg *config.Config) {
	var texts dns.Hidden
	for _, z := range cfg.Zones {
		texts.AddDeclared(z)
	}
	p.hidden.add(texts)
}
