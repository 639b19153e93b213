package reconcile

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// fence keeps an apply that has lost its lock from sending anything more, however late it notices. It notes
// in the state which plan is being carried out and, at the end, that the plan is done. Both notes are part of
// writes that are made anyway, because some stores accept only one write a second.
type fence struct {
	// plan is what is left to do of the plan.
	plan *plan.Plan
	who  string
	now  func() time.Time
	// startedAt is when this apply started.
	startedAt time.Time
	// serial is the serial of the state when the plan was confirmed.
	serial uint64

	// wrote is true once this apply has written to the state.
	wrote atomic.Bool
	// left counts the changes that are not made yet.
	left atomic.Int64
	// finished is true once the state says that the plan is done.
	finished atomic.Bool
}

func newFence(p *plan.Plan, serial uint64, who string, now func() time.Time) *fence {
	f := &fence{plan: p, who: who, now: now, startedAt: now().UTC(), serial: serial}
	f.left.Store(int64(len(allChanges(p.Zones))))
	return f
}

// enter notes in the state which plan is being carried out. It returns [state.ErrLockLost] if
// another run has written to the state since the plan was confirmed: then the lock was lost to that
// run.
//
// A plan without a hash, such as the plan of an adoption, is made and carried out in one go and is not
// checked.
func (f *fence) enter(st *state.State) error {
	switch mine := f.applied(); {
	case st.HasBegun(mine):
	case f.plan.Hash != "" && (f.wrote.Load() || st.Serial != f.serial):
		return fmt.Errorf("%w: another run has changed the state", state.ErrLockLost)
	default:
		st.Begun = &mine
	}
	return nil
}

// applied returns this apply in the form that the state has.
func (f *fence) applied() state.Applied {
	return state.Applied{Hash: f.plan.Hash, At: f.startedAt, Who: f.who, Serial: f.serial}
}

// passed notes that a write behind the fence was stored.
func (f *fence) passed() { f.wrote.Store(true) }

// made counts changes as made, and reports whether they were the last ones.
func (f *fence) made(n int) (last bool) { return f.left.Add(-int64(n)) == 0 }

// finish notes in the state that the plan is done, which blocks now declare the owned records, and
// what is sensitive in them. It reports whether there was anything to note.
func (f *fence) finish(st *state.State) bool {
	moved, marked := move(st, f.plan.Zones), mark(st, f.plan.Zones)
	st.RecordFinished(f.applied())
	if f.plan.Hash != "" {
		st.RecordApplied(f.plan.Hash, f.now().UTC(), f.who)
	}
	return moved || marked || f.plan.Hash != ""
}
