package review_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/cfplan/cfplan/internal/review"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestGitHubTargetComesFromTheJob(t *testing.T) {
	event := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(event, []byte(`{"pull_request": {"number": 7}}`), 0o600); err != nil {
		t.Fatal(err)
	}

	job := map[string]string{"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "acme/dns", "GITHUB_EVENT_PATH": event}

	for name, test := range map[string]struct {
		wanted     review.Wanted
		server     string
		base       string
		repository string
		number     int64
		refused    string
	}{
		"the job's own":      {base: "https://api.github.com", repository: "acme/dns", number: 7},
		"another number":     {wanted: review.Wanted{Number: 9}, base: "https://api.github.com", repository: "acme/dns", number: 9},
		"another repository": {wanted: review.Wanted{Repository: "acme/web"}, refused: "No pull request to comment on"},
		"its own server":     {server: "https://git.example.com", base: "https://git.example.com/api/v3", repository: "acme/dns", number: 7},
	} {
		t.Run(name, func(t *testing.T) {
			job["GITHUB_SERVER_URL"] = test.server
			got, err := review.GitHubTarget(test.wanted, env(job))
			if wantRefusal(t, err, test.refused) {
				return
			}
			if got.BaseURL != test.base || got.Repository != test.repository || got.Number != test.number {
				t.Errorf("GitHubTarget(%+v) = %s %s #%d, want %s %s #%d",
					test.wanted, got.BaseURL, got.Repository, got.Number, test.base, test.repository, test.number)
			}
		})
	}
}

func TestGitHubTargetSaysWhatIsMissing(t *testing.T) {
	_, err := review.GitHubTarget(review.Wanted{Number: 1}, env(nil))
	wantRefusal(t, err, "No token for GitHub")

	_, err = review.GitHubTarget(review.Wanted{}, env(map[string]string{"GITHUB_TOKEN": "t"}))
	wantRefusal(t, err, "No pull request to comment on")

	missing := filepath.Join(t.TempDir(), "none.json")
	_, err = review.GitHubTarget(review.Wanted{}, env(map[string]string{"GITHUB_TOKEN": "t",
		"GITHUB_EVENT_PATH": missing}))
	wantRefusal(t, err, "Event could not be read")
}

func TestGitLabTargetComesFromTheJob(t *testing.T) {
	fork := map[string]string{
		"CI_PROJECT_ID":                "20",
		"CI_MERGE_REQUEST_PROJECT_ID":  "10",
		"CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example.com/acme/dns",
		"CI_MERGE_REQUEST_IID":         "7",
		"CI_JOB_TOKEN":                 "job",
	}

	got, err := review.GitLabTarget(review.Wanted{}, env(fork))
	if err != nil {
		t.Fatal(err)
	}

	if got.Repository != "10" || got.Number != 7 || !got.JobToken ||
		got.WebURL != "https://gitlab.example.com/acme/dns/-/merge_requests/7" {
		t.Errorf("GitLabTarget in a fork = %+v, want merge request 7 of the target project, with the job's token", got)
	}

	fork["GITLAB_TOKEN"] = "project"
	got, err = review.GitLabTarget(review.Wanted{Repository: "acme/web", Number: 3}, env(fork))
	if err != nil {
		t.Fatal(err)
	}

	if got.Token != "project" || got.JobToken || got.WebURL != "" || got.Number != 3 {
		t.Errorf("GitLabTarget for another project = %+v, want merge request 3 without a page", got)
	}
}

func TestGitLabTargetSaysWhatIsMissing(t *testing.T) {
	_, err := review.GitLabTarget(review.Wanted{Number: 1}, env(nil))
	wantRefusal(t, err, "No token for GitLab")

	branch := map[string]string{"GITLAB_TOKEN": "t", "CI_PROJECT_ID": "20"}
	_, err = review.GitLabTarget(review.Wanted{}, env(branch))
	wantRefusal(t, err, "No merge request to comment on")

	branch["CI_MERGE_REQUEST_IID"] = "not a number"
	_, err = review.GitLabTarget(review.Wanted{}, env(branch))
	wantRefusal(t, err, "No merge request to comment on")
}

func TestRunningForge(t *testing.T) {
	for variable, want := range map[string]string{"GITHUB_ACTIONS": "github", "GITLAB_CI": "gitlab", "CI": ""} {
		if got := review.RunningForge(env(map[string]string{variable: "true"})); got != want {
			t.Errorf("RunningForge with %s = %q, want %q", variable, got, want)
		}
	}
}

// wantRefusal checks that err is a TargetError with the summary, or nil if summary is empty. It reports whether it
// expected an error.
func wantRefusal(t *testing.T, err error, summary string) bool {
	t.Helper()
	var refused *review.TargetError
	switch {
	case summary == "" && err != nil:
		t.Fatal(err)
	case summary != "" && (!errors.As(err, &refused) || refused.Summary != summary):
		t.Errorf("error %v, want %q", err, summary)
	}
	return summary != ""
}
