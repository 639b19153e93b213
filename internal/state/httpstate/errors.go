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

// explain says what to do about a request that was not answered. The library's
// errors quote the whole address, whose query may hold a token.
func (b *Backend) explain(u *url.URL, err error) error {
	var quoting *url.Error
	for errors.As(err, &quoting) {
		err = quoting.Err
	}

	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer in time (%w); try again when the server and the network are well",
			shown(u), err)
	}

	next := "check the address and the network"
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		next = fmt.Sprintf("the server's certificate is not valid now (it is from %s to %s): renew it there, or "+
			"set this machine's clock",
			english.Day(invalid.Cert.NotBefore), english.Day(invalid.Cert.NotAfter))
	case errors.As(err, &unknown):
		next = "the server's certificate is from an authority that is not known here: give its certificate as " +
			"client_ca_certificate_pem"
	case errors.As(err, &name):
		next = "the server's certificate is for other names: use one of those in the address"
	}

	return fmt.Errorf("%s: %w; %s", shown(u), err, next)
}

// refusal is an answer with another status than the wanted one.
type refusal struct {
	status  int
	text    string
	changes bool // it was to lock or to write
}

func (r *refusal) Error() string { return r.text }

// Is makes it [fs.ErrPermission] that these credentials may not lock or write: with
// such one can still plan. A server that does not know how to is another matter.
func (r *refusal) Is(target error) bool {
	return target == fs.ErrPermission && r.changes && (r.status == http.StatusUnauthorized ||
		r.status == http.StatusForbidden)
}

// refusedChange is refused for what was to lock or to write.
func (b *Backend) refusedChange(u *url.URL, resp *http.Response, body []byte) error {
	r := b.refused(u, resp, body)
	r.changes = true
	return r
}

// refused says what a refusal means.
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
		return "check username and password (CFPLAN_HTTP_USERNAME, CFPLAN_HTTP_PASSWORD): a token with the scope " +
			"api and the name of its owner, or in a job gitlab-ci-token and the job's CI_JOB_TOKEN"
	case status == http.StatusUnauthorized:
		return "check username and password (CFPLAN_HTTP_USERNAME, CFPLAN_HTTP_PASSWORD)"
	case status == http.StatusForbidden && gitLab:
		return "reading a state takes the role Developer in the project, writing and locking it the role " +
			"Maintainer, and a token with the scope api"
	case status == http.StatusForbidden:
		return "these credentials may not do that"
	case status == http.StatusNotFound:
		return "check the address; a server also answers so where these credentials must not see what is there"
	case status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented:
		return "the server does not know the method " + resp.Request.Method +
			" there: check the address and the method (update_method, lock_method, unlock_method)"
	case status == http.StatusPreconditionFailed:
		return "what is stored is what was read, but the server takes it for something else; try again"
	case status == http.StatusRequestEntityTooLarge:
		return "the server takes no document that large; raise its limit"
	case status == http.StatusConflict && gitLab:
		return "the state is locked by another run, or it has a version with this serial already"
	case status >= 300 && status < 400:
		return fmt.Sprintf("it redirects to %s, which is not followed, so that credentials and documents go to no "+
			"other place: if that is right, use it in the address", target(resp))
	case status >= 500:
		return "try again when the server is well"
	}

	return ""
}

// target is where a redirect leads, without what may be secret.
func target(resp *http.Response) string {
	u, err := resp.Location()
	if err != nil {
		return "no address"
	}
	return printable(shown(u), 300)
}

// missing is what a 404 of a read means. GitLab also answers so where there is no
// such project, or nobody is to know: that is not the same as nothing stored. Nor is
// a page, which somebody in between may have answered with.
func (b *Backend) missing(u *url.URL, resp *http.Response, body []byte) error {
	if isPage(resp, body) {
		return fmt.Errorf("%s answers 404 Not Found with a web page, which is no word of whether a state is "+
			"stored: check the address, and whether one must sign in or go through a proxy first; a server that "+
			"keeps states must say so without a page", shown(u))
	}
	if said := b.message(body); isGitLab(u) && strings.Contains(said, "Project Not Found") {
		return fmt.Errorf("%s answers 404 Not Found (%s): check the project's ID in the address, and that username "+
			"and password are those of somebody who can see it", shown(u), said)
	}
	return nil
}

// noPage refuses a page where something was to be done: somebody else answered than
// the one who does it.
func (b *Backend) noPage(u *url.URL, resp *http.Response, body []byte) error {
	if isPage(resp, body) {
		return fmt.Errorf("%s answers with a web page: check the address, and whether one must sign in or go "+
			"through a proxy first", shown(u))
	}
	return nil
}

func isPage(resp *http.Response, body []byte) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // what can't be parsed is not HTML
	return kind == "text/html" || strings.HasPrefix(strings.TrimSpace(string(body)), "<")
}

// message is what a server says beside the status, fit to be shown.
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
				text = strings.ReplaceAll(text, b.password, "…") // a server knows it
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
