package cloudflare

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// DefaultRateLimit is the number of requests that a user may send in five minutes before Cloudflare blocks
// the user for five minutes (developers.cloudflare.com, rate limits). The requests of the user's other tools
// count as well; only Cloudflare's headers show them. Enterprise customers can have a higher limit.
const DefaultRateLimit = 1200

// window returns the limiter for a limit in five minutes. It allows a burst of three quarters of the limit,
// and the rate adds the last quarter in 300 seconds.
func window(limit int) *rate.Limiter {
	if limit <= 0 {
		limit = DefaultRateLimit
	}
	return rate.NewLimiter(rate.Limit(float64(limit)/4/300), max(1, limit*3/4))
}

// Cloudflare also limits one address to 200 requests in a second. Burst and rate together stay below this
// limit, even with the requests of one more beat.
const (
	secondBurst     = 90
	secondPerSecond = 100
)

// beat is the time for which the gate collects requests that wait for the limit of a second. It releases them
// together at the end of the beat. If the process woke up for each request, it would take twice the CPU time,
// and the log of an apply would get a part for each request.
const beat = 100 * time.Millisecond

// longestPause is the longest time for which one answer can delay all other requests.
const longestPause = 5 * time.Minute

// gate delays requests so that all requests of a client together stay within the limits. Every request passes
// it.
type gate struct {
	clock  Clock
	report func(reason string, until time.Time)

	mu sync.Mutex
	// minutes and second are Cloudflare's two limits.
	minutes, second *rate.Limiter
	// start is when the first beat begins.
	start   time.Time
	resume  time.Time // no request before this
	reason  string
	toldTil time.Time
}

func newGate(k Clock, limit int, report func(string, time.Time)) *gate {
	return &gate{
		clock:   k,
		report:  report,
		minutes: window(limit),
		second:  NewPace().limiter,
		start:   k.Now(),
	}
}

// at makes the gate use a pace that several clients share. If pace is nil, the gate keeps its own pace.
func (g *gate) at(pace *Pace) *gate {
	if pace != nil {
		g.second = pace.limiter
	}
	return g
}

// Pace keeps the clients that share it, whatever their credentials are, within the number of requests that
// Cloudflare accepts from one address in a second.
type Pace struct{ limiter *rate.Limiter }

// NewPace returns a pace for the clients of one machine.
func NewPace() *Pace { return &Pace{rate.NewLimiter(secondPerSecond, secondBurst)} }

// tooLongError means that Cloudflare asks for a pause that is longer than the caller's patience.
type tooLongError struct{ until time.Time }

func (*tooLongError) Error() string {
	return "Cloudflare asks for a pause that is too long to wait for"
}

// enter waits until a request may be sent. It subtracts the pauses that Cloudflare asked for from patience.
// If such a pause is longer than patience, enter returns a *tooLongError at once. Patience does not limit the
// waits for the client's own limits.
func (g *gate) enter(ctx context.Context, patience *time.Duration) error {
	for {
		if err := g.sitOut(ctx, patience); err != nil {
			return err
		}

		delay := g.reserve()
		if delay == 0 {
			return ctx.Err()
		}

		g.tell("staying within Cloudflare's limit of requests in five minutes", delay)
		if err := g.clock.Sleep(ctx, delay); err != nil {
			return err
		}
		if left, _ := g.pauseLeft(); left == 0 {
			return nil
		}
	}
}

// sitOut waits for the end of a pause, which may become longer in the meantime.
func (g *gate) sitOut(ctx context.Context, patience *time.Duration) error {
	for {
		left, reason := g.pauseLeft()
		if left == 0 {
			return nil
		}
		if left > *patience {
			return &tooLongError{g.clock.Now().Add(left)}
		}

		g.tell(reason, left)
		if err := g.clock.Sleep(ctx, left); err != nil {
			return err
		}

		*patience -= left
	}
}

func (g *gate) pauseLeft() (time.Duration, string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, g.resume.Sub(g.clock.Now())), g.reason
}

// reserve takes a place in both limits and returns how long the request must wait for it.
func (g *gate) reserve() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()

	now := g.clock.Now()
	minutes := g.minutes.ReserveN(now, 1).DelayFrom(now)
	second := g.second.ReserveN(now, 1).DelayFrom(now)
	return max(minutes, g.toBeat(now, second))
}

// toBeat extends a wait from now to the end of a beat.
func (g *gate) toBeat(now time.Time, wait time.Duration) time.Duration {
	if wait <= 0 {
		return 0
	}
	since := now.Sub(g.start)
	beats := (since + wait + beat - 1) / beat
	return beats*beat - since
}

// pause delays all requests until d from now.
func (g *gate) pause(d time.Duration, reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := g.clock.Now().Add(min(d, longestPause)); until.After(g.resume) {
		g.resume, g.reason = until, reason
	}
}

// tell reports a wait of more than a second. It reports only once if many requests wait for the same moment.
func (g *gate) tell(reason string, d time.Duration) {
	if d <= time.Second || g.report == nil {
		return
	}

	g.mu.Lock()
	now := g.clock.Now()
	until := now.Add(d)
	known := now.Before(g.toldTil) && until.Sub(g.toldTil) < 10*time.Second
	if !known {
		g.toldTil = until
	}
	g.mu.Unlock()

	if !known {
		g.report(reason, until)
	}
}

// heed pauses all requests if an answer says that no requests remain.
func (g *gate) heed(header []string) {
	for _, item := range rateItems(header) {
		if item.remaining == 0 && item.seconds > 0 {
			g.pause(time.Duration(min(item.seconds, 3600))*time.Second, "Cloudflare's rate limit is used up")
		}
	}
}

// rateItem is one limit of a Ratelimit header: the number of remaining requests, and the seconds until there
// are more.
type rateItem struct{ remaining, seconds int }

// rateItems reads the Ratelimit header of an answer, such as `"default";r=0;t=30`. It skips items without a
// number of remaining requests.
func rateItems(header []string) []rateItem {
	var out []rateItem
	for _, text := range strings.Split(strings.Join(header, ","), ",") {
		item := rateItem{remaining: -1}
		for _, param := range strings.Split(text, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
			n, err := strconv.Atoi(strings.TrimSpace(value))
			switch {
			case err != nil:
			case name == "r":
				item.remaining = n
			case name == "t":
				item.seconds = n
			}
		}
		if item.remaining >= 0 {
			out = append(out, item)
		}
	}

	return out
}
