package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// Before a request is sent, the state says what it is about to do; afterwards, what
// it did. A run that ends in between, however it ends, leaves the former behind.
// The next one reads the zone and works out by meaning what became of it.

// Settled tells what became of a request whose outcome was not recorded.
type Settled struct {
	Zone string
	// At and Who are of the run that sent it.
	At  time.Time
	Who string
	// Took and Missed count its changes that took effect and that did not.
	Took, Missed int
	// Err: the zone could not be read, so that it is left for another run.
	Err error
}

// settleJournals looks after all that earlier runs left open. The caller holds the
// lock: what is open under it is nobody's any more.
func (r *Reconciler) settleJournals(ctx context.Context) ([]Settled, error) {
	st, err := r.Store.Read(ctx)
	if err != nil {
		return nil, err
	}
	var out []Settled
	live := map[string][]dns.Record{}
	for _, name := range slices.Sorted(maps.Keys(st.Zones)) {
		z := st.Zones[name]
		if z.Journal == nil {
			continue
		}
		s := Settled{Zone: name, At: z.Journal.At, Who: z.Journal.Who}
		records, err := r.API.Records(ctx, z.ID)
		if s.Err = err; err == nil {
			live[name] = records
			s.Took, s.Missed = settleJournal(copied(z), records)
		}
		out = append(out, s)
	}
	if len(live) == 0 {
		return out, nil
	}
	_, err = r.Store.Update(ctx, func(st *state.State) (bool, error) {
		for name, records := range live {
			if z := st.Zones[name]; z != nil && z.Journal != nil {
				settleJournal(z, records)
			}
		}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("nothing was changed: what an earlier run left open could not be recorded: %w", err)
	}
	return out, nil
}

// asSettled is a zone of the state as it will be once its journal is settled, which
// is not a plan's to do: it holds no lock, and another run may be in the middle of
// the request.
func asSettled(z *state.Zone, s sighting) *state.Zone {
	if z == nil || z.Journal == nil || s.source.Kind != plan.SourceLive || s.zone.ID != z.ID {
		return z
	}
	z = copied(z)
	settleJournal(z, s.zone.Records)
	return z
}

func openJournal(z *state.Zone, name string) []plan.Diagnostic {
	if z == nil || z.Journal == nil {
		return nil
	}
	return []plan.Diagnostic{{Severity: dns.Warning, Summary: "An apply has not recorded the end of its last request", Detail: fmt.Sprintf(
		"%s: the run of %s sent %s at %s. It is still at work, or was cut off; the next apply reads the zone, records what took effect, and goes on.",
		name, z.Journal.Who, changesOf(len(z.Journal.Operations)), z.Journal.At.UTC().Format("2006-01-02 15:04:05 MST"))}}
}

func changesOf(n int) string {
	if n == 1 {
		return "1 change"
	}
	return fmt.Sprintf("%d changes", n)
}

// copied is a zone of the state that can be changed without changing the state.
func copied(z *state.Zone) *state.Zone {
	out := *z
	out.Owned = maps.Clone(z.Owned)
	if out.Owned == nil {
		out.Owned = map[string]state.Owned{}
	}
	return &out
}

// settleJournal gives a zone the ownership that its open request comes to, as the
// live records show it, and closes the journal.
func settleJournal(z *state.Zone, live []dns.Record) (took, missed int) {
	byID, byKey := map[string]dns.Record{}, map[dns.Key]dns.Record{}
	for _, r := range live {
		byID[r.ID], byKey[r.Key()] = r, r
	}
	for _, o := range z.Journal.Operations {
		now, exists := byID[o.Record.ID]
		if o.Action == "add" {
			now, exists = byKey[o.Record.Key()]
		}
		switch {
		case o.Action == "destroy" && exists, o.Action == "add" && !exists:
			missed++
			continue
		case !exists: // destroyed by the request, or by somebody else
			delete(z.Owned, o.Record.ID)
			if o.Action == "change" {
				missed++
				continue
			}
		case now.Equal(o.Record) && o.Forget:
			delete(z.Owned, now.ID)
		case now.Equal(o.Record):
			z.Owned[now.ID] = state.Owned{Address: o.Address, Name: now.Name, Type: now.Type, Last: state.Remember(o.Record)}
		default:
			missed++
			continue
		}
		took++
	}
	if took > 0 && z.Journal.At.After(z.AppliedAt) {
		z.AppliedAt = z.Journal.At
	}
	z.Journal = nil
	return took, missed
}

// last is a record as it is remembered: under its ID already.
func last(r dns.Record) *dns.Record {
	r.ID, r.Declared, r.ManagedBy = "", nil, ""
	return &r
}

// announce notes in the state what a request is about to do.
func (w *zoneRun) announce(ctx context.Context, changes []plan.Change) error {
	j := &state.Journal{At: w.Now().UTC(), Who: w.Who}
	for _, c := range changes {
		values := c.After
		if values == nil {
			values = c.Before
		}
		record := *last(values.Record(c.Name, c.Type))
		record.ID = c.RecordID
		j.Operations = append(j.Operations, state.Operation{Action: operation(c), Address: c.Address, Record: record, Forget: c.Forget})
	}
	w.announced = j.At
	err := w.journal(ctx, func(st *state.State, z *state.Zone) error {
		if z.Journal != nil && !w.opened(z.Journal) {
			return fmt.Errorf("%w: another run has sent a request", state.ErrLockLost)
		}
		z.Journal = j
		return w.begin(st)
	})
	if err == nil {
		w.begun.Store(true)
	}
	return err
}

// opened reports whether this run opened the journal.
func (w *zoneRun) opened(j *state.Journal) bool {
	return j.At.Equal(w.announced) && j.Who == w.Who
}

// closeJournal closes the journal that this run opened, and no other's: its lock may
// have been broken.
func (w *zoneRun) closeJournal(z *state.Zone) {
	if z.Journal != nil && w.opened(z.Journal) {
		z.Journal = nil
	}
}

// withdraw notes that nothing of the request took effect.
func (w *zoneRun) withdraw(ctx context.Context) error {
	return w.journal(ctx, func(_ *state.State, z *state.Zone) error {
		w.closeJournal(z)
		return nil
	})
}

func (w *zoneRun) journal(ctx context.Context, change func(*state.State, *state.Zone) error) error {
	_, err := w.Store.Update(ctx, func(st *state.State) (bool, error) {
		return true, change(st, st.EnsureZone(w.plan.Name, w.plan.ID))
	})
	return err
}

func operation(c plan.Change) string {
	switch c.Action {
	case plan.Add, plan.Destroy:
		return string(c.Action)
	default:
		return string(plan.Update)
	}
}
