package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// look reads zones by name, as an import does before it writes their files.
func (w *world) look(t testing.TB, names ...string) []reconcile.Observed {
	t.Helper()
	zones := make([]dns.Zone, len(names))
	for i, name := range names {
		zones[i].Name = name
	}
	views, err := w.Observe(context.Background(), zones, reconcile.PlanOptions{})
	if err != nil {
		t.Fatalf("Observe: %v", err)
	}
	return views
}

// Adopt takes ownership, with the zones that were planned last as the configuration.
func (w *world) Adopt(ctx context.Context, p *plan.Plan) error {
	return w.Reconciler.Adopt(ctx, p, reconcile.ApplyOptions{Desired: w.desired})
}

func (w *world) planAdoption(t testing.TB, desired []dns.Zone, read []reconcile.Observed) *plan.Plan {
	w.desired = desired
	t.Helper()
	p, err := w.Planner().PlanAdoption(context.Background(), desired, read)
	if err != nil {
		t.Fatalf("PlanAdoption: %v", err)
	}
	return p
}

func TestAdoptOwnsWhatWasReadAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	before := w.api.Records("one.example")
	desired := declare(theirs("192.0.2.7"))

	p := w.planAdoption(t, []dns.Zone{desired}, w.look(t, "one.example"))
	if err := w.Adopt(context.Background(), p); err != nil {
		t.Fatalf("Adopt: %v", err)
	}

	if p.Summary.Adopt != 1 {
		t.Errorf("summary = %+v, want 1 adoption", p.Summary)
	}
	same := func(a, b sandbox.Record) bool { return a.ID == b.ID && a.Content == b.Content }
	if after := w.api.Records("one.example"); !slices.EqualFunc(after, before, same) {
		t.Errorf("records = %+v, want them as before: %+v", after, before)
	}
	w.converged(t, desired)
}

func TestAdoptRefusesAPlanThatWrites(t *testing.T) {
	t.Parallel()
	otherTTL := theirs("192.0.2.7")
	otherTTL.TTL = 600

	for _, c := range []struct {
		name    string
		desired dns.Zone
		want    []plan.Action
	}{
		{"a record that is missing at Cloudflare", declare(theirs("192.0.2.7"), a("one.example", "new", "192.0.2.9")), []plan.Action{plan.Add}},
		{"another value", declare(theirs("192.0.2.8")), []plan.Action{plan.Add}},
		{"another TTL", declare(otherTTL), []plan.Action{plan.Adopt}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, withTheirs())

			err := w.Adopt(context.Background(), w.planAdoption(t, []dns.Zone{c.desired}, w.look(t, "one.example")))
			var more *reconcile.MoreThanAdoptionError
			if !errors.As(err, &more) {
				t.Fatalf("Adopt = %v, want a MoreThanAdoptionError", err)
			}

			var got []plan.Action
			for _, change := range more.Changes {
				got = append(got, change.Action)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("changes = %v, want %v", got, c.want)
			}
			if names := w.ownedNames(t, "one.example"); len(names) > 0 {
				t.Errorf("cfplan owns %v, want nothing", names)
			}
		})
	}
}

func TestAdoptRefusesAFaultyPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	p := w.planAdoption(t, []dns.Zone{declare(theirs("192.0.2.7"))}, w.look(t, "one.example"))
	p.Diagnostics = append(p.Diagnostics, plan.Diagnostic{Severity: dns.Error, Summary: "Something is wrong"})

	if err := w.Adopt(context.Background(), p); !errors.Is(err, reconcile.ErrFaulty) {
		t.Errorf("Adopt = %v, want ErrFaulty", err)
	}
	if names := w.ownedNames(t, "one.example"); len(names) > 0 {
		t.Errorf("cfplan owns %v, want nothing", names)
	}
}

func TestAdoptNoticesARecordThatChangedSinceItWasRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	p := w.planAdoption(t, []dns.Zone{declare(theirs("192.0.2.7"))}, w.look(t, "one.example"))

	id := w.api.Records("one.example")[0].ID
	if _, err := w.api.EditRecord("one.example", id, func(r *sandbox.Record) { r.Content = "192.0.2.8" }); err != nil {
		t.Fatal(err)
	}

	var stale *reconcile.StaleError
	if err := w.Adopt(context.Background(), p); !errors.As(err, &stale) {
		t.Errorf("Adopt = %v, want a StaleError", err)
	}
}

func TestPlanAdoptionLeavesOutZonesThatWereNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs(), sandbox.Zone{Name: "two.example"})
	desired := []dns.Zone{declare(theirs("192.0.2.7")), hosts("two.example", 3)}

	p := w.planAdoption(t, desired, w.look(t, "one.example"))
	if len(p.Zones) != 1 || p.Zones[0].Name != "one.example" {
		t.Errorf("zones = %+v, want one.example alone", p.Zones)
	}

	// The plan also leaves out a zone that was read but is not declared.
	p = w.planAdoption(t, desired[:1], w.look(t, "one.example", "two.example"))
	if len(p.Zones) != 1 || p.Zones[0].Name != "one.example" {
		t.Errorf("zones = %+v, want one.example alone", p.Zones)
	}
}

func TestPlanAdoptionHasNothingToDoForWhatIsOwned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 2)
	if _, err := w.Apply(context.Background(), w.plan(t, desired)); err != nil {
		t.Fatal(err)
	}

	p := w.planAdoption(t, []dns.Zone{desired}, w.look(t, "one.example"))
	if p.HasChanges() || p.Summary.Unchanged != 2 {
		t.Errorf("summary = %+v, want 2 unchanged and no changes", p.Summary)
	}
	if err := w.Adopt(context.Background(), p); err != nil {
		t.Errorf("Adopt = %v, want nil", err)
	}
}
