package reconcile

import (
	"testing"
	"time"
)

func TestAReadStaysFreshForItsLimit(t *testing.T) {
	t.Parallel()
	at := time.Now()
	for passed, want := range map[time.Duration]bool{
		0: true, freshFor: true, freshFor + time.Nanosecond: false, -time.Nanosecond: false, time.Hour: false,
	} {
		if got := isFresh(at, at.Add(passed)); got != want {
			t.Errorf("isFresh after %v = %v, want %v", passed, got, want)
		}
	}
}
