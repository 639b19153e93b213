package reconcile_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// replacing returns a record of one.example that is declared with adopt = "replace".
func replacing(t dns.Type, name, content string) dns.Record {
	return dns.Record{Name: name + ".one.example", Type: t, Content: content, TTL: 600, Declared: &dns.Declaration{
		Address:  fmt.Sprintf("one.example/%s/%s", t, name),
		File:     "dns.cf.hcl",
		Line:     7,
		Replaces: true,
	}}
}

// unmanaged returns a record that was created outside of cfplan.
func unmanaged(typ, name, content string) sandbox.Record {
	return sandbox.Record{Type: typ, Name: name, Content: content, TTL: 300, Comment: "theirs"}
}

// besides are unmanaged records that are never replaced.
var besides = []sandbox.Record{unmanaged("TXT", "www", `"site=1"`), unmanaged("A", "other", "192.0.2.99"), unmanaged("MX", "www", "mx.example.net")}

// A rollback brings back what a take-over replaced, as it was and unmanaged.
func TestRollbackRestoresWhatATakeOverReplaced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		live     []sandbox.Record
		declared []dns.Record
		sameIDs  bool
	}{
		{"in place", []sandbox.Record{unmanaged("A", "www", "192.0.2.7")}, []dns.Record{replacing(dns.A, "www", "192.0.2.1")}, true},
		{"an alias", []sandbox.Record{unmanaged("CNAME", "www", "x.example.net")}, []dns.Record{replacing(dns.A, "www", "192.0.2.1")}, false},
		{"two addresses",
			[]sandbox.Record{unmanaged("A", "www", "192.0.2.7"), unmanaged("AAAA", "www", "2001:db8::7")},
			[]dns.Record{replacing(dns.CNAME, "www", "x.example.net")}, false},
		{"a surplus one",
			[]sandbox.Record{unmanaged("A", "www", "192.0.2.7"), unmanaged("A", "www", "192.0.2.8")},
			[]dns.Record{replacing(dns.A, "www", "192.0.2.8")}, false},
		{"a text of one kind",
			[]sandbox.Record{unmanaged("TXT", "www", `"v=spf1 ~all"`)}, []dns.Record{replacing(dns.TXT, "www", `"v=spf1 -all"`)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "one.example", Records: slices.Concat(c.live, besides)})
			start, ids := w.content("one.example"), w.ids("one.example")
			w.api.ResetRequests()
			w.apply(t, w.plan(t, declare(c.declared...)))
			if n := len(w.api.Writes()); n != 1 {
				t.Errorf("the take-over sent %d requests that write, want 1", n)
			}
			w.converged(t, declare(c.declared...))

			w.back(t, 0)
			same(t, "one apply back", start, w.content("one.example"))
			if got := w.ids("one.example"); c.sameIDs && !slices.Equal(got, ids) {
				t.Errorf("the records have the IDs %v, want %v", got, ids)
			}
			w.ownsNothing(t)
		})
	}
}

// ids returns the IDs of the records of a zone, in order.
func (w *world) ids(zone string) []string {
	var out []string
	for _, r := range w.api.Records(zone) {
		out = append(out, r.ID)
	}
	slices.Sort(out)
	return out
}

// Any take-over is complete, changes nothing else, and can be rolled back.
func TestAnyTakeOverCanBeRolledBack(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	rapid.Check(t, func(rt *rapid.T) {
		live := rapid.SliceOfNDistinct(rapid.SampledFrom([]sandbox.Record{
			unmanaged("A", "www", "192.0.2.7"), unmanaged("A", "www", "192.0.2.8"), unmanaged("A", "www", "192.0.2.1"),
			unmanaged("AAAA", "www", "2001:db8::7"), unmanaged("TXT", "www", `"v=spf1 ~all"`), unmanaged("TXT", "www", `"v=spf1 ?all"`),
		}), 0, 6, func(r sandbox.Record) string { return r.Type + r.Content }).Draw(rt, "live")
		if rapid.Bool().Draw(rt, "alias") {
			live = []sandbox.Record{unmanaged("CNAME", "www", "x.example.net")}
		}
		declared := rapid.SliceOfNDistinct(rapid.SampledFrom([]dns.Record{
			replacing(dns.A, "www", "192.0.2.1"), replacing(dns.A, "www", "192.0.2.2"), replacing(dns.TXT, "www", `"v=spf1 -all"`),
		}), 1, 3, dns.Record.Key).Draw(rt, "declared")
		if rapid.Bool().Draw(rt, "to an alias") {
			declared = []dns.Record{replacing(dns.CNAME, "www", "y.example.net")}
		}

		w := newWorld(t, sandbox.Zone{Name: "one.example", Records: slices.Concat(live, besides)})
		start := fmt.Sprint(w.content("one.example"))
		p := w.rollOut(t, declared)
		for _, r := range besides {
			if w.content("one.example")[fmt.Sprintf("%s %s.one.example %s", r.Type, r.Name, r.Content)] == "" {
				rt.Fatalf("%s %s was touched by %+v", r.Type, r.Name, p.Zones[0].Changes)
			}
		}
		w.converged(t, declare(declared...))
		w.back(t, 0)
		if got := fmt.Sprint(w.content("one.example")); got != start {
			rt.Fatalf("after %+v and back the zone has\n%s\nwant\n%s", p.Zones[0].Changes, got, start)
		}
		w.ownsNothing(t)
	})
}

