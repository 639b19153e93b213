package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cfplan/cfplan/internal/config/lang"
)

const (
	// maxDiagnostics is the greatest number of diagnostics that are kept, because lists in loops can
	// have millions of mistakes at a few positions. Further diagnostics are only counted, except for
	// the first ones at each position.
	maxDiagnostics = 100_000
	// maxAlike is the number of diagnostics at one position that are kept beyond maxDiagnostics.
	maxAlike = 3
)

// report collects the diagnostics of Load and the sources that they quote. Each phase of Load gets the report as an
// argument and adds to it. The report removes sensitive values.
type report struct {
	files Files
	// own has the files whose text the report has copied. It may mask these copies in place.
	own  map[string]bool
	list hcl.Diagnostics
	// record is the address of the record that is being read; see within.
	record string
	// call is the module instance that is being evaluated; see inside.
	call    *callSite
	tallies map[place]*tally
	// reported has the mistakes that were reported.
	reported map[mistake]bool
	secrets  secrets
	// masked has the texts of sensitive attributes of records.
	masked map[string]bool
	// doubts are the positions of values that are unknown after evaluation.
	doubts []hcl.Range
	// functions are the names of all functions, for hints.
	functions []string
	hints     hints
	// intake counts how much this run may still read.
	intake *intake
}

type place struct {
	file       string
	start, end int
	summary    string
}

// mistake identifies a diagnostic: two diagnostics with the same mistake are equal.
type mistake struct {
	place
	detail string
}

// tally counts the diagnostics at one position: those that were kept, and those that were dropped because
// they are equal to others or too many.
type tally struct {
	kept    hcl.Diagnostics
	dropped int
}

// newReport returns an empty report. functions are the names of all functions.
func newReport(functions ...string) *report {
	return &report{
		files:     Files{},
		own:       map[string]bool{},
		tallies:   map[place]*tally{},
		reported:  map[mistake]bool{},
		secrets:   secrets{},
		masked:    map[string]bool{},
		functions: functions,
		intake:    newIntake(),
	}
}

// muted returns a report that masks the same sources, but whose diagnostics are not shown.
func (r *report) muted() *report {
	out := newReport(r.functions...)
	out.files, out.own, out.intake = r.files, r.own, r.intake
	return out
}

// add adds copies of diagnostics. It drops a diagnostic that is equal to an earlier one.
func (r *report) add(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		r.addOne(*d)
	}
}

// within marks diagnostics as being about the record with the given address, until end is called.
func (r *report) within(address string) (end func()) {
	before := r.record
	r.record = address
	return func() { r.record = before }
}

// inside marks diagnostics as being about something inside a module instance, until end is called.
func (r *report) inside(call *callSite) (end func()) {
	before := r.call
	r.call = call
	return func() { r.call = before }
}

func (r *report) addOne(d hcl.Diagnostic) {
	if d.Subject == nil {
		d.Subject = &hcl.Range{Start: hcl.InitialPos, End: hcl.InitialPos}
	}
	r.hintFunction(&d)
	r.hintPath(&d)
	explainLabels(&d)
	if r.record != "" || r.call != nil {
		d.Extra = about{r.record, r.call, d.Extra}
	}

	m := mistake{place{d.Subject.Filename, d.Subject.Start.Byte, d.Subject.End.Byte, d.Summary}, d.Detail}
	t := r.tally(m.place)
	if r.reported[m] || len(t.kept) >= maxAlike && len(r.list) >= maxDiagnostics {
		t.dropped++
		return
	}

	r.reported[m] = true
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

// errorAt adds an error at a position.
func (r *report) errorAt(rng hcl.Range, summary, format string, args ...any) {
	r.add(errorAt(rng, summary, format, args...))
}

// hintFunction replaces hcl's suggestion for an unknown function. hcl suggests the first similar name, and not the most
// similar one.
func (r *report) hintFunction(d *hcl.Diagnostic) {
	if extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d); ok {
		name := extra.CalledFunctionNamespace() + extra.CalledFunctionName()
		d.Detail = fmt.Sprintf("There is no function named %q.%s", name, r.hints.didYouMean(name, r.functions))
	}
}

// hintPath adds a hint if a function in a module did not find a file: it says what paths are relative to.
func (r *report) hintPath(d *hcl.Diagnostic) {
	extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
	var missing *lang.MissingError
	if ok && r.call != nil && errors.As(extra.FunctionCallError(), &missing) {
		d.Detail += besideModule(missing)
	}
}

// besideModule says how to name a file that is in the directory of the module.
func besideModule(missing *lang.MissingError) string {
	return fmt.Sprintf(" Paths are relative to the configuration's directory: "+
		"for a file of the module, write \"${path.module}/%s\".", missing.Name)
}

