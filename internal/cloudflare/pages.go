package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// The bounds of a list. An answer can promise pages without end, repeat one for ever, or come a byte at a time. A list
// that goes beyond a bound is an error, and never taken for the whole.
const (
	mostPages = 1000
	// mostRecords of one zone. Cloudflare's quota is 3,500, and contracts that raise it stay far below this.
	mostRecords = 500_000
	// mostTime is what the requests of one list may take together. To wait for the limit of requests does not count.
	mostTime = 10 * time.Minute
)

// resultInfo says which part of a list an answer is. Any of it may be missing, and what is not a number counts as missing.
type resultInfo struct {
	PerPage    int
	TotalCount *int
	TotalPages int
}

// UnmarshalJSON never fails: a list is read until it is known to be whole, whatever is said about it.
func (i *resultInfo) UnmarshalJSON(raw []byte) error {
	*i = resultInfo{}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members) // what is no object says nothing
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

// last reports whether the page was the last one; got is how many items it had, read how many different ones the list
// has by now, and asked how many the page could have had. The server may give less than asked. If it does not say what
// a page holds, and counts nothing, a short page may be a part of the list: only an empty one ends it.
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

// boundError is a list that goes beyond a bound, or that does not go on.
type boundError struct{ why string }

func (e *boundError) Error() string { return e.why }

func boundf(format string, args ...any) error { return &boundError{fmt.Sprintf(format, args...)} }

// stopwatch adds up what the requests of one list take. It is safe for concurrent use.
type stopwatch struct {
	clock clock
	most  time.Duration

	mu    sync.Mutex
	spent time.Duration
}

// newStopwatch returns a stopwatch for a list whose pages are read side by side, so many at a time.
func (c *Client) newStopwatch(atATime int) *stopwatch {
	return &stopwatch{clock: c.clock, most: time.Duration(atATime) * mostTime}
}

// listed sends a request for a page of a list. Its time runs from the first attempt to the last answer.
func listed[T any](ctx context.Context, c *Client, r request, w *stopwatch) (envelope[T], error) {
	var sent time.Time
	before := r.before
	r.before = func(ctx context.Context) error {
		if sent.IsZero() {
			sent = w.clock.now()
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

// add adds the time since the beginning of a request, and returns an error if the list takes too long.
func (w *stopwatch) add(sent time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spent += w.clock.now().Sub(sent)
	if w.spent > w.most {
		return boundf("the list takes longer than %d minutes", mostTime/time.Minute)
	}
	return nil
}
