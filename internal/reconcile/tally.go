package reconcile

import (
	"context"
	"fmt"
	"sync"

	"github.com/cfplan/cfplan/internal/plan"
)

// tally counts what the zones of an apply have done and left, and says whether they may go on. It is safe for
// concurrent use.
type tally struct {
	failFast bool

	mu   sync.Mutex
	done plan.Summary
	left []plan.Change
	// halted is true if the state could not be saved, so that nothing more may be done that would
	// have to be recorded.
	halted bool
	// failed is true if a zone has failed.
	failed bool
}

// mayGoOn returns why the zone must not start anything more, or nil.
func (t *tally) mayGoOn(ctx context.Context, zone string) error {
	t.mu.Lock()
	defer t.mu.Unlock()

	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", zone, ErrInterrupted)
	case t.halted:
		return fmt.Errorf("%s: %w", zone, ErrHalted)
	case t.failed && t.failFast:
		return fmt.Errorf("%s: %w", zone, ErrFailFast)
	}
	return nil
}

// halt stops all zones.
func (t *tally) halt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.halted = true
}

// noteFailure records that a zone has failed if err is not nil.
func (t *tally) noteFailure(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = t.failed || err != nil
}

// leave records changes that were not made.
func (t *tally) leave(changes []plan.Change) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = append(t.left, changes...)
}

// count records changes that were made.
func (t *tally) count(changes []plan.Change) {
	t.mu.Lock()
	defer t.mu.Unlock()

	for _, c := range changes {
		t.done.Count(c)
	}
}
