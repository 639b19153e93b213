package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/guidance"
)

// Time limits for one attempt. A batch of 3,500 operations is one transaction.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 120 * time.Second
)

// largestAnswer is the size limit for an answer, in bytes. A page of 5,000 records with long TXTs stays far
// below it.
const largestAnswer = 64 << 20

// request is one call of the API; send passes it to cloudflare-go.
type request struct {
	method string
	path   string // below the base URL, without query
	query  url.Values
	body   []byte // nil for none
	// limit is the time limit for one attempt; 0 means the normal limit for reads or writes.
	limit time.Duration
	// before, if set, is called right before each attempt, after all waiting. If it returns an error, the
	// request is not sent.
	before func(context.Context) error
	// heard, if set, is called with the ray ID of each answer.
	heard func(rayID string)
	// ray is the ray ID of the answer, for an error about its content.
	ray  string
	send func(ctx context.Context, opts ...option.RequestOption) error
}

func (r request) writes() bool { return r.method != http.MethodGet }

func (r request) timeout() time.Duration {
	if r.limit != 0 {
		return r.limit
	}
	if r.writes() {
		return writeTimeout
	}
	return readTimeout
}

// target returns the name of the request in errors and logs.
func (r request) target() string {
	if len(r.query) == 0 {
		return r.path
	}
	return r.path + "?" + r.query.Encode()
}

// options returns the options for this request only. x keeps the answer, so cloudflare-go has nothing to
// decode.
func (r request) options(x *exchange) []option.RequestOption {
	var ignored []byte
	opts := []option.RequestOption{option.WithMiddleware(x.carry), option.WithResponseBodyInto(&ignored)}
	for name := range r.query {
		opts = append(opts, option.WithQuery(name, r.query.Get(name)))
	}
	if r.body != nil {
		opts = append(opts, option.WithRequestBody("application/json", r.body))
	}
	return opts
}

// identifier matches IDs that may be part of a path. Cloudflare's IDs are 32 hexadecimal digits, but
// identifier only makes sure that an ID from a file or a hostile answer cannot lead to another part of the
// API.
var identifier = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

func (c *Client) checkID(what, id string) *Error {
	if identifier.MatchString(id) {
		return nil
	}
	return local(guidance.BadID, c.secrets.text(fmt.Sprintf("%q is not the ID of a %s", id, what)))
}

// exchange is one attempt as seen on the wire. cloudflare-go gets an empty answer, because it would read
// bodies of any size, decode records wrongly, and treat a failure as a success.
type exchange struct {
	status int // 0 until an answer came
	header http.Header
	body   []byte
	err    error
	// traced reports whether the transport reports its connections, and reached whether it got a connection.
	// With a connection, the server may have received the request.
	traced, reached bool
}

func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { x.traced = true },
		GotConn: func(httptrace.GotConnInfo) { x.reached = true },
	}
}

// maybeSent reports whether the server may have received the request.
func (x *exchange) maybeSent() bool { return x.reached || !x.traced }

func (x *exchange) carry(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	res, err := next(req)
	if err != nil {
		x.err = err
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // an error does not matter, because the body has been read

	x.status, x.header = res.StatusCode, res.Header
	x.body, err = readBody(res)
	if err != nil && x.status < 300 { // for a failure, the status is enough
		x.err = err
		return nil, err
	}
	return &http.Response{StatusCode: res.StatusCode, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

// readBody reads a body of at most largestAnswer.
func readBody(res *http.Response) ([]byte, error) {
	body, err := files.ReadSized(res.Body, largestAnswer, res.ContentLength)
	if err != nil && errors.As(err, new(*files.TooLargeError)) {
		err = fmt.Errorf("the answer is %w", err)
	}
	return body, err
}
