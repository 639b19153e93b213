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
		err := render.Text(s.print.out, p, s.print.textOptions())
		if err == nil && p.Mode == plan.Live {
			showAdoption(s.print, p.Summary.Adopt)
		}
		return err
	}
}

// showAdoption says what adopting means: after a lost state, or at the beginning, a user may
// fear that the records are created a second time.
func showAdoption(p *printer, n int) {
	switch n {
	case 0:
	case 1:
		p.printf("\n1 record exists already, equal to its declaration: apply takes it over as it is.\n")
	default:
		p.printf("\n%d records exist already, equal to their declaration: apply takes them over as they are.\n", n)
	}
}
