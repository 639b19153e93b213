package state

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/cfplan/cfplan/internal/parallel"
)

// Updates of a state by one process are written together: those that arrive while one
// is being written share the next write. Otherwise a thousand zones that are applied
// side by side would write the state a thousand times, and ten updates of a large state
// would conflict until one of them has used up its attempts.

// updateQueue holds the updates that wait for their turn. The zero value is empty.
type updateQueue struct {
	mu      sync.Mutex
	waiting []*queuedUpdate
	running bool // a goroutine writes
}

// queuedUpdate is one update that waits.
type queuedUpdate struct {
	fn   func(*State) (bool, error)
	done chan struct{}
	// state and err are set when done is closed.
	state *State
	err   error
	// bug is the panic of the batch; nil if there was none.
	bug *parallel.Panic
}

// do runs fn in its turn. If ctx is done before fn has begun, fn never runs.
func (q *updateQueue) do(ctx context.Context, s *Store, fn func(*State) (bool, error)) (*State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	u := &queuedUpdate{fn: fn, done: make(chan struct{})}
	q.mu.Lock()
	q.waiting = append(q.waiting, u)
	if !q.running {
		q.running = true
		go q.run(context.WithoutCancel(ctx), s)
	}
	q.mu.Unlock()

	select {
	case <-u.done:
	case <-ctx.Done():
		if q.withdraw(u) {
			return nil, ctx.Err()
		}
		<-u.done // it is being written, and the caller must know the outcome
	}
	if u.bug != nil {
		panic(u.bug)
	}
	return u.state, u.err
}

// withdraw takes an update back that has not begun, and reports whether it could.
func (q *updateQueue) withdraw(u *queuedUpdate) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, u)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// run writes until the queue is empty.
func (q *updateQueue) run(ctx context.Context, s *Store) {
	for {
		q.mu.Lock()
		batch := q.waiting
		q.waiting, q.running = nil, len(batch) > 0
		q.mu.Unlock()
		if len(batch) == 0 {
			return
		}

		// A panic belongs to those who wait: here it would end the process with the lock held.
		bug := parallel.Try(func() { commit(ctx, s, slices.Clone(batch)) })
		for _, u := range batch {
			u.bug = bug
			close(u.done)
		}
	}
}

// updateError is the error of one update among several.
type updateError struct {
	of  *queuedUpdate
	err error
}

func (e *updateError) Error() string { return e.err.Error() }

// commit writes the updates as one. An update that fails is left out, with all that it
// did to the state, and the others run again.
func commit(ctx context.Context, s *Store, batch []*queuedUpdate) {
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
