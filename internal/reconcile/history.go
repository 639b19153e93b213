package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// historyKept is how many applies can be taken back.
const historyKept = 20

// Applied is an apply that was begun, and what it was about to do.
type Applied struct {
	// Serial is that of the state when it began; it names the apply.
	Serial uint64     `json:"serial"`
	At     time.Time  `json:"at"`
	Who    string     `json:"who"`
	Plan   *plan.Plan `json:"plan"`
}

// keepHistory writes down what is about to be done, before anything is: what the
// records said before leads back.
func (r *Reconciler) keepHistory(ctx context.Context, p *plan.Plan, serial uint64) error {
	data, err := json.Marshal(Applied{Serial: serial, At: r.Now().UTC(), Who: r.Who, Plan: p})
	if err != nil {
		return err
	}
	if err := r.Store.Keep(ctx, entryName(p.Lineage, serial), data); err != nil {
		return fmt.Errorf("nothing was changed: what leads back could not be kept: %w", err)
	}
	names, err := r.entries(ctx, p.Lineage)
	for len(names) > historyKept && err == nil {
		err = r.Store.Drop(ctx, names[0])
		names = names[1:]
	}
	if err != nil {
		r.log().Warn("old entries of the history could not be dropped", "state", r.Store.String(), "error", err)
	}
	return nil
}

// entryName sorts as the serials of one state do. After a loss of the state they
// begin anew, with another lineage.
func entryName(lineage string, serial uint64) string {
	return fmt.Sprintf("%s%012d", entryPrefix(lineage), serial)
}

func entryPrefix(lineage string) string {
	id, _, _ := strings.Cut(strings.ToLower(lineage), "-")
	return "apply-" + id + "-"
}

// entries lists the applies of one state, the oldest first.
func (r *Reconciler) entries(ctx context.Context, lineage string) ([]string, error) {
	names, err := r.Store.Entries(ctx)
	return slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, entryPrefix(lineage)) }), err
}

// History lists the applies that can be taken back, the newest first.
func (r *Reconciler) History(ctx context.Context) ([]Applied, error) {
	st, err := r.Store.Read(ctx)
	if err != nil {
		return nil, err
	}
	names, err := r.entries(ctx, st.Lineage)
	if err != nil {
		return nil, err
	}
	var out []Applied
	for _, name := range slices.Backward(names) {
		a, err := r.entry(ctx, name)
		if errors.Is(err, state.ErrNoEntry) {
			continue // dropped meanwhile
		}
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (r *Reconciler) entry(ctx context.Context, name string) (Applied, error) {
	var a Applied
	data, err := r.Store.Kept(ctx, name)
	if err != nil {
		return a, err
	}
	err = json.Unmarshal(data, &a)
	if err == nil && (a.Plan == nil || name != entryName(a.Plan.Lineage, a.Serial)) {
		err = errors.New("it is something else")
	}
	if err == nil {
		err = a.Plan.WellFormed()
	}
	if err != nil {
		return a, fmt.Errorf("the entry %s of the history is damaged: %w", name, err)
	}
	return a, nil
}

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
// that they did not touch stay as they are. The zones are read live.
//
// desired are the declared zones, for their policies alone.
func (r *Reconciler) Rollback(ctx context.Context, serial uint64, desired []dns.Zone, o PlanOptions) (*plan.Plan, error) {
	undo, err := r.since(ctx, serial)
	if err != nil {
		return nil, err
	}
	m, err := r.remember(ctx)
	if err != nil {
		return nil, err
	}
	st := m.State
	seen := r.observe(ctx, undoTargets(undo, st, desired))
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
	for i := range seen {
		seen[i].declared.Records = undone(seen[i], asSettled(st.Zones[seen[i].name], seen[i]), undo)
	}
	p := r.assemble(seen, m, o)
	p.Lineage = lineage(st)
	for _, z := range p.Zones {
		for i := range z.Changes {
			z.Changes[i].Reason = "" // nothing is said of declarations here
		}
	}
	return p, nil
}

// since lists the applies from the newest back to the one with that serial.
func (r *Reconciler) since(ctx context.Context, serial uint64) ([]Applied, error) {
	all, err := r.History(ctx)
	if err != nil {
		return nil, err
	}
	i := 0
	if serial != 0 {
		i = slices.IndexFunc(all, func(a Applied) bool { return a.Serial == serial })
	}
	if i < 0 || len(all) == 0 {
		missing := &NoHistoryError{Serial: serial}
		for _, a := range all {
			missing.Known = append(missing.Known, a.Serial)
		}
		return nil, missing
	}
	return all[:i+1], nil
}

func undoTargets(undo []Applied, st *state.State, desired []dns.Zone) []target {
	policies := map[string]dns.Policy{}
	for _, z := range desired {
		policies[z.Name] = z.Policy
	}
	var out []target
	for _, a := range undo {
		for _, z := range a.Plan.Zones {
			known := slices.ContainsFunc(out, func(t target) bool { return t.name == z.Name })
			if known || len(z.Changes) == 0 {
				continue
			}
			t := target{name: z.Name, id: z.ID, declared: dns.Zone{Name: z.Name, Policy: policies[z.Name]}}
			t.declared.Policy.Ownership = z.Ownership
			if s := st.Zones[z.Name]; s != nil && len(s.Owned) > 0 {
				t.ownedUnder = s.ID
			}
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b target) int { return strings.Compare(a.name, b.name) })
	return out
}

// undone is what cfplan's records of the zone are to be: as they are now, with the
// applies undone. In an exclusive zone all records are cfplan's.
func undone(s sighting, known *state.Zone, undo []Applied) []dns.Record {
	past, others := map[dns.Key]dns.Record{}, map[dns.Key]bool{}
	for _, r := range s.zone.Records {
		delegation := r.Type == dns.NS && r.Name == s.name
		whole := s.declared.Policy.Ownership == dns.Exclusive && r.ManagedBy == "" && !delegation
		if whole || known.Owns(r.ID) {
			past[r.Key()] = r
		} else {
			others[r.Key()] = true
		}
	}
	for _, a := range undo {
		for _, z := range a.Plan.Zones {
			if z.Name == s.name {
				takeBack(past, z.Changes)
			}
		}
	}
	out := make([]dns.Record, 0, len(past))
	for key, r := range past {
		if others[key] {
			continue // somebody else has made it again: it is his
		}
		r.Declared = &dns.Declaration{Address: addressIn(known, r, s.name)}
		r.ID = ""
		out = append(out, r)
	}
	return out
}

// takeBack undoes changes, whether or not they were made: what is not there as a
// change left it is left alone. First goes what arrived, so that there is room for
// what comes back.
func takeBack(past map[dns.Key]dns.Record, changes []plan.Change) {
	for _, c := range changes {
		if c.After == nil || !c.Writes() {
			continue
		}
		after := c.After.Record(c.Name, c.Type)
		now, there := past[after.Key()]
		if !there || !now.Equal(after) {
			continue // somebody has changed it since
		}
		delete(past, after.Key())
		if c.Before != nil {
			before := c.Before.Record(c.Name, c.Type)
			before.ID = now.ID
			past[before.Key()] = before
		}
	}
	for _, c := range changes {
		if c.Action == plan.Destroy {
			before := c.Before.Record(c.Name, c.Type)
			if _, there := past[before.Key()]; !there {
				past[before.Key()] = before
			}
		}
	}
}

func addressIn(known *state.Zone, r dns.Record, zone string) string {
	if known != nil {
		if o, ok := known.Owned[r.ID]; ok {
			return o.Address
		}
	}
	return plan.Address(zone, r)
}
