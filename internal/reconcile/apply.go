package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// Report says what an apply did. It is right whether or not the apply failed.
type Report struct {
	Done plan.Summary
	// Left are the changes that were planned and not made.
	Left []plan.Change
	// Before counts the changes that an earlier run of the same plan has made.
	Before int
	// Settled are requests of earlier runs whose outcome was found out first.
	Settled []Settled
	// LockLeft is why the state's lock could not be given back; nil where it was.
	// LockID is what breaks it then.
	LockLeft error
	LockID   string
}

// Apply carries out exactly the given plan. It refuses, before any write, a plan
// that is read-only, in error or beyond a zone's limit of destroys, was made for another state, has been applied,
// or no longer fits the zones in a record that it touches.
//
// Zones are written side by side; one that fails does not stop the others. The
// state is saved after every request. When ctx is cancelled, requests under way
// are finished and recorded, and the rest is left: the error is ErrInterrupted.
func (r *Reconciler) Apply(ctx context.Context, p *plan.Plan) (report Report, err error) {
	report.Left = allChanges(p.Zones)
	if err := mayBeApplied(p); err != nil {
		return report, err
	}
	lock, err := r.lock(ctx, "apply")
	if err != nil {
		return report, err
	}
	defer func() { report.LockLeft, report.LockID = lock.Unlock(), lock.Holder().ID }()
	if report.Settled, err = r.settleJournals(ctx); err != nil {
		return report, err
	}
	if err := unsettled(p, report.Settled); err != nil {
		return report, err
	}
	fit, err := r.confirm(ctx, p)
	if err != nil {
		return report, err
	}
	p, report.Before = fit.rest, fit.before
	if p.HasChanges() {
		if err := r.keepHistory(ctx, p, fit.serial); err != nil {
			return report, err
		}
	}
	run := &run{Reconciler: r, whole: p, at: r.Now().UTC(), serial: fit.serial, lock: lock, steps: r.counter("applying", len(allChanges(p.Zones)))}
	run.steps.now.Zones = changedZones(p)
	run.undone.Store(int64(len(allChanges(p.Zones))))
	err = run.zones(ctx, p.Zones, fit.now)
	report.Done, report.Left = run.done, run.left
	if err != nil {
		r.trimHistory(context.WithoutCancel(ctx), p, fit.serial, run.left, inDoubt(err))
		return report, err
	}
	return report, run.conclude(ctx)
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
	if zones := p.BeyondLimit(); len(zones) > 0 {
		return &LimitError{Zones: zones}
	}
	return nil
}

// unsettled is the error of a plan for a zone of which it is not known what became of
// an earlier request: its journal must not be written over.
func unsettled(p *plan.Plan, settled []Settled) error {
	for _, s := range settled {
		if s.Err != nil && slices.ContainsFunc(p.Zones, func(z plan.Zone) bool { return z.Name == s.Zone && len(z.Changes) > 0 }) {
			return fmt.Errorf("%s: nothing was changed, as it is not known what became of an earlier run's last request: %w", s.Zone, s.Err)
		}
	}
	return nil
}

// unsaved logs that a snapshot could not be saved. What cfplan owns is not concerned.
func (r *Reconciler) unsaved(err error) {
	r.log().Warn("the snapshots could not be saved", "state", r.Store.String(), "error", err)
}

// inDoubt are the zones of which it is not known what a request did.
func inDoubt(err error) map[string]bool {
	out := map[string]bool{}
	var find func(error)
	find = func(err error) {
		var write *WriteError
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				find(e)
			}
		} else if errors.As(err, &write) && write.InDoubt {
			out[write.Zone] = true
		}
	}
	find(err)
	return out
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

// conclude notes that the plan is done, where the last of its records did not.
func (r *run) conclude(ctx context.Context) error {
	if r.finished.Load() {
		return nil
	}
	_, err := r.Store.Update(context.WithoutCancel(ctx), func(st *state.State) (bool, error) { return r.finish(st), nil })
	if err != nil {
		return fmt.Errorf("every change was made, but the state could not be told that this plan is done: %w", err)
	}
	return nil
}

// run is one apply under way.
type run struct {
	*Reconciler
	whole *plan.Plan
	at    time.Time // when it began
	// serial is that of the state when the plan was confirmed; begun: this run has
	// written to it since.
	serial uint64
	begun  atomic.Bool
	lock   state.Lock
	steps  *counter

	// undone counts the changes that are not made yet; finished: the state knows that
	// there are none.
	undone   atomic.Int64
	finished atomic.Bool
	// concluding: the last change is made, and about to be recorded.
	concluding atomic.Bool

	mu   sync.Mutex
	done plan.Summary
	left []plan.Change
	// halted: the state could not be saved, so that nothing more may be done that
	// it would have to know.
	halted bool
	// failedFast: a zone has failed, and the others are not to begin anything.
	failedFast bool
}

