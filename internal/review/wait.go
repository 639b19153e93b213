package review

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// These limit how often a request is tried, and how long it waits in total.
const (
	mostTries = 4
	mostWait  = 2 * time.Minute
	// firstWait triples with each try.
	firstWait = time.Second
	// limitedWait is the wait at a rate limit if the answer names no time, as GitHub's documentation asks.
	limitedWait = time.Minute
	// settle is how long to wait before searching for a comment that may have been posted.
	settle = 2 * time.Second
)

// pause returns how long to wait before another attempt, and whether to make one. After a rate limit it allows every
// request again, because the limited request had no effect. After other errors it does not allow to post a comment
// again if the comment may have arrived.
func pause(method string, f *failure, try int) (time.Duration, bool) {
	switch {
	case try >= mostTries:
		return 0, false
	case f.Kind == Limited && !f.told:
		return limitedWait, true
	case f.Kind == Limited:
		return f.asked, true
	case f.Kind != Unreachable || (method == http.MethodPost && f.sent):
		return 0, false
	}

	wait := firstWait
	for range try - 1 {
		wait *= 3
	}

	return max(wait, f.asked), true
}

// retryAfter returns how long an answer asks to wait, and whether it asks at all. It reads Retry-After (RFC 9110,
// section 10.2.3: seconds or a date), or else the time at which GitHub or GitLab resets its limit. It takes the
// current time from the answer, because the clock of this machine may be wrong.
func retryAfter(h http.Header) (time.Duration, bool) {
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}

	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(value); err == nil {
		return bounded(seconds), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now)), true
	}

	for _, family := range []string{"X-Ratelimit", "Ratelimit"} {
		reset, err := strconv.ParseInt(h.Get(family+"-Reset"), 10, 64)
		if err == nil && h.Get(family+"-Remaining") == "0" {
			return max(0, time.Unix(reset, 0).Sub(now)), true
		}
	}

	return 0, false
}

// bounded limits a number of seconds to a day, so that the duration cannot overflow. No run waits that long.
func bounded(seconds int) time.Duration {
	return time.Duration(min(max(seconds, 0), 86_400)) * time.Second
}

// sleep waits. If the context ends first, it returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
