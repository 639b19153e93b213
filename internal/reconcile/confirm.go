package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// fit is a plan that fits the zones as they are now.
type fit struct {
	live map[string]reading // by name
	// known is the state that the plan was compared with, and serial is the serial of the stored state.
	known  *state.State
	serial uint64
	// rest is what is left to do of the plan. before counts the changes that an earlier run of it
	// has made.
	rest   *plan.Plan
	before int
	// digests are those of the whole plan.
	digests digestTable
}

// confirm reads again everything that the plan touches, checks the plan against it, and returns what there is
// to do. If an earlier run has started the plan, confirm returns the rest of the plan.
func (r *Reconciler) confirm(ctx context.Context, p *plan.Plan, o ApplyOptions) (fit, error) {
	known, err := r.Planner().stored(ctx)
	if err != nil {
		return fit{}, err
	}
	st := known.state
	if at, ok := st.WasApplied(p.Hash); ok && p.Hash != "" {
		return fit{}, fmt.Errorf("%w: on %s by %s", ErrApplied, english.Minute(at.At), at.Who)
	}
	if lineage(st) != p.Lineage {
		return fit{}, ErrOtherState
	}
	bounded, err := r.newConfirmation(ctx, p, o, known)
	if err != nil {
		return fit{}, err
	}
	if !p.HasChanges() {
		rest, err := bounded.holdNotes()
		return fit{known: st, serial: st.Serial, rest: rest}, err
	}

	digests := digestAll(p.Zones)
	seen, err := r.confirmLive(ctx, bounded, digests.byZone(p.Zones))
	if err != nil {
		return fit{}, err
	}
	c := compare(p, st, seen)
	switch {
	case len(c.stale.Zones) == 0:
		rest, err := bounded.hold(p, seen)
		return fit{live: c.live, known: st, serial: st.Serial, rest: rest, digests: digests}, err
	case !c.halfDone || !startedBy(p, st):
		return fit{}, c.stale
	case c.left == 0:
		// An earlier run was killed after it made the changes and before it recorded them.
		if err := completeLast(ctx, r.Store, st, logger(r.Log)); err != nil {
			return fit{}, err
		}
		err := fmt.Errorf("%w: the zones are already as it would make them", ErrApplied)
		_, saveErr := r.recordMade(ctx, p.Zones, c.live, p.Hash)
		return fit{}, errors.Join(err, saveErr)
	}

	rest, before := c.without(p)
	rest, err = bounded.hold(rest, seen)
	if err != nil {
		return fit{}, err
	}
	serial, err := r.recordMade(ctx, c.doneZones(p), c.live, "")
	return fit{live: c.live, known: st, serial: serial, rest: rest, before: before, digests: digests}, err
}

// confirmLive reads all zones that the plan has read, with or without changes, and saves their snapshots. If
// one of them is refused, it returns an error, so that nothing is written to any zone. It does not read a
// zone again that was just read for the plan: the plan has saved its snapshot, and the read is no older than
// a read may be when a request is sent.
func (r *Reconciler) confirmLive(
	ctx context.Context, c *confirmation, pending map[string][]string,
) ([]observation, error) {
	seen, due := c.options.Reads.split(c.targets, c.known.state, r.Now())

	planner := r.Planner()
	read, err := planner.observeLive(ctx, due, c.known)
	if err != nil {
		return nil, err
	}

	if err := saveSnapshots(ctx, planner.Store, c.known.snapshots, read, pending); err != nil {
		warnUnsaved(logger(r.Log), r.Store, err)
	}
	seen = append(seen, read...)
	return seen, failures(seen, PlanOptions{})
}

// comparison compares a plan with the zones as they are now.
type comparison struct {
	live  map[string]reading // by name
	stale *StaleError
	// left counts the changes that are not made yet.
	left int
	// halfDone is true if everything that does not fit has been made already.
	halfDone bool
	done     map[string][]plan.Change // by zone
}

func compare(p *plan.Plan, st *state.State, seen []observation) comparison {
	c := comparison{
		live:     map[string]reading{},
		stale:    &StaleError{},
		halfDone: true,
		done:     map[string][]plan.Change{},
	}
	for _, s := range seen {
		c.live[s.name] = reading{zone: s.zone, at: s.source.FetchedAt, oldTier: s.oldTier}
	}
	for _, z := range p.Zones {
		if len(z.Changes) > 0 {
			c.compareZone(z, st.Zones[z.Name], startedBy(p, st))
		}
	}
	return c
}

