package main

import (
	"testing"
	"time"
)

// runAt notes steps at a rate per second, every quarter of a second, and returns the time of the
// last one.
func runAt(e *estimate, from time.Time, done *int, perSecond float64, length time.Duration) time.Time {
	start := *done
	for d := time.Duration(0); d <= length; d += 250 * time.Millisecond {
		*done = start + int(perSecond*d.Seconds())
		e.note(from.Add(d), *done)
	}
	return from.Add(length)
}

func TestEstimate(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	tests := map[string]struct {
		run   func(*estimate) (now time.Time)
		total int
		// least and most bound the estimate in seconds; both are 0 if there must be no estimate.
		least, most float64
	}{
		"nothing is known at first": {
			run:   func(e *estimate) time.Time { e.note(begin, 0); return begin },
			total: 100,
		},
		"there is no estimate in the first moments": {
			run: func(e *estimate) time.Time {
				done := 0
				return runAt(e, begin, &done, 10_000, 2*time.Second)
			},
			total: 1_000_000,
		},
		"a steady pace": {
			run: func(e *estimate) time.Time {
				done := 0
				return runAt(e, begin, &done, 10, 10*time.Second)
			},
			total: 300, least: 19, most: 22,
		},
		// A rate limit lets 900 requests through at once and three a second from then on.
		"a burst at the beginning is forgotten": {
			run: func(e *estimate) time.Time {
				done := 0
				now := runAt(e, begin, &done, 90, 10*time.Second)
				return runAt(e, now, &done, 3, time.Minute)
			},
			total: 1380, least: 90, most: 120,
		},
		"a slow beginning is forgotten": {
			run: func(e *estimate) time.Time {
				done := 0
				now := runAt(e, begin, &done, 0.2, 20*time.Second)
				return runAt(e, now, &done, 100, 40*time.Second)
			},
			total: 5004, least: 9, most: 12,
		},
		"a pause makes the estimate longer": {
			run: func(e *estimate) time.Time {
				done := 0
				return runAt(e, begin, &done, 10, 10*time.Second).Add(10 * time.Second)
			},
			total: 300, least: 38, most: 44,
		},
		"without a step there is no estimate": {
			run: func(e *estimate) time.Time {
				done := 0
				return runAt(e, begin, &done, 0, 20*time.Second)
			},
			total: 10,
		},
		"at the end there is no estimate": {
			run: func(e *estimate) time.Time {
				done := 0
				return runAt(e, begin, &done, 10, 10*time.Second)
			},
			total: 100,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var e estimate
			now := test.run(&e)
			left, known := e.left(now, test.total)
			if want := test.most > 0; known != want {
				t.Fatalf("left = %v, %v; want known = %v", left, known, want)
			}
			if s := left.Seconds(); s < test.least || s > test.most {
				t.Errorf("left = %v, want %v to %v seconds", left, test.least, test.most)
			}
			if len(e.samples) > 160 {
				t.Errorf("%d samples are kept, want at most 160", len(e.samples))
			}
		})
	}
}

func TestRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                       "1 second",
		1500 * time.Millisecond: "2 seconds",
		90 * time.Second:        "90 seconds",
		91 * time.Second:        "2 minutes",
		54 * time.Minute:        "54 minutes",
		100 * time.Minute:       "2 hours",
	} {
		if got := roughly(d); got != want {
			t.Errorf("roughly(%v) = %q, want %q", d, got, want)
		}
	}
}
