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
	// BaseURL is the API's: https://api.github.com, https://gitlab.com/api/v4.
	BaseURL string
	Token   string
	// JobToken: the token is the one that GitLab gives to every job.
	JobToken bool
	// Repository is owner/name, at GitLab also a project's ID.
	Repository string
	Number     int64
	// WebURL is the page of the request. GitLab does not tell where a comment is.
	WebURL string
	// UserAgent such as "cfplan/0.1.0".
	UserAgent string
	// Log gets a line for each request at level debug; nil for none.
	Log *slog.Logger

	sleep func(context.Context, time.Duration) error // for tests; nil waits
}

// check says what is wrong before anything is sent. No error repeats the token.
func (t Target) check() error {
	base, err := url.Parse(t.BaseURL)
	switch {
	case err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http"):
		return errors.New("the API's address is no http or https URL")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return errors.New("the API's address has more than scheme, host and path")
	case base.Scheme == "http" && !hosts.Loopback(base.Hostname()):
		return errors.New("the API's address is http:// to another machine, where the token would travel in clear; " +
			"give an https:// address")
	case t.Token == "":
		return errors.New("there is no token")
	case strings.IndexFunc(t.Token, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		return errors.New("the token has characters that no token has, such as a space or a line break")
	case t.Number < 1:
		return fmt.Errorf("%d is no number of a pull request", t.Number)
	}

	return nil
}

var ownerAndName = regexp.MustCompile(`^[A-Za-z0-9_-]+/[A-Za-z0-9._-]+$`)

// split returns owner and name of a repository at GitHub, where they go into a
// path as they are.
func (t Target) split() (owner, name string, err error) {
	owner, name, _ = strings.Cut(t.Repository, "/")
	if !ownerAndName.MatchString(t.Repository) || name == "." || name == ".." {
		return "", "", fmt.Errorf("%.100q is no repository; write owner/name", t.Repository)
	}
	return owner, name, nil
}

// client carries the requests of one forge. The token never leaves the API's
// scheme, host and port.
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
