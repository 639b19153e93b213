package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/reconcile"
)

type destroyOptions struct{ applyOptions }

func destroyCommand(s *services) *cobra.Command {
	o := &destroyOptions{}
	c := &cobra.Command{
		Use:   "destroy",
		Short: "Remove every record that cfplan owns",
		Long: `Plans to remove every record that cfplan owns, shows the plan, asks for approval and
carries it out. Records that cfplan does not own stay. In an exclusive zone, cfplan
owns every record except those that an ignore block matches.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), s) },
	}
	o.register(c)
	return c
}

func (o *destroyOptions) run(ctx context.Context, s *services) error {
	selection, err := o.selection()
	if err != nil {
		return err
	}
	return o.applyFresh(ctx, s, reconcile.PlanOptions{Destroy: true, Selection: selection})
}
