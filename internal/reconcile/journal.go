package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// zoneJournal writes into the state which request of a zone is about to be sent; settle.go reads what a run that
// was cut off has left there.
type zoneJournal struct {
	store   *state.Store
	zone    plan.Zone
	digests digestTable
	who     string
	now     func() time.Time

	// openedAt is when the journal of the request under way was opened; zero if none was.
	openedAt time.Time
}

// open notes what a request is about to do. enter is the fence, which the same write passes.
func (j *zoneJournal) open(ctx context.Context, changes []plan.Change, enter func(*state.State) error) error {
	journal := &state.Journal{At: j.now().UTC(), Who: j.who}
	for _, c := range changes {
		journal.Operations = append(journal.Operations, operation(c, j.digests.digest(c)))
	}

	j.openedAt = journal.At
	return j.update(ctx, func(st *state.State, z *state.Zone) error {
		if z.Journal != nil && !j.opened(z.Journal) {
			return fmt.Errorf("%w: another run has sent a request", state.ErrLockLost)
		}
		z.Journal = journal
		return enter(st)
	})
}

// opened reports whether this run opened the journal.
func (j *zoneJournal) opened(found *state.Journal) bool {
	return found.At.Equal(j.openedAt) && found.Who == j.who
}

// close closes the journal in z if this run opened it: its lock may have been broken, and the journal be another
// run's.
func (j *zoneJournal) close(z *state.Zone) {
	if z.Journal != nil && j.opened(z.Journal) {
		z.Journal = nil
	}
}

// withdraw notes that nothing of the request took effect.
func (j *zoneJournal) withdraw(ctx context.Context) error {
	return j.update(ctx, func(_ *state.State, z *state.Zone) error {
		j.close(z)
		return nil
	})
}

func (j *zoneJournal) update(ctx context.Context, change func(*state.State, *state.Zone) error) error {
	_, err := j.store.Update(ctx, func(st *state.State) (bool, error) {
		return true, change(st, st.EnsureZone(j.zone.Name, j.zone.ID))
	})
	return err
}

// operation is a change as the journal has it.
func operation(c plan.Change, digest string) state.Operation {
	values := c.After
	if values == nil {
		values = c.Before
	}
	record := recordOnly(values.Record(c.Name, c.Type))
	record.ID = c.RecordID

	action := plan.Update
	if c.Action == plan.Add || c.Action == plan.Destroy {
		action = c.Action
	}
	return state.Operation{
		Action:    state.Action(action),
		Address:   c.Address,
		Record:    record,
		Forget:    c.Forget,
		Sensitive: c.Sensitive,
		Digest:    digest,
	}
}

// recordOnly returns a record without what the state has elsewhere or does not keep.
func recordOnly(r dns.Record) dns.Record {
	r.ID, r.Declared, r.ManagedBy = "", nil, ""
	return r
}
