package main

import (
	"encoding/json"
	"os"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// annotate tells a CI job's page that the plan is read-only, where there is one:
// GitHub's runner reads workflow commands from stderr as from stdout, GitLab takes
// a report, whose file the job names.
func (a *app) annotate(p *plan.Plan) error {
	if p.Mode == plan.Live {
		return nil
	}
	if a.getenv("GITHUB_ACTIONS") == "true" {
		if err := render.GitHubAnnotations(a.err, p); err != nil {
			return err
		}
	}
	if name := a.getenv("CFPLAN_GITLAB_ANNOTATIONS"); name != "" {
		return a.annotateGitLab(name, p)
	}
	return nil
}

// annotateGitLab writes an annotations report (GitLab CI, artifacts:reports:
// annotations). It can hold links alone: the text is the link's label, and the
// link leads to where credentials are mended.
func (a *app) annotateGitLab(name string, p *plan.Plan) error {
	type link struct {
		Label string `json:"label"`
		URL   string `json:"url"`
	}
	type entry struct {
		Link link `json:"external_link"`
	}
	var entries []entry
	for _, n := range render.ReadOnlyNotices(p) {
		entries = append(entries, entry{link{n[0] + ": " + n[1], "https://dash.cloudflare.com/profile/api-tokens"}})
	}
	text, err := json.MarshalIndent(map[string][]entry{"cfplan": entries}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(a.path(name), append(text, '\n'), 0o644); err != nil {
		return failure("Annotations could not be written", "%v. CFPLAN_GITLAB_ANNOTATIONS names the file.", err)
	}
	return nil
}
