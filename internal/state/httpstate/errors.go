package httpstate

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/english"
)

// explain says what to do about a request without an answer. It unwraps [url.Error], which quotes the whole
// address: the query may hold a token.
func (b *Backend) explain(u *url.URL, err error) error {
	var quoting *url.Error
	for errors.As(err, &quoting) {
		err = quoting.Err
	}

	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer in time (%w); try again later, or check the server and the network",
			shown(u), err)
	}

	next := "check the address and the network"
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		next = fmt.Sprintf("the server's certificate is not valid now, only from %s to %s: renew it at the server, "+
			"or correct this machine's clock",
			english.Day(invalid.Cert.NotBefore), english.Day(invalid.Cert.NotAfter))
	case errors.As(err, &unknown):
		next = "the server's certificate is signed by an authority that this machine does not know: set " +
			"client_ca_certificate_pem to that authority's certificate"
	case errors.As(err, &name):
		next = "the server's certificate is for other names: use one of them in the address"
	}

	return fmt.Errorf("%s: %w; %s", shown(u), err, next)
}

// refusal is an answer whose status is not the expected one.
type refusal struct {
	status  int
	text    string
	changes bool // the request was to lock or to write
}

func (r *refusal) Error() string { return r.text }

// Is reports whether the refusal is [fs.ErrPermission]: these credentials may not lock or write, but may
// still be enough for a plan. If the server does not implement the request, that is not a missing permission.
func (r *refusal) Is(target error) bool {
	return target == fs.ErrPermission && r.changes && (r.status == http.StatusUnauthorized ||
		r.status == http.StatusForbidden)
}

// refusedChange is refused for a request to lock or to write.
func (b *Backend) refusedChange(u *url.URL, resp *http.Response, body []byte) error {
	r := b.refused(u, resp, body)
	r.changes = true
	return r
}

// refused returns the error for an answer with an unexpected status.
func (b *Backend) refused(u *url.URL, resp *http.Response, body []byte) *refusal {
	text := fmt.Sprintf("%s answers %d %s", shown(u), resp.StatusCode, http.StatusText(resp.StatusCode))
	if said := b.message(body); said != "" {
		text += fmt.Sprintf(" (%s)", said)
	}
	if next := b.next(u, resp); next != "" {
		text += ": " + next
	}
	return &refusal{status: resp.StatusCode, text: text}
}

func (b *Backend) next(u *url.URL, resp *http.Response) string {
	gitLab := isGitLab(u)
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized && gitLab:
		return "check username and password (CFPLAN_HTTP_USERNAME, CFPLAN_HTTP_PASSWORD): use a token with the " +
			"scope api and its owner's name, or in a CI job gitlab-ci-token and the job's CI_JOB_TOKEN"
	case status == http.StatusUnauthorized:
		return "check username and password (CFPLAN_HTTP_USERNAME, CFPLAN_HTTP_PASSWORD)"
	case status == http.StatusForbidden && gitLab:
		return "the token needs the scope api; its owner needs the role Developer in the project to read a state, " +
			"and the role Maintainer to write and lock it"
	case status == http.StatusForbidden:
		return "these credentials lack the permission for it"
	case status == http.StatusNotFound:
		return "check the address; some servers also answer this if the credentials may not see the state"
	case status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented:
		return "the server does not support the method " + resp.Request.Method +
			" at this address: check the address and the method (update_method, lock_method, unlock_method)"
	case status == http.StatusPreconditionFailed:
		return "the server says that the document has changed, but it is the one that cfplan read; try again"
	case status == http.StatusRequestEntityTooLarge:
		return "the document is too large for the server; raise its limit"
	case status == http.StatusConflict && gitLab:
		return "another run holds the lock, or a version with this serial exists already"
	case status >= 300 && status < 400:
		return fmt.Sprintf("it redirects to %s, which cfplan does not follow, because the credentials and the state "+
			"would go there too: if that address is right, use it in the address attribute", target(resp))
	case status >= 500:
		return "the server has a problem; try again later"
	}

	return ""
}

// target returns the address that a redirect leads to, without secrets.
func target(resp *http.Response) string {
	u, err := resp.Location()
	if err != nil {
		return "an unknown address"
	}
	return printable(shown(u), 300)
}

// missing decides what a 404 for a read means. Usually nothing is stored, and missing returns nil. GitLab
// also answers 404 if the project does not exist or the user may not see it, and a proxy may answer with
// a web page; those are errors.
func (b *Backend) missing(u *url.URL, resp *http.Response, body []byte) error {
	if isPage(resp, body) {
		return fmt.Errorf("%s answers 404 Not Found with a web page, which does not say whether a state is stored: "+
			"check the address, and whether the server or a proxy asks for a login first; a state server must "+
			"answer 404 without a page", shown(u))
	}
	if said := b.message(body); isGitLab(u) && strings.Contains(said, "Project Not Found") {
		return fmt.Errorf("%s answers 404 Not Found (%s): check the project's ID in the address, and that username "+
			"and password belong to a user who can see the project", shown(u), said)
	}
	return nil
}

// noPage returns an error if the answer is a web page: then something other than the state server answered,
// and the request was not carried out.
func (b *Backend) noPage(u *url.URL, resp *http.Response, body []byte) error {
	if isPage(resp, body) {
		return fmt.Errorf("%s answers with a web page: check the address, and whether the server or a proxy asks "+
			"for a login first", shown(u))
	}
	return nil
}

func isPage(resp *http.Response, body []byte) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // what can't be parsed is not HTML
	return kind == "text/html" || strings.HasPrefix(strings.TrimSpace(string(body)), "<")
}

// message returns the server's own message, without the password and control characters, or "" if there is
// none.
func (b *Backend) message(body []byte) string {
	var said struct {
		Message any `json:"message"`
		Error   any `json:"error"`
	}

	if json.Unmarshal(body, &said) != nil {
		return ""
	}

	for _, v := range []any{said.Message, said.Error} {
		if text, ok := v.(string); ok && text != "" {
			if b.password != "" {
				text = strings.ReplaceAll(text, b.password, "…") // the server knows the password and may repeat it
			}
			return printable(text, 200)
		}
	}

	return ""
}

func printable(text string, most int) string {
	out := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	if runes := []rune(out); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return out
}
