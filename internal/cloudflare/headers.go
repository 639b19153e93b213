package cloudflare

import (
	"net/http"
	"sync"
	"time"
)

// Headers has facts from the headers of the latest answers.
type Headers struct {
	// Skew is the time by which this machine's clock is ahead of Cloudflare's, in whole seconds. Dated is
	// false if no answer had a date.
	Skew  time.Duration
	Dated bool
	// Left is the number of requests that the rate limit still allows (header Ratelimit). Limited is false
	// if no answer had that header.
	Left    int
	Limited bool
}

// headers collects Headers from requests that run in parallel.
type headers struct {
	mu   sync.Mutex
	last Headers
}

// Headers returns the facts from the answers so far.
func (c *Client) Headers() Headers {
	c.headers.mu.Lock()
	defer c.headers.mu.Unlock()
	return c.headers.last
}

func (h *headers) note(answer http.Header, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()

	if at, err := http.ParseTime(answer.Get("Date")); err == nil {
		h.last.Skew, h.last.Dated = now.Sub(at).Truncate(time.Second), true
	}
	for i, item := range rateItems(answer.Values("Ratelimit")) {
		if i == 0 || item.remaining < h.last.Left { // the tightest of an answer's limits
			h.last.Left, h.last.Limited = item.remaining, true
		}
	}
}