func (r *run) zones(ctx context.Context, zones []plan.Zone, now map[string]dns.Zone) error {
	errs, runs := make([]error, len(zones)), make([]*zoneRun, len(zones))
	var g errgroup.Group
	g.SetLimit(max(1, r.Parallelism))
	for i, z := range zones {
		if len(z.Changes) > 0 {
			g.Go(func() error {
				runs[i] = &zoneRun{run: r, plan: z, now: now[z.Name]}
				errs[i] = runs[i].carryOut(ctx)
				r.noteFailure(errs[i])
				r.steps.zoneDone(z.Name)
				return nil
			})
		}
	}
	_ = g.Wait() // every zone has its own error
	r.snapshots(context.WithoutCancel(ctx), runs)
	return errors.Join(once(errs, ErrFailFast)...)
}

// once leaves the same error of many zones in the list a single time.
func once(errs []error, same error) []error {
	kept := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return errors.Is(err, same) })
	if len(kept) < len(errs) {
		kept = append(kept, same)
	}
	return kept
}

// noteFailure keeps the other zones from going on where that is wanted.
func (r *run) noteFailure(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failedFast = r.failedFast || err != nil && r.FailFast
}

// carryOut carries out the changes of one zone, batch by batch.
func (w *zoneRun) carryOut(ctx context.Context) error {
	err := w.mayGoOn(ctx)
	if err == nil {
		err = w.adopt(ctx)
	} else {
		w.leave(adoptions(w.plan))
	}
	for _, batch := range plan.Batches(w.plan, w.limit(ctx)) {
		if err == nil {
			err = w.mayGoOn(ctx)
		}
		if err != nil {
			w.leave(batch)
			continue
		}
		err = w.batch(ctx, batch)
	}
	return err
}

func (w *zoneRun) mayGoOn(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", w.plan.Name, ErrInterrupted)
	case w.halted:
		return fmt.Errorf("%s: %w", w.plan.Name, ErrHalted)
	case w.failedFast:
		return fmt.Errorf("%s: %w", w.plan.Name, ErrFailFast)
	}
	return nil
}

// leave notes changes that were not made.
func (r *run) leave(changes []plan.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = append(r.left, changes...)
}

// zoneRun is the part of a run that belongs to one zone.
type zoneRun struct {
	*run
	plan plan.Zone
	now  dns.Zone  // as it is after what was done
	made []string  // the digests of what was done
	at   time.Time // when the last of it was recorded; zero where nothing was
	// announced is when the journal of the request under way was opened.
	announced time.Time
}

// adopt takes and gives up ownership of the records that need no request.
func (w *zoneRun) adopt(ctx context.Context) error {
	equal := adoptions(w.plan)
	if len(equal) == 0 {
		return nil
	}
	if err := w.lock.Check(ctx); err != nil {
		w.leave(equal)
		return fmt.Errorf("%s: %w", w.plan.Name, err)
	}
	if err := w.record(context.WithoutCancel(ctx), equal, nil); err != nil {
		w.leave(equal) // an adoption is nothing but what the state knows
		return fmt.Errorf("%s: nothing was adopted or changed, as the state could not be saved: %w", w.plan.Name, err)
	}
	w.countDone(equal)
	return nil
}

// adoptions are the changes that need no request: of what is owned, and nothing else.
func adoptions(z plan.Zone) []plan.Change {
	return slices.DeleteFunc(slices.Clone(z.Changes), plan.Change.Writes)
}

// limit returns how many operations a request may hold. The zone's plan at
// Cloudflare is asked for only where it matters; where it is not told, the
// smallest limit fits all.
func (w *zoneRun) limit(ctx context.Context) int {
	writes := 0
	for _, c := range w.plan.Changes {
		if c.Writes() {
			writes++
		}
	}
	if writes <= plan.FreeBatchLimit {
		return plan.FreeBatchLimit
	}
	z, err := w.API.GetZone(ctx, w.plan.ID)
	if err != nil {
		return plan.FreeBatchLimit
	}
	w.now.Tier, w.now.NameServers = z.Tier, z.NameServers
	return plan.BatchLimit(z.Tier)
}

// batch sends one request and records what it did. What has been sent is finished
// and recorded, whatever happens to ctx.
func (w *zoneRun) batch(ctx context.Context, changes []plan.Change) error {
	if err := w.announce(context.WithoutCancel(ctx), changes); err != nil {
		w.leave(changes)
		w.halt()
		if errors.Is(err, state.ErrLockLost) {
			return fmt.Errorf("%s: %w", w.plan.Name, err)
		}
		return fmt.Errorf("%s: nothing more was changed, as the state could not be saved: %w", w.plan.Name, err)
	}
	created, err := w.send(ctx, changes)
	if err != nil {
		w.leave(changes)
		return w.notSent(ctx, changes, err)
	}
	err = w.record(context.WithoutCancel(ctx), changes, created)
	w.countDone(changes)
	if err != nil {
		if !errors.Is(err, errUnidentified) {
			w.halt()
		}
		return &UnsavedError{Zone: w.plan.Name, Done: changes, Err: err}
	}
	return nil
}

