package state

import "context"

// Store is an Observer that also changes the state. A command that opens a Store may
// change what cfplan owns. It is safe for concurrent use.
//
// A function that needs less should take less: &store.Observer to plan, &store.Reader to read and
// &store.Locker to lock are views of the same store.
type Store struct {
	Observer
	Locker

	// updates has the updates of the state that wait to be written.
	updates queue[*queuedUpdate]
	// known is the state as the last update left it, so that the next update need not read it. Only the
	// goroutine that runs the updates may use it.
	known *State
}

// Open returns the store in a backend. It reads and writes nothing.
func Open(b Backend) *Store {
	return &Store{
		Observer: Observer{Reader: Reader{backend: b}, turn: make(chan struct{}, 1)},
		Locker:   Locker{place: b},
	}
}

// Replace stores st if the stored state still is the one that st was read from, or if nothing is stored and
// st is new. Then it raises the serial of st by one. Otherwise it changes nothing and returns ErrConflict.
// The old document survives every failure.
//
// Replace does not check the lock. It never undoes what another run did.
func (s *Store) Replace(ctx context.Context, st *State) error { return s.replace(ctx, st) }

// Update changes the stored state: it reads the state, lets fn change it, and replaces it. If another run
// wrote in between, Update starts over with the state that the run left. So fn may run more than once, and
// must change only its own part of the state. If fn changes nothing, it returns false and nothing is written.
//
// Updates by goroutines that share a store wait for each other and are written together, so that many zones
// can be applied concurrently. fn must not call Update itself. The returned state is shared with those
// goroutines.
//
// Update returns the state as it is now stored, or ErrConflict if other processes were always faster.
func (s *Store) Update(ctx context.Context, fn func(*State) (changed bool, err error)) (*State, error) {
	u := &queuedUpdate{fn: fn}
	if err := s.updates.do(ctx, u, s.commit); err != nil {
		return nil, err
	}
	return u.state, u.err
}

// update is Update for the goroutine that runs the updates. It starts with the state as this store left it.
// If another run has replaced that state since, writing it is a conflict, and update reads the state.
func (s *Store) update(ctx context.Context, fn func(*State) (bool, error)) (*State, error) {
	st := s.known
	s.known = nil // until the update has succeeded

	err := s.retry(ctx, func() (err error) {
		changed := false
		if st != nil {
			changed, err = fn(st)
		}

		if st == nil || err != nil || !changed { // only the stored state is reliable then
			if st, err = s.Read(ctx); err != nil {
				return err
			}
			if changed, err = fn(st); err != nil || !changed {
				return err
			}
		}

		if err = s.replace(ctx, st); err != nil {
			st = nil
		}

		return err
	})
	if err != nil {
		return nil, err
	}

	s.known = st
	return st, nil
}
