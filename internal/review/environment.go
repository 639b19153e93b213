package review

import (
	"errors"
	"fmt"
	"os"
	"strconv"
)

// Wanted has the pull request that the user asked for. GitHubTarget and GitLabTarget take the values of empty fields
// from the environment of the CI job.
type Wanted struct {
	Repository string
	Number     int64
}

// TargetError says what is missing in the environment to comment on a pull request.
type TargetError struct {
	// Summary is a short title.
	Summary string
	// Detail says what is missing and what to do, in sentences.
	Detail string
}

// Error returns both parts on one line.
func (e *TargetError) Error() string { return e.Summary + ": " + e.Detail }

// RunningForge returns "github" or "gitlab" if its CI runs this job, and otherwise "". getenv looks up a
// variable.
func RunningForge(getenv func(string) string) string {
	switch {
	case getenv("GITHUB_ACTIONS") == "true":
		return "github"
	case getenv("GITLAB_CI") == "true":
		return "gitlab"
	default:
		return ""
	}
}

// GitHubTarget finds the pull request of a job in GitHub Actions. Its errors are of type *TargetError.
func GitHubTarget(w Wanted, getenv func(string) string) (Target, error) {
	t := Target{
		BaseURL:    first(getenv("GITHUB_API_URL"), gitHubAPI(getenv("GITHUB_SERVER_URL"))),
		Token:      getenv("GITHUB_TOKEN"),
		Repository: first(w.Repository, getenv("GITHUB_REPOSITORY")),
		Number:     w.Number,
	}

	if t.Token == "" {
		return t, &TargetError{
			Summary: "No token for GitHub",
			Detail: "GITHUB_TOKEN is not set. In a workflow's step: env: GITHUB_TOKEN: ${{ github.token }}, " +
				"in a job with permissions: pull-requests: write.",
		}
	}

	// The event can only name a pull request of the job's own repository.
	if t.Number == 0 && t.Repository == getenv("GITHUB_REPOSITORY") {
		number, err := eventNumber(getenv("GITHUB_EVENT_PATH"))
		if err != nil {
			return t, &TargetError{
				Summary: "Event could not be read",
				Detail:  fmt.Sprintf("GITHUB_EVENT_PATH: %v. Name the pull request with -number=N.", err),
			}
		}
		t.Number = number
	}

	if t.Number == 0 {
		return t, &TargetError{
			Summary: "No pull request to comment on",
			Detail: "The job's event names no pull request. Events such as pull_request do, and workflow_run does " +
				"unless it is for a fork. " +
				"Name the pull request with -number=N.",
		}
	}

	return t, nil
}

// gitHubAPI returns the address of a server's API. The API of github.com is on another host.
func gitHubAPI(server string) string {
	if server == "" || server == "https://github.com" {
		return "https://api.github.com"
	}
	return server + "/api/v3"
}

// eventNumber returns 0 if there is no event, or if the event is not about a pull request.
func eventNumber(path string) (number int64, err error) {
	if path == "" {
		return 0, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	e, err := readEvent(f)
	return e.Number, err
}

// GitLabTarget finds the merge request of a job in GitLab CI. Its errors are of type *TargetError.
//
// A merge request belongs to the target project. CI_PROJECT_ID is the project in which the pipeline runs, which
// may be a fork, so CI_MERGE_REQUEST_PROJECT_ID comes first.
func GitLabTarget(w Wanted, getenv func(string) string) (Target, error) {
	project := first(getenv("CI_MERGE_REQUEST_PROJECT_ID"), getenv("CI_PROJECT_ID"))
	t := Target{
		BaseURL:    first(getenv("CI_API_V4_URL"), "https://gitlab.com/api/v4"),
		Repository: first(w.Repository, project),
		Number:     w.Number,
	}

	t.Token = first(getenv("CFPLAN_GITLAB_TOKEN"), getenv("GITLAB_TOKEN"))
	if t.Token == "" {
		t.Token, t.JobToken = getenv("CI_JOB_TOKEN"), true
	}
	if t.Token == "" {
		return t, &TargetError{
			Summary: "No token for GitLab",
			Detail: "GITLAB_TOKEN is not set. Make a project access token with the scope api and the role Reporter " +
				"or above, " +
				"and set it as a CI/CD variable, masked. A protected variable is absent from pipelines of " +
				"unprotected branches.",
		}
	}

	own := t.Repository == project
	if t.Number == 0 && own {
		t.Number, _ = strconv.ParseInt(getenv("CI_MERGE_REQUEST_IID"), 10, 64) // 0 if it is not a number
	}
	if t.Number == 0 {
		return t, &TargetError{
			Summary: "No merge request to comment on",
			Detail: "CI_MERGE_REQUEST_IID is not set: the pipeline runs for a branch. " +
				"Give the job rules: - if: $CI_PIPELINE_SOURCE == \"merge_request_event\", or name the merge " +
				"request with -number=N.",
		}
	}
	if web := getenv("CI_MERGE_REQUEST_PROJECT_URL"); own && web != "" {
		t.WebURL = web + "/-/merge_requests/" + strconv.FormatInt(t.Number, 10)
	}

	return t, nil
}

// first returns the first of two values that is not empty.
func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
