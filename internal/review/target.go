package review

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/hosts"
)

// Target is a pull request, and how to reach it.
type Target struct {
	// BaseURL is the address of the API, such as https://api.github.com or https://gitlab.com/api/v4.
	BaseURL string
	Token   string
	// JobToken reports whether Token is the CI_JOB_TOKEN that GitLab gives to every job.
	JobToken bool
	// Repository is owner/name. At GitLab it may also be the ID of a project.
	Repository string
	Number     int64
	// WebURL is the web page of the merge request. The addresses of comments are built from it, because GitLab does
	// not return them. It is empty at GitHub.
	WebURL string
	// UserAgent is, for example, "cfplan/0.1.0".
	UserAgent string
	// Log gets a line for each request at level debug. It may be nil.
	Log *slog.Logger

	sleep func(context.Context, time.Duration) error // tests set it; nil means that a request really waits
}

// check returns an error if the target is not valid. It sends nothing, and its errors do not quote the token.
func (t Target) check() error {
	base, err := url.Parse(t.BaseURL)
	switch {
	case err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http"):
		return errors.New("the API's address is not an http or https URL")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return errors.New("the API's address may only have a scheme, a host and a path")
	case base.Scheme == "http" && !hosts.Loopback(base.Hostname()):
		return errors.New("the API's address is http:// to another machine, so the token would travel unencrypted; " +
			"give an https:// address")
	case t.Token == "":
		return errors.New("there is no token")
	case strings.IndexFunc(t.Token, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		return errors.New("the token has a character that no token has, such as a space or a line break")
	case t.Number < 1:
		return fmt.Errorf("%d is not the number of a pull request", t.Number)
	}

	return nil
}

var ownerAndName = regexp.MustCompile(`^[A-Za-z0-9_-]+/[A-Za-z0-9._-]+$`)

// split returns the owner and the name of a repository at GitHub. It is strict, because the path of a request has
// both unescaped.
func (t Target) split() (owner, name string, err error) {
	owner, name, _ = strings.Cut(t.Repository, "/")
	if !ownerAndName.MatchString(t.Repository) || name == "." || name == ".." {
		return "", "", fmt.Errorf("%.100q is not a repository; write owner/name", t.Repository)
	}
	return owner, name, nil
}

// client returns a client for the requests to one forge. It sends the token only to the API's scheme, host
// and port.
func (t Target) client(forge string) (*http.Client, *transport) {
	w := &transport{
		forge:    forge,
		jobToken: t.JobToken,
		next:     http.DefaultTransport,
		secret:   newRedactor(t.Token),
		log:      t.Log,
		sleep:    t.sleep,
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.sleep == nil {
		w.sleep = sleep
	}
	return &http.Client{Transport: w, CheckRedirect: w.checkRedirect}, w
}
