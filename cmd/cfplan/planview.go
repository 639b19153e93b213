package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// formats lists the formats of a plan. JSON has a flag of its own, because other commands
// have it as well.
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
		return usage("-json and -format=%s exclude each other", format)
	}
	if slices.Contains(formats(), format) {
		return nil
	}
	return usage("unknown -format=%s; it is %s", format, formatNames())
}

// showPlan renders a plan to stdout. The format github also goes into the job's files.
func showPlan(s *services, p *plan.Plan, format string) error {
	switch {
	case s.print.asJSON:
		return s.print.json(p)
	case format == "markdown":
		return render.Markdown(s.print.out, p)
	case format == "html":
		return render.HTML(s.print.out, p)
	case format == "github":
		return showGitHub(s, p)
	default:
		return render.Text(s.print.out, p, s.print.textOptions())
	}
}
