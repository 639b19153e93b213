// Package english writes counts, times and ages as people read them.
//
// What machines read (JSON, logs) has its own forms: plain numbers and RFC 3339.
package english

import (
	"fmt"
	"time"
)

// Count writes a number with its noun, as in "1 record" and "2 records". The plural
// is formed with an s.
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// Minute writes a time in UTC to the minute, as in "2026-11-27 08:45 UTC".
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// Second writes a time in UTC to the second, as in "2026-11-27 08:45:51 UTC".
func Second(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// Day writes a date in UTC, as in "2026-11-27".
func Day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Age writes how long ago something was, in the largest unit of which there are at
// least two. It rounds up, so that a snapshot never looks fresher than it is. A
// negative age is "0 seconds": the clocks of two machines differ.
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

// roundedUp divides without adding to d, which may be the largest duration: the age
// of a time that was never set.
func roundedUp(d, unit time.Duration) int {
	n := d / unit
	if d%unit > 0 {
		n++
	}
	return int(n)
}
