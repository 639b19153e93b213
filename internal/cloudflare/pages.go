package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Limits for a list. A server can promise pages without end, repeat one page forever, or send an answer one
// byte at a time. A list beyond a limit is an error and never counts as complete.
const (
	mostPages = 1000
	// mostRecords is the limit for one zone. Cloudflare's quota is 3,500, and even contracts with a higher
	// quota stay far below this limit.
	mostRecords = 500_000
	// mostTime is the time that the requests of one list may take together, without waiting for the rate limit.
	mostTime = 10 * time.Minute
)

// resultInfo says which part of a list an answer is. Fields may be missing; a field that is not a number
// counts as missing.
type resultInfo struct {
	PerPage    int
	TotalCount *int
	TotalPages int
}

// UnmarshalJSON never fails, because the client reads a list until it is complete, whatever result_info says.
func (i *resultInfo) UnmarshalJSON(raw []byte) error {
	*i = resultInfo{}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members) // a value that is not an object has no members
	read := func(name string) *int {
		n, ok := looseNumber(orNull(members[name]))
		if !ok || !isCount(n) {
			return nil
		}
		return new(int(n))
	}

	i.TotalCount = read("total_count")
	if n := read("per_page"); n != nil {
		i.PerPage = *n
	}
	if n := read("total_pages"); n != nil {
		i.TotalPages = *n
	}
	return nil
}

// last reports whether a page was the last one. got is the number of its items, read is the number of
// different items in the list so far, and asked is the number of items that were requested. The server may
// return fewer than requested. If it says neither how many items a page has nor how many there are in all,
// a short page may be a part of the list, and only an empty page ends it.
func (i resultInfo) last(page, got, read, asked int) bool {
	switch {
	case got == 0:
		return true
	case i.TotalPages > 0:
		return page >= i.TotalPages
	case i.TotalCount != nil:
		return read >= *i.TotalCount
	default:
		return i.PerPage > 0 && got < min(i.PerPage, asked)
	}
}

// boundError means that a list exceeds a limit or makes no progress.
type boundError struct{ why string }

func (e *boundError) Error() string { return e.why }

func boundf(format string, args ...any) error { return &boundError{fmt.Sprintf(format, args...)} }

// stopwatch adds up the time that the requests of one list take. It is safe for concurrent use.
type stopwatch struct {
	clock Clock
	most  time.Duration

	mu    sync.Mutex
	spent time.Duration
}

// newStopwatch returns a stopwatch for a list whose pages are read atATime in parallel.
func (c *Client) newStopwatch(atATime int) *stopwatch {
	return &stopwatch{clock: c.clock, most: time.Duration(atATime) * mostTime}
}

// listed sends a request for a page of a list. Its time runs from the first attempt to the last answer.
func listed[T any](ctx context.Context, c *Client, r request, w *stopwatch) (envelope[T], error) {
	var sent time.Time
	before := r.before
	r.before = func(ctx context.Context) error {
		if sent.IsZero() {
			sent = w.clock.Now()
		}
		if before != nil {
			return before(ctx)
		}
		return nil
	}

	env, err := call[T](ctx, c, r)
	if err == nil {
		err = w.add(sent)
		if err != nil {
			err = c.unusable(r, err)
		}
	}
	return env, err
}

// add adds the time since the beginning of a request. It returns an error if the list takes too long.
func (w *stopwatch) add(sent time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spent += w.clock.Now().Sub(sent)
	if w.spent > w.most {
		return boundf("the list takes longer than %d minutes", mostTime/time.Minute)
	}
	return nil
}
