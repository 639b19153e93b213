package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// An entry of the history is written before anything is sent, because a rollback needs the former values of
// the records. It announces a whole plan. The state says how much of it was done, because what a request did
// is recorded there anyway, and a run that is killed cannot correct its entry. So the last entry is always
// read together with the state. The next apply completes that entry: it removes from it what was not done,
// before its own notes replace those in the state.

// extent is how much of an announced apply was done: digests of changes by zone.
type extent struct {
	made map[string]digestSet
	// inDoubt are the digests of a request whose outcome is not known yet.
	inDoubt map[string]digestSet
}

// extentOf returns what the state knows about an apply, or nil if the entry itself has exactly what was done.
func extentOf(a Applied, st *state.State) *extent {
	out := &extent{made: map[string]digestSet{}, inDoubt: map[string]digestSet{}}
	switch {
	case !a.Announced, a.Serial == st.Finished:
		return nil
	case st.Begun != nil && st.Begun.Serial == a.Serial:
		for zone, digests := range st.Begun.Made {
			out.made[zone] = digestSet{}
			out.made[zone].add(digests)
		}
		for name, z := range st.Zones {
			if z.Journal != nil {
				out.inDoubt[name] = digestSet{}
				out.inDoubt[name].add(digestsOf(z.Journal.Operations))
			}
		}
		return out
	case st.Serial == a.Serial:
		return out // the run ended before it noted that it had begun
	default:
		return nil
	}
}

// asMade returns the apply with only the changes that were made. InDoubt then counts the changes that may
// have been made.
func (a Applied) asMade(st *state.State) Applied {
	e := extentOf(a, st)
	if e == nil {
		return a
	}

	possible := a.only(e.mayBeMade)
	out := a.only(e.wasMade)
	out.InDoubt = len(allChanges(possible.Plan.Zones)) - len(allChanges(out.Plan.Zones))
	out.Zones = possible.Zones
	return out
}

// asPossible returns the apply with the changes that were made, or may have been.
func (a Applied) asPossible(st *state.State) Applied {
	e := extentOf(a, st)
	if e == nil {
		return a
	}
	return a.only(e.mayBeMade)
}

func (e *extent) wasMade(zone string, c plan.Change) bool { return e.made[zone].has(c) }

func (e *extent) mayBeMade(zone string, c plan.Change) bool {
	return e.wasMade(zone, c) || e.inDoubt[zone].has(c)
}

// only returns the apply with only the changes for which keep returns true.
func (a Applied) only(keep func(zone string, c plan.Change) bool) Applied {
	p := *a.Plan
	p.Zones = slices.Clone(p.Zones)
	for i := range p.Zones {
		z := &p.Zones[i]
		z.Changes = slices.DeleteFunc(slices.Clone(z.Changes), func(c plan.Change) bool { return !keep(z.Name, c) })
	}
	p.Recount()

	a.Plan, a.Summary, a.Zones = &p, p.Summary, namesOfChanged(&p)
	return a
}

// namesOfChanged returns the names of the zones that the plan changes.
func namesOfChanged(p *plan.Plan) []string {
	out := []string{}
	for _, z := range p.Zones {
		if len(z.Changes) > 0 {
			out = append(out, z.Name)
		}
	}
	return out
}

// completeLast removes from the entry of the last apply, if that apply was cut off or stopped, what it has
// not done. The caller holds the lock, has settled the journals, and is about to start another apply. Changes
// of a request whose outcome is still not known stay in the entry: if they did not take effect, a rollback
// leaves their records alone, because those are not as the change would have left them.
func completeLast(ctx context.Context, store *state.Store, st *state.State, log *slog.Logger) error {
	if st.Begun == nil {
		return nil
	}

	name := entryName(st.Lineage, st.Begun.Serial)
	data, err := store.Kept(ctx, name)
	switch {
	case errors.Is(err, state.ErrNoEntry):
		return nil
	case err != nil:
		return fmt.Errorf("nothing was changed: the history could not be read: %w", err)
	}

	a, err := parseEntry(name, data)
	if err != nil {
		log.Warn("an entry of the history cannot be completed", "state", store.String(), "error", err)
		return nil
	}
	if extentOf(a, st) == nil {
		return nil
	}

	a = a.asPossible(st)
	a.Announced = false
	if !a.Plan.HasChanges() {
		err = store.Drop(ctx, name)
	} else {
		err = keepEntry(ctx, store, a)
	}
	if err != nil {
		return fmt.Errorf("nothing was changed: the entry of an earlier apply could not be completed: %w", err)
	}
	return nil
}

// digestsOf returns the digests of a journal's operations. Operations that an earlier version has
// written have none.
func digestsOf(operations []state.Operation) []string {
	var out []string
	for _, o := range operations {
		if o.Digest != "" {
			out = append(out, o.Digest)
		}
	}
	return out
}