// rollOut applies what is declared.
func (w *world) rollOut(t testing.TB, declared []dns.Record) *plan.Plan {
	t.Helper()
	p, err := w.Plan(t.Context(), []dns.Zone{declare(declared...)}, reconcile.PlanOptions{AllowDestroy: 100})
	if err != nil {
		t.Fatal(err)
	}
	p.Seal()
	w.apply(t, p)
	return p
}

// A take-over that is cut off at any moment is finished by the next run, and its rollback is the
// same.
func TestTheNextRunFinishesATakeOverThatWasCutOff(t *testing.T) {
	t.Parallel()
	for saves := range 6 {
		w := newWorld(t, sandbox.Zone{Name: "one.example", Records: slices.Concat(
			[]sandbox.Record{unmanaged("CNAME", "www", "x.example.net"), unmanaged("A", "shop", "192.0.2.7"), unmanaged("A", "shop", "192.0.2.8")},
			besides[1:2])})
		start := w.content("one.example")
		z := declare(replacing(dns.A, "www", "192.0.2.1"), replacing(dns.A, "shop", "192.0.2.1"))
		_ = w.cutOffPlan(saves, w.plan(t, z))
		if p := w.plan(t, z); p.HasChanges() {
			w.apply(t, p)
		}
		w.put(t, "one.example", "new", "192.0.2.200", 300) // any apply settles what was left open
		z.Records = append(z.Records, a("one.example", "new", "192.0.2.200"))
		w.apply(t, w.plan(t, z))
		w.converged(t, z)

		w.back(t, w.first(t))
		got := w.content("one.example")
		delete(got, "A new.one.example 192.0.2.200")
		same(t, fmt.Sprintf("cut off after %d saves and back", saves), start, got)
		if owned := w.ownedNames(t, "one.example"); len(owned) > 0 {
			t.Errorf("%d saves: cfplan owns %v, want nothing", saves, owned)
		}
	}
}

// Changes of others after the take-over are not undone, even if they conflict with what was replaced.
func TestRollbackAfterATakeOverLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{unmanaged("CNAME", "www", "x.example.net")}})
	w.apply(t, w.plan(t, declare(replacing(dns.A, "www", "192.0.2.1"))))
	for _, r := range w.api.Records("one.example") {
		if _, err := w.api.EditRecord("one.example", r.ID, func(r *sandbox.Record) { r.Content = "192.0.2.70" }); err != nil {
			t.Fatal(err)
		}
	}

	if _, err := w.Apply(t.Context(), w.rollback(t, 0, reconcile.PlanOptions{})); err == nil {
		t.Error("the rollback was carried out, although a record that was changed since conflicts")
	}
	if got := w.content("one.example"); len(got) != 1 || got["A www.one.example 192.0.2.70"] == "" {
		t.Errorf("the zone has %v, want the record that was changed since", got)
	}
}

// Records that others made between two applies do not come back if they conflict with what was
// there before both.
func TestRollbackOverTwoTakeOversKeepsTheOldest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{unmanaged("CNAME", "www", "x.example.net")}})
	start := w.content("one.example")
	z := declare(replacing(dns.A, "www", "192.0.2.1"))
	w.apply(t, w.plan(t, z))
	w.put(t, "one.example", "www", "192.0.2.50", 300)
	w.apply(t, w.plan(t, z))
	w.converged(t, z)

	w.back(t, w.first(t))
	same(t, "two applies back", start, w.content("one.example"))
	w.ownsNothing(t)
}

// A saved plan replaces the records that it was made from, and no others.
func TestASavedTakeOverIsStaleAfterAnEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{unmanaged("A", "www", "192.0.2.7")}})
	p := w.plan(t, declare(replacing(dns.A, "www", "192.0.2.1")))
	for _, r := range w.api.Records("one.example") {
		if _, err := w.api.EditRecord("one.example", r.ID, func(r *sandbox.Record) { r.Content = "192.0.2.70" }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Apply(t.Context(), p); err == nil {
		t.Error("the record was replaced although it was changed since")
	}
	if got := w.content("one.example")["A www.one.example 192.0.2.70"]; got == "" {
		t.Errorf("the zone has %v, want the changed record", w.content("one.example"))
	}
}
