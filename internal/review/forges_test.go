package review

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/review/reviewtest"
)

const token = "a-token/that+is=secret<&>"

// stand is a simulated forge and our client for it.
type stand struct {
	*reviewtest.Server
	Forge
	log   *bytes.Buffer
	slept *[]time.Duration
}

// eachForge runs a test four times: at GitHub with the token of a user and of an app, and at GitLab with the token
// of a project and of a job.
func eachForge(t *testing.T, test func(*testing.T, stand)) {
	for _, name := range []string{"github", "github app", "gitlab", "gitlab job"} {
		t.Run(name, func(t *testing.T) { test(t, newStand(t, name)) })
	}
}

func newStand(t *testing.T, name string) stand {
	t.Helper()
	s := stand{log: &bytes.Buffer{}, slept: &[]time.Duration{}}
	target := Target{Token: token, Repository: reviewtest.Repository, Number: reviewtest.Number,
		UserAgent: "cfplan/test",
		Log:       slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		sleep:     func(ctx context.Context, d time.Duration) error { *s.slept = append(*s.slept, d); return ctx.Err() }}

	forge, special, _ := strings.Cut(name, " ")
	connect := NewGitHub
	if forge == "gitlab" {
		s.Server, connect = reviewtest.GitLab(token), NewGitLab
		target.BaseURL, target.WebURL = s.URL+"/api/v4", "https://gitlab.example/acme/dns/-/merge_requests/7"
		target.JobToken = special != ""
	} else {
		s.Server = reviewtest.GitHub(token)
		target.BaseURL = s.URL
	}
	t.Cleanup(s.Close)
	if special != "" {
		s.AppToken()
	}

	var err error
	if s.Forge, err = connect(target); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { noToken(t, "the log", s.log.String()) })
	return s
}

// noToken checks that a text does not contain the token in any encoding.
func noToken(t *testing.T, where, text string) {
	t.Helper()
	inBase64 := base64.StdEncoding.EncodeToString([]byte(token))[4:12]
	for _, spelt := range []string{token, "that+is", "that%2Bis", "that%2bis", `\u003c\u0026`, inBase64} {
		if strings.Contains(text, spelt) {
			t.Errorf("%s contains the token (as %q): %s", where, spelt, text)
		}
	}
}

func (s stand) publish(t *testing.T, body string, o Options) Result {
	t.Helper()
	r, err := Publish(t.Context(), s, Comment{Key: "k", Body: body}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// bodies returns the current comments, without our marker.
func (s stand) bodies() string {
	var out []string
	for _, c := range s.Comments() {
		out = append(out, strings.TrimPrefix(c.Body, marker("k")+"\n"))
	}
	return strings.Join(out, "|")
}

func (s stand) count(method string) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.HasPrefix(r, method+" ") {
			n++
		}
	}
	return n
}

func (s stand) wants(t *testing.T, bodies string, r Result, action Action) {
	t.Helper()
	if got := s.bodies(); got != bodies {
		t.Errorf("the comments are %q, want %q", got, bodies)
	}
	if r.Action != action || r.Forge != s.Name() {
		t.Errorf("the result is %+v, want %s at %s", r, action, s.Name())
	}
}

// failed publishes, and returns the error. There must be one, and it must not contain the token.
func (s stand) failed(t *testing.T, body string, o Options) *Error {
	t.Helper()
	r, err := Publish(t.Context(), s, Comment{Key: "k", Body: body}, o)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("Publish = %+v, %v, want an *Error", r, err)
	}
	noToken(t, "the error", err.Error()+strings.Join(e.Steps(), " "))
	return e
}
