package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

// zonesToWrite returns n zones, and a declaration of some records for each.
func zonesToWrite(n, records int) (there []sandbox.Zone, desired []dns.Zone) {
	for i := range n {
		name := fmt.Sprintf("z%d.example", i)
		there, desired = append(there, sandbox.Zone{Name: name}), append(desired, hosts(name, records))
	}
	return there, desired
}

// However many zones it changes, an apply writes the state only when it begins and when it ends.
// Each request is still noted before and after it, in parts of the log.
func TestAnApplyWritesTheStateTwice(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	for _, zones := range []int{1, 10, 100} {
		there, desired := zonesToWrite(zones, 2)
		w := newWorld(t, there...)
		p := w.plan(t, desired...)
		c := tap(w.state, -1)
		w.Store, w.Parallelism = state.Open(c), 1
		w.apply(t, p)

		if got := c.states.Load(); got != 2 {
			t.Errorf("%d zones: the state was written %d times, want 2", zones, got)
		}
		if got := c.saves(); got != 2*zones {
			t.Errorf("%d zones: %d states and parts were written, want one before and one after each request", zones, got)
		}
		st, err := w.Store.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, applied := st.WasApplied(p.Hash); !applied || st.Begun != nil {
			t.Errorf("the state does not know that the plan was carried out: %+v", st)
		}
		if left := w.parts(t); len(left) > 0 {
			t.Errorf("parts are left after the apply: %v", left)
		}
	}
}

// The note about a request is as large with a large state as with a small one.
func TestPartsDoNotGrowWithTheState(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	noted := func(others int) int64 {
		there, desired := zonesToWrite(4, 1)
		there = append(there, sandbox.Zone{Name: "large.example", Plan: "enterprise", RecordQuota: 50_000})
		large := hosts("large.example", others)
		w := newWorld(t, there...)
		w.mustApply(t, []dns.Zone{large})
		p := w.plan(t, append(desired, large)...)
		c := tap(w.state, -1)
		w.Store, w.Parallelism = state.Open(c), 1
		w.apply(t, p)
		return c.partBytes.Load()
	}
	if small, large := noted(1), noted(2000); small == 0 || large > small+small/20 {
		t.Errorf("beside one record %d bytes were noted, and beside 2,000 records %d; want at most 5%% more", small, large)
	}
}

// parts returns the parts of logs beside the state.
func (w *world) parts(t testing.TB) []string {
	t.Helper()
	names, err := w.Store.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return partsAmong(names)
}
