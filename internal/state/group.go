package state

import (
	"context"
	"errors"
	"sync"
)

// Updates of a state by one process are written together: those that arrive while
// one is being written share the next one. Without that, a thousand zones that are
// applied side by side would write the state a thousand times over, and ten updates
// of a large state would conflict until one of them has used up its attempts.

// group are the updates that wait for their turn. The zero value has none.
type group struct {
	mu      sync.Mutex
	waiting []*pending
	busy    bool // a goroutine is writing
}

// pending is one update that waits.
type pending struct {
	fn   func(*State) (bool, error)
	done chan struct{}
	// state and err are set once done is closed.
	state *State
	err   error
}

// do runs fn in its turn. One that has not begun when ctx is done never runs.
func (g *group) do(ctx context.Context, s *Store, fn func(*State) (bool, error)) (*State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := &pending{fn: fn, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, p)
	if !g.busy {
		g.busy = true
		go g.run(context.WithoutCancel(ctx), s)
	}
	g.mu.Unlock()
	select {
	case <-p.done:
	case <-ctx.Done():
		if g.withdraw(p) {
			return nil, ctx.Err()
		}
		<-p.done // it is being written: what becomes of it must be known
	}
	return p.state, p.err
}

// withdraw takes an update back that has not begun.
func (g *group) withdraw(p *pending) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == p {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// run writes until nobody waits.
func (g *group) run(ctx context.Context, s *Store) {
	for {
		g.mu.Lock()
		batch := g.waiting
		g.waiting, g.busy = nil, len(batch) > 0
		g.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		commit(ctx, s, batch)
		for _, p := range batch {
			close(p.done)
		}
	}
}

// refusedError is the error of one function among several.
type refusedError struct {
	by  *pending
	err error
}

func (e *refusedError) Error() string { return e.err.Error() }

// commit writes the updates as one. A function that fails is left out, with all
// that it did to the state, and the others run again.
func commit(ctx context.Context, s *Store, batch []*pending) {
	for len(batch) > 0 {
		st, err := s.update(ctx, func(st *State) (bool, error) {
			changed := false
			for _, p := range batch {
				c, err := p.fn(st)
				if err != nil {
					return false, &refusedError{p, err}
				}
				changed = changed || c
			}
			return changed, nil
		})
		var refused *refusedError
		if !errors.As(err, &refused) {
			for _, p := range batch {
				p.state, p.err = st, err
			}
			return
		}
		refused.by.err = refused.err
		batch = without(batch, refused.by)
	}
}

func without(batch []*pending, gone *pending) []*pending {
	var out []*pending
	for _, p := range batch {
		if p != gone {
			out = append(out, p)
		}
	}
	return out
}
