package state

import (
	"context"
	"errors"
	"slices"
)

// Updates of a state by one process are written together: those that arrive during a write share the next
// write. Otherwise ten concurrent updates of a large state would conflict until one of them has used up its
// attempts.

// queuedUpdate is an update that waits.
type queuedUpdate struct {
	fn func(*State) (bool, error)
	// state and err are the outcome.
	state *State
	err   error
}

// updateError is the error of one update among several.
type updateError struct {
	of  *queuedUpdate
	err error
}

func (e *updateError) Error() string { return e.err.Error() }

// commit writes the updates as one. If an update fails, it is left out with its changes, and the others run
// again.
func (s *Store) commit(ctx context.Context, batch []*queuedUpdate) {
	for len(batch) > 0 {
		st, err := s.update(ctx, func(st *State) (changed bool, err error) {
			for _, u := range batch {
				c, err := u.fn(st)
				if err != nil {
					return false, &updateError{u, err}
				}
				changed = changed || c
			}
			return changed, nil
		})

		var failed *updateError
		if !errors.As(err, &failed) {
			for _, u := range batch {
				u.state, u.err = st, err
			}
			return
		}

		failed.of.err = failed.err
		batch = slices.DeleteFunc(batch, func(u *queuedUpdate) bool { return u == failed.of })
	}
}
