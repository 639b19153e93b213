package review

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/files"
)

// These limit one request.
const (
	// attemptTimeout limits one attempt, including its answer.
	attemptTimeout = 60 * time.Second
	// maxAnswer is enough for a page of a hundred comments.
	maxAnswer = 64 << 20
	// maxRefusal limits the body of an error.
	maxRefusal = 64 << 10
	// mostRedirects limits the redirects of a request. A renamed repository needs one.
	mostRedirects = 3
)

// transport sends the requests of both forges' libraries, so that both fail, wait and retry in the same way. It
// returns an *Error for every answer that is neither a success nor a redirect, and gives the libraries only
// answers that it has read to the end.
type transport struct {
	forge    string // "github" or "gitlab"
	jobToken bool
	next     http.RoundTripper
	secret   redactor
	log      *slog.Logger
	sleep    func(context.Context, time.Duration) error
}

// RoundTrip sends a request, and repeats it until it succeeds or pause says that another attempt is of no use.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := payload(r)
	if err != nil {
		return nil, t.failure(r, Error{Kind: BadAnswer, Message: err.Error()})
	}

	patience := mostWait
	for try := 1; ; try++ {
		answer, failed := t.once(r, body)
		if failed == nil {
			return answer, nil
		}

		wait, again := pause(r.Method, failed, try)
		if !again || wait > patience || r.Context().Err() != nil {
			return nil, t.given(r, failed)
		}

		patience -= wait
		t.log.InfoContext(r.Context(), "trying again", "forge", t.forge, "method", r.Method, "wait", wait, "error",
			failed.Message)
		if t.sleep(r.Context(), wait) != nil {
			return nil, t.given(r, failed)
		}
	}
}

// payload reads the body of a request, so that it can be sent again. Our bodies are small.
func payload(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer func() { _ = r.Body.Close() }()
	return io.ReadAll(r.Body)
}

// given returns the final error for a request. If a comment may have been posted, given first waits until the comment
// can appear in the list, because the caller searches for it next.
func (t *transport) given(r *http.Request, failed *failure) *Error {
	passing := failed.Kind == Unreachable || failed.Kind == Limited
	if err := r.Context().Err(); err != nil && passing {
		failed.Err, failed.Message = err, "interrupted"
	} else if r.Method == http.MethodPost && failed.sent {
		_ = t.sleep(r.Context(), settle) // if the wait is cut short, the next request reports it
	}
	return &failed.Error
}

// failure is an Error with the data from which pause decides whether to try again.
type failure struct {
	Error
	asked time.Duration // how long the answer asks to wait
	told  bool          // whether it asks to wait
}

func (t *transport) failure(r *http.Request, e Error) *Error {
	e.Forge, e.jobToken, e.Method, e.Path = t.forge, t.jobToken, r.Method, t.secret.text(r.URL.Path)
	e.Message = t.secret.text(e.Message)
	return &e
}

// once sends a request a single time, and reads the answer with read.
func (t *transport) once(r *http.Request, body []byte) (*http.Response, *failure) {
	ctx, cancel := context.WithTimeout(r.Context(), attemptTimeout)
	defer cancel()

	again := r.Clone(ctx)
	if body != nil {
		again.Body = io.NopCloser(bytes.NewReader(body))
	}

	answer, err := t.next.RoundTrip(again)
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %v", attemptTimeout)
		}
		t.logged(r, 0, err.Error())
		return nil, &failure{Error: *t.failure(r, Error{Kind: Unreachable, Message: err.Error(), sent: !unsent(err)})}
	}
	defer func() { _ = answer.Body.Close() }()

	f := t.read(r, answer)
	if f != nil {
		f.asked, f.told = retryAfter(answer.Header)
		t.logged(r, answer.StatusCode, f.Message)
		return nil, f
	}

	t.logged(r, answer.StatusCode, "")
	return answer, nil
}

func (t *transport) logged(r *http.Request, status int, trouble string) {
	attrs := []any{"forge", t.forge, "method", r.Method, "path", t.secret.text(r.URL.Path), "status", status}
	if trouble != "" {
		attrs = append(attrs, "error", t.secret.text(trouble))
	}
	t.log.DebugContext(r.Context(), "request", attrs...)
}

