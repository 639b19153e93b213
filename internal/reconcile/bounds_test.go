package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// resealed gives an edited plan correct counts and a correct hash, as anyone can.
func resealed(p *plan.Plan) *plan.Plan {
	p.Recount()
	p.Hash = ""
	p.Seal()
	return p
}

// refusedUnwritten fails unless the plan is refused for that reason and nothing was written.
func (w *world) refusedUnwritten(t *testing.T, p *plan.Plan, why string) {
	t.Helper()
	w.api.ResetRequests()
	_, err := w.Apply(context.Background(), p)
	var forbidden *reconcile.InadmissibleError
	if !errors.As(err, &forbidden) {
		t.Fatalf("Apply = %v, want an InadmissibleError", err)
	}
	said := func(z reconcile.InadmissibleZone) bool {
		return slices.ContainsFunc(z.Violations, func(v plan.Violation) bool { return strings.Contains(v.Why, why) })
	}
	if !slices.ContainsFunc(forbidden.Zones, said) {
		t.Errorf("violations %+v, want one with %q", forbidden.Zones, why)
	}
	if n := len(w.api.Writes()); n > 0 {
		t.Errorf("%d writes, want none", n)
	}
}

// overwriting returns a change that adopts an unmanaged record and changes its content.
func (w *world) overwriting(t *testing.T, zone, name string) plan.Change {
	t.Helper()
	for _, r := range w.api.Records(zone) {
		if r.Name == name {
			return plan.Change{
				Action: plan.Adopt, Address: zone + "/A/x", Type: dns.A, Name: r.Name, RecordID: r.ID, Risks: []plan.Risk{},
				Before: &plan.Values{Content: r.Content, TTL: r.TTL},
				After:  &plan.Values{Content: "192.0.2.66", TTL: r.TTL},
			}
		}
	}
	t.Fatalf("%s has no %s", zone, name)
	return plan.Change{}
}

// A rollback may adopt and change a record only if the history says that it was given up.
func TestARollbackDoesOnlyWhatTheHistorySays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	back := w.rollback(t, 0, reconcile.PlanOptions{}, hosts("one.example", 1))
	back.Zones[0].Changes = append(back.Zones[0].Changes, w.overwriting(t, "one.example", theirsName))
	w.refusedUnwritten(t, resealed(back), "according to the history")

	ordinary := w.plan(t, hosts("one.example", 2))
	ordinary.Rollback = w.first(t)
	w.refusedUnwritten(t, resealed(ordinary), "according to the history")

	ordinary.Rollback = 99
	var missing *reconcile.NoHistoryError
	if _, err := w.Apply(context.Background(), resealed(ordinary)); !errors.As(err, &missing) {
		t.Errorf("Apply = %v, want a NoHistoryError", err)
	}
}

// An apply writes to the zone that the configuration and the state know by its name, whatever ID the plan
// has.
func TestTheZoneIDInAPlanIsNotTrusted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	p := w.plan(t, hosts("one.example", 1))
	two, _ := w.api.Zone("two.example")
	p.Zones[0].ID = two.ID
	w.api.ResetRequests()
	var stale *reconcile.StaleError
	if _, err := w.Apply(context.Background(), resealed(p)); !errors.As(err, &stale) || len(w.api.Writes()) > 0 {
		t.Errorf("Apply = %v with %d writes, want a stale plan and none", err, len(w.api.Writes()))
	}
	all, err := w.Store.Snapshots(context.Background())
	if err != nil || all.Of("one.example").Head().ID == two.ID {
		t.Errorf("the snapshot of one.example has the ID of two.example: %v", err)
	}
}

// A zone without changes is not read just because a plan names it.
func TestAnUnknownZoneIsNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	p := w.plan(t, hosts("one.example", 1))
	two, _ := w.api.Zone("two.example")
	p.Zones = append(p.Zones, plan.Zone{
		Name: "victim.example", ID: two.ID, Ownership: dns.Managed, Source: p.Zones[0].Source, Changes: []plan.Change{},
	})
	w.apply(t, resealed(p))
	all, err := w.Store.Snapshots(context.Background())
	if err != nil || all.Of("victim.example") != nil {
		t.Errorf("victim.example has a snapshot: %v", err)
	}
}

