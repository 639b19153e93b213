package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

type stateRemoveOptions struct{ force bool }

func stateRemoveCommand(s *services) *cobra.Command {
	o := &stateRemoveOptions{}
	c := &cobra.Command{
		Use:   "rm [flags] ADDRESS|ZONE ...",
		Short: "Give up ownership, without touching the records",
		Long: `Makes cfplan forget that it owns the records of an address, as state list shows it,
or everything about a zone. The records themselves stay as they are. If a block still
declares them, the next plan adopts them again.

It is refused while the outcome of an apply's last request to the zone is not known;
the next apply finds it out. With -force, cfplan forgets the request as well.`,
		Example: "  cfplan state rm example.com/A/www\n  cfplan state rm example.com",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("state rm takes addresses or zone names; cfplan state list shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	c.Flags().BoolVar(&o.force, "force", false, "also forget a request whose outcome is not known")
	return c
}

func (o *stateRemoveOptions) run(ctx context.Context, s *services, names []string) error {
	cfg, _, err := s.config.loadQuietly()
	if err != nil {
		return err
	}
	st, err := s.state.forWriting(cfg)
	if err != nil {
		return err
	}

	err = s.state.locked(ctx, &st.Locker, "state rm", func(lock state.Lock) error {
		snapshots, err := st.Snapshots(ctx)
		if err != nil {
			s.print.warn("Snapshots could not be read", "%v.", err) // ownership can be given up without them
		}
		return state.Forget(ctx, st.Store, names, state.ForgetOptions{
			Snapshots: snapshots,
			Force:     o.force,
			Check:     lock.Check,
		})
	})
	if err != nil {
		return err
	}
	s.print.printf("Removed from the state: %s. No record was touched.\n", render.Escape(strings.Join(names, ", ")))
	return nil
}
