package config

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"
)

// The test checks the diagnostics of all archives. Each needs a position, a summary and a detail, and they
// must be in the order of files and lines.
func TestDiagnosticsHavePositionsAndAreSorted(t *testing.T) {
	for name, diags := range archiveDiagnostics(t) {
		for _, d := range diags {
			if d.Subject == nil || d.Subject.Filename == "" || d.Summary == "" || d.Detail == "" {
				t.Errorf("%s: the diagnostic %+v is incomplete", name, d)
			}
			if strings.HasSuffix(d.Summary, ".") {
				t.Errorf("%s: the summary %q ends in a full stop", name, d.Summary)
			}
		}
		inOrder := slices.IsSortedFunc(diags, func(a, b *hcl.Diagnostic) int {
			return cmp.Or(strings.Compare(a.Subject.Filename, b.Subject.Filename),
				cmp.Compare(a.Subject.Start.Line, b.Subject.Start.Line), cmp.Compare(a.Subject.Start.Column, b.Subject.Start.Column))
		})
		if !inOrder {
			t.Errorf("%s: diagnostics are not in file order: %v", name, diags)
		}
	}
}

func archiveDiagnostics(t *testing.T) map[string]hcl.Diagnostics {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	out := map[string]hcl.Diagnostics{}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := writeFiles(t, withoutWant(a.Files))
		_, _, out[path] = Load(dir, optionsOf(string(a.Comment), dir))
	}
	return out
}

func TestTheSameDiagnosticIsCounted(t *testing.T) {
	r := newReport()
	for range 1000 {
		r.errorAt(hcl.Range{Filename: "a"}, "Wrong", "This is wrong.")
	}
	r.errorAt(hcl.Range{Filename: "b"}, "Wrong", "This is wrong.")

	got := r.diagnostics()
	if len(got) != 2 || got[0].Detail != "This is wrong.\n(And 999 more like this at the same place.)" {
		t.Errorf("diagnostics %v, want two, the first with a count", got)
	}
}

// A for_each makes each mistake many times at one position, each time with another value. All of them are
// reported up to a limit. Beyond the limit, each position still has a few.
func TestDiagnosticsOfOnePlaceAreAllReported(t *testing.T) {
	const few = maxDiagnostics / 100
	r := newReport()
	for i := range few {
		r.errorAt(hcl.Range{Filename: "a"}, "Wrong", "Number %d is wrong.", i)
	}
	if got := r.diagnostics(); len(got) != few {
		t.Errorf("%d diagnostics, want %d", len(got), few)
	}

	for i := range maxDiagnostics {
		r.errorAt(hcl.Range{Filename: "a"}, "Wrong", "Number %d is wrong.", i)
	}
	for i := range 1000 {
		r.errorAt(hcl.Range{Filename: "b"}, "Wrong", "Number %d is wrong.", i)
	}
	got := r.diagnostics()
	last := got[len(got)-1].Detail
	if len(got) != maxDiagnostics+maxAlike || !strings.HasSuffix(last, "(And 997 more like this at the same place.)") {
		t.Errorf("%d diagnostics, the last is %q; want %d, with a count", len(got), last, maxDiagnostics+maxAlike)
	}
}

func TestDoubtsAreErrorsOnlyIfThereIsNoOther(t *testing.T) {
	r := newReport()
	r.doubt(hcl.Range{Filename: "a"})
	r.reportDoubts()
	if s := summaries(r.diagnostics()); s != "Value not known" {
		t.Errorf("diagnostics are %q, want the doubt", s)
	}

	r = newReport()
	r.doubt(hcl.Range{Filename: "a"})
	r.errorAt(hcl.Range{Filename: "b"}, "Wrong", "This is why.")
	r.reportDoubts()
	if s := summaries(r.diagnostics()); s != "Wrong" {
		t.Errorf("diagnostics are %q, want only the error", s)
	}
}

// Diagnostics that differ only in a secret become equal when the secret is removed.
func TestDiagnosticsThatDifferInASecretAreCounted(t *testing.T) {
	r := newReport()
	for _, secret := range []string{"hunter1", "hunter2"} {
		r.errorAt(hcl.Range{Filename: "a"}, "Wrong", "The value %q is wrong.", secret)
		r.secrets[secret] = true
	}

	got := r.diagnostics()
	if want := withheld + "\n(And 1 more like this at the same place.)"; len(got) != 1 || got[0].Detail != want {
		t.Errorf("diagnostics %v, want one with the detail %q", got, want)
	}
}
