// Package reconcile observes zones, plans, and carries plans out. It is the only
// place where the provider (cloudflare) and the state meet, and the only one
// that knows what to do when Cloudflare refuses: fallback.go.
//
// It prints nothing, asks nobody and reads no files: that is cmd's part. What a
// plan is, and what may be done with it, is plan's.
package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/state"
)

// DefaultParallelism is how many zones are read or written at a time.
const DefaultParallelism = 10

// Reconciler holds what every operation needs. All fields but DNS,
// Progress and Log are required.
type Reconciler struct {
	API   *cloudflare.Client
	Store *state.Store
	// DNS asks name servers where Cloudflare refuses and there is no snapshot; nil
	// where that is not wanted.
	DNS *nameserver.Client
	// Version is cfplan's own, written into plans and locks.
	Version string
	// Who names the person or job in locks and in the list of applied plans.
	Who string
	// Now is the clock.
	Now func() time.Time
	// Parallelism is how many zones are worked on at a time.
	Parallelism int
	// LockTimeout is how long to wait for the state's lock; zero tries once.
	LockTimeout time.Duration
	// FailFast begins nothing more once a zone has failed in an apply; else the
	// other zones still finish.
	FailFast bool
	// Log gets every refusal with its ray ID. Nil discards.
	Log *slog.Logger
	// Progress is told what has been done. It may be called from several
	// goroutines at a time, though never by two at once.
	Progress func(Progress)
}

// Progress counts the steps of an operation.
type Progress struct {
	// Doing is "reading" or "applying".
	Doing string
	// Zone is the one that has just been finished or advanced.
	Zone string
	// Done of Total: zones when reading, records when applying.
	Done, Total int
	// ZonesDone of Zones when applying.
	ZonesDone, Zones int
}

func (r *Reconciler) log() *slog.Logger {
	if r.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return r.Log
}

// lock takes the state's lock for the named operation.
func (r *Reconciler) lock(ctx context.Context, operation string) (state.Lock, error) {
	waiting, cancel := context.WithTimeout(ctx, r.LockTimeout)
	defer cancel()
	lock, err := r.Store.Lock(waiting, state.Holder{Operation: operation, Who: r.Who, Version: r.Version, Created: r.Now().UTC()})
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("%w: nothing was changed", ErrInterrupted)
	}
	return lock, err
}
