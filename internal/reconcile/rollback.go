package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// NoHistoryError: there is no apply to take back.
type NoHistoryError struct {
	// Serial is the one that was asked for; 0 for the last.
	Serial uint64
	// Known are those that there are, the newest first.
	Known []uint64
}

func (e *NoHistoryError) Error() string {
	if e.Serial == 0 {
		return "there is no apply in the history"
	}
	return "there is no apply " + strconv.FormatUint(e.Serial, 10) + " in the history"
}

// Rollback plans the way back to before the apply with that serial, 0 for the last
// one: everything that it and those after it did is undone, newest first. Records
// that they did not touch stay as they are; those that they adopted are what they
// were, and nobody's. The zones are read live.
//
// desired are the declared zones, for their policies and for prevent_destroy.
func (r *Reconciler) Rollback(ctx context.Context, serial uint64, desired []dns.Zone, o PlanOptions) (*plan.Plan, error) {
	m, err := r.remember(ctx)
	if err != nil {
		return nil, err
	}
	undo, err := r.since(ctx, m.Lineage, serial)
	if err != nil {
		return nil, err
	}
	st := m.State
	targets := slices.DeleteFunc(undoTargets(undo, st, desired), func(t target) bool { return !o.Selection.Zone(t.name) })
	seen := r.observe(ctx, targets)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%w: nothing was changed", ErrInterrupted)
	}
	for i := range seen {
		complete(&seen[i], m.snapshots.Of(seen[i].name))
	}
	r.fallBack(ctx, seen, m, nil)
	if err := failures(seen, o); err != nil {
		return nil, err
	}
	p := r.wayBack(seen, m, undo, o)
	p.Lineage, p.Rollback = lineage(st), undo[len(undo)-1].Serial
	p.Diagnostics = append(p.Diagnostics, narrowed(p, slices.Concat(desired, wanted(seen)), m, o.Selection)...)
	return p, nil
}

// wayBack plans what undoes the applies in the zones as they were seen.
func (r *Reconciler) wayBack(seen []sighting, m memory, undo []Applied, o PlanOptions) *plan.Plan {
	for i := range seen {
		s := &seen[i]
		known := asSettled(m.Zones[s.name], *s)
		past := newPast(*s, known)
		past.undo(undo)
		s.declared.Records, s.release, s.reclaim = past.records(), past.adopted, past.reclaimed
		s.owned = past.addresses(known)
	}
	p := r.assemble(seen, m, o)
	for i := range p.Zones {
		z := &p.Zones[i]
		z.Moved = nil // the blocks that declared the records then are not there to be seen
		for j := range z.Changes {
			z.Changes[j].Reason = "" // nothing is said of declarations here
		}
	}
	p.Diagnostics = append(p.Diagnostics, madeAnew(seen, undo)...)
	return p
}

// wanted are the zones as they are to be.
func wanted(seen []sighting) []dns.Zone {
	out := make([]dns.Zone, len(seen))
	for i, s := range seen {
		out[i] = s.declared
	}
	return out
}

// since lists the applies from the newest back to the one with that serial.
func (r *Reconciler) since(ctx context.Context, lineage string, serial uint64) ([]Applied, error) {
	names, err := r.entries(ctx, lineage)
	if err != nil {
		return nil, err
	}
	slices.Reverse(names)
	i := 0
	if serial != 0 {
		i = slices.Index(names, entryName(lineage, serial))
	}
	if i < 0 || len(names) == 0 {
		missing := &NoHistoryError{Serial: serial}
		for _, name := range names {
			missing.Known = append(missing.Known, serialOf(name))
		}
		return nil, missing
	}
	var out []Applied
	for _, name := range names[:i+1] {
		a, err := r.entry(ctx, name)
		if errors.Is(err, state.ErrNoEntry) {
			return nil, &NoHistoryError{Serial: serial}
		}
		if err != nil {
			return nil, fmt.Errorf("the way back leads over it, so that nothing is planned: %w", err)
		}
		out = append(out, a)
	}
	return out, nil
}

// undoTargets are the zones that the applies changed.
func undoTargets(undo []Applied, st *state.State, desired []dns.Zone) []target {
	byName := map[string]target{}
	for _, a := range undo {
		for _, z := range a.Plan.Zones {
			if len(z.Changes) == 0 {
				continue
			}
			t, known := byName[z.Name]
			if !known {
				t = undoTarget(z, st, desired)
			}
			if z.Ownership != dns.Exclusive {
				// What might not be touched now, or at any time in between, is not.
				t.declared.Policy.Ownership = dns.Managed
			}
			byName[z.Name] = t
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b target) int { return strings.Compare(a.name, b.name) })
}

func undoTarget(z plan.Zone, st *state.State, desired []dns.Zone) target {
	now := dns.Zone{Name: z.Name}
	if i := slices.IndexFunc(desired, func(d dns.Zone) bool { return d.Name == z.Name }); i >= 0 {
		now = desired[i]
	}
	t := target{name: z.Name, id: cmp.Or(now.ID, z.ID), pinned: now.ID != "", protected: now.Records,
		declared: dns.Zone{Name: z.Name, Policy: now.Policy}}
	if s := st.Zones[z.Name]; s != nil && len(s.Owned) > 0 {
		t.ownedUnder = s.ID
	}
	return t
}

// madeAnew says of zones that were removed and added again since that nothing of the
// former ones comes back.
func madeAnew(seen []sighting, undo []Applied) []plan.Diagnostic {
	var out []plan.Diagnostic
	for _, s := range seen {
		if slices.ContainsFunc(undo, func(a Applied) bool {
			return slices.ContainsFunc(a.Plan.Zones, func(z plan.Zone) bool { return z.Name == s.name && z.ID != s.zone.ID && len(z.Changes) > 0 })
		}) {
			out = append(out, plan.Diagnostic{Severity: dns.Warning, Summary: "Zone was removed and added again", Detail: fmt.Sprintf(
				"%s has the ID %s by now. What was applied to the zone that had its name before is not taken back.", s.name, s.zone.ID)})
		}
	}
	return out
}
