package sandbox

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// window counts the recent requests of one credential or address.
type window struct {
	start        time.Time
	count        int
	blockedUntil time.Time
}

// span is the length of the window and of the block.
const span = 5 * time.Minute

// rateLimit returns the limit that headers show: the configured one, or Cloudflare's if none is configured.
func (s *Server) rateLimit() int {
	if s.opts.RateLimit > 0 {
		return s.opts.RateLimit
	}
	return 1200
}

// throttle counts a request and returns the number of requests that are left, or the refusal. A credential
// that exceeds the limit is blocked for the next five minutes.
func (s *Server) throttle(c *call) (left int, refused *answer) {
	if s.opts.RateLimit == 0 {
		return s.rateLimit(), nil
	}

	now := s.opts.Now()
	who := c.header.Get("Authorization") + " " + c.header.Get("X-Auth-Email")
	w := s.limits[who]
	if w == nil || !now.Before(w.start.Add(span)) && !now.Before(w.blockedUntil) {
		w = &window{start: now}
		s.limits[who] = w
	}

	w.count++
	if w.count > s.opts.RateLimit && w.blockedUntil.IsZero() {
		w.blockedUntil = now.Add(span)
	}
	if now.Before(w.blockedUntil) {
		a := throttled(w.blockedUntil.Sub(now))
		return 0, &a
	}

	return s.opts.RateLimit - w.count, nil
}

func throttled(wait time.Duration) answer {
	a := refuse(http.StatusTooManyRequests, codeThrottled,
		"Please wait and consider throttling your request speed").answer()
	a.header.Set("Retry-After", seconds(wait))
	return a
}

// seconds returns d in whole seconds, rounded up, because the server refuses a client that comes back too
// early.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
