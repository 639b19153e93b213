package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// zoneJournal notes in the log of an apply which request of a zone is about to be sent; settle.go
// reads what a run that was cut off has left there.
type zoneJournal struct {
	log     *state.Log
	zone    plan.Zone
	digests digestTable
	who     string
	now     func() time.Time

	// openedAt is the time at which the journal of the request under way was opened; zero if no
	// request is under way.
	openedAt time.Time
}

// open notes what a request is about to do. The same write passes the fence; enter is [fence.enter].
func (j *zoneJournal) open(ctx context.Context, changes []plan.Change, enter func(*state.State) error) error {
	journal := &state.Journal{At: j.now().UTC(), Who: j.who}
	for _, c := range changes {
		journal.Operations = append(journal.Operations, operation(c, j.digests.digest(c)))
	}

	j.openedAt = journal.At
	return j.log.Announce(ctx, func(st *state.State) (state.Entry, error) {
		if z := st.Zone(j.zone.Name); z != nil && z.Journal != nil && !j.request().Is(z.Journal) {
			return state.Entry{}, fmt.Errorf("%w: another run has sent a request", state.ErrLockLost)
		}
		return state.Entry{Zone: j.zone.Name, ZoneID: j.zone.ID, Account: j.zone.Account, Open: journal}, enter(st)
	})
}

// request identifies the request under way. An entry that closes it leaves alone a journal that another run
// has opened; this run may have lost its lock to that run.
func (j *zoneJournal) request() *state.Request { return &state.Request{At: j.openedAt, Who: j.who} }

// withdraw notes that nothing of the request took effect.
func (j *zoneJournal) withdraw(ctx context.Context) error {
	return j.log.Record(ctx, func(*state.State) (state.Entry, error) {
		return state.Entry{Zone: j.zone.Name, ZoneID: j.zone.ID, Account: j.zone.Account, Closed: j.request()}, nil
	})
}

// operation returns a change in the form that the journal has.
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
		LetGo:     c.LetGo,
		Digest:    digest,
	}
}

// recordOnly returns a record without what the state stores elsewhere or does not store.
func recordOnly(r dns.Record) dns.Record {
	r.ID, r.Declared, r.ManagedBy = "", nil, ""
	return r
}
