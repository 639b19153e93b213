package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

type showOptions struct{ format string }

func showCommand(s *services) *cobra.Command {
	o := &showOptions{}
	c := &cobra.Command{
		Use:   "show [flags] [FILE]",
		Short: "Show a saved plan, or the state",
		Long: "Shows a plan that plan -out saved. Without FILE, it shows the zones in the state, with\n" +
			"the number of owned records and the time of the snapshot.",
		Args: atMostOne("plan file"),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	registerFormat(c, &o.format)
	return c
}

func (o *showOptions) run(ctx context.Context, s *services, args []string) error {
	if err := checkFormat(o.format, s.print.asJSON); err != nil {
		return err
	}
	if len(args) == 0 {
		return showState(ctx, s)
	}

	p, err := readPlan(s, args[0])
	if err != nil {
		return err
	}
	if err := errors.Join(showPlan(s, p, o.format, args[0]), annotate(s, p, o.format)); err != nil {
		return err
	}
	if !s.print.asJSON {
		s.print.diagnose(planDiagnostics(p.Diagnostics), nil)
	}
	return nil
}
