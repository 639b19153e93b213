package main

import "github.com/spf13/cobra"

func (a *app) forceUnlockCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "force-unlock [flags] ID",
		Short: "Break the state's lock",
		Long: `Breaks the lock with the given ID, which the error about a held lock shows. Only do
this where the run that holds it is dead: a run that lives stops writing as soon
as it notices.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("force-unlock takes the ID of one lock; the error about a held lock shows it")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.forceUnlock(c, args[0], force) },
	}
	c.Flags().BoolVar(&force, "force", false, "do not ask")
	return c
}

func (a *app) forceUnlock(c *cobra.Command, id string, force bool) error {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	if !force {
		yes, err := a.ask(c.Context(), "\nDo you really want to force-unlock?\n"+
			"  cfplan will remove the lock on the state, whoever holds it.\n"+
			"  Only 'yes' will be accepted to confirm.\n\n  Enter a value: ")
		if err != nil {
			return err
		}
		if !yes {
			a.printf("\nforce-unlock cancelled.\n")
			return errShown
		}
	}
	if err := store.ForceUnlock(c.Context(), id); err != nil {
		return failure("Lock could not be broken", "%v.", err)
	}
	a.printf("\nThe state has been unlocked.\n")
	return nil
}
