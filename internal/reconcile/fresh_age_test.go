package reconcile

import (
	"testing"
	"time"
)

func TestFreshness(t *testing.T) {
	at := time.Now()
	for passed, want := range map[time.Duration]bool{
		0: true, freshFor: true, freshFor + time.Nanosecond: false, -time.Nanosecond: false, time.Hour: false,
	} {
		if got := isFresh(at, at.Add(passed)); got != want {
			t.Errorf("after %v: fresh %v, want %v", passed, got, want)
		}
	}
}
