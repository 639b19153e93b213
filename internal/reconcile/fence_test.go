package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// delayed is a backend that calls first before its next write of the state.
type delayed struct {
	trusting
	first func()
}

func (d *delayed) Write(ctx context.Context, doc state.Document, text []byte, was state.Version) (state.Version, error) {
	if first := d.first; first != nil && doc == state.DocState {
		d.first = nil
		first()
	}
	return d.trusting.Write(ctx, doc, text, was)
}

// Zones that are adopted in parallel do not count as other runs for each other.
func TestParallelAdoptionsDoNotCountAsOtherRuns(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	for range 30 {
		var there []sandbox.Zone
		var desired []dns.Zone
		for i := range 6 {
			name := fmt.Sprintf("z%d.example", i)
			there = append(there, sandbox.Zone{Name: name, Records: []sandbox.Record{{Type: "A", Name: "h0", Content: "192.0.2.1", TTL: 300}}})
			desired = append(desired, hosts(name, 1))
		}
		w := newWorld(t, there...)
		w.apply(t, w.plan(t, desired...))
		st, err := w.Store.Read(t.Context())
		if err != nil || st.Begun != nil || len(st.Applied) != 1 {
			t.Fatalf("the state is %+v, %v; want the plan applied", st, err)
		}
	}
}

// trusting is a backend whose locks do not notice that they were taken away.
type trusting struct{ *local.Backend }

type trustingLock struct{ state.Lock }

func (trustingLock) Check(context.Context) error { return nil }

func (b trusting) Lock(ctx context.Context, h state.Holder, wait time.Duration) (state.Lock, error) {
	l, err := b.Backend.Lock(ctx, h, wait)
	return trustingLock{l}, err
}

// A run was cut off while it announced its request, and another run took over the lock and
// finished. When the first run continues, it sends nothing, even if its lock has not noticed.
func TestARunThatLostItsLockOnTheWaySendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	late, other := hosts("one.example", 1), hosts("one.example", 1)
	late.Records[0].Content, other.Records[0].Content = "192.0.2.2", "192.0.2.3"
	p := w.plan(t, late)
	whole := w.Store
	faster := *w.Reconciler
	faster.Store = state.Open(local.New(w.state))
	w.Store = state.Open(&delayed{trusting{local.New(w.state)}, func() {
		st, err := faster.Store.Read(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		// The lock is broken while it is held, as by force-unlock or by expiry.
		_, err = faster.Store.Lock(context.Background(), state.Holder{Who: "other"}, 0)
		var locked *state.LockedError
		if !errors.As(err, &locked) {
			t.Fatalf("Lock = %v, want *LockedError", err)
		}
		if err := faster.Store.ForceUnlock(context.Background(), locked.Holder.ID); err != nil {
			t.Fatal(err)
		}
		q, err := faster.Planner().Plan(context.Background(), []dns.Zone{other}, reconcile.PlanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		q.Seal()
		if _, err := faster.Apply(context.Background(), q, reconcile.ApplyOptions{Desired: []dns.Zone{other}}); err != nil {
			t.Fatalf("the other run, from serial %d: %v", st.Serial, err)
		}
	}})
	_, err := w.Apply(context.Background(), p)
	w.Store = whole
	if !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Apply = %v, want ErrLockLost", err)
	}
	if got := w.content("one.example"); got["A h0.one.example 192.0.2.3"] == "" || len(got) != 1 {
		t.Errorf("the zone has %v, want what the other run made", got)
	}
	w.converged(t, other)
}
