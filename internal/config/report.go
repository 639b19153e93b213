package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxAlike bounds how often the same problem is told at the same place. A
// for_each of a thousand elements makes each mistake a thousand times.
const maxAlike = 3

// report collects diagnostics.
type report struct {
	list    hcl.Diagnostics
	tallies map[place]*tally
	secrets secrets
	// doubts are the places of values that nobody knows.
	doubts []hcl.Range
	// unset counts the variables that may go without a value: they are the reason
	// for doubts.
	unset int
	// functions are the names of all functions, for hints.
	functions []string
}

type place struct {
	file       string
	start, end int
	summary    string
}

// tally counts what was said at one place: kept in full, or dropped as alike.
type tally struct {
	kept    hcl.Diagnostics
	dropped int
}

func newReport() *report { return &report{tallies: map[place]*tally{}, secrets: secrets{}} }

// add takes diagnostics, each as a copy, and drops repeats.
func (r *report) add(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		r.addOne(*d)
	}
}

func (r *report) addOne(d hcl.Diagnostic) {
	if d.Subject == nil {
		d.Subject = &hcl.Range{Start: hcl.InitialPos, End: hcl.InitialPos}
	}
	r.secrets.redact(&d)
	r.hintFunction(&d)
	t := r.tally(place{d.Subject.Filename, d.Subject.Start.Byte, d.Subject.End.Byte, d.Summary})
	alike := func(o *hcl.Diagnostic) bool { return o.Detail == d.Detail }
	if len(t.kept) == maxAlike || slices.ContainsFunc(t.kept, alike) {
		t.dropped++
		return
	}
	t.kept = append(t.kept, &d)
	r.list = append(r.list, &d)
}

func (r *report) tally(p place) *tally {
	t := r.tallies[p]
	if t == nil {
		t = &tally{}
		r.tallies[p] = t
	}
	return t
}

// errorAt adds an error at a place.
func (r *report) errorAt(rng hcl.Range, summary, format string, args ...any) {
	r.add(errorAt(rng, summary, format, args...))
}

// hintFunction puts our own hint after a call to an unknown function: hcl takes
// the first name that is near, not the nearest.
func (r *report) hintFunction(d *hcl.Diagnostic) {
	if extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d); ok {
		name := extra.CalledFunctionNamespace() + extra.CalledFunctionName()
		d.Detail = fmt.Sprintf("There is no function named %q.%s", name, dns.DidYouMean(name, r.functions))
	}
}

// doubt notes a value that is not known. Usually another error is why, and says
// all that there is to say; if there is none, this becomes one. Without it, a
// record could go missing in silence.
func (r *report) doubt(rng hcl.Range) { r.doubts = append(r.doubts, rng) }

func (r *report) settleDoubts() {
	if r.list.HasErrors() || r.unset > 0 {
		return
	}
	for _, rng := range r.doubts {
		r.errorAt(rng, "Value not known", "This expression has no value. A function that is given null where it needs a value can be the cause.")
	}
}

// diagnostics returns all of them in order of file, line and column.
func (r *report) diagnostics() hcl.Diagnostics {
	r.settleDoubts()
	for _, t := range r.tallies {
		if t.dropped > 0 {
			last := t.kept[len(t.kept)-1]
			last.Detail += fmt.Sprintf("\n(And %d more like this at the same place.)", t.dropped)
			t.dropped = 0
		}
	}
	out := slices.Clone(r.list)
	slices.SortStableFunc(out, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Line, b.Subject.Start.Line),
			cmp.Compare(a.Subject.Start.Column, b.Subject.Start.Column),
			strings.Compare(a.Summary, b.Summary),
			strings.Compare(a.Detail, b.Detail),
		)
	})
	return out
}

func errorAt(rng hcl.Range, summary, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Subject: &rng, Summary: summary, Detail: fmt.Sprintf(format, args...)}
}

func warningAt(rng hcl.Range, summary, format string, args ...any) *hcl.Diagnostic {
	d := errorAt(rng, summary, format, args...)
	d.Severity = hcl.DiagWarning
	return d
}

// at renders a place for the text of a diagnostic.
func at(rng hcl.Range) string { return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line) }
