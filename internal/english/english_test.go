package english_test

import (
	"math"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/english"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 records", 1: "1 record", 2: "2 records", -1: "-1 records"} {
		if got := english.Count(n, "record"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestTimesAreInUTC(t *testing.T) {
	at := time.Date(2026, 11, 27, 1, 30, 9, 0, time.FixedZone("", 2*60*60))
	for got, want := range map[string]string{
		english.Day(at):    "2026-11-26",
		english.Minute(at): "2026-11-26 23:30 UTC",
		english.Second(at): "2026-11-26 23:30:09 UTC",
	} {
		if got != want {
			t.Errorf("Day, Minute or Second of %v = %q, want %q", at, got, want)
		}
	}
}

func TestAgeRoundsUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:                   "0 seconds",
		0:                              "0 seconds",
		time.Millisecond:               "1 second",
		119 * time.Second:              "119 seconds",
		2 * time.Minute:                "2 minutes",
		2*time.Minute + 1:              "3 minutes",
		2 * time.Hour:                  "2 hours",
		47 * time.Hour:                 "47 hours",
		48 * time.Hour:                 "2 days",
		time.Duration(math.MaxInt64):   "106752 days",
		2*24*time.Hour + 1*time.Second: "3 days",
	} {
		if got := english.Age(d); got != want {
			t.Errorf("Age(%v) = %q, want %q", d, got, want)
		}
	}
}
