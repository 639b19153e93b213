package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/cloudflare"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain CODE",
		Short:   "Say what a Cloudflare error code means and what to do",
		Example: "  cfplan explain 9109",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("explain takes one error code, such as 9109")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			code, err := strconv.Atoi(args[0])
			if err != nil {
				return usage("%q is not an error code; codes are numbers, such as 9109", args[0])
			}
			return a.explain(code)
		},
	}
}

func (a *app) explain(code int) error {
	entries := cloudflare.Explain(code)
	if len(entries) == 0 {
		return failure("Unknown code", "Code %d is not in cfplan's table. Cloudflare's own list is at "+
			"https://developers.cloudflare.com/fundamentals/api/troubleshooting/. Its support asks for the ray ID, which cfplan logs with every refusal.", code)
	}
	for i, g := range entries {
		if i > 0 {
			a.printf("\n")
		}
		a.printf("%d: %s\n\n%s\n", code, g.Title, steps(g.Cause, g.Steps))
	}
	return nil
}
