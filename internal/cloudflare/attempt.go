package cloudflare

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"time"

	"github.com/cfplan/cfplan/internal/guidance"
)

// once sends r a single time. The end of ctx does not end a write that is under way, only the wait before it.
func (c *Client) once(ctx context.Context, r request, read func([]byte) *fault) *Error {
	if r.writes() {
		ctx = context.WithoutCancel(ctx)
	}

	ctx, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()

	x := &exchange{}
	start := c.clock.Now()
	err := r.send(httptrace.WithClientTrace(ctx, x.trace()), r.options(x)...)
	if x.status == 0 && x.err == nil {
		x.err = err // cloudflare-go failed before it sent anything
		x.traced = true
	}

	e := c.outcome(r, x, read)
	if r.heard != nil {
		r.heard(c.ray(x.header))
	}

	c.hear(x, e)
	c.gate.heed(x.header.Values("Ratelimit"))
	c.headers.note(x.header, c.clock.Now())
	c.logRequest(ctx, r, x, e, c.clock.Now().Sub(start))
	if e == nil {
		c.proven.Store(true)
	}

	return e
}

// outcome returns the error of an attempt, or nil if it succeeded.
func (c *Client) outcome(r request, x *exchange, read func([]byte) *fault) *Error {
	var f *fault
	switch {
	case x.err != nil:
		f = &fault{why: x.err}
	case x.status >= 200 && x.status <= 299:
		if f = read(x.body); f == nil {
			return nil
		}
	default:
		f = readFault(x.body, nil)
	}

	e := c.failure(r, x, f)
	e.classify()
	e.InDoubt = r.writes() && x.maybeSent() && e.leavesDoubt(f)
	return e
}

func (c *Client) failure(r request, x *exchange, f *fault) *Error {
	e := &Error{
		Method:      r.method,
		Path:        c.secrets.text(r.target()),
		Status:      x.status,
		RayID:       c.ray(x.header),
		retryHeader: x.header.Get("Retry-After"),
		sent:        x.maybeSent(),
		seen:        c.seen,
		account:     c.account,
		Account:     c.named,
	}
	if x.err != nil {
		e.Status = 0 // ignore the status of an answer that broke off
	}

	for _, a := range f.all {
		e.All = append(e.All, APIError{a.Code, c.secrets.text(a.Message), a.depth})
	}

	first := principal(e.All)
	e.Code, e.Message = first.Code, first.Message
	switch {
	case f.spoken && len(f.all) == 0 && x.status < 300:
		e.trouble = guidance.NoReason
	case f.spoken:
	case errors.As(f.why, new(*unreadableError)):
		e.trouble, e.Message = guidance.Unreadable, f.why.Error()
	default:
		e.Err, e.trouble = c.secrets.err(withoutURL(f.why)), troubleOf(x, f.why)
		if page, ok := readEdge(x); ok {
			e.setEdge(page)
		}
	}

	return e
}

// unusable returns the error for an answer that reports a success but cannot be used. r.ray must be the
// answer's ray ID.
func (c *Client) unusable(r request, err error) *Error {
	e := &Error{
		Method:  r.method,
		Path:    c.secrets.text(r.target()),
		Status:  http.StatusOK,
		Account: c.named,
		Err:     c.secrets.err(err),
		InDoubt: r.writes(),
		trouble: guidance.NotTheAPI,
		RayID:   r.ray,
	}

	switch {
	case errors.As(err, new(*countError)):
		e.trouble = guidance.Changing
	case errors.As(err, new(*boundError)):
		e.trouble = guidance.TooLarge
	case errors.As(err, new(*unreadableError)):
		e.trouble, e.Message, e.Err = guidance.Unreadable, presentable(e.Err.Error()), nil
	}

	e.classify()
	return e
}

// leavesDoubt reports whether a write may have taken effect although it failed with e.
func (e *Error) leavesDoubt(f *fault) bool {
	switch {
	case e.stoppedAtEdge():
		return false
	case e.Status == 0, e.Status >= 500, e.Status == http.StatusRequestTimeout:
		return true
	default: // a 2xx that is unusable, or that reports a failure without a reason
		return e.Status < 300 && (!f.spoken || len(f.all) == 0)
	}
}

// rayID matches Cloudflare's ray IDs, such as `8f2d3c…-FRA`. Anything else in that header did not come from
// Cloudflare.
var rayID = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

func (c *Client) ray(h http.Header) string {
	id := h.Get("CF-Ray")
	if !rayID.MatchString(id) {
		return ""
	}
	return c.secrets.text(id)
}

func (c *Client) logRequest(ctx context.Context, r request, x *exchange, e *Error, took time.Duration) {
	attrs := []any{
		"method", r.method,
		"path", c.secrets.text(r.target()),
		"status", x.status,
		"ray", c.ray(x.header),
		"duration", took,
	}
	if e != nil {
		attrs = append(attrs, "error", e.reason())
	}
	c.log.DebugContext(ctx, "request", attrs...)
}
