package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/state"
)

// The command that breaks a lock is made to be copied, and its ID is what somebody
// else wrote.
func TestTheIDOfALockIsOneArgument(t *testing.T) {
	for id, want := range map[string]string{
		"6f1c-aB9":       "cfplan force-unlock 6f1c-aB9",
		"$(touch PWN)":   "cfplan force-unlock '$(touch PWN)'",
		"a'; touch PWN'": `cfplan force-unlock 'a'\''; touch PWN'\'''`,
		"-force":         "cfplan force-unlock -- '-force'",
		"a\nb":           "cfplan force-unlock ab",
		"":               "it has left no ID for cfplan force-unlock",
	} {
		d := describe(&state.LockedError{Holder: state.Holder{ID: id, Who: "me\nError: no"}})
		if !strings.HasSuffix(d.detail, want) {
			t.Errorf("ID %q: %s, want %q", id, d.detail, want)
		}
		if strings.Contains(d.detail, "\nError") {
			t.Errorf("the holder begins a line: %q", d.detail)
		}
	}
}

func TestSentencesBeginWithACapitalAndNamesStay(t *testing.T) {
	for text, want := range map[string]string{
		"the state is locked":           "The state is locked",
		"interrupted, once":             "Interrupted, once",
		"gone":                          "Gone",
		"":                              "Unknown error",
		"cfplan.state.json: no":         "cfplan.state.json: no",
		"http://h/state: no":            "http://h/state: no",
		"dns/cfplan.state.json: no":     "dns/cfplan.state.json: no",
		"s3 answers nothing":            "s3 answers nothing",
		"cfplan force-unlock was there": "cfplan force-unlock was there",
		"élan":                          "élan",
	} {
		if got := capital(text); got != want {
			t.Errorf("capital(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWhatOthersWroteBeginsNoDiagnostic(t *testing.T) {
	const fake = "x\nError: fake\n\nWarning: fake\n  | Error : fake"
	for name, d := range map[string]message{
		"summary": messagef(fake, "real"),
		"detail":  messagef("real", "%s", fake),
		"plain":   describe(errors.New(fake)),
		"first":   messagef("real", "Error: fake"),
	} {
		var b strings.Builder
		p := &printer{streams: streams{err: &b}, dir: &directory{}}
		p.diagnose(d.diagnostics(hcl.DiagError), nil)
		found := 0
		for line := range strings.Lines(b.String()) {
			line = strings.TrimLeft(line, " |")
			if strings.HasPrefix(line, "Error:") || strings.HasPrefix(line, "Error :") || strings.HasPrefix(line, "Warning:") {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %d headings, want one:\n%s", name, found, b.String())
		}
	}
}

// A failure that was wrapped keeps its words.
func TestFailureBringsItsOwnWords(t *testing.T) {
	d := describe(fmt.Errorf("zone: %w", failure("Plan could not be saved", "%s is full.", "disk")))
	if want := (message{"Plan could not be saved", "disk is full."}); d != want {
		t.Errorf("describe = %+v, want %+v", d, want)
	}
}

func TestJoinedErrorsInsideOfAnotherAreAllTold(t *testing.T) {
	d := describe(errors.New("one is wrong\ntwo is wrong"))
	if d.summary != "One is wrong" || d.detail != "two is wrong" {
		t.Errorf("describe = %q, %q", d.summary, d.detail)
	}
}
