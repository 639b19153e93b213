package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/review"
)

// formats lists the formats of a plan. JSON has its own flag, because other commands have it as
// well.
func formats() []string { return []string{"text", "markdown", "html", "github"} }

func registerFormat(c *cobra.Command, format *string) {
	c.Flags().StringVar(format, "format", "text", "show the plan as `FORMAT`: "+formatNames())
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats(), cobra.ShellCompDirectiveNoFileComp))
}

func formatNames() string {
	all := formats()
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " or " + all[last]
}

func checkFormat(format string, asJSON bool) error {
	if asJSON && format != "text" {
		return usage("-json and -format=%s cannot be used together", format)
	}
	if slices.Contains(formats(), format) {
		return nil
	}
	return usage("unknown -format=%s; use %s", format, formatNames())
}

// showPlan renders a plan to stdout. The format github also writes to the files of the job. saved
// is the file in which the plan is saved, or "".
func showPlan(s *services, p *plan.Plan, format, saved string) error {
	if s.print.asJSON {
		return s.print.json(p)
	}

	p = withCommands(s, p)
	switch format {
	case "markdown":
		return render.Markdown(s.print.out, p, markdownOptions(s, saved))
	case "html":
		return render.HTML(s.print.out, p)
	case "github":
		return showGitHub(s, p, saved)
	default:
		return render.Text(s.print.out, p, s.print.textOptions())
	}
}

// withCommands returns a copy of a plan in which the commands in guidance and diagnostics have the
// -chdir of this run.
func withCommands(s *services, p *plan.Plan) *plan.Plan {
	shown := *p
	shown.Diagnostics = slices.Clone(p.Diagnostics)
	for i, d := range shown.Diagnostics {
		shown.Diagnostics[i].Detail = s.print.inDirectory(d.Detail)
	}

	shown.Degraded = slices.Clone(p.Degraded)
	for i, d := range shown.Degraded {
		steps := slices.Clone(d.Guidance)
		for j, step := range steps {
			steps[j] = s.print.inDirectory(step)
		}
		shown.Degraded[i].Guidance = steps
	}
	return &shown
}

// markdownOptions returns the options with which a page links to lines of the configuration and to
// the whole plan.
func markdownOptions(s *services, saved string) render.MarkdownOptions {
	repo := repositoryOf(s.env, s.dir)
	o := render.MarkdownOptions{Path: repo.path, Link: repo.links(review.SourceOf(s.env.get))}
	if saved != "" {
		o.ShowAll = s.dir.command("show", saved)
	}
	return o
}
