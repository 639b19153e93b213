package cloudflare

import (
	"net/http"
	"sync"
	"time"
)

// Vitals are what the last answers said besides their content.
type Vitals struct {
	// Skew is by how much this machine's clock is ahead of Cloudflare's, to the
	// second; Dated tells that an answer had a date at all.
	Skew  time.Duration
	Dated bool
	// Left is how many requests the limit still allows, as far as an answer told
	// (header Ratelimit); Limited tells that one did.
	Left    int
	Limited bool
}

// vitals gathers them; requests run side by side.
type vitals struct {
	mu  sync.Mutex
	now Vitals
}

// Vitals returns what is known from the answers so far.
func (c *Client) Vitals() Vitals {
	c.vitals.mu.Lock()
	defer c.vitals.mu.Unlock()
	return c.vitals.now
}

func (v *vitals) note(h http.Header, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		v.now.Skew, v.now.Dated = now.Sub(at).Truncate(time.Second), true
	}
	for i, item := range rateItems(h.Values("Ratelimit")) {
		if i == 0 || item.remaining < v.now.Left { // the tightest of an answer's limits
			v.now.Left, v.now.Limited = item.remaining, true
		}
	}
}
