package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// formats of a plan. JSON has a flag of its own, as other commands have it, too.
var formats = []string{"text", "markdown", "html", "github"}

func registerFormat(c *cobra.Command, format *string) {
	c.Flags().StringVar(format, "format", "text", "show the plan as `FORMAT`: "+formatNames())
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

func formatNames() string {
	last := len(formats) - 1
	return strings.Join(formats[:last], ", ") + " or " + formats[last]
}

func (a *app) checkFormat(format string) error {
	if a.flags.json && format != "text" {
		return usage("-json and -format=%s exclude each other", format)
	}
	if slices.Contains(formats, format) {
		return nil
	}
	return usage("unknown -format=%s; it is %s", format, formatNames())
}

// showPlan renders a plan to stdout, that of GitHub also into the job's files.
func (a *app) showPlan(p *plan.Plan, format string) error {
	switch {
	case a.flags.json:
		return plan.Encode(a.out, p)
	case format == "markdown":
		return render.Markdown(a.out, p)
	case format == "html":
		return render.HTML(a.out, p)
	case format == "github":
		return a.showGitHub(p)
	default:
		err := render.Text(a.out, p, a.textOptions())
		if err == nil && p.Mode == plan.Live {
			a.tellAdoption(p.Summary.Adopt)
		}
		return err
	}
}

// tellAdoption says what adopting means: whoever has lost a state, or begins, may fear
// that his records are made once more.
func (a *app) tellAdoption(n int) {
	switch n {
	case 0:
	case 1:
		a.printf("\n1 record exists already, equal to its declaration: apply takes it over as it is.\n")
	default:
		a.printf("\n%d records exist already, equal to their declaration: apply takes them over as they are.\n", n)
	}
}
