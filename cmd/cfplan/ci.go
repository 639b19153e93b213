package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// onGitHub reports whether this is a job of GitHub Actions.
func onGitHub(env environment) bool { return env.get("GITHUB_ACTIONS") == "true" }

// annotate shows on the page of a CI job what its log says. The GitHub runner reads workflow
// commands, from stderr as well as from stdout; GitLab takes reports in files that the job names.
// With any format, the page says that a plan is read-only; with the format github, it also lists
// the risks.
func annotate(s *services, p *plan.Plan, format string) error {
	p = withCommands(s, p)
	var err error
	switch {
	case format == "github":
		err = render.GitHubAnnotations(s.print.err, p, repositoryOf(s.env, s.dir).path)
	case onGitHub(s.env):
		err = render.GitHubNotices(s.print.err, p)
	}
	if err != nil {
		return err
	}

	if name := s.env.get("CFPLAN_GITLAB_REPORT"); name != "" {
		if err := reportGitLab(s, name, p); err != nil {
			return err
		}
	}

	switch name := s.env.get("CFPLAN_GITLAB_ANNOTATIONS"); {
	case name == "":
	case p.Mode != plan.Live:
		return annotateGitLab(s, name, p)
	default:
		_ = os.Remove(s.dir.path(name)) // the file of an earlier run is no longer true
	}
	return nil
}

// showGitHub writes the plan into the job summary, its numbers into the outputs of the step, and
// the plan as text into the log. Outside of a job, the summary goes to stdout.
func showGitHub(s *services, p *plan.Plan, saved string) error {
	o := markdownOptions(s, saved)
	o.Most = render.JobSummarySize
	name := s.env.get("GITHUB_STEP_SUMMARY")
	if name == "" {
		return render.Markdown(s.print.out, p, o)
	}

	o.Most, o.InLog = summaryRoom(name), true
	var page strings.Builder
	if err := render.Markdown(&page, p, o); err != nil {
		return err
	}
	if err := appendTo(name, page.String()); err != nil {
		return failure("Job summary could not be written", "%v. GITHUB_STEP_SUMMARY names the file.", err)
	}

	if output := s.env.get("GITHUB_OUTPUT"); output != "" {
		if err := appendTo(output, stepOutputs(p)); err != nil {
			return failure("Step outputs could not be written", "%v. GITHUB_OUTPUT names the file.", err)
		}
	}
	return render.Text(s.print.out, p, s.print.textOptions())
}

// stepOutputs returns lines of NAME=VALUE. The values are numbers and fixed words, so none can add
// a line.
func stepOutputs(p *plan.Plan) string {
	risks := map[plan.RiskLevel]int{}
	for _, r := range p.Risks() {
		risks[r.Level]++
	}
	var b strings.Builder
	for _, o := range [][2]string{
		{"to_add", strconv.Itoa(p.Summary.Add)},
		{"to_change", strconv.Itoa(p.Summary.Change)},
		{"to_destroy", strconv.Itoa(p.Summary.Destroy)},
		{"to_adopt", strconv.Itoa(p.Summary.Adopt)},
		{"not_refreshed", strconv.Itoa(p.Summary.NotRefreshed)},
		{"has_changes", strconv.FormatBool(p.HasChanges())},
		{"read_only", strconv.FormatBool(p.Mode != plan.Live)},
		{"high_risks", strconv.Itoa(risks[plan.HighRisk])},
		{"medium_risks", strconv.Itoa(risks[plan.MediumRisk])},
		{"plan_hash", p.Hash},
	} {
		b.WriteString(o[0] + "=" + o[1] + "\n")
	}
	return b.String()
}

// summaryRoom returns how many bytes a plan may use in a step summary. A step may show several
// plans, and GitHub drops a summary of more than 1 MiB.
func summaryRoom(name string) int {
	const (
		most  = 1<<20 - 1000
		least = 5000 // if the summary is too large already, it is lost anyway
	)
	info, err := os.Stat(name)
	if err != nil {
		return render.JobSummarySize // writing it reports what is wrong
	}
	return int(max(least, min(render.JobSummarySize, most-info.Size())))
}

func appendTo(name, text string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// reportGitLab writes the counts that a merge request shows (GitLab CI,
// artifacts:reports:terraform). A merge request may have put a link in the place of the file: it is
// replaced, not followed.
func reportGitLab(s *services, name string, p *plan.Plan) error {
	if p.Mode != plan.Live {
		_ = os.Remove(s.dir.path(name)) // its counts would look like those of a live plan
		return nil
	}

	text, err := json.Marshal(map[string]int{
		"create": p.Summary.Add,
		"update": p.Summary.Change,
		"delete": p.Summary.Destroy,
	})
	if err != nil {
		return err
	}
	if err := files.Replace(s.dir.path(name), append(text, '\n'), 0o644); err != nil {
		return failure("Report could not be written", "%v. CFPLAN_GITLAB_REPORT names the file.", err)
	}
	return nil
}

// annotateGitLab writes an annotations report (GitLab CI, artifacts:reports:annotations). It can
// only hold links: the text is the label of a link to the page on which tokens are edited.
func annotateGitLab(s *services, name string, p *plan.Plan) error {
	type link struct {
		Label string `json:"label"`
		URL   string `json:"url"`
	}
	type entry struct {
		Link link `json:"external_link"`
	}
	var entries []entry
	for _, n := range render.ReadOnlyNotices(p) {
		entries = append(entries, entry{link{n[0] + ": " + n[1], guidance.UserTokens}})
	}
	var text bytes.Buffer
	if err := plan.WriteJSON(&text, map[string][]entry{"cfplan": entries}); err != nil {
		return err
	}
	if err := files.Replace(s.dir.path(name), text.Bytes(), 0o644); err != nil {
		return failure("Annotations could not be written", "%v. CFPLAN_GITLAB_ANNOTATIONS names the file.", err)
	}
	return nil
}
