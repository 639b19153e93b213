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
	// limitedWait is what GitHub asks for if it names no time.
	limitedWait = time.Minute
	// settle is how long a comment that may have been posted has to appear.
	settle = 2 * time.Second
)

// pause returns how long to wait before another attempt, and whether to make one. A rate limit is reported
// before the request has an effect. After other errors only requests that may be repeated are repeated;
// posting a comment may not.
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

// retryAfter returns how long an answer asks to wait, and whether it does: by Retry-After (RFC 9110,
// section 10.2.3: seconds or a date) or by the time at which GitHub's or GitLab's limit is reset. It uses
// the clock of the answer, so that ours may be wrong.
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

// bounded limits a number of seconds, so that it cannot overflow. No run waits that long.
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