// halt keeps all zones from going on.
func (w *zoneRun) halt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.halted = true
}

// notSent is the error of a request that did not take effect. Where that is not
// certain, the journal stays open for the next run.
func (w *zoneRun) notSent(ctx context.Context, changes []plan.Change, err error) error {
	interrupted, lost := unsent(ctx, err), errors.Is(err, state.ErrLockLost)
	ctx = context.WithoutCancel(ctx)
	switch {
	case lost:
		err = fmt.Errorf("%s: %w", w.plan.Name, err)
	case !interrupted:
		w.logRefusal(w.plan.Name, err, "none")
		err = w.failed(ctx, changes, err)
	default:
		err = fmt.Errorf("%s: %w", w.plan.Name, ErrInterrupted)
	}
	var write *WriteError
	if errors.As(err, &write) && write.InDoubt {
		return err
	}
	if saveErr := w.withdraw(ctx); saveErr != nil {
		w.halt()
		err = errors.Join(err, fmt.Errorf("%s: the state could not be saved: %w", w.plan.Name, saveErr))
	}
	return err
}

// unsent reports whether a request was given up before it was sent, because the
// run was asked to stop while it waited.
func unsent(ctx context.Context, err error) bool {
	var e *cloudflare.Error
	return ctx.Err() != nil && errors.As(err, &e) && e.NotSent()
}

// send sends the batch, and finds out what became of it where no answer tells.
// It is sent a second time only after a look at the zone has shown that nothing
// of it took effect.
func (w *zoneRun) send(ctx context.Context, changes []plan.Change) ([]dns.Record, error) {
	for attempt := 1; ; attempt++ {
		result, err := w.API.ApplyBatch(ctx, w.plan.ID, w.request(changes))
		var failure *cloudflare.Error
		if err == nil || (!errors.As(err, &failure) || !failure.InDoubt) && attempt == 1 {
			return result.Created, err
		}
		created, done, lookErr := w.look(context.WithoutCancel(ctx), changes)
		switch {
		case lookErr != nil:
			return nil, &WriteError{Zone: w.plan.Name, InDoubt: true, Err: errors.Join(err, lookErr)}
		case done:
			return created, nil
		case attempt == 2:
			// The first one may take effect yet, or have done so unseen.
			return nil, &WriteError{Zone: w.plan.Name, InDoubt: true, Err: err}
		}
	}
}

// look reads the zone after a write in doubt: it took effect as a whole, or not
// at all, or somebody else was there, which is an error.
func (w *zoneRun) look(ctx context.Context, changes []plan.Change) (created []dns.Record, done bool, err error) {
	records, err := w.API.Records(ctx, w.plan.ID)
	if err != nil {
		return nil, false, err
	}
	part := plan.Zone{Name: w.plan.Name, Changes: changes}
	stale := plan.Guard(part, dns.Zone{Name: w.plan.Name, Records: records})
	switch {
	case len(stale) == 0:
		return nil, false, nil
	case plan.AllDone(part, stale):
		return addedAmong(changes, records), true, nil
	default:
		return nil, false, &StaleError{Zones: []StaleZone{{Name: w.plan.Name, Changes: stale}}}
	}
}

func addedAmong(changes []plan.Change, records []dns.Record) []dns.Record {
	wanted := map[dns.Key]bool{}
	for _, c := range changes {
		if c.Action == plan.Add {
			wanted[c.After.Record(c.Name, c.Type).Key()] = true
		}
	}
	return slices.DeleteFunc(records, func(r dns.Record) bool { return !wanted[r.Key()] })
}

// request translates changes into the operations of one request, which is sent only
// while the lock is held: the journal, and rate limits, may have taken their time.
func (w *zoneRun) request(changes []plan.Change) cloudflare.Batch {
	b := cloudflare.Batch{Before: w.lock.Check}
	for _, c := range changes {
		switch c.Action {
		case plan.Destroy:
			b.Deletes = append(b.Deletes, c.RecordID)
		case plan.Add:
			b.Posts = append(b.Posts, c.After.Record(c.Name, c.Type))
		default:
			after := c.After.Record(c.Name, c.Type)
			after.ID = c.RecordID
			b.Patches = append(b.Patches, cloudflare.Patch{Record: after, Changed: c.Changed()})
		}
	}
	return b
}