// A move sends no request, and would still take a record away from the block that protects it.
func TestARecordIsNotMovedToAnUndeclaredBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	p := w.plan(t, hosts("one.example", 1))
	p.Zones[0].Moved = []plan.Move{{RecordID: w.api.Records("one.example")[0].ID, From: "one.example/A/h0", To: "one.example/A/free"}}
	w.refusedUnwritten(t, resealed(p), "does not declare the record at the new address")
	p.Zones[0].Moved[0].To = "one.example/A/h1" // the address of another record
	w.desired = []dns.Zone{hosts("one.example", 2)}
	w.refusedUnwritten(t, resealed(p), "does not declare the record at the new address")
	if p := w.plan(t, hosts("one.example", 1)); len(p.Zones[0].Moved) > 0 {
		t.Errorf("the record was moved: %+v", p.Zones[0].Moved)
	}
}

// A plan that was cut off is checked against the configuration again before it continues.
func TestAStartedPlanIsCheckedAgainstTheConfigurationAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2), hosts("two.example", 2)))
	p := w.plan(t, hosts("one.example", 1), hosts("two.example", 1))
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath).InZone("two.example"))
	if _, err := w.Apply(context.Background(), p); err == nil {
		t.Fatal("nothing was refused")
	}
	w.api.ClearFaults()
	w.desired[1].Policy.Protected = []dns.Protection{{Zone: dns.Shape{"two.example"}, Type: dns.Shape{"A"}, Label: dns.Shape{"h1"}}}
	w.refusedUnwritten(t, p, "prevent_destroy")
	w.desired[1].Policy.Protected = nil
	w.apply(t, p)
}

// The limit that the configuration has at the apply counts, not the one at the plan.
func TestTheLimitOfTheConfigurationApplies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 10)))
	p := w.plan(t, hosts("one.example", 5))
	var limit *reconcile.LimitError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &limit) || limit.Most() != 5 {
		t.Fatalf("Apply = %v, want a LimitError for 5 records", err)
	}
	p.Zones[0].Risks = nil
	if _, err := w.Apply(context.Background(), resealed(p)); !errors.As(err, &limit) {
		t.Fatalf("Apply without the risk = %v, want a LimitError", err)
	}
	w.desired[0].Policy.MaxDestroy = &dns.Limit{N: 5}
	w.apply(t, p)
}

// The shown plan is the one that is carried out, with its risks. If it cannot be shown, nothing is
// carried out.
func TestThePlanIsShownBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 3)))
	p := w.plan(t, hosts("one.example", 2))
	honest := p.Zones[0].Changes[0]
	p.Zones[0].Changes[0].Risks, p.Zones[0].Changes[0].Reason = []plan.Risk{}, "all is well"
	p.Zones[0].Changes[0].Address = "one.example/A/harmless"
	resealed(p)

	w.api.ResetRequests()
	unseen := errors.New("no space left on device")
	var shown *plan.Plan
	o := reconcile.ApplyOptions{Desired: w.desired, Show: func(p *plan.Plan) error {
		shown = p
		return unseen
	}}
	if _, err := w.Reconciler.Apply(context.Background(), p, o); !errors.Is(err, unseen) || len(w.api.Writes()) > 0 {
		t.Errorf("Apply = %v with %d writes, want the error of Show and none", err, len(w.api.Writes()))
	}
	c := shown.Zones[0].Changes[0]
	if len(honest.Risks) == 0 || len(c.Risks) != len(honest.Risks) || c.Reason != honest.Reason || c.Address != honest.Address {
		t.Errorf("shown is %+v, want %+v", c, honest)
	}
	if list, err := reconcile.History(context.Background(), &w.Store.Reader); err != nil || len(list) != 1 {
		t.Errorf("History = %v, %v; want the first apply alone", list, err)
	}
}
