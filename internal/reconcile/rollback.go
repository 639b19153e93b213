package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// NoHistoryError is returned by [Planner.Rollback] if there is no such apply.
type NoHistoryError struct {
	// Serial is the requested one; 0 for the last.
	Serial uint64
	// Known are the serials of all applies in the history, newest first.
	Known []uint64
}

func (e *NoHistoryError) Error() string {
	if e.Serial == 0 {
		return "there is no apply in the history"
	}
	return "there is no apply " + strconv.FormatUint(e.Serial, 10) + " in the history"
}

// Rollback plans how to undo the apply with that serial, or the last one if serial is 0, and every
// later apply, newest first. Records that they did not touch stay as they are. Records that they
// adopted get their former values and are no longer owned. The zones are read live.
//
// desired are the declared zones, for their policies and for prevent_destroy.
func (p *Planner) Rollback(ctx context.Context, serial uint64, desired []dns.Zone, o PlanOptions) (*plan.Plan, error) {
	known, err := p.stored(ctx)
	if err != nil {
		return nil, err
	}
	applies, err := appliesSince(ctx, &p.Store.Reader, known.state, serial)
	if err != nil {
		return nil, err
	}

	targets := inScope(undoTargets(applies, known.state, desired), o.Scope)
	targets = slices.DeleteFunc(targets, func(t target) bool { return !o.Selection.Zone(t.name) })
	seen, err := p.observeLive(ctx, targets, known)
	if err != nil {
		return nil, err
	}
	if err := failures(seen, o); err != nil {
		return nil, err
	}

	out := p.planUndo(seen, known, applies, o)
	p.checkQuotas(ctx, out, seen)
	if ctx.Err() != nil {
		return nil, interrupted()
	}
	out.Lineage, out.Rollback = lineage(known.state), applies[len(applies)-1].Serial
	out.Diagnostics = append(out.Diagnostics, unknownZones(applies, known.state, desired)...)
	leftOut, err := narrowed(out, slices.Concat(desired, declared(seen)), known, o.Selection)
	if err != nil {
		return nil, err
	}
	out.Diagnostics = append(out.Diagnostics, leftOut...)
	return out, nil
}

// planUndo plans how to undo the applies in the observed zones.
func (p *Planner) planUndo(seen []observation, known stored, applies []Applied, o PlanOptions) *plan.Plan {
	rewound(seen, known, applies)
	out := p.assemble(seen, known, o)
	for i := range out.Zones {
		z := &out.Zones[i]
		z.Moved, z.Marked = nil, nil // the blocks that declared the records then are not known
		for j := range z.Changes {
			z.Changes[j].Reason = "" // a reason is about declarations
		}
	}
	out.Diagnostics = append(out.Diagnostics, replacedZones(seen, applies)...)
	out.Diagnostics = append(out.Diagnostics, notTakenBack(seen, applies)...)
	return out
}

// rewound makes each observed zone declare what it had before the applies.
func rewound(seen []observation, known stored, applies []Applied) {
	settled := allSettled(known.state, seen)
	applies = slices.Clone(applies)
	for i, a := range applies {
		applies[i] = a.asMade(settled)
	}

	for i := range seen {
		s := &seen[i]
		zone := settled.Zones[s.name]
		back := newRewind(*s, zone)
		back.undo(applies)
		s.declared.Records, s.release, s.reclaim = back.records(), back.adopted, back.reclaimed
		s.owned = back.addresses(zone)
	}
}

// declared returns the zones as the rollback declares them.
func declared(seen []observation) []dns.Zone {
	out := make([]dns.Zone, len(seen))
	for i, s := range seen {
		out[i] = s.declared
	}
	return out
}

// undoTargets returns the zones that the applies changed. A zone that the configuration does not declare and
// the state does not know is left out: whatever the history says, cfplan no longer has anything in it.
func undoTargets(applies []Applied, st *state.State, desired []dns.Zone) []target {
	byName := map[string]target{}
	for _, a := range applies {
		for _, z := range a.Plan.Zones {
			if len(z.Changes) == 0 || !knownZone(z.Name, st, desired) {
				continue
			}
			t, known := byName[z.Name]
			if !known {
				t = undoTarget(z, st, desired)
			}
			if z.Ownership != dns.Exclusive {
				// A record that cfplan may not touch now, or could not touch at one of the applies, is not
				// touched.
				t.declared.Policy.Ownership = dns.Managed
			}
			byName[z.Name] = t
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b target) int { return strings.Compare(a.name, b.name) })
}

func knownZone(name string, st *state.State, desired []dns.Zone) bool {
	return st.Zones[name] != nil || slices.ContainsFunc(desired, func(z dns.Zone) bool { return z.Name == name })
}

// unknownZones returns warnings about zones that the applies changed but that the rollback leaves
// alone.
func unknownZones(applies []Applied, st *state.State, desired []dns.Zone) []plan.Diagnostic {
	warned := map[string]bool{}
	var out []plan.Diagnostic
	for _, a := range applies {
		for _, z := range a.Plan.Zones {
			if len(z.Changes) == 0 || knownZone(z.Name, st, desired) || warned[z.Name] {
				continue
			}
			warned[z.Name] = true
			out = append(out, plan.Diagnostic{Severity: dns.Warning, Summary: "Zone no longer belongs to cfplan", Detail: fmt.Sprintf(
				"The configuration does not declare %s, and the state knows nothing in it. What was applied to "+
					"it is not undone.", z.Name)})
		}
	}
	return out
}

func undoTarget(z plan.Zone, st *state.State, desired []dns.Zone) target {
	now := dns.Zone{Name: z.Name}
	i := slices.IndexFunc(desired, func(d dns.Zone) bool { return d.Name == z.Name })
	if i >= 0 {
		now = desired[i]
	}
	if i < 0 {
		now.Policy.Account = z.Account
	}
	t := target{
		name:       z.Name,
		id:         cmp.Or(now.ID, z.ID),
		pinned:     now.ID != "",
		protected:  now.Records,
		declared:   dns.Zone{Name: z.Name, Policy: now.Policy},
		undeclared: i < 0,
	}
	if s := st.Zones[z.Name]; s != nil {
		t.accountWas = s.Account
		if len(s.Owned) > 0 {
			t.ownedUnder = s.ID
		}
	}
	return t
}

// replacedZones returns warnings about zones that were removed and added again since. What was
// applied to the former zone is not undone.
func replacedZones(seen []observation, applies []Applied) []plan.Diagnostic {
	var out []plan.Diagnostic
	for _, s := range seen {
		replaced := func(z plan.Zone) bool { return z.Name == s.name && z.ID != s.zone.ID && len(z.Changes) > 0 }
		if !slices.ContainsFunc(applies, func(a Applied) bool { return slices.ContainsFunc(a.Plan.Zones, replaced) }) {
			continue
		}
		out = append(out, plan.Diagnostic{Severity: dns.Warning, Summary: "Zone was removed and added again", Detail: fmt.Sprintf(
			"%s now has the ID %s. What was applied to the earlier zone of that name is not undone.",
			s.name, s.zone.ID)})
	}
	return out
}
