package reconcile

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/state"
)

// Planner observes zones and plans. The type of its store says what it may write: snapshots, and a
// state if there is none. It takes no lock and cannot change what cfplan owns. All fields but
// Accounts, DNS, Progress and Log are required.
type Planner struct {
	// API is the client of the default account, Accounts those of the others.
	API      *cloudflare.Client
	Accounts Accounts
	Store    *state.Observer
	// DNS asks name servers if Cloudflare refuses and there is no snapshot. It is nil if name
	// servers must not be asked.
	DNS *nameserver.Client
	// Version is the version of cfplan, which plans contain.
	Version string
	// Now is the clock.
	Now func() time.Time
	// Parallelism is how many zones are read at the same time.
	Parallelism int
	// Log receives every refusal with its ray ID. If it is nil, nothing is logged.
	Log *slog.Logger
	// Progress is called after each step. It may be called from different goroutines, but never
	// concurrently.
	Progress func(Progress)
}

// Verify asks every name server of the zones whether it serves what is expected. It asks again
// until all of them do or the patience is over. It sends no request to the API of Cloudflare and
// reads no state.
func (p *Planner) Verify(ctx context.Context, expected []Expected, o VerifyOptions) ([]Verified, error) {
	v := &verifier{names: p.DNS, parallelism: max(1, p.Parallelism), progress: p.Progress}
	return v.verify(ctx, expected, o)
}

func (p *Planner) clients() clients { return clients{p.API, p.Accounts} }

func (p *Planner) observer() *observer {
	return &observer{clients: p.clients(), now: p.Now, parallelism: max(1, p.Parallelism), progress: p.Progress}
}

func (p *Planner) standIns() *standIns {
	return &standIns{names: p.DNS, now: p.Now, parallelism: max(1, p.Parallelism), log: logger(p.Log)}
}

func (p *Planner) stored(ctx context.Context) (stored, error) {
	newCounter(p.Progress, Progress{Doing: ReadingState})
	return readStored(ctx, &p.Store.Reader, logger(p.Log))
}

// observe reads all zones that are desired or that the state knows, with stand-ins for refused zones.
func (p *Planner) observe(ctx context.Context, desired []dns.Zone, known stored, o PlanOptions) ([]observation, error) {
	ts := slices.DeleteFunc(inScope(targets(desired, known), o.Scope), func(t target) bool { return !o.Selection.Zone(t.name) })
	if o.Cached {
		seen := make([]observation, len(ts))
		for i, t := range ts {
			seen[i] = fromCache(t, known.snapshots.Of(t.name))
		}
		return p.completed(ctx, seen, known, o)
	}

	if o.MinimalRefresh {
		return p.completed(ctx, p.observeMinimal(ctx, ts, known, o), known, o)
	}
	return p.completed(ctx, p.observer().observe(ctx, ts), known, o)
}

// completed adds to the observations what a live read lacks, and finds stand-ins for refused zones.
func (p *Planner) completed(ctx context.Context, seen []observation, known stored, o PlanOptions) ([]observation, error) {
	if ctx.Err() != nil {
		return nil, interrupted()
	}

	completeAll(seen, known)
	logOdd(logger(p.Log), seen, known)
	p.observer().confirmTiers(ctx, seen, forbidsSomething)

	chain := o.Fallback
	if chain == nil {
		chain = DefaultFallback()
	}
	if o.RequireLive {
		chain = nil
	}
	p.standIns().fallBack(ctx, seen, known, chain)
	return seen, ctx.Err()
}

// observeLive reads the targets without stand-ins: the observation of a refused zone has the
// refusal.
func (p *Planner) observeLive(ctx context.Context, targets []target, known stored) ([]observation, error) {
	seen := p.observer().observe(ctx, targets)
	if ctx.Err() != nil {
		return nil, interrupted()
	}

	completeAll(seen, known)
	logOdd(logger(p.Log), seen, known)
	p.standIns().fallBack(ctx, seen, known, nil)
	return seen, nil
}
