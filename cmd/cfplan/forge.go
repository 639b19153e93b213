package main

import (
	"os"
	"strconv"

	"github.com/cfplan/cfplan/internal/review"
)

// forge connects to where the pull request is.
func (a *app) forge(f *commentFlags) (review.Forge, error) {
	switch name := or(f.forge, a.forgeOfRun()); name {
	case "github":
		t, err := a.gitHubTarget(f)
		return a.reach(review.NewGitHub, t, err)
	case "gitlab":
		t, err := a.gitLabTarget(f)
		return a.reach(review.NewGitLab, t, err)
	case "":
		return nil, usage("neither GitHub Actions nor GitLab CI runs this; -forge=github or -forge=gitlab says where the pull request is")
	default:
		return nil, usage("unknown -forge=%s; there are github and gitlab", name)
	}
}

// forgeOfRun is "" outside of the forges' own CI.
func (a *app) forgeOfRun() string {
	switch {
	case a.getenv("GITHUB_ACTIONS") == "true":
		return "github"
	case a.getenv("GITLAB_CI") == "true":
		return "gitlab"
	default:
		return ""
	}
}

func (a *app) reach(connect func(review.Target) (review.Forge, error), t review.Target, err error) (review.Forge, error) {
	if err != nil {
		return nil, err
	}
	if t.Log, err = a.logger(); err != nil {
		return nil, err
	}
	t.UserAgent = "cfplan/" + version
	forge, err := connect(t)
	if err != nil {
		return nil, failure("Comment has nowhere to go", "%v.", err)
	}
	return forge, nil
}

func (a *app) gitHubTarget(f *commentFlags) (review.Target, error) {
	t := review.Target{BaseURL: or(a.getenv("GITHUB_API_URL"), gitHubAPI(a.getenv("GITHUB_SERVER_URL"))), Token: a.getenv("GITHUB_TOKEN"),
		Repository: or(f.repository, a.getenv("GITHUB_REPOSITORY")), Number: f.number}
	if t.Token == "" {
		return t, failure("No token for GitHub",
			"GITHUB_TOKEN is not set. In a workflow's step: env: GITHUB_TOKEN: ${{ github.token }}, in a job with permissions: pull-requests: write.")
	}
	// The event is about a pull request of the run's own repository.
	if t.Number == 0 && t.Repository == a.getenv("GITHUB_REPOSITORY") {
		var err error
		if t.Number, err = a.eventNumber(); err != nil {
			return t, failure("Event could not be read", "GITHUB_EVENT_PATH: %v. Name the pull request with -number=N.", err)
		}
	}
	if t.Number == 0 {
		return t, failure("No pull request to comment on",
			"The run's event is about none: it is no pull_request, or a workflow_run of a fork, which does not tell. Name the pull request with -number=N.")
	}
	return t, nil
}

// gitHubAPI is where a server has its API; GitHub.com has it on a host of its own.
func gitHubAPI(server string) string {
	if server == "" || server == "https://github.com" {
		return "https://api.github.com"
	}
	return server + "/api/v3"
}

// eventNumber is 0 where the event is about no pull request, or there is none.
func (a *app) eventNumber() (int64, error) {
	name := a.getenv("GITHUB_EVENT_PATH")
	if name == "" {
		return 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	return review.EventNumber(f)
}

// gitLabTarget: a merge request is the target project's, while CI_PROJECT_ID is the
// fork's in a pipeline that runs there.
func (a *app) gitLabTarget(f *commentFlags) (review.Target, error) {
	project := or(a.getenv("CI_MERGE_REQUEST_PROJECT_ID"), a.getenv("CI_PROJECT_ID"))
	t := review.Target{BaseURL: or(a.getenv("CI_API_V4_URL"), "https://gitlab.com/api/v4"), Repository: or(f.repository, project), Number: f.number}
	if t.Token, t.JobToken = a.gitLabToken(); t.Token == "" {
		return t, failure("No token for GitLab", "GITLAB_TOKEN is not set. Make a project access token with the scope api and the role Reporter or above, "+
			"and set it as a CI/CD variable, masked. A protected variable is absent from pipelines of unprotected branches.")
	}
	own := t.Repository == project
	if t.Number == 0 && own {
		t.Number, _ = strconv.ParseInt(a.getenv("CI_MERGE_REQUEST_IID"), 10, 64) // 0 where it is none
	}
	if t.Number == 0 {
		return t, failure("No merge request to comment on", "CI_MERGE_REQUEST_IID is not set: the pipeline runs for a branch. "+
			"Give the job rules: - if: $CI_PIPELINE_SOURCE == \"merge_request_event\", or name the merge request with -number=N.")
	}
	if web := a.getenv("CI_MERGE_REQUEST_PROJECT_URL"); own && web != "" {
		t.WebURL = web + "/-/merge_requests/" + strconv.FormatInt(t.Number, 10)
	}
	return t, nil
}

// gitLabToken is the token, and whether it is a job's own.
func (a *app) gitLabToken() (token string, ofJob bool) {
	if token := or(a.getenv("CFPLAN_GITLAB_TOKEN"), a.getenv("GITLAB_TOKEN")); token != "" {
		return token, false
	}
	return a.getenv("CI_JOB_TOKEN"), true
}
