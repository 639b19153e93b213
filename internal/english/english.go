// Package english formats counts, times and ages for people.
//
// Output for programs (JSON, logs) uses plain numbers and RFC 3339 instead.
package english

import (
	"fmt"
	"time"
)

// Count returns a number with its noun, as in "1 record" and "2 records". It forms the plural with an s.
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// Minute returns a time in UTC to the minute, as in "2026-11-27 08:45 UTC".
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// Second returns a time in UTC to the second, as in "2026-11-27 08:45:51 UTC".
func Second(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// Day returns a date in UTC, as in "2026-11-27".
func Day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Age returns an age in the largest unit (day, hour, minute or second) of which it has at least two. It rounds up, so
// that a snapshot never looks newer than it is. For a negative age, which is possible if the clocks of two machines
// differ, it returns "0 seconds".
func Age(d time.Duration) string {
	if d < 0 {
		return "0 seconds"
	}

	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if d >= 2*unit.size {
			return Count(roundedUp(d, unit.size), unit.name)
		}
	}
	return Count(roundedUp(d, time.Second), "second")
}

// roundedUp returns d in units, rounded up. It does not add to d, because the sum could overflow: the age of a time
// that was never set is the largest duration.
func roundedUp(d, unit time.Duration) int {
	n := d / unit
	if d%unit > 0 {
		n++
	}
	return int(n)
}
