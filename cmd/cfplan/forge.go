package main

import (
	"os"
	"strconv"

	"github.com/cfplan/cfplan/internal/review"
)

// connect returns the forge that the pull request is at.
func (o *commentOptions) connect(s *services) (review.Forge, error) {
	switch name := or(o.forge, forgeOfRun(s.env)); name {
	case "github":
		t, err := gitHubTarget(s.env, o.repository, o.number)
		return reach(s.log, review.NewGitHub, t, err)
	case "gitlab":
		t, err := gitLabTarget(s.env, o.repository, o.number)
		return reach(s.log, review.NewGitLab, t, err)
	case "":
		return nil, usage("neither GitHub Actions nor GitLab CI runs this; -forge=github or -forge=gitlab says where the pull request is")
	default:
		return nil, usage("unknown -forge=%s; there are github and gitlab", name)
	}
}

// forgeOfRun is "" outside of the forges' own CI.
func forgeOfRun(env environment) string {
	switch {
	case env.get("GITHUB_ACTIONS") == "true":
		return "github"
	case env.get("GITLAB_CI") == "true":
		return "gitlab"
	default:
		return ""
	}
}

func reach(log *logging, connect func(review.Target) (review.Forge, error), t review.Target, err error) (review.Forge, error) {
	if err != nil {
		return nil, err
	}
	if t.Log, err = log.logger(); err != nil {
		return nil, err
	}
	t.UserAgent = "cfplan/" + version
	forge, err := connect(t)
	if err != nil {
		return nil, failure("Comment has nowhere to go", "%v.", err)
	}
	return forge, nil
}

func gitHubTarget(env environment, repository string, number int64) (review.Target, error) {
	t := review.Target{
		BaseURL:    or(env.get("GITHUB_API_URL"), gitHubAPI(env.get("GITHUB_SERVER_URL"))),
		Token:      env.get("GITHUB_TOKEN"),
		Repository: or(repository, env.get("GITHUB_REPOSITORY")),
		Number:     number,
	}
	if t.Token == "" {
		return t, failure("No token for GitHub",
			"GITHUB_TOKEN is not set. In a workflow's step: env: GITHUB_TOKEN: ${{ github.token }}, in a job with permissions: pull-requests: write.")
	}
	// The event is about a pull request of the run's own repository.
	if t.Number == 0 && t.Repository == env.get("GITHUB_REPOSITORY") {
		var err error
		if t.Number, err = eventNumber(env); err != nil {
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
func eventNumber(env environment) (int64, error) {
	name := env.get("GITHUB_EVENT_PATH")
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
func gitLabTarget(env environment, repository string, number int64) (review.Target, error) {
	project := or(env.get("CI_MERGE_REQUEST_PROJECT_ID"), env.get("CI_PROJECT_ID"))
	t := review.Target{
		BaseURL:    or(env.get("CI_API_V4_URL"), "https://gitlab.com/api/v4"),
		Repository: or(repository, project),
		Number:     number,
	}
	if t.Token, t.JobToken = gitLabToken(env); t.Token == "" {
		return t, failure("No token for GitLab", "GITLAB_TOKEN is not set. Make a project access token with the scope api and the role Reporter or above, "+
			"and set it as a CI/CD variable, masked. A protected variable is absent from pipelines of unprotected branches.")
	}
	own := t.Repository == project
	if t.Number == 0 && own {
		t.Number, _ = strconv.ParseInt(env.get("CI_MERGE_REQUEST_IID"), 10, 64) // 0 where it is none
	}
	if t.Number == 0 {
		return t, failure("No merge request to comment on", "CI_MERGE_REQUEST_IID is not set: the pipeline runs for a branch. "+
			"Give the job rules: - if: $CI_PIPELINE_SOURCE == \"merge_request_event\", or name the merge request with -number=N.")
	}
	if web := env.get("CI_MERGE_REQUEST_PROJECT_URL"); own && web != "" {
		t.WebURL = web + "/-/merge_requests/" + strconv.FormatInt(t.Number, 10)
	}
	return t, nil
}

// gitLabToken is the token, and whether it is a job's own.
func gitLabToken(env environment) (token string, ofJob bool) {
	if token := or(env.get("CFPLAN_GITLAB_TOKEN"), env.get("GITLAB_TOKEN")); token != "" {
		return token, false
	}
	return env.get("CI_JOB_TOKEN"), true
}
