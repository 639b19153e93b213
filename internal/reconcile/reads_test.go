package reconcile_test

import (
	"errors"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// otherRun is another process with the same state and configuration.
func (w *world) otherRun() *world {
	r := *w.Reconciler
	r.Store, r.Who = state.Open(local.New(w.state)), "another"
	return &world{Reconciler: &r, api: w.api, state: w.state}
}

func TestAnApplyReusesTheFreshReadsOfItsPlan(t *testing.T) {
	t.Parallel()
	passes := func(d time.Duration) func(*testing.T, *world, *slowClock) {
		return func(_ *testing.T, _ *world, c *slowClock) { c.pass(d) }
	}
	for name, c := range map[string]struct {
		between func(*testing.T, *world, *slowClock)
		lists   int
	}{
		"at once":                {passes(0), 1},
		"after 5 seconds":        {passes(5 * time.Second), 1},
		"after more than that":   {passes(5*time.Second + 1), 2},
		"the clock was set back": {passes(-time.Second), 2},
		"another run has applied": {func(t *testing.T, w *world, _ *slowClock) {
			other := w.otherRun() // it has nothing to do, but notes in the state that its plan was applied
			other.apply(t, other.plan(t, hosts("one.example", 1), hosts("two.example", 1)))
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w, clock, desired := twoZones(t)
			between := func(*plan.Plan) {
				c.between(t, w, clock)
				w.api.ResetRequests()
			}

			if err := w.planAndApply(t, between, desired...); err != nil {
				t.Fatal(err)
			}

			if one, two := w.lists(t, "one.example"), w.lists(t, "two.example"); one != c.lists-1 || two != c.lists-1 {
				t.Errorf("after the plan, one.example was read %d times and two.example %d times, want %d", one, two, c.lists-1)
			}
			w.converged(t, desired...)
		})
	}
}

// Changes of another run in between are noticed, however fresh the read of the plan is.
func TestAPlansReadDoesNotHideWhatAnotherRunApplied(t *testing.T) {
	t.Parallel()
	w, _, desired := twoZones(t)
	other := w.otherRun()
	between := func(*plan.Plan) {
		changed := retargeted("two.example", 1)
		changed.Records[0].Content = "192.0.2.88"
		other.apply(t, other.plan(t, hosts("one.example", 1), changed))
		w.api.ResetRequests()
	}

	err := w.planAndApply(t, between, desired...)

	var stale *reconcile.StaleError
	if !errors.As(err, &stale) || stale.Started || len(stale.Zones) != 1 || stale.Zones[0].Name != "two.example" {
		t.Errorf("Apply = %v, want two.example to be stale before anything began", err)
	}
	if n := len(w.api.Writes()); n != 0 {
		t.Errorf("%d writing calls, want none", n)
	}
}

// agedReads makes the read of the first zone take 3 seconds, and lets 3 more seconds pass after the plan:
// only the read of the first zone is then too old.
func agedReads(t *testing.T, w *world, clock *slowClock) (between func(*plan.Plan)) {
	t.Helper()
	list := sandbox.Fault{Method: "GET", Path: "/dns_records", Zone: "one.example", Times: 1}
	list.Then = func() { clock.pass(3 * time.Second) }
	w.api.Fail(list)
	return func(*plan.Plan) {
		clock.pass(3 * time.Second)
		w.api.ResetRequests()
	}
}

func TestOnlyTheZonesWhosePlansReadIsOldAreReadAgain(t *testing.T) {
	t.Parallel()
	w, clock, desired := twoZones(t)

	if err := w.planAndApply(t, agedReads(t, w, clock), desired...); err != nil {
		t.Fatal(err)
	}

	if one, two := w.lists(t, "one.example"), w.lists(t, "two.example"); one != 1 || two != 0 {
		t.Errorf("after the plan, one.example was read %d times and two.example %d times, want 1 and 0", one, two)
	}
	w.converged(t, desired...)
}

func TestOneStaleOrRefusedZoneStopsZonesWithAFreshRead(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*testing.T, *world){
		"stale": func(t *testing.T, w *world) {
			w.edit(t, "one.example", "h0.one.example", func(r *sandbox.Record) { r.TTL = 60 })
		},
		"refused": func(_ *testing.T, w *world) {
			w.api.Fail(sandbox.InvalidAccessToken().On("GET", "/dns_records").InZone("one.example"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, clock, desired := twoZones(t)
			aged := agedReads(t, w, clock)
			between := func(p *plan.Plan) {
				aged(p)
				spoil(t, w)
			}

			if err := w.planAndApply(t, between, desired...); err == nil {
				t.Error("Apply = nil, want an error about one.example")
			}

			if n := len(w.api.Writes()); n != 0 {
				t.Errorf("%d writing calls, want none", n)
			}
		})
	}
}

// If a read of the plan grows old during the apply, the zone is read again before its request.
func TestAPlansReadThatGrowsOldDuringTheApplyIsRepeated(t *testing.T) {
	t.Parallel()
	w, clock, desired := twoZones(t)
	between := func(*plan.Plan) {
		clock.pass(4 * time.Second)
		w.api.ResetRequests()
	}
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
		clock.pass(2 * time.Second)
		w.edit(t, "two.example", "h0.two.example", func(r *sandbox.Record) { r.Content = "192.0.2.200" })
	}))

	err := w.planAndApply(t, between, desired...)

	staleIn(t, err, "two.example", "h0.two.example")
	if one, two := w.lists(t, "one.example"), w.lists(t, "two.example"); one != 0 || two != 1 {
		t.Errorf("after the plan, one.example was read %d times and two.example %d times, want 0 and 1", one, two)
	}
}