// compareZone adds the changes of one zone to the comparison. started reports whether an earlier
// run has started the plan.
func (c *comparison) compareZone(z plan.Zone, known *state.Zone, started bool) {
	live := c.live[z.Name].zone
	changes := notOurs(known, live, guarded(z, live))
	if started {
		changes = append(changes, recordedAlready(z, known, changes)...)
	}
	for _, s := range changes {
		if s.Done {
			c.done[z.Name] = append(c.done[z.Name], s.Change)
		}
	}
	c.left += len(z.Changes) - len(c.done[z.Name])

	changes = append(changes, disowned(z, known, changes)...)
	if len(changes) > 0 {
		c.stale.Zones = append(c.stale.Zones, StaleZone{Name: z.Name, Changes: changes})
		c.halfDone = c.halfDone && len(changes) == len(c.done[z.Name])
	}
}

// without returns the plan with only what is not done yet, and how much was done.
func (c comparison) without(p *plan.Plan) (*plan.Plan, int) {
	rest, n := *p, 0
	rest.Zones = slices.Clone(p.Zones)
	for i := range rest.Zones {
		z := &rest.Zones[i]
		done := c.done[z.Name]
		n += len(done)
		z.Changes = setOf(done).without(z.Changes)
	}
	rest.Recount()
	return &rest, n
}

// doneZones returns the zones of the plan with only the changes that are done.
func (c comparison) doneZones(p *plan.Plan) []plan.Zone {
	var out []plan.Zone
	for _, z := range p.Zones {
		if z.Changes = c.done[z.Name]; len(z.Changes) > 0 {
			out = append(out, z)
		}
	}
	return out
}

// guarded lists the changes that no longer fit the zone. No change fits a zone that was removed and
// added again, because it is a different zone.
func guarded(z plan.Zone, live dns.Zone) []plan.Stale {
	if z.ID == live.ID {
		return plan.Guard(z, live)
	}

	out := make([]plan.Stale, len(z.Changes))
	for i, c := range z.Changes {
		out[i] = plan.Stale{Change: c, Why: "the zone was removed and added again since"}
	}
	return out
}

// disowned lists two kinds of changes: changes of records that cfplan owned when the plan was made and no
// longer owns, for example after state rm, and changes of records that the plan replaces as unmanaged but
// that cfplan owns now. An exclusive zone is owned as a whole.
func disowned(z plan.Zone, known *state.Zone, stale []plan.Stale) []plan.Stale {
	if z.Ownership == dns.Exclusive {
		return nil
	}
	listed := map[string]bool{}
	for _, s := range stale {
		listed[s.Change.RecordID] = true
	}
	var out []plan.Stale
	for _, c := range z.Changes {
		owned := known.Owns(c.RecordID)
		switch {
		case listed[c.RecordID]:
		case c.Replaces && owned:
			out = append(out, plan.Stale{Change: c, Why: "cfplan owns it now"})
		case !c.Replaces && !owned && (c.Action == plan.Update || c.Action == plan.Destroy):
			out = append(out, plan.Stale{Change: c, Why: "cfplan no longer owns it"})
		}
	}
	return out
}

// recordMade records the ownership that results from changes which have all been made already. If hash is not
// empty, the changes are a whole plan, and recordMade records that the plan was applied. It returns the
// serial of the state afterwards.
func (r *Reconciler) recordMade(
	ctx context.Context, zones []plan.Zone, live map[string]reading, hash string,
) (uint64, error) {
	st, err := r.Store.Update(context.WithoutCancel(ctx), func(st *state.State) (bool, error) {
		for _, z := range zones {
			if len(z.Changes) > 0 {
				ids := idsFromList(z.Changes, live[z.Name].zone.Records, nil, nil)
				made := state.Entry{Zone: z.Name, ZoneID: z.ID, Account: z.Account}
				own(&made, z.Changes, ids)
				made.Apply(st)
			}
		}
		if hash != "" {
			move(st, zones)
			mark(st, zones)
			st.RecordApplied(hash, r.Now().UTC(), r.Who)
		}
		return true, nil
	})
	if err != nil {
		return 0, fmt.Errorf("what it did could not be recorded: %w", err)
	}
	return st.Serial, nil
}
