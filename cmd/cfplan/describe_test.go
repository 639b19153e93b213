package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/state"
)

// Users copy the command that breaks a lock, and the ID in it comes from another run.
func TestTheIDOfALockIsOneArgument(t *testing.T) {
	for id, want := range map[string]string{
		"6f1c-aB9":       "cfplan force-unlock 6f1c-aB9",
		"$(touch PWN)":   "cfplan force-unlock '$(touch PWN)'",
		"a'; touch PWN'": `cfplan force-unlock 'a'\''; touch PWN'\'''`,
		"-force":         "cfplan force-unlock -- '-force'",
		"a\nb":           "cfplan force-unlock ab",
		"":               "the lock has no ID for cfplan force-unlock",
	} {
		d := describe(&state.LockedError{Holder: state.Holder{ID: id, Who: "me\nError: no"}})
		if !strings.HasSuffix(d.detail, want) {
			t.Errorf("ID %q: %s, want %q", id, d.detail, want)
		}
		if strings.Contains(d.detail, "\nError") {
			t.Errorf("a line begins with text of the holder: %q", d.detail)
		}
	}
}

func TestCapitalDoesNotChangeNames(t *testing.T) {
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

func TestTextsOfOthersCannotForgeADiagnostic(t *testing.T) {
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
			t.Errorf("%s: %d headings, want only our own:\n%s", name, found, b.String())
		}
	}
}

// A wrapped failure keeps its message.
func TestFailureKeepsItsOwnMessage(t *testing.T) {
	d := describe(fmt.Errorf("zone: %w", failure("Plan could not be saved", "%s is full.", "disk")))
	if want := (message{"Plan could not be saved", "disk is full."}); d != want {
		t.Errorf("describe = %+v, want %+v", d, want)
	}
}

// The name of a system call does not help the user.
func TestFileErrorsAppearWithoutTheSystemCall(t *testing.T) {
	_, missing := os.Stat("missing.cfplan")
	var file *fs.PathError
	if !errors.As(missing, &file) {
		t.Fatalf("Stat = %v, want an error with a path", missing)
	}

	d := describe(failure("Plan could not be read", "%v.", fmt.Errorf("first: %w", missing)))
	if want := (message{"Plan could not be read", "first: missing.cfplan: " + file.Err.Error() + "."}); d != want {
		t.Errorf("describe = %+v, want %+v", d, want)
	}
	if got, want := describe(missing).summary, "missing.cfplan: "+file.Err.Error(); got != want {
		t.Errorf("summary = %q, want %q", got, want)
	}
}

func TestAllLinesOfAJoinedErrorAreShown(t *testing.T) {
	d := describe(errors.New("one is wrong\ntwo is wrong"))
	if d.summary != "One is wrong" || d.detail != "two is wrong" {
		t.Errorf("describe = %q, %q; want both lines", d.summary, d.detail)
	}
}

// Only a refusal by Cloudflare has the word refused in its title.
func TestErrorTitlesFitTheFailure(t *testing.T) {
	const request = "POST /zones/1/dns_records/batch"
	api := func(kind guidance.Kind, status, code int, message string) *cloudflare.Error {
		return &cloudflare.Error{Kind: kind, Method: "POST", Path: "/zones/1/dns_records/batch", Status: status, Code: code, Message: message}
	}
	lost := &cloudflare.Error{Kind: guidance.Unreachable, Method: "POST", Path: "/zones/1/dns_records/batch", Err: errors.New("cut"), InDoubt: true}
	degraded := func(title string, status int) *reconcile.RefusedError {
		return &reconcile.RefusedError{Wanted: "nothing stands in", Degraded: []plan.Degradation{{Zone: "example.com", Title: title, HTTPStatus: status}}}
	}

	for name, test := range map[string]struct {
		err     error
		summary string
		request bool
	}{
		"write in doubt": {&reconcile.WriteError{Zone: "example.com", InDoubt: true, Err: lost}, "It is not known whether changes of example.com were made", true},
		"write refused":  {&reconcile.WriteError{Zone: "example.com", Err: api(guidance.Rejected, 400, 9005, "no")}, "Changes of example.com were refused", true},
		"write not taken": {&reconcile.WriteError{Zone: "example.com", Err: api(guidance.Unreachable, 429, 971, "wait")},
			"Changes of example.com were not made", true},
		"write not sent": {&reconcile.WriteError{Zone: "example.com", Err: errors.New("no room")}, "Changes of example.com were not made", false},
		"read refused":   {fmt.Errorf("example.com: %w", api(guidance.Refused, 403, 9109, "Invalid access token")), "The API token is unknown to Cloudflare", true},
		"server error":   {api(guidance.Unreachable, 502, 0, ""), "Cloudflare's API has a failure", true},
		"in doubt":       {lost, "It is not known whether the change was made", true},
		"no token":       {degraded("No Cloudflare API token is set", 0), "No Cloudflare API token is set", false},
		"no host":        {degraded("The API's host name cannot be resolved", 0), "The API's host name cannot be resolved", false},
		"an answer":      {degraded("The API token is unknown to Cloudflare", 403), "Cloudflare refused or could not be reached", false},
		"an old plan":    {degraded("", 0), "Cloudflare refused or could not be reached", false},
	} {
		d := describe(test.err)
		if d.summary != test.summary {
			t.Errorf("%s: the title is %q, want %q", name, d.summary, test.summary)
		}
		if strings.Contains(d.detail, request) != test.request || strings.HasPrefix(d.detail, request) {
			t.Errorf("%s: the detail shows the request: %v, want %v, and only at its end: %s",
				name, strings.Contains(d.detail, request), test.request, d.detail)
		}
	}
}

// The message keeps the context that wraps an API error, such as the zone.
func TestTheZoneOfAnErrorIsNamed(t *testing.T) {
	d := describe(fmt.Errorf("example.com: %w",
		&cloudflare.Error{Kind: guidance.Refused, Status: 403, Code: 9109, Message: "Invalid access token"}))
	if want := "example.com: Invalid access token (code 9109, HTTP status 403).\n"; !strings.HasPrefix(d.detail, want) {
		t.Errorf("the detail is %q, want it to begin with %q", d.detail, want)
	}
}
