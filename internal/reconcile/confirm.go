package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// fit is a plan that fits the zones as they are now.
type fit struct {
	now map[string]dns.Zone // by name
	// serial is the state's.
	serial uint64
	// rest is what of the plan is left to do; an earlier run of it has made the
	// changes that are counted in before.
	rest   *plan.Plan
	before int
}

// confirm reads everything again that the plan touches and says what there is to
// do, if the plan still fits. A plan that an earlier run has begun is gone on with.
func (r *Reconciler) confirm(ctx context.Context, p *plan.Plan) (fit, error) {
	m, err := r.remember(ctx)
	if err != nil {
		return fit{}, err
	}
	st := m.State
	if at, ok := st.WasApplied(p.Hash); ok && p.Hash != "" {
		return fit{}, fmt.Errorf("%w: on %s by %s", ErrApplied, at.At.UTC().Format("2006-01-02 15:04 MST"), at.Who)
	}
	if lineage(st) != p.Lineage {
		return fit{}, ErrOtherState
	}
	if !p.HasChanges() {
		return fit{serial: st.Serial, rest: p}, nil
	}
	seen, err := r.confirmLive(ctx, p, m)
	if err != nil {
		return fit{}, err
	}
	c := compare(p, st, seen)
	switch {
	case len(c.stale.Zones) == 0:
		return fit{now: c.now, serial: st.Serial, rest: p}, nil
	case !c.halfDone || !begun(st, p):
		return fit{}, c.stale
	case c.left == 0:
		// A run that was killed has made the changes and not recorded them.
		err := fmt.Errorf("%w: the zones are already as it would make them", ErrApplied)
		_, saveErr := r.settle(ctx, p.Zones, c.now, p.Hash)
		return fit{}, errors.Join(err, saveErr)
	}
	rest, before := c.without(p)
	serial, err := r.settle(ctx, c.doneZones(p), c.now, "")
	return fit{now: c.now, serial: serial, rest: rest, before: before}, err
}

// confirmLive reads the plan's zones and saves what was seen.
func (r *Reconciler) confirmLive(ctx context.Context, p *plan.Plan, m memory) ([]sighting, error) {
	seen := r.observe(ctx, planned(p.Zones))
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%w: nothing was changed", ErrInterrupted)
	}
	for i := range seen {
		complete(&seen[i], m.snapshots.Of(seen[i].name))
	}
	r.fallBack(ctx, seen, m, nil) // names the refusals; a write needs a live zone
	if err := r.saveSnapshots(ctx, m, seen, p.Zones); err != nil {
		r.unsaved(err)
	}
	return seen, failures(seen, PlanOptions{})
}

// planned are all zones of the plan: while one of them is refused nothing is
// written to any, be there changes in it or not.
func planned(zones []plan.Zone) []target {
	out := make([]target, len(zones))
	for i, z := range zones {
		out[i] = target{name: z.Name, id: z.ID, declared: dns.Zone{Name: z.Name}}
	}
	return out
}

// comparison is a plan beside the zones as they are now.
type comparison struct {
	now   map[string]dns.Zone
	stale *StaleError
	// left counts the changes that are not made yet.
	left int
	// halfDone: all that does not fit is made already.
	halfDone bool
	done     map[string][]plan.Change // by zone
}

func compare(p *plan.Plan, st *state.State, seen []sighting) comparison {
	c := comparison{now: map[string]dns.Zone{}, stale: &StaleError{}, halfDone: true, done: map[string][]plan.Change{}}
	for _, s := range seen {
		c.now[s.name] = s.zone
	}
	for _, z := range p.Zones {
		if len(z.Changes) == 0 {
			continue
		}
		changes := foreign(st.Zones[z.Name], c.now[z.Name], guarded(z, c.now[z.Name]))
		if begun(st, p) {
			changes = append(changes, recorded(z, st.Zones[z.Name], changes)...)
		}
		for _, s := range changes {
			if s.Done {
				c.done[z.Name] = append(c.done[z.Name], s.Change)
			}
		}
		c.left += len(z.Changes) - len(c.done[z.Name])
		if changes = append(changes, disowned(z, st.Zones[z.Name], changes)...); len(changes) > 0 {
			c.stale.Zones = append(c.stale.Zones, StaleZone{Name: z.Name, Changes: changes})
			c.halfDone = c.halfDone && len(changes) == len(c.done[z.Name])
		}
	}
	return c
}

// without is the plan with nothing in it that is done, and how much that was.
func (c comparison) without(p *plan.Plan) (*plan.Plan, int) {
	rest, n := *p, 0
	rest.Zones = slices.Clone(p.Zones)
	for i := range rest.Zones {
		z := &rest.Zones[i]
		done := c.done[z.Name]
		n += len(done)
		made := map[string]bool{}
		for _, d := range done {
			made[d.Digest()] = true
		}
		z.Changes = slices.DeleteFunc(slices.Clone(z.Changes), func(x plan.Change) bool { return made[x.Digest()] })
	}
	rest.Recount()
	return &rest, n
}

// doneZones are the plan's zones with nothing in them but what is done.
func (c comparison) doneZones(p *plan.Plan) []plan.Zone {
	var out []plan.Zone
	for _, z := range p.Zones {
		if z.Changes = c.done[z.Name]; len(z.Changes) > 0 {
			out = append(out, z)
		}
	}
	return out
}

// guarded lists the changes of a zone that do not fit it any more. A zone that was
// removed and added again is another one: nothing fits it.
func guarded(z plan.Zone, now dns.Zone) []plan.Stale {
	if z.ID == now.ID {
		return plan.Guard(z, now)
	}
	out := make([]plan.Stale, len(z.Changes))
	for i, c := range z.Changes {
		out[i] = plan.Stale{Change: c, Why: "the zone was removed and added again since"}
	}
	return out
}

// disowned lists the changes of records that were cfplan's when the plan was made
// and are no more, such as after state rm. An exclusive zone is owned as a whole.
func disowned(z plan.Zone, known *state.Zone, stale []plan.Stale) []plan.Stale {
	if z.Ownership == dns.Exclusive {
		return nil
	}
	told := map[string]bool{}
	for _, s := range stale {
		told[s.Change.RecordID] = true
	}
	var out []plan.Stale
	for _, c := range z.Changes {
		if (c.Action == plan.Update || c.Action == plan.Destroy) && !told[c.RecordID] && !known.Owns(c.RecordID) {
			out = append(out, plan.Stale{Change: c, Why: "cfplan does not own it any more"})
		}
	}
	return out
}

// settle records what changes did that are all made, and of a whole plan that it is
// done. It returns the state's serial after that.
func (r *Reconciler) settle(ctx context.Context, zones []plan.Zone, now map[string]dns.Zone, hash string) (uint64, error) {
	st, err := r.Store.Update(context.WithoutCancel(ctx), func(st *state.State) (bool, error) {
		for _, z := range zones {
			if len(z.Changes) > 0 {
				created := addedAmong(z.Changes, slices.Clone(now[z.Name].Records))
				own(st.EnsureZone(z.Name, z.ID), z.Changes, identify(z.Changes, created))
			}
		}
		if hash != "" {
			move(st, zones)
			st.RecordApplied(hash, r.Now().UTC(), r.Who)
		}
		return true, nil
	})
	if err != nil {
		return 0, fmt.Errorf("what it did could not be recorded: %w", err)
	}
	return st.Serial, nil
}