// unsent reports whether an error occurred before anything was sent.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// read reads an answer and replaces its body with the text that it read. It returns nil for a success, and for a
// redirect, because the client follows it.
func (t *transport) read(r *http.Request, answer *http.Response) *failure {
	success := answer.StatusCode >= 200 && answer.StatusCode <= 299
	text, err := bodyOf(answer, success)
	answer.Body = readCloser{bytes.NewReader(text), answer.Body}

	e := Error{Status: answer.StatusCode, sent: true}
	var tooLarge *files.TooLargeError
	switch {
	case answer.StatusCode >= 300 && answer.StatusCode <= 399:
		return nil
	case !success:
		e.Kind, e.sent = kindOf(answer, text), answer.StatusCode >= 500 ||
			answer.StatusCode == http.StatusRequestTimeout
		e.Message = message(text)
	case errors.As(err, &tooLarge):
		e.Kind, e.Message = BadAnswer, fmt.Sprintf("the answer has more than %d MiB", tooLarge.Max>>20)
	case err != nil:
		e.Kind, e.Message = Unreachable, "the answer broke off: "+err.Error()
	case r.Method != http.MethodDelete && !json.Valid(text):
		e.Kind, e.Message = BadAnswer, "the answer is not JSON"
	default:
		return nil
	}

	return &failure{Error: *t.failure(r, e)}
}

// bodyOf reads the body of a success to the end. Of any other answer it reads only the beginning, which contains the
// error message.
func bodyOf(answer *http.Response, success bool) ([]byte, error) {
	if success {
		return files.Read(answer.Body, maxAnswer)
	}
	return files.ReadStart(answer.Body, maxRefusal)
}

// readCloser reads from the text and closes the original body.
type readCloser struct {
	io.Reader
	io.Closer
}

// kindOf classifies an answer that is not a success. GitHub answers 403 both to too many requests and if a permission
// is missing; a header or the message tells them apart.
func kindOf(answer *http.Response, text []byte) Kind {
	switch status := answer.StatusCode; {
	case status == http.StatusTooManyRequests:
		return Limited
	case status == http.StatusForbidden && (answer.Header.Get("Retry-After") != "" ||
		answer.Header.Get("X-Ratelimit-Remaining") == "0" ||
		bytes.Contains(text, []byte("secondary rate limit"))):
		return Limited
	case status == http.StatusUnauthorized:
		return Unauthorized
	case status == http.StatusForbidden:
		return NoPermission
	case status == http.StatusNotFound, status == http.StatusGone:
		return NotFound
	case status == http.StatusRequestTimeout, status >= 500:
		return Unreachable
	case status >= 400:
		return Rejected
	default:
		return BadAnswer
	}
}

// message extracts the message of an error: GitHub's message with its list of errors, GitLab's message (text, list or
// object), or OAuth's error. For text that is not JSON, such as a web page, it says that.
func message(text []byte) string {
	var said struct {
		Message     json.RawMessage `json:"message"`
		Errors      json.RawMessage `json:"errors"`
		Error       string          `json:"error"`
		Description string          `json:"error_description"`
	}

	if json.Unmarshal(text, &said) != nil {
		return "the answer is not JSON"
	}

	var words []string
	for _, w := range []string{plain(said.Message), plain(said.Errors), said.Error, said.Description} {
		if w != "" && w != "null" {
			words = append(words, w)
		}
	}

	return strings.Join(words, ": ")
}

func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// checkRedirect allows only redirects that stay at the API's host, because the client sends the token along, and that
// keep the method, because a write must not become a read.
func (t *transport) checkRedirect(r *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case r.URL.Scheme != first.URL.Scheme || !strings.EqualFold(r.URL.Host, first.URL.Host):
		return t.failure(first, Error{Kind: BadAnswer, Message: "the API redirects to " + r.URL.Scheme + "://" +
			r.URL.Host + ", which must not get the token"})
	case r.Method != first.Method:
		return t.failure(first, Error{Kind: BadAnswer, Message: "the API redirects a write to a request that only reads"})
	case len(via) > mostRedirects:
		return t.failure(first, Error{Kind: BadAnswer, Message: "the API redirects in circles"})
	default:
		return nil
	}
}

// translate turns an error of a library into an *Error. mayHaveArrived is true for a request that must not be sent
// twice; the error is then InDoubt if the request may have arrived.
func (t *transport) translate(err error, mayHaveArrived bool) error {
	if err == nil {
		return nil
	}

	var known *Error
	if errors.As(err, &known) {
		e := *known
		e.InDoubt = mayHaveArrived && e.sent
		return &e
	}

	e := &Error{
		Forge:    t.forge,
		Kind:     BadAnswer,
		Message:  t.secret.text(err.Error()),
		InDoubt:  mayHaveArrived,
		jobToken: t.jobToken,
	}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			e.Kind, e.Message, e.Err = Unreachable, "interrupted", end
		}
	}

	return e
}
