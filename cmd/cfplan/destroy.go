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
		Long: `Plans the removal of every record that cfplan owns, shows it, asks, and carries
it out. Records that cfplan does not own stay; an exclusive zone is owned as a
whole, but for what its ignore blocks leave alone.`,
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
