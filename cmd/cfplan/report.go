package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/review"
	"github.com/cfplan/cfplan/internal/state"
)

// diagnose prints diagnostics to stderr, each with its source line.
func (a *app) diagnose(diags hcl.Diagnostics, files config.Files) {
	w := hcl.NewDiagnosticTextWriter(a.err, masked(files), uint(width(a.err)), a.colour(a.err))
	for _, d := range diags {
		safe := *d
		safe.Summary, safe.Detail = render.EscapeText(oneLine(d.Summary)), render.EscapeText(unheaded(d.Detail))
		safe.Subject, safe.Context = maskedRange(d.Subject), maskedRange(d.Context)
		_ = w.WriteDiagnostic(&safe) // nothing is left to tell it on
		if a.onGitHub() && d.Severity == hcl.DiagError {
			_ = render.GitHubError(a.err, d.Summary, d.Detail, a.onRepository(d.Subject))
		}
	}
}

// oneLine writes the line breaks of a summary out: what others wrote must not begin
// another diagnostic.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", `\n`) }

// heading begins a line as a diagnostic does.
var heading = regexp.MustCompile(`(?m)^([ \t│╷╵|]*(?:Error|Warning))[ \t]*:`)

// unheaded writes the colon out of each line of a detail that would pass for the
// beginning of a diagnostic: those lines are in what others wrote.
func unheaded(s string) string { return heading.ReplaceAllString(s, `$1\u{3a}`) }

// masked are files whose names and lines can be shown: what others wrote into them
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

// onRepository is a place as GitHub knows it; nil where there is none.
func (a *app) onRepository(r *hcl.Range) *plan.Position {
	if r == nil || r.Filename == "" {
		return nil
	}
	return &plan.Position{File: a.repositoryPath()(r.Filename), Line: r.Start.Line}
}

// report tells an error: what happened, where, and what to do next. Errors that
// were joined are told one by one.
func (a *app) report(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			a.report(e)
		}
		return
	}
	if errors.Is(err, errShown) {
		return
	}
	a.diagnose(describe(err).diagnostics(hcl.DiagError), nil)
}

// message is what people read about an error: what happened, then the details and what
// to do.
type message struct{ summary, detail string }

func messagef(summary, format string, args ...any) message {
	return message{summary, fmt.Sprintf(format, args...)}
}

func (m message) diagnostics(severity hcl.DiagnosticSeverity) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: severity, Summary: m.summary, Detail: m.detail}}
}

// messageError is an error that brings its own words.
type messageError struct{ message }

func (e *messageError) Error() string { return e.summary + ": " + e.detail }

// failure returns an error with a summary and the details.
func failure(summary, format string, args ...any) error {
	return &messageError{messagef(summary, format, args...)}
}

// describe finds the words for an error.
func describe(err error) message {
	var (
		usage   usageError
		refused *reconcile.RefusedError
		zone    *reconcile.ZoneError
		stale   *reconcile.StaleError
		write   *reconcile.WriteError
		unsaved *reconcile.UnsavedError
		limit   *reconcile.LimitError
		past    *reconcile.NoHistoryError
		locked  *state.LockedError
		edit    *state.EditError
		damaged *state.UnreadableError
		api     *cloudflare.Error
		forge   *review.Error
		own     *messageError
	)
	switch {
	case errors.As(err, &own):
		return own.message
	case errors.As(err, &usage):
		return messagef("Wrong usage", "%s. See cfplan help.", usage)
	case errors.As(err, &refused):
		return describeRefusal(refused)
	case errors.As(err, &stale):
		return describeStale(stale)
	case errors.As(err, &write):
		return describeWrite(write)
	case errors.As(err, &unsaved):
		return describeUnsaved(unsaved)
	case errors.As(err, &past):
		return messagef(capital(past.Error()), "Nothing was changed. cfplan state history lists the applies that can be taken back with this state: %s.", serials(past.Known))
	case errors.As(err, &limit):
		return describeLimit(limit)
	case errors.As(err, &zone):
		return messagef(zone.Summary, "%s: %s", zone.Zone, zone.Detail)
	case errors.As(err, &locked):
		return describeLock(locked)
	case errors.As(err, &edit):
		return messagef(string(edit.Refusal), "%s. %s", capital(edit.Problem), edit.Next)
	case errors.As(err, &damaged):
		return messagef("State cannot be read", "%v.", damaged)
	case errors.As(err, &api):
		return messagef("Cloudflare refused the request", "%s\n\n%s", err, steps(api.Guidance().Cause(), api.Guidance().Steps))
	case errors.As(err, &forge):
		return messagef("Comment could not be posted", "%s.\n\n%s", strings.TrimSuffix(err.Error(), "."), numbered(forge.Steps()))
	default:
		return describePlain(err)
	}
}

