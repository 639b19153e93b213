package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

type statePushOptions struct{ force bool }

func statePushCommand(s *services) *cobra.Command {
	o := &statePushOptions{}
	c := &cobra.Command{
		Use:   "push [flags] [FILE|-]",
		Short: "Store a state that was pulled",
		Long: `Replaces the stored state with the one in FILE, as state pull printed it; - or no FILE
means standard input. The push is refused if FILE is not a state file, or if the
stored state has another lineage, is newer, differs at the same serial, or has an open
request that the pushed state lacks. If you edited the state, raise its "serial" by one.

-force stores it anyway, with a serial above that of the stored state. Records that
the pushed state does not list no longer belong to cfplan; no record is touched.`,
		Example: "  cfplan state pull > state.json\n  cfplan state push state.json",
		Args:    atMostOne("file"),
		RunE: func(c *cobra.Command, args []string) error {
			name := "-"
			if len(args) == 1 {
				name = args[0]
			}
			return o.run(c.Context(), s, name)
		},
	}
	c.Flags().BoolVar(&o.force, "force", false, "replace the stored state even if it is newer or another one")
	return c
}

func (o *statePushOptions) run(ctx context.Context, s *services, name string) error {
	text, err := readInput(s, name, state.MaxSize)
	if err != nil {
		return failure("State was not pushed", "%v. The stored state is unchanged.", err)
	}
	pushed, err := state.Decode(text)
	if err != nil {
		return failure("State was not pushed", "%s: %v. The stored state is unchanged.", inputName(name), err)
	}
	cfg, _, err := s.config.loadQuietly()
	if err != nil {
		return err
	}
	st, err := s.state.forReplacing(cfg)
	if err != nil {
		return err
	}

	var done state.Pushed
	err = s.state.locked(ctx, &st.Locker, "state push", func(lock state.Lock) error {
		done, err = st.Push(ctx, pushed, o.force, lock.Check)
		return err
	})
	var refused *state.PushError
	if errors.As(err, &refused) {
		return failure("State was not pushed",
			"%v. Nothing was changed. To replace the stored state anyway, add -force.", refused)
	}
	if err != nil {
		return err
	}
	showPushed(s.print, st.Store, pushed, done)
	return nil
}

func showPushed(p *printer, store *state.Store, st *state.State, done state.Pushed) {
	place := render.Escape(store.String())
	if !done.Changed {
		p.printf("%s already has this state (serial %d). Nothing was written.\n", place, done.Serial)
		return
	}
	p.printf("Pushed to %s: serial %d, %s, %s owned.\n", place, done.Serial,
		english.Count(len(st.Zones), "zone"), english.Count(st.Owned(), "record"))
	if backup := store.Backup(); backup != "" {
		p.printf("The former state is kept in %s.\n", render.Escape(backup))
	}
}
