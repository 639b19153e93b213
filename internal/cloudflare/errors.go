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

// Error is a failed call. It never contains a credential or a header. Texts that come from outside have no
// control characters and at most 300 characters each.
type Error struct {
	Kind   guidance.Kind
	Method string // "" if no request was sent
	Path   string // below the base URL, with the query
	Status int    // 0 if no answer came
	// Code and Message come from the most informative error of the answer, usually the deepest one; see
	// principal. Code is 0 if the answer has none.
	Code    int
	Message string
	// All has every error of the answer and of its chains, outermost first.
	All   []APIError
	RayID string
	// Account is the configuration's name of the account whose credentials were used; empty for the default
	// account.
	Account string
	// InDoubt reports whether a write was sent but no answer says whether it took effect.
	InDoubt bool
	// Err is the transport's error; nil if there is none.
	Err error

	trouble     guidance.Trouble // the failure, if no answer of the API describes it
	seen        []string         // oddities of the credential
	account     bool             // the credential is an account's token
	sent        bool             // the server may have received the request
	retryHeader string           // Retry-After
	until       time.Time        // when Cloudflare will accept requests again; zero if unknown
}

// APIError is one code with its message.
type APIError struct {
	Code    int
	Message string

	depth int // depth in its chain; 0 for the outermost
}

// Error returns one line with the request, the answer, its code and the ray ID.
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
		b.WriteString("; it is not known whether the change took effect")
	}

	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Answer returns the error for users, on one line and without the request: the message and, if known, the
// code, the HTTP status and the ray ID.
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

// Request returns the request, such as "GET /zones", or "" if none was sent.
func (e *Error) Request() string {
	if e.Method == "" {
		return ""
	}
	return e.Method + " " + presentable(e.Path)
}

// reason returns the message, or the transport's error, without the request.
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

// short describes the failure in a few words.
func (e *Error) short() string {
	if e.Status != 0 {
		return statusText(e.Status)
	}
	return e.reason()
}

func (e *Error) untilText() string { return english.Second(e.until) }

// statusText returns a status with its text, including the statuses that Cloudflare's edge adds to HTTP's.
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

// local returns an error for which no request was sent.
func local(t guidance.Trouble, message string) *Error {
	e := &Error{trouble: t, Message: message}
	e.classify()
	return e
}

// troubleOf returns the reason why no answer came, or why the answer is not usable.
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

// withoutURL removes the method and the URL from an error of net/http, because the Error already has them.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