func describePlain(err error) message {
	switch {
	case errors.Is(err, reconcile.ErrInterrupted):
		return messagef("Interrupted", "%s.", err)
	case errors.Is(err, reconcile.ErrReadOnly):
		return messagef("Read-only plan cannot be applied",
			"This plan was not made from live state, so nothing was changed. Mend the credentials, then make a new plan.")
	case errors.Is(err, reconcile.ErrApplied):
		return messagef("Saved plan has been applied already", "%s. Nothing was changed.", err)
	case errors.Is(err, reconcile.ErrOtherState):
		return messagef("Saved plan belongs to another state",
			"The plan was made with another state than the one in use here. Nothing was changed. Make the plan again, in this directory and with this state.")
	case errors.Is(err, plan.ErrAltered):
		return messagef("Saved plan was altered", "%s. Nothing was changed. Make the plan again.", err)
	case errors.Is(err, state.ErrLockLost):
		return messagef("State lock was taken away",
			"%s: somebody ran cfplan force-unlock while this run held the lock, so it stopped writing. What was done until then is recorded.", err)
	default:
		summary, detail, _ := strings.Cut(err.Error(), "\n") // errors that were joined are on lines of their own
		return messagef(capital(summary), "%s", detail)
	}
}

// firstWord finds the first word of a sentence that is no name, URL or path.
var firstWord = regexp.MustCompile(`^[a-z]+(?:[ ,]|$)`)

// capital begins a sentence with a capital letter, and leaves names as they are.
func capital(s string) string {
	if s == "" {
		return "Unknown error"
	}
	if word := firstWord.FindString(s); word == "" || strings.TrimRight(word, " ,") == "cfplan" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func describeRefusal(e *reconcile.RefusedError) message {
	var b strings.Builder
	for i, d := range e.Degraded {
		if i > 0 && d.Code == e.Degraded[0].Code && d.Message == e.Degraded[0].Message {
			continue // the same refusal, told once; the zones are all named above
		}
		fmt.Fprintf(&b, "\n\n%s\n%s", render.Refusal(d), steps(d.Cause, d.Guidance))
	}
	names := make([]string, len(e.Degraded))
	for i, d := range e.Degraded {
		names[i] = d.Zone
	}
	return messagef("Cloudflare refused or could not be reached", "%s: %s.%s", strings.Join(names, ", "), e.Wanted, b.String())
}

func steps(cause string, list []string) string {
	return strings.TrimRight("Cause: "+cause+"\n"+numbered(list), "\n")
}

func numbered(list []string) string {
	var b strings.Builder
	for i, s := range list {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, s)
	}
	return strings.TrimRight(b.String(), "\n")
}

func describeStale(e *reconcile.StaleError) message {
	var b strings.Builder
	for _, z := range e.Zones {
		for _, s := range z.Changes {
			fmt.Fprintf(&b, "\n  - %s: %s: %s", z.Name, render.Line(s.Change), s.Why)
		}
	}
	return messagef("Saved plan is stale",
		"Records that the plan touches have changed since it was made. Nothing was changed.%s\n\nMake the plan again and have it reviewed.", b.String())
}

