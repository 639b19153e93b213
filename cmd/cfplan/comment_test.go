package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cfplan/cfplan/internal/review/reviewtest"
)

const forgeToken = "a-token-of-the-forge"

type forgeKey struct{}

// forgeCommand starts a forge with one pull request, or asserts what it has:
//
//	forge github | gitlab        starts it, with a token that is an app's at GitHub
//	                             and a project's at GitLab, and sets the CI's variables
//	forge jobtoken               replaces GitLab's token with the job's own token
//	forge readonly               refuses writes, as in a pull request from a fork
//	forge fail STATUS BODY       answers the next write with this
//	forge heal                   ends readonly and fail
//	forge comments N             asserts that there are N comments
//	forge says TEXT              asserts that the newest comment contains TEXT (also with !)
//	forge calls N                asserts that there were N requests since the last reset
//	forge reset                  forgets the requests
func forgeCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg && args[0] != "says" {
		ts.Fatalf("! can only be used with says")
	}
	s, _ := ts.Value(forgeKey{}).(*runForge)
	switch verb, rest := args[0], args[1:]; verb {
	case "github":
		s.gitHub(ts)
	case "gitlab":
		s.gitLab(ts)
	case "jobtoken":
		s.AppToken()
		ts.Setenv("GITLAB_TOKEN", "")
		ts.Setenv("CI_JOB_TOKEN", forgeToken)
	case "readonly":
		s.ReadOnly()
	case "fail":
		code, err := strconv.Atoi(rest[0])
		ts.Check(err)
		s.failWrite(code, rest[1])
	case "heal":
		s.Heal()
	case "comments":
		assertCount(ts, rest[0], len(s.Comments()), fmt.Sprint(s.Comments()))
	case "says":
		comments := s.Comments()
		if newest := comments[len(comments)-1].Body; strings.Contains(newest, rest[0]) == neg {
			ts.Fatalf("the newest comment says: %s", newest)
		}
	case "calls":
		assertCount(ts, rest[0], len(s.Requests()), fmt.Sprint(s.Requests()))
	case "reset":
		s.Reset()
	default:
		ts.Fatalf("unknown verb %q", verb)
	}
}

// runForge is the forge of one script.
type runForge struct{ *reviewtest.Server }

func (s *runForge) start(ts *testscript.TestScript, server *reviewtest.Server) {
	s.Server = server
	ts.Defer(server.Close)
}

func (s *runForge) gitHub(ts *testscript.TestScript) {
	s.start(ts, reviewtest.GitHub(forgeToken))
	s.AppToken()
	for name, value := range map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": forgeToken, "GITHUB_API_URL": s.URL,
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": reviewtest.Repository, "GITHUB_EVENT_PATH": ts.MkAbs("event.json")} {
		ts.Setenv(name, value)
	}
}

func (s *runForge) gitLab(ts *testscript.TestScript) {
	s.start(ts, reviewtest.GitLab(forgeToken))
	for name, value := range map[string]string{"GITLAB_CI": "true", "GITLAB_TOKEN": forgeToken, "CI_API_V4_URL": s.URL + "/api/v4",
		"CI_PROJECT_ID": "99", "CI_MERGE_REQUEST_PROJECT_ID": reviewtest.Repository, "CI_MERGE_REQUEST_IID": strconv.Itoa(reviewtest.Number),
		"CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/" + reviewtest.Repository} {
		ts.Setenv(name, value)
	}
}

func (s *runForge) failWrite(code int, body string) {
	s.Fail(reviewtest.Fault{Method: http.MethodPost, Answer: func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(strings.ReplaceAll(body, "TOKEN", forgeToken)))
	}})
}
