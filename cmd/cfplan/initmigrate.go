package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/workdir"
)

// migrateState moves the state to the place in the configuration, while holding both locks.
func (o *initOptions) migrateState(ctx context.Context, s *services, here *writableState) error {
	over, err := s.state.locations.backendOptions("-from-backend-config", o.fromConfig)
	if err != nil {
		return err
	}
	old, backend, refusal := s.state.workdir().Former(o.from, over...)
	if refusal != nil {
		return failure(refusal.Summary, "%s", refusal.Detail)
	}
	from, to := state.OpenReader(backend), here.Store
	if old.Backend == here.place.kind && workdir.SamePlace(old.Backend, from, &to.Reader) {
		s.print.printf("The state is already at %s, where the configuration puts it. There is nothing to move.\n",
			render.Escape(to.String()))
		return nil
	}

	// This comes before any lock is taken, so that no lock is left at a place without a state.
	if text, err := from.Stored(ctx); err != nil || text == nil {
		return migrationError(old, from, to, cmp.Or(err, state.ErrNoState))
	}

	const operation = "init -migrate-state"
	var done state.Migrated
	err = s.state.locked(ctx, s.state.locker(backend), operation, func(oldLock state.Lock) error {
		return s.state.locked(ctx, &to.Locker, operation, func(newLock state.Lock) error {
			check := func(ctx context.Context) error { return errors.Join(oldLock.Check(ctx), newLock.Check(ctx)) }
			done, err = state.Migrate(ctx, from, to, check)
			return err
		})
	})
	if err != nil {
		return migrationError(old, from, to, err)
	}
	showMigrated(s.print, old, to, done)
	return nil
}

// migrationError explains why a state was not moved.
func migrationError(old workdir.Note, from, to fmt.Stringer, err error) error {
	var refused *state.PushError
	var locked *state.LockedError
	switch {
	case errors.As(err, &locked):
		return err
	case errors.Is(err, state.ErrNoState):
		return failure("Nothing to move",
			"There is no state at %s. If that is as it should be: cfplan init -reconfigure.", old)
	case errors.As(err, &refused):
		return failure("State was not moved",
			"%v. Both states are unchanged. To use the one at the new place: cfplan init -reconfigure. To "+
				"replace it with the old one: cfplan state pull with the old backend block, then cfplan state "+
				"push -force.", refused)
	default:
		return failure("State was not moved",
			"From %s to %s: %s. The old state is unchanged, and the move can be run again. %s",
			from, to, plainly(err), workdir.MoveByHand)
	}
}

func showMigrated(p *printer, old workdir.Note, to *state.Store, done state.Migrated) {
	place := render.Escape(to.String())
	if done.Already {
		p.printf("The state was already moved to %s (serial %d).\n", place, done.State.Serial)
	} else {
		p.printf("Moved to %s and read back: the state (serial %d, %s owned), snapshots of %s, %s of the history.\n",
			place, done.State.Serial, english.Count(done.State.Owned(), "record"),
			english.Count(done.Snapshots, "zone"), entries(done.Entries))
	}
	for _, err := range done.Left {
		p.warn("Not everything was moved", "%v.", err)
	}
	p.printf("The old state is still at %s. Delete it once nothing uses it.\n", render.Escape(old.String()))
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return countOf(n, "entries")
}

// plainly returns an error as part of a sentence.
func plainly(err error) string { return strings.TrimSuffix(err.Error(), ".") }
