package cloudflare

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/guidance"
)

// Error is a failed call. It never holds a credential or a header. What others
// wrote in it has no control characters and at most 300 characters a piece.
type Error struct {
	Kind   guidance.Kind
	Method string // "" where no request was sent
	Path   string // below the base URL, with query
	Status int    // 0 where there was no answer
	// Code and Message are those of the deepest error of Cloudflare's answer,
	// but 6003 keeps its own. Code is 0 where the answer had none.
	Code    int
	Message string
	// All has every error of the answer, chains flattened, outermost first.
	All   []APIError
	RayID string
	// Account is the name of the account in the configuration with whose credentials the call was made; empty for the
	// default one.
	Account string
	// InDoubt: a write was sent and no answer tells whether it took effect.
	InDoubt bool
	// Err is the transport's error, if any.
	Err error

	trouble     guidance.Trouble // what went wrong on this side of an answer
	seen        []string         // what is odd in the credential
	account     bool             // the credential is a token of an account
	sent        bool             // the server may have got the request
	retryHeader string           // Retry-After
	until       time.Time        // when Cloudflare will listen again; zero if not said
}

// APIError is one code with its message.
type APIError struct {
	Code    int
	Message string

	depth int // in its chain, 0 for the outermost
}

// Error is one line: request, answer, code and ray ID.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Method != "" {
		fmt.Fprintf(&b, "%s %s: ", e.Method, presentable(e.Path))
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, "%s: ", statusText(e.Status))
	}
	b.WriteString(e.reason())
	if d := e.details(); d != "" {
		fmt.Fprintf(&b, " (%s)", d)
	}
	if !e.until.IsZero() {
		fmt.Fprintf(&b, ", try again after %s", e.untilText())
	}
	if e.InDoubt {
		b.WriteString(", so that it is not known whether the change took effect")
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Answer is the error for people, on one line and without the request: what was answered, with its code, the HTTP
// status and the ray ID, as far as there are any.
func (e *Error) Answer() string {
	var parts []string
	if e.Code != 0 {
		parts = append(parts, fmt.Sprintf("code %d", e.Code))
	}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP status %d", e.Status))
	}
	if e.RayID != "" {
		parts = append(parts, "ray "+presentable(e.RayID))
	}
	if e.Account != "" {
		parts = append(parts, "account "+e.Account)
	}

	text := presentable(e.Explanation())
	if e.Message == "" && e.Err != nil {
		text = presentable(e.Err.Error())
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	if !e.until.IsZero() {
		text += ", try again after " + e.untilText()
	}
	return text
}

// Request names the request, such as "GET /zones"; it is empty if none was sent.
func (e *Error) Request() string {
	if e.Method == "" {
		return ""
	}
	return e.Method + " " + presentable(e.Path)
}

// reason is what went wrong, without the request.
func (e *Error) reason() string {
	switch {
	case e.Message != "" && e.Err != nil:
		return presentable(e.Message) + ": " + presentable(e.Err.Error())
	case e.Message != "":
		return presentable(e.Message)
	case e.Err != nil:
		return presentable(e.Err.Error())
	default:
		return "no reason given"
	}
}

func (e *Error) details() string {
	var parts []string
	if e.Code != 0 {
		parts = append(parts, fmt.Sprintf("code %d", e.Code))
	}
	for _, a := range e.All {
		if a.Code != e.Code || a.Message != e.Message {
			parts = append(parts, fmt.Sprintf("%d %s", a.Code, presentable(a.Message)))
		}
	}
	if e.RayID != "" {
		parts = append(parts, "ray "+presentable(e.RayID))
	}
	if e.Account != "" {
		parts = append(parts, "account "+e.Account)
	}
	return strings.Join(parts, ", ")
}

// short names the failure in a word or two.
func (e *Error) short() string {
	if e.Status != 0 {
		return statusText(e.Status)
	}
	return e.reason()
}

func (e *Error) untilText() string { return english.Second(e.until) }

// statusText knows the statuses that Cloudflare's edge adds to HTTP's.
func statusText(status int) string {
	text := http.StatusText(status)
	if edge, ok := edgeStatus[status]; ok {
		text = edge
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, text))
}

var edgeStatus = map[int]string{
	520: "Unknown Error", 521: "Web Server Is Down", 522: "Connection Timed Out", 523: "Origin Is Unreachable",
	524: "A Timeout Occurred", 525: "SSL Handshake Failed", 526: "Invalid SSL Certificate", 527: "Railgun Error",
}

// local is a failure that needed no request.
func local(t guidance.Trouble, message string) *Error {
	e := &Error{trouble: t, Message: message}
	e.classify()
	return e
}

// troubleOf names what kept an answer from coming, or from being one.
func troubleOf(x *exchange, err error) guidance.Trouble {
	if x.err == nil {
		return statusTrouble(x.status)
	}
	return transportTrouble(err)
}

func transportTrouble(err error) guidance.Trouble {
	var (
		host    *net.DNSError
		op      *net.OpError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		timeout interface{ Timeout() bool }
		proxy   *proxyError
		large   *files.TooLargeError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return guidance.Cancelled
	case errors.As(err, &large):
		return guidance.TooLarge
	case errors.As(err, &proxy), errors.As(err, &op) && op.Op == "proxyconnect":
		return guidance.BadProxy
	case errors.As(err, &host):
		return guidance.UnknownHost
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert):
		return guidance.BadCertificate
	case errors.As(err, &timeout) && timeout.Timeout():
		return guidance.TooSlow
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &op) && op.Op == "dial":
		return guidance.NoConnection
	default:
		return guidance.Network
	}
}

// withoutURL takes net/http's own words about method and URL away, as the error
// has them already.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
