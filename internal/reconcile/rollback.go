package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	p.Lineage = lineage(st)
	return p, nil
}

// wayBack plans what undoes the applies in the zones as they were seen.
func (r *Reconciler) wayBack(seen []sighting, m memory, undo []Applied, o PlanOptions) *plan.Plan {
	given := make([][]plan.Change, len(seen))
	for i := range seen {
		known := asSettled(m.Zones[seen[i].name], seen[i])
		past := newPast(seen[i], known)
		past.undo(undo)
		seen[i].declared.Records = past.records(known)
		given[i] = past.given(known, o.Selection)
	}
	p := r.assemble(seen, m, o)
	for i := range p.Zones {
		z := &p.Zones[i]
		for j := range z.Changes {
			z.Changes[j].Reason = "" // nothing is said of declarations here
		}
		z.Changes = append(z.Changes, given[i]...)
	}
	p.Recount()
	declared := make([]dns.Zone, len(seen))
	for i, s := range seen {
		declared[i] = s.declared
	}
	p.Diagnostics = append(p.Diagnostics, narrowed(p, declared, m, o.Selection)...)
	p.Diagnostics = append(p.Diagnostics, madeAnew(seen, undo)...)
	return p
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
	declared := map[string]dns.Zone{}
	for _, z := range desired {
		declared[z.Name] = z
	}
	var out []target
	for _, a := range undo {
		for _, z := range a.Plan.Zones {
			known := slices.ContainsFunc(out, func(t target) bool { return t.name == z.Name })
			if known || len(z.Changes) == 0 {
				continue
			}
			now := declared[z.Name]
			t := target{name: z.Name, id: cmp.Or(now.ID, z.ID), pinned: now.ID != "", protected: now.Records,
				declared: dns.Zone{Name: z.Name, Policy: now.Policy}}
			if z.Ownership != dns.Exclusive {
				// Where the two differ, what may not be touched then or now is not.
				t.declared.Policy.Ownership = dns.Managed
			}
			if s := st.Zones[z.Name]; s != nil && len(s.Owned) > 0 {
				t.ownedUnder = s.ID
			}
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b target) int { return strings.Compare(a.name, b.name) })
	return out
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

// past is a zone on its way back.
type past struct {
	zone sighting
	// ours are the records that cfplan owns, others those that it does not.
	ours, others map[dns.Key]dns.Record
	// adopted were somebody else's, and are to be again.
	adopted map[dns.Key]dns.Record
}

// newPast is the zone as it is. In an exclusive zone all records are cfplan's.
func newPast(s sighting, known *state.Zone) *past {
	p := &past{zone: s, ours: map[dns.Key]dns.Record{}, others: map[dns.Key]dns.Record{}, adopted: map[dns.Key]dns.Record{}}
	for _, r := range s.zone.Records {
		delegation := r.Type == dns.NS && r.Name == s.name
		whole := s.declared.Policy.Ownership == dns.Exclusive && r.ManagedBy == "" && !delegation
		if whole || known.Owns(r.ID) {
			p.ours[r.Key()] = r
		} else {
			p.others[r.Key()] = r
		}
	}
	return p
}

// undo takes the applies back, the newest first.
func (p *past) undo(applies []Applied) {
	for _, a := range applies {
		for _, z := range a.Plan.Zones {
			if z.Name == p.zone.name && z.ID == p.zone.zone.ID {
				p.takeBack(z.Changes)
			}
		}
	}
}

// takeBack undoes changes, whether or not they were made: what is not there as a
// change left it is left alone. First comes what was given up, so that its change is
// undone, too; then goes what arrived, so that there is room for what comes back.
func (p *past) takeBack(changes []plan.Change) {
	for _, c := range changes {
		if c.Action == plan.Forget {
			p.own(c.After.Record(c.Name, c.Type).Key())
		}
	}
	for _, c := range changes {
		if c.After != nil && c.Action != plan.Forget {
			p.undoArrival(c, c.After.Record(c.Name, c.Type))
		}
	}
	for _, c := range changes {
		if c.Action == plan.Destroy {
			before := c.Before.Record(c.Name, c.Type)
			if _, there := p.ours[before.Key()]; !there {
				p.ours[before.Key()] = before
			}
		}
	}
}

// own makes somebody else's record cfplan's again.
func (p *past) own(key dns.Key) {
	if theirs, there := p.others[key]; there {
		p.ours[key] = theirs
		delete(p.others, key)
	}
}

func (p *past) undoArrival(c plan.Change, after dns.Record) {
	key := after.Key()
	now, there := p.ours[key]
	if !there {
		return
	}
	unchanged := now.Equal(after)
	switch {
	case c.Action == plan.Adopt:
		delete(p.ours, key)
		if unchanged {
			id := now.ID
			now = c.Before.Record(c.Name, c.Type)
			now.ID = id
		}
		p.adopted[now.Key()] = now
	case unchanged: // else somebody has changed it since
		delete(p.ours, key)
		if c.Before != nil {
			before := c.Before.Record(c.Name, c.Type)
			before.ID = now.ID
			p.ours[before.Key()] = before
		}
	}
}

// records are what the zone is to have. What somebody else has made again is his.
func (p *past) records(known *state.Zone) []dns.Record {
	out := make([]dns.Record, 0, len(p.ours)+len(p.adopted))
	for _, part := range []map[dns.Key]dns.Record{p.ours, p.adopted} {
		for key, r := range part {
			if _, theirs := p.others[key]; theirs {
				continue
			}
			r.Declared = &dns.Declaration{Address: addressIn(known, r, p.zone.name)}
			r.ID = ""
			out = append(out, r)
		}
	}
	return out
}

// given are the changes that give up what was adopted.
func (p *past) given(known *state.Zone, s plan.Selection) []plan.Change {
	var out []plan.Change
	for key, r := range p.adopted {
		address := addressIn(known, r, p.zone.name)
		if _, theirs := p.others[key]; theirs || !s.Matches(p.zone.name, address, r.Type, r.Name) {
			continue
		}
		out = append(out, plan.Change{Action: plan.Forget, Address: address, Type: r.Type, Name: r.Name, RecordID: r.ID,
			Before: plan.ValuesOf(r), After: plan.ValuesOf(r), Risks: []plan.Risk{}})
	}
	slices.SortFunc(out, func(a, b plan.Change) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.Type), string(b.Type)), strings.Compare(a.After.Content, b.After.Content))
	})
	return out
}

func addressIn(known *state.Zone, r dns.Record, zone string) string {
	if known != nil {
		if o, ok := known.Owned[r.ID]; ok {
			return o.Address
		}
	}
	return plan.Address(zone, r)
}
