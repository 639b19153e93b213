// Package reconcile observes zones, plans, and carries plans out. It is the only
// place where the provider (cloudflare) and the state meet, and the only one
// that knows what to do when Cloudflare refuses: fallback.go.
//
// A [Planner] observes and plans: observe.go reads the zones, fallback.go replaces
// the refused ones by a snapshot or by DNS answers, minimal.go decides which zones need
// not be read, and plan.go builds the plan. A [Reconciler] also applies: confirm.go reads
// the plan's zones again, apply.go applies several zones in parallel, and apply_zone.go
// applies one zone.
//
// The package prints nothing, asks the user nothing and reads no files: cmd does that.
// Package plan decides what a plan contains and what an apply may do with it.
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

// DefaultParallelism is how many zones are read or written at the same time.
const DefaultParallelism = 10

// Reconciler carries plans out. All fields but Accounts, DNS, Progress and Log are required.
type Reconciler struct {
	// API is the client of the default account, Accounts those of the others.
	API      *cloudflare.Client
	Accounts Accounts
	Store    *state.Store
	// DNS asks name servers if Cloudflare refuses and there is no snapshot. It is nil if name
	// servers must not be asked.
	DNS *nameserver.Client
	// Version is the version of cfplan, which plans and locks contain.
	Version string
	// Who is the person or job in locks and in the history.
	Who string
	// Now is the clock.
	Now func() time.Time
	// Parallelism is how many zones are processed at the same time.
	Parallelism int
	// LockTimeout is how long to wait for the state's lock; zero tries once.
	LockTimeout time.Duration
	// FailFast starts nothing more once a zone has failed in an apply. By default the other zones
	// still finish.
	FailFast bool
	// Log receives every refusal with its ray ID. If it is nil, nothing is logged.
	Log *slog.Logger
	// Progress is called after each step. It may be called from different goroutines, but never
	// concurrently.
	Progress func(Progress)
}

// Planner returns the part of r that observes and plans, and cannot change what cfplan owns.
func (r *Reconciler) Planner() *Planner {
	return &Planner{
		API:         r.API,
		Accounts:    r.Accounts,
		Store:       &r.Store.Observer,
		DNS:         r.DNS,
		Version:     r.Version,
		Now:         r.Now,
		Parallelism: r.Parallelism,
		Log:         r.Log,
		Progress:    r.Progress,
	}
}

func (r *Reconciler) clients() clients { return clients{r.API, r.Accounts} }

// lock takes the state's lock for the named operation.
func (r *Reconciler) lock(ctx context.Context, operation string) (state.Lock, error) {
	lock, err := r.Store.Lock(ctx, state.Holder{
		Operation: operation,
		Who:       r.Who,
		Version:   r.Version,
		Created:   r.Now().UTC(),
	}, r.LockTimeout)
	if err != nil && ctx.Err() != nil {
		return nil, interrupted()
	}
	return lock, err
}

// interrupted returns the error of an operation that was interrupted before it changed anything.
func interrupted() error { return fmt.Errorf("%w: nothing was changed", ErrInterrupted) }

// logger returns l, or a logger that discards if l is nil.
func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
