package reconcile

import (
	"errors"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

func newTestFence(hash string) *fence {
	at := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	p := &plan.Plan{Hash: hash, Zones: []plan.Zone{{Name: "one.example", Changes: make([]plan.Change, 2)}}}
	return newFence(p, 7, "job 1", func() time.Time { return at })
}

func TestTheFirstWriteNotesThePlan(t *testing.T) {
	t.Parallel()
	f, st := newTestFence("sha256:1"), &state.State{Serial: 7}
	if err := f.enter(st); err != nil {
		t.Fatalf("enter = %v, want nil", err)
	}
	if st.Begun == nil || st.Begun.Hash != "sha256:1" || st.Begun.Who != "job 1" {
		t.Errorf("Begun = %+v, want this apply", st.Begun)
	}

	// The next writes find their own note, at any serial.
	f.passed()
	st.Serial = 9
	if err := f.enter(st); err != nil {
		t.Errorf("enter after a write of this apply = %v, want nil", err)
	}
}

func TestTheFenceStopsAnApplyThatLostItsLock(t *testing.T) {
	t.Parallel()
	other := &state.Applied{Hash: "sha256:2", At: time.Date(2026, 11, 27, 8, 1, 0, 0, time.UTC), Who: "job 2"}
	for name, test := range map[string]struct {
		wrote bool
		st    state.State
	}{
		"another serial before the first write":       {false, state.State{Serial: 8}},
		"the same plan, started by another job":       {true, state.State{Serial: 9, Begun: &state.Applied{Hash: "sha256:1", Who: "job 2"}}},
		"another plan after the first write":          {true, state.State{Serial: 9, Begun: other}},
		"no plan after the first write: it was ended": {true, state.State{Serial: 9}},
	} {
		f := newTestFence("sha256:1")
		if test.wrote {
			f.passed()
		}
		if err := f.enter(&test.st); !errors.Is(err, state.ErrLockLost) {
			t.Errorf("%s: enter = %v, want ErrLockLost", name, err)
		}
	}
}
