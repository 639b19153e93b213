package main

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/workdir"
)

// plainly returns an error as a part of a sentence.
func plainly(err error) string { return strings.TrimSuffix(err.Error(), ".") }

type migrateFlags struct {
	migrate, reconfigure bool
	from                 string
	fromConfig           []string
}

func (f *migrateFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.migrate, "migrate-state", false, "move the state from where it was to where the backend block says now")
	c.Flags().BoolVar(&f.reconfigure, "reconfigure", false, "forget where the state was; it is left there")
	c.Flags().StringVar(&f.from, "from-backend", "", "the `KIND` of the old backend, for -migrate-state where it is not remembered")
	c.Flags().StringArrayVar(&f.fromConfig, "from-backend-config", nil, "lay `NAME=VALUE`, or a file of such lines, over what is remembered of the old backend; may be repeated")
}

func (f *migrateFlags) any() bool {
	return f.migrate || f.reconfigure || f.from != "" || len(f.fromConfig) > 0
}

func (f *migrateFlags) check() error {
	switch {
	case f.migrate && f.reconfigure:
		return usage("-migrate-state takes the state along, -reconfigure leaves it behind: choose one")
	case !f.migrate && (f.from != "" || len(f.fromConfig) > 0):
		return usage("-from-backend and -from-backend-config go with -migrate-state")
	}
	return nil
}

// migrateState moves the state to where the configuration says, under both locks.
func (a *app) migrateState(c *cobra.Command, to *state.Store, here location, f *migrateFlags) error {
	over, err := a.backendOptions("-from-backend-config", f.fromConfig)
	if err != nil {
		return err
	}
	old, from, refusal := a.workdir().Former(f.from, over)
	if refusal != nil {
		return failure(refusal.Summary, "%s", refusal.Detail)
	}
	if old.Backend == here.kind && workdir.SamePlace(here.kind, from, to) {
		a.printf("The state is at %s, where the configuration says. There is nothing to move.\n", render.Escape(to.String()))
		return nil
	}
	var done state.Migrated
	ctx := c.Context()
	if text, err := from.Stored(ctx); err != nil || text == nil {
		return a.migrationFailed(old, from, to, cmp.Or(err, state.ErrNoState)) // before a lock is left where nothing is
	}
	err = a.locked(ctx, from, "init -migrate-state", func(oldLock state.Lock) error {
		return a.locked(ctx, to, "init -migrate-state", func(newLock state.Lock) error {
			done, err = state.Migrate(ctx, &from.Reader, to, func(ctx context.Context) error { return errors.Join(oldLock.Check(ctx), newLock.Check(ctx)) })
			return err
		})
	})
	if err != nil {
		return a.migrationFailed(old, from, to, err)
	}
	a.tellMigrated(old, to, done)
	return nil
}

func (a *app) migrationFailed(old workdir.Note, from, to *state.Store, err error) error {
	var refused *state.PushError
	var locked *state.LockedError
	switch {
	case errors.As(err, &locked):
		return err
	case errors.Is(err, state.ErrNoState):
		return failure("Nothing to move", "There is no state at %s. If there ought to be none: cfplan init -reconfigure.", old)
	case errors.As(err, &refused):
		return failure("State was not moved", "%v. Both are as they were. To use the one that is there: cfplan init -reconfigure. To put the old one in its place: "+
			"cfplan state pull with the old backend block, then cfplan state push -force.", refused)
	default:
		return failure("State was not moved", "From %s to %s: %s. The old one is as it was, and the move can be run again. %s", from, to, plainly(err), workdir.MoveByHand)
	}
}

func (a *app) tellMigrated(old workdir.Note, to *state.Store, done state.Migrated) {
	place := render.Escape(to.String())
	if done.Already {
		a.printf("The state had been moved to %s already (serial %d).\n", place, done.State.Serial)
	} else {
		a.printf("Moved to %s and read back: the state (serial %d, %s owned), snapshots of %s, %s of the history.\n", place, done.State.Serial,
			plural(done.State.Owned(), "record"), plural(done.Snapshots, "zone"), entries(done.Entries))
	}
	for _, err := range done.Left {
		a.warn("Not all went along", "%v.", err)
	}
	a.printf("The old one was left as it is, at %s. Delete it when nobody uses it any more.\n", render.Escape(old.String()))
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return count(n, "entries")
}

// configured loads the configuration and opens its state; inner is the backend inside
// of its encryption.
func (a *app) configured() (p location, store *state.Store, inner state.Backend, err error) {
	cfg, _, err := a.load()
	if err != nil {
		return p, nil, nil, err
	}
	if p, err = a.configuredPlace(cfg); err != nil {
		return p, nil, nil, err
	}
	b, inner, err := a.openPlace(p)
	if err != nil {
		return p, nil, nil, err
	}
	store = state.Open(b)
	a.watch(store, p)
	return p, store, inner, nil
}
