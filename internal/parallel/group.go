// Package parallel runs functions side by side. A panic in one of them reaches the goroutine that waits, where it is
// recovered like any other; otherwise it would end the process at once, with locks held and nothing recorded.
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

// WithContext returns a group whose context ends when a function fails or panics, or all are done.
func WithContext(ctx context.Context, limit int) (*Group, context.Context) {
	inner, ctx := errgroup.WithContext(ctx)
	inner.SetLimit(limit)
	return &Group{group: inner}, ctx
}

// errPanicked ends the context of a group of which one function panicked.
var errPanicked = errors.New("panicked")

// Go runs f in a goroutine. It waits while as many as the limit are running.
func (g *Group) Go(f func() error) {
	g.group.Go(func() (err error) {
		if p := Try(func() { err = f() }); p != nil {
			g.panicked.CompareAndSwap(nil, p)
			return errPanicked
		}
		return err
	})
}

// Wait waits for all functions and returns the first error. If one of them panicked, Wait panics with its *[Panic]
// after all have ended.
func (g *Group) Wait() error {
	err := g.group.Wait()
	if p := g.panicked.Load(); p != nil {
		panic(p)
	}
	return err
}
