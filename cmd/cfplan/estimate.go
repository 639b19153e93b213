package main

import (
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/english"
)

const (
	// recent is the time over which the speed of an operation is measured. A rate limit lets the
	// first requests through at once and the others slowly, so an average since the beginning would
	// promise too much.
	recent = 30 * time.Second
	// measured is how long an operation must have been observed before its end is estimated.
	measured = 3 * time.Second
	// sampleEvery bounds how many samples are kept.
	sampleEvery = 200 * time.Millisecond
)

// estimate estimates how long an operation will still take, from its recent speed. The zero value
// is ready to use.
type estimate struct{ samples []sample }

type sample struct {
	at   time.Time
	done int
}

// note records how many steps are done.
func (e *estimate) note(now time.Time, done int) {
	if n := len(e.samples); n > 0 && now.Sub(e.samples[n-1].at) < sampleEvery {
		return
	}
	e.samples = append(e.samples, sample{now, done})

	old := 0
	for old < len(e.samples)-1 && now.Sub(e.samples[old].at) > recent {
		old++
	}
	e.samples = slices.Delete(e.samples, 0, old)
}

// left returns how long the remaining steps may take. known is false if there is no estimate, at the
// beginning and at the end.
func (e *estimate) left(now time.Time, total int) (left time.Duration, known bool) {
	if len(e.samples) == 0 {
		return 0, false
	}

	first, last := e.samples[0], e.samples[len(e.samples)-1]
	steps, taken := last.done-first.done, now.Sub(first.at)
	if steps < 1 || taken < measured || last.done >= total {
		return 0, false
	}
	return time.Duration(float64(taken) / float64(steps) * float64(total-last.done)), true
}

// roughly formats a duration with the precision of an estimate.
func roughly(d time.Duration) string {
	switch {
	case d > 90*time.Minute:
		return english.Count(int((d+time.Hour-1)/time.Hour), "hour")
	case d > 90*time.Second:
		return english.Count(int((d+time.Minute-1)/time.Minute), "minute")
	default:
		return english.Count(max(1, int((d+time.Second-1)/time.Second)), "second")
	}
}
