package main

import (
	"context"

	"github.com/spf13/cobra"
)

type forceUnlockOptions struct{ force bool }

func forceUnlockCommand(s *services) *cobra.Command {
	o := &forceUnlockOptions{}
	c := &cobra.Command{
		Use:   "force-unlock [flags] ID",
		Short: "Break the state's lock",
		Long: `Breaks the lock with the given ID, which the error about a held lock shows. Only do
this if the run that holds it is dead. A run that is still alive stops writing as
soon as it notices.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("force-unlock takes the ID of one lock; the error about a held lock shows it")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args[0]) },
	}
	c.Flags().BoolVar(&o.force, "force", false, "do not ask for confirmation")
	return c
}

func (o *forceUnlockOptions) run(ctx context.Context, s *services, id string) error {
	cfg, _, err := s.config.loadQuietly()
	if err != nil {
		return err
	}
	locker, err := s.state.forLocking(cfg)
	if err != nil {
		return err
	}
	if !o.force {
		yes, err := s.print.ask(ctx, "\nDo you really want to force-unlock?\n"+
			"  cfplan will remove the lock on the state, even if a run still holds it.\n"+
			"  Only 'yes' will be accepted to confirm.\n\n  Enter a value: ", "-force")
		if err != nil {
			return err
		}
		if !yes {
			s.print.printf("\nforce-unlock cancelled.\n")
			return errShown
		}
	}

	if err := locker.ForceUnlock(ctx, id); err != nil {
		return failure("Lock could not be broken", "%v.", err)
	}
	s.print.printf("\nThe state has been unlocked.\n")
	return nil
}
