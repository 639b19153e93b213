// Package parallel runs functions in parallel. A panic in one of them reaches the waiting goroutine, which
// can recover it like any other. Otherwise the panic would end the process at once, with locks held and
// nothing recorded.
package parallel

import (
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Group runs functions that may fail.
type Group struct {
	group    *errgroup.Group
	panicked atomic.Pointer[Panic]
}

// New returns a group that runs at most limit functions at a time.
func New(limit int) *Group {
	g := &Group{group: &errgroup.Group{}}
	g.group.SetLimit(limit)
	return g
}

// WithContext returns a group whose context ends if a function fails or panics, or if all functions are done.
func WithContext(ctx context.Context, limit int) (*Group, context.Context) {
	inner, ctx := errgroup.WithContext(ctx)
	inner.SetLimit(limit)
	return &Group{group: inner}, ctx
}

// errPanicked ends the context of a group in which a function panicked.
var errPanicked = errors.New("panicked")

// Go runs f in a goroutine. It waits if the limit of running functions is reached.
func (g *Group) Go(f func() error) {
	g.group.Go(func() (err error) {
		if p := Try(func() { err = f() }); p != nil {
			g.panicked.CompareAndSwap(nil, p)
			return errPanicked
		}
		return err
	})
}

// Wait waits for all functions and returns the first error. If a function panicked, Wait panics with its
// *[Panic] after all functions have ended.
func (g *Group) Wait() error {
	err := g.group.Wait()
	if p := g.panicked.Load(); p != nil {
		panic(p)
	}
	return err
}
