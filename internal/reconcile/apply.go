package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// Report says what an apply did. It is correct even if the apply failed.
type Report struct {
	Done plan.Summary
	// Left lists the planned changes that were not made.
	Left []plan.Change
	// Before counts the changes that an earlier run of the same plan has made.
	Before int
	// Settled lists requests of earlier runs whose outcome this apply has found out before its own changes.
	Settled []Settled
	// LockLeft is the error of releasing the state's lock, or nil. LockID is then the ID that breaks the
	// lock.
	LockLeft error
	LockID   string
}

// Apply carries out exactly the given plan. Before it writes anything, it refuses a plan that is
// read-only, has errors, was made for another state, has been applied, no longer fits the zones in
// a record that it touches, is beyond a zone's limit of destroys, or contains something that the
// configuration, the state or the live zones do not allow.
//
// Zones are written in parallel; a zone that fails does not stop the others. The outcome of every request is
// recorded before the next request to its zone. If ctx is cancelled, requests under way are finished and
// recorded, and the rest is left: the error is ErrInterrupted.
func (r *Reconciler) Apply(ctx context.Context, p *plan.Plan, o ApplyOptions) (report Report, err error) {
	report.Left = allChanges(p.Zones)
	if err := mayBeApplied(p); err != nil {
		return report, err
	}

	lock, err := r.lock(ctx, "apply")
	if err != nil {
		return report, err
	}
	defer func() { report.LockLeft, report.LockID = lock.Unlock(), lock.Holder().ID }()

	report.Settled, err = settleJournals(ctx, r.clients(), o.Desired, r.Store)
	if err != nil {
		return report, err
	}
	if err := mayBeWritten(p, report.Settled); err != nil {
		return report, err
	}

	fit, err := r.confirm(ctx, p, o)
	if err != nil {
		return report, err
	}
	report.Before = fit.before
	if o.Show != nil {
		if err := o.Show(fit.rest); err != nil {
			return report, err
		}
	}

	var parts state.Parts
	if fit.rest.HasChanges() {
		if err := completeLast(ctx, r.Store, fit.known, logger(r.Log)); err != nil {
			return report, err
		}
		if parts, err = r.historyEntry(fit.rest, fit.serial).keep(ctx); err != nil {
			return report, err
		}
	}

	a := r.newApply(fit, lock, parts)
	err = a.zones(ctx, fit.rest.Zones, fit.live)
	report.Done, report.Left = a.tally.done, a.tally.left
	if err != nil {
		return report, err
	}
	return report, a.conclude(ctx)
}

func allChanges(zones []plan.Zone) []plan.Change {
	var out []plan.Change
	for _, z := range zones {
		out = append(out, z.Changes...)
	}
	return out
}

func mayBeApplied(p *plan.Plan) error {
	switch {
	case p.Mode != plan.Live:
		return ErrReadOnly
	case p.HasErrors():
		return ErrFaulty
	}
	return nil
}

// mayBeWritten returns an error if the plan changes a zone whose journal could not be settled:
// writing would overwrite that journal.
func mayBeWritten(p *plan.Plan, settled []Settled) error {
	for _, s := range settled {
		changes := func(z plan.Zone) bool { return z.Name == s.Zone && len(z.Changes) > 0 }
		if s.Err != nil && slices.ContainsFunc(p.Zones, changes) {
			return fmt.Errorf("%s: nothing was changed, because it is not known what became of an earlier run's "+
				"last request: %w", s.Zone, s.Err)
		}
	}
	return nil
}

// apply is one apply under way. It has what its zones share.
type apply struct {
	clients     clients
	store       *state.Store
	lock        state.Lock
	log         *slog.Logger
	who         string
	now         func() time.Time
	parallelism int

	digests digestTable
	journal *state.Log
	fence   *fence
	tally   *tally
	steps   *counter
	// slowReads counts the repeated reads that became necessary because a read took too long; see
	// mostSlowReads.
	slowReads atomic.Int64
	refused   refusalLog
}

