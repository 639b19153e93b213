package main

import (
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/reconcile"
)

func TestProgressIsShownWhereAnOperationTakesLong(t *testing.T) {
	var errs strings.Builder
	now := time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)
	p := &printer{streams: streams{err: &errs}}
	log := newProgress(p, func() time.Time { return now })
	log.during(func() { log.step(reconcile.Progress{Doing: "reading", Done: 1, Total: 2}) })
	if errs.Len() > 0 {
		t.Errorf("a quick operation shows %q", errs.String())
	}
	log.step(reconcile.Progress{Doing: "reading", Done: 12, Total: 120})
	log.show()
	log.step(reconcile.Progress{Doing: "applying", Done: 200, Total: 300, ZonesDone: 1, Zones: 3})
	log.show()
	log.waiting("the rate limit", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	want := "reading: 12 of 120 zones\napplying (1 of 3 zones): 200 of 300 records\nwaiting until 03:04:05: the rate limit\n"
	if errs.String() != want {
		t.Errorf("a log shows %q, want %q", errs.String(), want)
	}

	errs.Reset()
	screen := newProgress(p, func() time.Time { return now })
	screen.terminal = true
	now = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	screen.during(func() {
		screen.step(reconcile.Progress{Doing: "reading", Done: 1, Total: 2})
		screen.show()
		screen.waiting("the rate limit", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		screen.step(reconcile.Progress{Doing: "applying", Done: 100, Total: 300, Zones: 2})
		screen.show()
	})
	got := errs.String()
	for _, want := range []string{"reading", "(1/2", "reading, waiting until 03:04:05: the rate limit", "applying (0 of 2 zones)", "(100/300", "records/"} {
		if !strings.Contains(got, want) {
			t.Errorf("a terminal shows %q, which lacks %q", got, want)
		}
	}
	if !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("a terminal shows %q, want a line that is cleared in the end", got)
	}
}
