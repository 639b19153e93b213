package state

import "context"

// Store is an Observer that also changes the state. A command that opens a Store may
// change what cfplan owns. It is safe for concurrent use.
//
// A function that needs less takes less: &store.Observer to plan, &store.Reader to read
// and &store.Locker to lock are views of the same store.
type Store struct {
	Observer
	Locker

	// updates are the changes of the state that wait for their turn.
	updates queue[*queuedUpdate]
	// known is the state as the last update left it, so that the next one need not read
	// it. Only the goroutine that runs the updates may use it.
	known *State
}

// Open returns the store in a backend. It reads and writes nothing yet.
func Open(b Backend) *Store {
	return &Store{
		Observer: Observer{Reader: Reader{backend: b}, turn: make(chan struct{}, 1)},
		Locker:   Locker{place: b},
	}
}

// Replace stores st if what is stored still is what st was read from, or if nothing
// is stored and st is new, and then raises its serial by one; otherwise it changes
// nothing and returns ErrConflict. The old document survives every failure.
//
// It does not check the lock: it never undoes what another run did.
func (s *Store) Replace(ctx context.Context, st *State) error { return s.replace(ctx, st) }

// Update changes the stored state: it reads, lets fn change what was read, and
// replaces. If another run wrote in between, it starts over with what that run left.
// fn may therefore run more than once and must only touch its own part. If fn changes
// nothing, it returns false and nothing is written.
//
// Updates by goroutines that share a store wait for each other and are written
// together, so that many zones can be applied side by side. fn must not call Update
// itself, and the state that is returned is shared with those goroutines.
//
// Update returns the state as it is stored now, or ErrConflict if other processes were
// always faster.
func (s *Store) Update(ctx context.Context, fn func(*State) (changed bool, err error)) (*State, error) {
	u := &queuedUpdate{fn: fn}
	if err := s.updates.do(ctx, u, s.commit); err != nil {
		return nil, err
	}
	return u.state, u.err
}

// update is Update for the goroutine that runs the updates. It begins with the state as
// this store left it. If another run has replaced that since, writing conflicts and the
// state is read.
func (s *Store) update(ctx context.Context, fn func(*State) (bool, error)) (*State, error) {
	st := s.known
	s.known = nil // until this has gone well

	err := s.retry(ctx, func() (err error) {
		changed := false
		if st != nil {
			changed, err = fn(st)
		}

		if st == nil || err != nil || !changed { // only the stored state can say that
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