func (r *Reconciler) newApply(f fit, lock state.Lock, parts state.Parts) *apply {
	changes := allChanges(f.rest.Zones)
	fence := newFence(f.rest, f.serial, r.Who, r.Now)
	short := changedZones(f.rest) <= 1 && len(changes) <= plan.FreeBatchLimit
	return &apply{
		clients:     r.clients(),
		store:       r.Store,
		lock:        lock,
		log:         logger(r.Log),
		who:         r.Who,
		now:         r.Now,
		parallelism: max(1, r.Parallelism),

		digests: f.digests,
		journal: r.Store.NewLog(fence.applied(), state.LogOptions{Parts: parts, Short: short}),
		fence:   fence,
		tally:   &tally{failFast: r.FailFast},
		steps: newCounter(r.Progress, Progress{
			Doing: Applying,
			Total: len(changes),
			Zones: changedZones(f.rest),
		}),
	}
}

func changedZones(p *plan.Plan) int {
	n := 0
	for _, z := range p.Zones {
		if len(z.Changes) > 0 {
			n++
		}
	}
	return n
}

// zones carries out the changes of all zones in parallel.
func (a *apply) zones(ctx context.Context, zones []plan.Zone, live map[string]reading) error {
	errs, applied := make([]error, len(zones)), make([]*zoneApply, len(zones))
	g := parallel.New(a.parallelism)
	for i, z := range zones {
		if len(z.Changes) == 0 {
			continue
		}
		g.Go(func() error {
			applied[i] = newZoneApply(a, z, live[z.Name])
			errs[i] = applied[i].run(ctx)
			a.tally.noteFailure(errs[i])
			a.steps.zoneDone(z.Name)
			return nil
		})
	}
	_ = g.Wait() // every zone has its own error
	a.refused.write(a.log)

	a.closeJournal(context.WithoutCancel(ctx))
	a.saveSnapshots(context.WithoutCancel(ctx), applied)
	for _, stop := range []error{ErrFailFast, ErrHalted, ErrInterrupted} {
		errs = keepOne(errs, stop)
	}
	return errors.Join(errs...)
}

// closeJournal merges the journal of the apply into the state. If that fails, the next run does it.
func (a *apply) closeJournal(ctx context.Context) {
	if err := a.journal.Close(ctx); err != nil {
		a.log.Warn("what was done is noted beside the state, but could not be saved in it yet", "state", a.store.String(), "error", err)
	}
}

// keepOne replaces all errors that say nothing but same by a single error with the number of zones.
func keepOne(errs []error, same error) []error {
	says := func(err error) bool {
		return err != nil && errors.Unwrap(err) == same //nolint:errorlint // an error that says more is kept
	}
	others := slices.DeleteFunc(slices.Clone(errs), says)
	if n := len(errs) - len(others); n > 1 {
		return append(others, fmt.Errorf("%s: %w", english.Count(n, "zone"), same))
	}
	return errs
}

// saveSnapshots saves the zones as they are after the apply, without the changes that are no longer
// pending. It saves them once for all zones: until then, a run that falls back on an older snapshot
// sees in the state that the zone has changed since.
func (a *apply) saveSnapshots(ctx context.Context, zones []*zoneApply) {
	zones = slices.DeleteFunc(zones, func(z *zoneApply) bool { return z == nil || z.recordedAt.IsZero() })
	if len(zones) == 0 {
		return
	}

	err := a.store.UpdateSnapshots(ctx, nil, func(all *state.Snapshots) (changed bool) {
		for _, z := range zones {
			changed = all.Set(z.snapshot(all.Of(z.zone.Name))) || changed
		}
		return changed
	})
	if err != nil {
		warnUnsaved(a.log, a.store, err)
	}
}

// conclude records that the plan was applied, unless the entry of its last change has done that.
func (a *apply) conclude(ctx context.Context) error {
	if a.fence.finished.Load() {
		return nil
	}

	finish := func(st *state.State) (bool, error) { return a.fence.finish(st), nil }
	if _, err := a.store.Update(context.WithoutCancel(ctx), finish); err != nil {
		return fmt.Errorf(
			"every change was made, but the state could not record that this plan was applied: %w", err)
	}
	return nil
}
