package cloudflare

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/guidance"
)

// Limits for the number of attempts of a request, and for the total time that it may wait.
//
// The client repeats reads after any temporary failure. It repeats a write only after answers that Cloudflare
// gives before it does anything: a 429, for which writePatience is longer than Cloudflare's block of five
// minutes, and a 403 that may be temporary.
const (
	readTries     = 3
	connectTries  = 2
	writeTries    = 10
	readPatience  = 60 * time.Second
	writePatience = 330 * time.Second
)

// The first wait without a Retry-After. Each further wait is three times as long.
const (
	readBackoff  = 300 * time.Millisecond
	writeBackoff = time.Second
)

// do sends r until it gets a usable answer or another attempt is useless. read reads the body of a success,
// and returns a fault if the body is unusable.
func (c *Client) do(ctx context.Context, r request, read func(body []byte) *fault) error {
	if err := c.Usable(); err != nil {
		return err
	}

	patience := readPatience
	if r.writes() {
		patience = writePatience
	}

	r = c.hurried(r)
	for try := 1; ; try++ {
		if err := c.ready(ctx, r, &patience); err != nil {
			return err
		}

		start := c.clock.Now()
		e := c.once(ctx, r, read)
		if e == nil {
			return nil
		}

		if !r.writes() {
			patience -= c.clock.Now().Sub(start)
		}
		if !c.waitToRetry(ctx, r, e, try, &patience) {
			return c.final(ctx, e)
		}
	}
}

// ready waits until r may be sent, and then calls r.before, which may take time. If Cloudflare asks for a
// pause in the meantime, ready waits and calls r.before again, so that there is no wait between the last call
// of r.before and the request.
func (c *Client) ready(ctx context.Context, r request, patience *time.Duration) error {
	for {
		if err := c.gate.enter(ctx, patience); err != nil {
			return c.final(ctx, c.unsent(r, err))
		}
		if r.before == nil {
			return nil
		}
		if err := r.before(ctx); err != nil {
			return err
		}
		if left, _ := c.gate.pauseLeft(); left == 0 {
			return nil
		}
	}
}

// silentTimeout is the time limit for reads as long as the API has not answered at all. A run may read
// hundreds of zones, and the first reads have already waited long enough.
const silentTimeout = 5 * time.Second

// hurried returns the request, with a shorter time limit if the API has been silent so far.
func (c *Client) hurried(r request) request {
	if !r.writes() && c.silent.Load() {
		r.limit = silentTimeout
	}
	return r
}

// hear records whether the API answered an attempt.
func (c *Client) hear(x *exchange, e *Error) {
	switch {
	case x.status != 0:
		c.answered.Store(true)
		c.silent.Store(false)
	case e != nil && e.trouble == guidance.TooSlow && !c.answered.Load():
		c.silent.Store(true)
	}
}

// waitToRetry reports whether the request is worth another attempt after e. If so, it first waits.
func (c *Client) waitToRetry(ctx context.Context, r request, e *Error, try int, patience *time.Duration) bool {
	if ctx.Err() != nil || try >= c.tries(r, e) {
		return false
	}

	wait := backoff(r, try)
	if asked, ok := e.retryAfter(c.clock.Now()); ok {
		if e.Status == http.StatusTooManyRequests {
			c.gate.pause(asked, "Cloudflare answered that there were too many requests")
		}
		if asked > *patience {
			e.until = c.clock.Now().Add(asked)
			return false
		}
		wait = max(wait, asked)
	} else if r.writes() {
		wait = min(wait, *patience)
	}

	if wait > *patience || wait <= 0 {
		return false
	}

	c.gate.tell("Cloudflare did not take the request: "+e.short(), wait)
	*patience -= wait
	_ = c.clock.Sleep(ctx, wait) // the gate notices the end of ctx
	return true
}

// tries returns how many times in total a request that failed with e may be sent.
func (c *Client) tries(r request, e *Error) int {
	passing := []int{500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527}
	switch {
	case r.writes() && e.Status == http.StatusTooManyRequests:
		return writeTries
	case e.Status == http.StatusForbidden && e.Guidance().Retry == guidance.Itself && c.proven.Load():
		// Under load, Cloudflare may refuse a good token for a moment. It refuses before it does anything, so
		// the client may repeat even a write. If a permission is really missing, this costs only a few
		// attempts.
		if r.writes() {
			return 2
		}
		return readTries
	case r.writes(), e.trouble == guidance.BadCertificate, e.trouble == guidance.TooLarge,
		e.stoppedAtEdge() && e.Status != http.StatusTooManyRequests:
		return 1
	case r.limit == silentTimeout:
		return 1
	case e.Status == 0 && !e.sent:
		return connectTries
	case e.Status == 0, e.Status == http.StatusTooManyRequests, slices.Contains(passing, e.Status):
		return readTries
	default:
		return 1
	}
}

// backoff returns the wait before the next attempt. It is shorter by a random part of up to a quarter, so
// that parallel requests do not all come back at the same time.
func backoff(r request, try int) time.Duration {
	d := readBackoff
	if r.writes() {
		d = writeBackoff
	}

	for range try - 1 {
		d *= 3
	}
	return d - time.Duration(rand.Int64N(int64(d/4)))
}

// retryAfter returns the wait that the answer asks for, in seconds or as a date (RFC 9110, section 10.2.3).
func (e *Error) retryAfter(now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(e.retryHeader)
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 86400)) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// unsent returns the error for a request that was not sent, or not sent again.
func (c *Client) unsent(r request, err error) *Error {
	e := &Error{
		Kind:    guidance.Unreachable,
		Method:  r.method,
		Path:    c.secrets.text(r.target()),
		Err:     err,
		trouble: transportTrouble(err),
		Account: c.named,
	}

	var long *tooLongError
	if errors.As(err, &long) {
		e.trouble, e.until = guidance.Limited, long.until
	}
	return e
}

// final returns the failure after the last attempt, and logs a refusal at level info. The caller, which knows
// what replaces the answer, gives the warning.
func (c *Client) final(ctx context.Context, e *Error) error {
	if e.Kind == guidance.Refused {
		c.log.InfoContext(ctx, "Cloudflare refused the request", "method", e.Method, "path", e.Path,
			"status", e.Status, "code", e.Code, "message", e.Message, "ray", e.RayID)
	}
	return e
}
