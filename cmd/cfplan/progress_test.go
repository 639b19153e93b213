package main

import (
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/reconcile"
)

// watched is a progress whose clock stands still until the test sets it.
type watched struct {
	*progress
	errs strings.Builder
	at   time.Time
}

func newWatched(terminal bool) *watched {
	w := &watched{at: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)}
	w.progress = newProgress(&printer{streams: streams{err: &w.errs}}, func() time.Time { return w.at })
	w.terminal = terminal
	return w
}

// take returns what was written since the last call.
func (w *watched) take() string {
	defer w.errs.Reset()
	return w.errs.String()
}

func TestAQuickOperationWritesNothingToALog(t *testing.T) {
	w := newWatched(false)
	w.during(func() { w.step(reconcile.Progress{Doing: reconcile.Reading, Done: 1, Total: 2}) })
	if got := w.take(); got != "" {
		t.Errorf("it shows %q, want nothing", got)
	}
}

func TestALogGetsOccasionalLines(t *testing.T) {
	w := newWatched(false)
	w.during(func() {
		w.step(reconcile.Progress{Doing: reconcile.Reading, Total: 120})
		w.at = w.at.Add(10 * time.Second)
		w.step(reconcile.Progress{Doing: reconcile.Reading, Done: 12, Total: 120})
		w.show()
		w.step(reconcile.Progress{Doing: reconcile.Applying, Done: 200, Total: 300, ZonesDone: 1, Zones: 3})
		w.show()
		w.waiting("the rate limit", w.at.Add(5*time.Second))
	})

	want := "Reading: 12 of 120 zones, about 90 seconds left\n" +
		"Applying: 200 of 300 changes, 1 of 3 zones done\n" +
		"waiting until 03:04:15: the rate limit\n"
	if got := w.take(); got != want {
		t.Errorf("it shows\n%s\nwant\n%s", got, want)
	}
}

// A user who has pressed enter must see at once that something happens.
func TestATerminalShowsAtOnceWhatHasBegun(t *testing.T) {
	w := newWatched(true)
	w.during(func() {
		for _, test := range []struct {
			step reconcile.Progress
			want string
		}{
			{reconcile.Progress{Doing: reconcile.ReadingState}, "Reading the state…"},
			{reconcile.Progress{Doing: reconcile.LookingUp, Total: 3}, "Looking up 3 zones…"},
			{reconcile.Progress{Doing: reconcile.Reading, Total: 1, Zone: "example.com"}, "Reading example.com…"},
			{reconcile.Progress{Doing: reconcile.Planning, Total: 3}, "Planning: 0 of 3 zones"},
			{reconcile.Progress{Doing: reconcile.Applying, Total: 1, Zones: 1}, "Applying: 0 of 1 change"},
			{reconcile.Progress{Doing: reconcile.Asking, Total: 2}, "Asking name servers: 0 of 2 zones"},
			{reconcile.Progress{Doing: reconcile.Planning, Total: 1, Zone: "example.com"}, "Planning example.com…"},
			{reconcile.Progress{Doing: reconcile.Asking, Total: 1, Zone: "example.com"}, "Asking the name servers of example.com…"},
			{reconcile.Progress{Doing: reconcile.Reading, Total: 2}, "Reading: 0 of 2 zones"},
		} {
			w.step(test.step)
			if got := w.take(); got != "\r"+test.want+"\x1b[K" {
				t.Errorf("%v: it shows %q, want %q", test.step, got, test.want)
			}
		}

		w.step(reconcile.Progress{Doing: reconcile.Reading, Done: 1, Total: 2})
		if got := w.take(); got != "" {
			t.Errorf("after a step of the same activity it shows %q, want nothing yet", got)
		}
	})
	if got := w.take(); got != "\r\x1b[K" {
		t.Errorf("in the end it writes %q, want the line to be cleared", got)
	}
}

func TestATerminalShowsWhatAnOperationWaitsFor(t *testing.T) {
	w := newWatched(true)
	w.during(func() {
		w.step(reconcile.Progress{Doing: reconcile.Reading, Total: 2})
		w.take()
		w.waiting("the rate limit", w.at.Add(5*time.Second))
		if got := w.take(); !strings.Contains(got, "Reading: 0 of 2 zones, waiting until 03:04:05: the rate limit") {
			t.Errorf("during the wait it shows %q, want the reason and the time", got)
		}

		w.at = w.at.Add(6 * time.Second)
		w.show()
		if got := w.take(); !strings.Contains(got, "Reading: 0 of 2 zones (6 seconds so far)") {
			t.Errorf("after the wait it shows %q, want how long it takes so far", got)
		}
	})
}

// A late step of a goroutine, after an operation, must not draw over the plan.
func TestNothingIsDrawnOutsideOfAnOperation(t *testing.T) {
	w := newWatched(true)
	w.during(func() {})
	w.step(reconcile.Progress{Doing: reconcile.Applying, Total: 2})
	w.show()
	if got := w.take(); got != "" {
		t.Errorf("it shows %q, want nothing", got)
	}
}
