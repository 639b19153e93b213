package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

func (a *app) stateRemoveCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "rm [flags] ADDRESS|ZONE ...",
		Short: "Give up ownership, without touching the records",
		Long: `Makes cfplan forget that it owns the records of an address, as state list shows
it, or everything about a zone. The records themselves stay as they are; while a
block declares them, the next plan adopts them again.

It is refused while the end of an apply's last request to the zone is not known: the
next apply settles that. -force forgets the request as well.`,
		Example: "  cfplan state rm example.com/A/www\n  cfplan state rm example.com",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("state rm takes addresses or zone names; cfplan state list shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.removeFromState(c, args, force) },
	}
	c.Flags().BoolVar(&force, "force", false, "also where an apply is not settled")
	return c
}

func (a *app) removeFromState(c *cobra.Command, names []string, force bool) error {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	return a.locked(c.Context(), store, "state rm", func(lock state.Lock) error {
		err := a.forget(c.Context(), store, lock, names, force)
		if err == nil {
			a.printf("Removed from the state: %s. No record was touched.\n", render.Escape(strings.Join(names, ", ")))
		}
		return err
	})
}

func (a *app) forget(ctx context.Context, store *state.Store, lock state.Lock, names []string, force bool) error {
	snapshots, err := store.Snapshots(ctx)
	if err != nil {
		a.warn("Snapshots could not be read", "%v.", err) // ownership can be given up without them
	}
	return state.Forget(ctx, store, names, state.ForgetOptions{Snapshots: snapshots, Force: force, Check: lock.Check})
}