// doubt notes the position of a value that is unknown. Usually another error is the reason and has been reported. If
// there is no other error, reportDoubts turns the doubt into one, so that no record goes missing silently.
func (r *report) doubt(rng hcl.Range) { r.doubts = append(r.doubts, rng) }

func (r *report) reportDoubts() {
	if r.list.HasErrors() {
		return
	}
	for _, rng := range r.doubts {
		r.errorAt(rng, "Value not known",
			"This expression has no value. The cause may be a function that gets null where it needs a value.")
	}
}

// diagnostics returns all diagnostics, sorted by file, line and column. It removes the secrets only now, because all
// secrets are known only now.
func (r *report) diagnostics() hcl.Diagnostics {
	r.secrets.redact(r.list)
	out := slices.DeleteFunc(slices.Clone(r.list), r.repeats())
	for _, d := range out {
		addCalls(d)
	}
	for _, t := range r.tallies {
		if t.dropped > 0 {
			last := t.kept[len(t.kept)-1]
			last.Detail += fmt.Sprintf("\n(And %d more like this at the same place.)", t.dropped)
			t.dropped = 0
		}
	}

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

// repeats counts the diagnostics that have become equal because their secrets were removed. It returns a function that
// reports whether a diagnostic is a repeat.
func (r *report) repeats() func(*hcl.Diagnostic) bool {
	repeated := map[*hcl.Diagnostic]bool{}
	for _, t := range r.tallies {
		all, details := t.kept, map[string]bool{}
		t.kept = nil
		for _, d := range all {
			if details[d.Detail] {
				repeated[d] = true
				t.dropped++
			} else {
				details[d.Detail] = true
				t.kept = append(t.kept, d)
			}
		}
	}
	return func(d *hcl.Diagnostic) bool { return repeated[d] }
}

// hide masks a range of a source. Printed diagnostics show asterisks in place of it.
func (r *report) hide(rng hcl.Range) {
	if f := r.files[rng.Filename]; f != nil && rng.CanSliceBytes(f.Bytes) {
		mask(rng.SliceBytes(r.shown(rng.Filename)))
	}
}

// hideMatches masks every text in a source that the first group of a pattern matches.
func (r *report) hideMatches(name string, pattern *regexp.Regexp) {
	f := r.files[name]
	if f == nil {
		return
	}
	for _, m := range pattern.FindAllSubmatchIndex(f.Bytes, -1) {
		mask(r.shown(name)[m[2]:m[3]])
	}
}

// shown returns the text of a source that diagnostics show. The caller may mask it in place: the first call for a file
// copies the text, because the parser's own text is evaluated.
func (r *report) shown(name string) []byte {
	if !r.own[name] {
		r.files[name] = withBytes(r.files[name], bytes.Clone(r.files[name].Bytes))
		r.own[name] = true
	}
	return r.files[name].Bytes
}

// keep adds a file to the sources. Its text belongs to the parser, so the report must copy it before masking.
func (r *report) keep(name string, f *hcl.File) {
	r.files[name] = f
	delete(r.own, name)
}

// pseudoFile adds a text that does not come from a file to the sources, so that diagnostics can show it. It returns the
// range of the text.
func (r *report) pseudoFile(name, text string, secret bool) hcl.Range {
	shown := []byte(text)
	if secret {
		mask(shown)
	}
	r.keep(name, &hcl.File{Bytes: shown})
	end := hcl.Pos{Line: 1, Column: 1 + len(text), Byte: len(text)}
	return hcl.Range{Filename: name, Start: hcl.InitialPos, End: end}
}

func withBytes(f *hcl.File, src []byte) *hcl.File {
	out := *f
	out.Bytes = src
	return &out
}

// maxQuoted is the greatest number of bytes of a source that advice quotes.
const maxQuoted = 60

// assignment formats NAME = VALUE with a value from the source, so that the user can copy it. It leaves out a
// long value and a value of several lines.
func (r *report) assignment(name string, value hcl.Expression) string {
	rng := value.Range()
	text := r.quoted(rng)
	if strings.HasSuffix(rng.Filename, ".json") {
		return fmt.Sprintf("%q: %s", name, text)
	}
	return name + " = " + text
}

// quoted returns the text of a source in a range, with secrets masked. It returns an ellipsis if the text is long, has
// several lines or cannot be printed.
func (r *report) quoted(rng hcl.Range) string {
	const ellipsis = "…"
	f := r.files[rng.Filename]
	if f == nil || !rng.CanSliceBytes(f.Bytes) {
		return ellipsis
	}
	text := string(rng.SliceBytes(f.Bytes))
	unprintable := func(c rune) bool { return !unicode.IsPrint(c) }
	if text == "" || len(text) > maxQuoted || strings.ContainsFunc(text, unprintable) {
		return ellipsis
	}
	return text
}
