package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func (a *app) showCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Show a saved plan, or the state",
		Long:  "Shows a plan that plan -out saved, or, without a file, what the state knows.",
		Args:  atMostOne("plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.checkFormat(format); err != nil {
				return err
			}
			if len(args) == 0 {
				return a.showState(c)
			}
			p, err := a.readPlan(args[0])
			if err != nil {
				return err
			}
			if err := errors.Join(a.showPlan(p, format), a.annotate(p, format)); err != nil {
				return err
			}
			if !a.flags.json {
				a.diagnose(planDiagnostics(p.Diagnostics, nil), nil)
			}
			return nil
		},
	}
	registerFormat(c, &format)
	return c
}
