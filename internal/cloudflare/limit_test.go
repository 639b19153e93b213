package cloudflare

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// enterMany sends n requests through a new gate and returns the times at which they passed. Each request
// takes took.
func enterMany(t *testing.T, n int, took time.Duration) []time.Duration {
	t.Helper()
	k := newFakeClock()
	g := newGate(k, 0, nil)
	start := k.Now()
	var at []time.Duration
	for range n {
		patience := readPatience
		if err := g.enter(context.Background(), &patience); err != nil {
			t.Fatal(err)
		}
		at = append(at, k.Now().Sub(start))
		k.mu.Lock()
		k.time = k.time.Add(took)
		k.mu.Unlock()
	}

	return at
}

func mostWithin(at []time.Duration, window time.Duration) int {
	most, first := 0, 0
	for i := range at {
		for at[i]-at[first] >= window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestNoWindowHasTooManyRequests(t *testing.T) {
	for _, took := range []time.Duration{0, time.Millisecond, 15 * time.Millisecond, 100 * time.Millisecond, 2 * time.Second} {
		at := enterMany(t, 4000, took)
		if n := mostWithin(at, 5*time.Minute); n > 1200 {
			t.Errorf("requests of %v: %d in five minutes, want at most 1,200", took, n)
		}
		if n := mostWithin(at, time.Second); n >= 200 {
			t.Errorf("requests of %v: %d in a second, want fewer than 200", took, n)
		}
	}
}

// To wake up for each request would cost several times as much as the request.
func TestWaitingRequestsGoOutTogether(t *testing.T) {
	const n = 890 // this many pass without waiting for the limit of five minutes
	at := enterMany(t, n, 0)
	if moments := len(slices.Compact(slices.Clone(at))); moments > 1+(n-secondBurst)/10 {
		t.Errorf("%d requests went out at %d moments, want at most %d", n, moments, 1+(n-secondBurst)/10)
	}
	if last := at[n-1]; last != (n-secondBurst)*time.Second/secondPerSecond {
		t.Errorf("the last of %d requests went out after %v, want no later than one by one", n, last)
	}
}

func TestFewRequestsDoNotWait(t *testing.T) {
	if at := enterMany(t, secondBurst, 0); at[len(at)-1] != 0 {
		t.Errorf("%d requests took %v, want no wait", secondBurst, at[len(at)-1])
	}
}

func TestRatelimitHeaderIsObeyed(t *testing.T) {
	tests := map[string]time.Duration{
		`"default";r=0;t=30`:                      30 * time.Second,
		`"default"; r=0 ; t=30`:                   30 * time.Second,
		`"default";r=50;t=30`:                     0,
		`"burst";r=9;t=99, "default";r=0;t=12`:    12 * time.Second,
		`"default";r=0;t=0`:                       0,
		`"default";r=0`:                           0,
		`"default";t=30`:                          0,
		`"default";r=0;t=99999999`:                longestPause,
		`"default";r=0;t=99999999999999999999999`: 0,
		`"default";r=0;t=-4`:                      0,
		`;;==,,"`:                                 0,
		``:                                        0,
	}

	for header, want := range tests {
		g := newGate(newFakeClock(), 0, nil)
		g.heed([]string{header})
		if got, _ := g.pauseLeft(); got != want {
			t.Errorf("%s: pause of %v, want %v", header, got, want)
		}
	}
}

func TestExhaustedLimitDelaysTheNextRequest(t *testing.T) {
	last := ok(`[]`)
	last.header = http.Header{"Ratelimit": {`"default";r=0;t=30`}}
	s := serve(t, last, ok(`[]`))
	c := s.client()
	for range 2 {
		if _, err := c.Records(context.Background(), zoneID); err != nil {
			t.Fatal(err)
		}
	}
	if d := s.clock.total(); d != 30*time.Second {
		t.Errorf("the client slept %v, want 30s", d)
	}
}

func TestManyWaitersAreReportedOnce(t *testing.T) {
	var mu sync.Mutex
	told := 0
	k := newFakeClock()
	g := newGate(k, 0, func(string, time.Time) { mu.Lock(); told++; mu.Unlock() })
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { g.tell("too many", 30*time.Second) })
	}
	all.Wait()
	if told != 1 {
		t.Errorf("the gate reported the wait %d times, want once", told)
	}
}
