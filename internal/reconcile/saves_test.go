package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// Some stores take one write a second: a request costs two, before and after it, and
// what else is to be noted goes along.
func TestARequestCostsTwoWritesOfTheState(t *testing.T) {
	for _, zones := range []int{1, 3} {
		var there []sandbox.Zone
		var desired []dns.Zone
		for i := range zones {
			name := fmt.Sprintf("z%d.example", i)
			there, desired = append(there, sandbox.Zone{Name: name}), append(desired, hosts(name, 2))
		}
		w := newWorld(t, there...)
		p := w.plan(t, desired...)
		c := &counting{Backend: local.New(w.state)}
		w.Store, w.Parallelism = state.Open(c), 1
		w.apply(t, p)
		if got := c.saves.Load(); int(got) != 2*zones {
			t.Errorf("%d zones: the state was written %d times, want %d", zones, got, 2*zones)
		}
		st, err := w.Store.Read(t.Context())
		if _, applied := st.WasApplied(p.Hash); err != nil || !applied || st.Begun != nil {
			t.Errorf("the state does not know that the plan was carried out: %+v, %v", st, err)
		}
	}
}