func describeWrite(e *reconcile.WriteError) message {
	var b strings.Builder
	switch {
	case e.InDoubt:
		b.WriteString("\n\nNo answer tells whether these changes were made. The next cfplan plan reads the zone and shows what is left; nothing is done twice.")
	case len(e.Suspects) == 1:
		fmt.Fprintf(&b, "\n\nIt is about %s.", place(e.Suspects[0]))
	case len(e.Suspects) > 1:
		b.WriteString("\n\nCloudflare does not say which record it is about. It is one of these:" + listed(e.Suspects))
	}
	var api *cloudflare.Error
	if errors.As(e.Err, &api) && !e.InDoubt {
		fmt.Fprintf(&b, "\n\nNothing of this request was changed.\n\n%s", steps(api.Guidance().Cause(), api.Guidance().Steps))
	}
	return messagef("Changes of "+e.Zone+" were refused", "%s%s", e.Err, b.String())
}

// mostListed keeps an error about 3,500 records readable.
const mostListed = 10

func listed(changes []plan.Change) string {
	var b strings.Builder
	for i, c := range changes {
		if i == mostListed {
			fmt.Fprintf(&b, "\n  - and %d more", len(changes)-i)
			break
		}
		b.WriteString("\n  - " + place(c))
	}
	return b.String()
}

func place(c plan.Change) string {
	if c.DeclaredAt == nil {
		return render.Line(c)
	}
	return fmt.Sprintf("%s (%s:%d)", render.Line(c), c.DeclaredAt.File, c.DeclaredAt.Line)
}

func describeUnsaved(e *reconcile.UnsavedError) message {
	return messagef("State could not be saved",
		"These changes of %s were made at Cloudflare, but the state does not know of them: %v.%s\n\n"+
			"Make the state writable and run cfplan apply again: it reads the zone first and records what was done.",
		e.Zone, e.Err, listed(e.Done))
}

func serials(list []uint64) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

func describeLimit(e *reconcile.LimitError) message {
	var b strings.Builder
	for _, z := range e.Zones {
		for _, r := range z.Risks {
			fmt.Fprintf(&b, "\n  - %s", r.Text)
		}
	}
	return messagef("Plan destroys more than the limit",
		"Nothing was changed.%s\n\nIf all of it is meant, run it again with -allow-destroy=%d; max_destroy in a limits block sets the limit.", b.String(), e.Most())
}

func describeLock(e *state.LockedError) message {
	holder := e.Holder.Printable()
	next := "remove its lock where the state is stored: it has left no ID for cfplan force-unlock"
	if holder.ID != "" {
		next = "break its lock with: cfplan force-unlock " + argument(holder.ID)
	}
	return messagef("State is locked",
		"%s.\n\nWait for it with -lock-timeout=5m. If that run is dead, %s", &state.LockedError{Holder: holder}, next)
}

// plainArgument is what no shell takes apart, and no command for a flag.
var plainArgument = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]*$`)

// argument is what others wrote as an argument of a command to copy.
func argument(s string) string {
	if plainArgument.MatchString(s) {
		return s
	}
	quoted := "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	if strings.HasPrefix(s, "-") {
		return "-- " + quoted
	}
	return quoted
}

// planDiagnostics turns what a plan has to say into hcl's form. hcl prints a
// source line only for files that it has read; the position is in the text then.
func planDiagnostics(diags []plan.Diagnostic, files config.Files) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range diags {
		h := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: d.Summary, Detail: d.Detail}
		if d.Severity == dns.Warning {
			h.Severity = hcl.DiagWarning
		}
		if d.Position != nil {
			h.Subject = subject(d.Position, files)
		}
		out = append(out, h)
	}
	return out
}

// subject points at the whole line of a position.
func subject(p *plan.Position, files config.Files) *hcl.Range {
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
