package review

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/review/reviewtest"
)

func TestInvalidTargetsAreRefused(t *testing.T) {
	good := Target{BaseURL: "https://api.github.com", Token: token, Repository: reviewtest.Repository, Number: 7}
	for name, spoil := range map[string]func(*Target){
		"no address":              func(t *Target) { t.BaseURL = "" },
		"file address":            func(t *Target) { t.BaseURL = "file:///etc" },
		"password in the address": func(t *Target) { t.BaseURL = "https://u:p@host" },
		"query in the address":    func(t *Target) { t.BaseURL = "https://host/?a=b" },
		"http to another host":    func(t *Target) { t.BaseURL = "http://github.example.com/api/v3" },
		"http to a lookalike":     func(t *Target) { t.BaseURL = "http://127.0.0.1.example.com/api/v3" },
		"http below localhost":    func(t *Target) { t.BaseURL = "http://api.localhost/api/v3" },
		"http to any address":     func(t *Target) { t.BaseURL = "http://0.0.0.0/api/v3" },
		"no token":                func(t *Target) { t.Token = "" },
		"line break in the token": func(t *Target) { t.Token = token + "\n" },
		"no repository":           func(t *Target) { t.Repository = "" },
		"no number":               func(t *Target) { t.Number = 0 },
	} {
		bad := good
		spoil(&bad)
		for forge, connect := range map[string]func(Target) (Forge, error){"github": NewGitHub, "gitlab": NewGitLab} {
			if _, err := connect(bad); err == nil {
				t.Errorf("%s: a target with %s is accepted, want an error", forge, name)
			} else {
				noToken(t, "the error", err.Error())
			}
		}
	}

	for _, repository := range []string{"dns", "a/b/c", "a/..", "a/b?c", "../x"} {
		bad := good
		bad.Repository = repository
		if _, err := NewGitHub(bad); err == nil {
			t.Errorf("%q is accepted as a repository at GitHub", repository)
		}
	}

	for _, base := range []string{good.BaseURL, "http://127.0.0.1:8080/api/v3", "http://[::1]/api",
		"http://localhost/api"} {
		fine := good
		fine.BaseURL = base
		for _, connect := range []func(Target) (Forge, error){NewGitHub, NewGitLab} {
			if _, err := connect(fine); err != nil {
				t.Errorf("a valid target at %s is refused: %v", base, err)
			}
		}
	}
}

// Whatever a project's path contains, it must be one segment of the request's path.
func TestProjectIsOneSegmentOfTheRequestPath(t *testing.T) {
	s := reviewtest.GitLab(token)
	defer s.Close()

	f, err := NewGitLab(Target{
		BaseURL:    s.URL + "/api/v4",
		Token:      token,
		Repository: "../../x?y#z",
		Number:     7,
		UserAgent:  "cfplan/test",
	})
	if err != nil {
		t.Fatal(err)
	}

	if _, err := Publish(t.Context(), f, Comment{Key: "k", Body: "text"}, Options{}); err == nil {
		t.Fatal("Publish to an invalid project succeeded, want an error")
	}

	for _, r := range s.Requests() {
		if !strings.HasPrefix(r, "GET /api/v4/projects/%2E%2E%2F%2E%2E%2Fx%3Fy%23z/") &&
			!strings.HasPrefix(r, "GET /api/v4/projects/..%2F..%2Fx%3Fy%23z/") {
			t.Errorf("the request was %s, want the project as one escaped segment", r)
		}
	}
}
