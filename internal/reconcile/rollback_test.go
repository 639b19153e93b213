package reconcile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// ownedNames returns the names of the records that cfplan owns according to the state.
func (w *world) ownedNames(t testing.TB, zone string) map[string]bool {
	t.Helper()
	st, err := w.Store.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	if z := st.Zones[zone]; z != nil {
		for _, o := range z.Owned {
			out[o.Name] = true
		}
	}
	return out
}

// put creates a record outside of cfplan.
func (w *world) put(t testing.TB, zone, name, content string, ttl int) {
	t.Helper()
	if _, err := w.api.PutRecord(zone, sandbox.Record{Type: "A", Name: name + "." + zone, Content: content, TTL: ttl}); err != nil {
		t.Fatal(err)
	}
}

// A record that was unmanaged before an apply adopted it is unmanaged again, and as it was.
func TestRollbackGivesUpWhatWasAdopted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		ttl  int // of the declaration; the live record has 300
		add  int // how many other records are declared
	}{{"an equal record", 300, 0}, {"a changed record", 600, 0}, {"beside others", 600, 2}} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "theirs", Content: "192.0.2.7", TTL: 300}}})
			start := w.content("one.example")
			z := hosts("one.example", c.add)
			theirs := a("one.example", "theirs", "192.0.2.7")
			theirs.TTL = c.ttl
			z.Records = append(z.Records, theirs)
			w.apply(t, w.plan(t, z))
			if !w.ownedNames(t, "one.example")["theirs.one.example"] {
				t.Fatal("the record was not adopted")
			}
			after := w.content("one.example")
			w.back(t, 0)
			same(t, "one apply back", start, w.content("one.example"))
			if got := w.ownedNames(t, "one.example"); len(got) > 0 {
				t.Errorf("cfplan still owns %v, want nothing", got)
			}
			w.back(t, 0) // undoes the rollback
			same(t, "forth again", after, w.content("one.example"))
			if got := w.ownedNames(t, "one.example"); len(got) != c.add+1 {
				t.Errorf("cfplan owns %v, want all that is declared", got)
			}
		})
	}
}

// A record that was adopted and destroyed comes back unmanaged; otherwise the next plan would
// destroy it.
func TestWhatWasAdoptedAndDestroyedComesBackUnmanaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "theirs", Content: "192.0.2.7", TTL: 300}}})
	start := w.content("one.example")
	w.apply(t, w.plan(t, dns.Zone{Name: "one.example", Records: []dns.Record{a("one.example", "theirs", "192.0.2.7")}}))
	list, err := w.History(t.Context())
	if err != nil || len(list) != 1 || list[0].Summary.Adopt != 1 {
		t.Fatalf("History = %+v, %v; want the adoption", list, err)
	}
	w.apply(t, w.plan(t, hosts("one.example", 0)))
	w.back(t, list[0].Serial)
	same(t, "back at the start", start, w.content("one.example"))
	if got := w.ownedNames(t, "one.example"); len(got) > 0 {
		t.Errorf("cfplan owns %v, want nothing", got)
	}
	if p := w.plan(t, hosts("one.example", 0)); p.HasChanges() {
		t.Errorf("the next plan would do %+v, want nothing", p.Summary)
	}
}

// If an add failed and the record was adopted later, others had created the record, so it stays.
func TestRollbackLeavesWhatOthersCreatedBeforeItWasAdopted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath))
	if _, err := w.Apply(context.Background(), w.plan(t, hosts("one.example", 1))); err == nil {
		t.Fatal("the request was not refused")
	}
	w.api.ClearFaults()
	w.put(t, "one.example", "h0", "192.0.2.1", 300)
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	if list, err := w.History(t.Context()); err != nil || len(list) != 1 {
		t.Fatalf("History = %+v, %v; want only the apply that did something", list, err)
	}
	w.back(t, 0)
	if got := w.content("one.example"); len(got) != 1 || len(w.ownedNames(t, "one.example")) != 0 {
		t.Errorf("the zone has %v, cfplan owns %v; want the record to stay, unmanaged", got, w.ownedNames(t, "one.example"))
	}
}

// A zone that was exclusive at the apply, and no longer is, loses only owned records.
func TestRollbackKeepsToTheStricterOwnership(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	z := hosts("one.example", 1)
	z.Policy.Ownership = dns.Exclusive
	w.apply(t, w.plan(t, z))
	w.put(t, "one.example", "theirs", "192.0.2.9", 300)
	for _, now := range [][]dns.Zone{nil, {hosts("one.example", 1)}} {
		p, err := w.Rollback(t.Context(), 0, now, reconcile.PlanOptions{AllowDestroy: 10})
		if err != nil || p.Summary.Destroy != 1 || p.Zones[0].Ownership != dns.Managed {
			t.Errorf("Rollback = %+v, %v; want the one record destroyed that was added", p, err)
		}
	}
}

func TestRollbackKeepsToPreventDestroy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	z := hosts("one.example", 2)
	w.apply(t, w.plan(t, z))
	z.Records[0].Declared.PreventDestroy = true
	p, err := w.Rollback(t.Context(), 0, []dns.Zone{z}, reconcile.PlanOptions{AllowDestroy: 10})
	if err != nil || !p.HasErrors() || !strings.Contains(p.Diagnostics[0].Detail,
		"one.example/A/h0 has lifecycle.prevent_destroy set") {
		t.Errorf("Rollback = %+v, %v; want an error about h0", p, err)
	}
}

// What was applied to a zone is not undone in another zone of the same name.
func TestRollbackLeavesAZoneThatWasAddedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2)))
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	w.addedAgain(t)
	w.put(t, "one.example", "h0", "192.0.2.1", 300)
	p, err := w.Rollback(t.Context(), 0, nil, reconcile.PlanOptions{AllowDestroy: 10})
	if err != nil || p.HasChanges() || len(p.Diagnostics) != 1 || p.Diagnostics[0].Summary != "Zone was removed and added again" {
		t.Errorf("Rollback = %+v, %v; want no changes and a warning about the zone", p, err)
	}
}

// A saved plan fits only the zone for which it was made.
func TestASavedPlanOfAZoneThatWasAddedAgainIsStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 2))
	w.addedAgain(t)
	var stale *reconcile.StaleError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &stale) {
		t.Errorf("Apply = %v, want a stale plan", err)
	}
	if n := len(w.api.Records("one.example")); n > 0 {
		t.Errorf("%d records were made, want none", n)
	}
}

func TestAPartialRollbackWarnsAboutTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2), hosts("two.example", 1)))
	w.api.Fail(sandbox.AuthenticationError().InZone("two.example"))
	p, err := w.Rollback(t.Context(), 0, nil, reconcile.PlanOptions{Selection: only(t, "one.example/A/h0"), AllowDestroy: 10})
	if err != nil || p.Summary.Destroy != 1 || p.Zones[0].LeftOut != 1 || len(p.Diagnostics) != 1 {
		t.Errorf("Rollback = %+v, %v; want one of two changes, and a warning about the other", p, err)
	}
}

// One damaged entry leaves the others usable, but blocks a rollback past it.
func TestADamagedEntryBlocksOnlyARollbackPastIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	for i := range 3 {
		w.apply(t, w.plan(t, hosts("one.example", i+1)))
	}
	entries, err := filepath.Glob(filepath.Join(filepath.Dir(w.state), "cfplan.state.history", "*.json"))
	if err != nil || len(entries) != 3 {
		t.Fatalf("entries: %v, %v", entries, err)
	}
	if err := os.WriteFile(entries[1], []byte(`{"serial": 1, "plan`), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := w.History(t.Context())
	if err != nil || len(list) != 3 || list[0].Damage != nil || list[1].Damage == nil || list[2].Summary.Add != 1 {
		t.Fatalf("History = %+v, %v; want 3 applies, the second one damaged", list, err)
	}
	if _, err := w.Rollback(t.Context(), list[2].Serial, nil, reconcile.PlanOptions{}); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("Rollback past the damaged entry = %v, want an error that says so", err)
	}
	if p, err := w.Rollback(t.Context(), 0, nil, reconcile.PlanOptions{}); err != nil || p.Summary.Destroy != 1 {
		t.Errorf("Rollback of the last apply = %+v, %v; want one record destroyed", p, err)
	}
}

// A block that is renamed keeps its record, and the state follows.
func TestARenamedBlockMovesItsRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	z := hosts("one.example", 2)
	w.apply(t, w.plan(t, z))
	z.Records[0].Declared.Address = `one.example/A/all["h0"]`
	p := w.plan(t, z)
	want := plan.Move{From: "one.example/A/h0", To: `one.example/A/all["h0"]`}
	if len(p.Zones[0].Moved) != 1 || p.Zones[0].Moved[0].From != want.From || p.Zones[0].Moved[0].To != want.To || p.HasChanges() {
		t.Fatalf("plan = %+v, want %+v and no change", p.Zones[0], want)
	}
	w.apply(t, p)
	if p := w.plan(t, z); len(p.Zones[0].Moved) > 0 {
		t.Errorf("after the apply the plan moves %+v", p.Zones[0].Moved)
	}
	z.Records[0].Declared.PreventDestroy = true
	z.Records[0].Type, z.Records[0].Content = dns.AAAA, "2001:db8::1"
	if p := w.plan(t, z); !p.HasErrors() {
		t.Error("a record of a renamed block can be destroyed in spite of prevent_destroy")
	}
}

// If others carried out a plan by hand, the plan takes over nothing of theirs.
func TestASavedPlanThatOthersCarriedOutIsStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 1))
	w.put(t, "one.example", "h0", "192.0.2.1", 300)
	var stale *reconcile.StaleError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &stale) {
		t.Errorf("Apply = %v, want a stale plan", err)
	}
	if got := w.ownedNames(t, "one.example"); len(got) > 0 {
		t.Errorf("cfplan owns %v, want nothing", got)
	}
}

// A plan that was started takes over nothing of others either.
func TestAStartedPlanTakesOverNothingOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	p := w.plan(t, hosts("one.example", 1), hosts("two.example", 1))
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath).InZone("two.example"))
	if _, err := w.Apply(context.Background(), p); err == nil {
		t.Fatal("nothing was refused")
	}
	w.api.ClearFaults()
	w.put(t, "two.example", "h0", "192.0.2.1", 300)
	var stale *reconcile.StaleError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &stale) || !strings.Contains(stale.Zones[len(stale.Zones)-1].Changes[0].Why, "cfplan does not own it") {
		t.Errorf("Apply = %v, want a stale plan", err)
	}
}

// addedAgain removes the zone one.example and adds it again, as a new zone.
func (w *world) addedAgain(t testing.TB) {
	t.Helper()
	old, _ := w.api.Zone("one.example")
	w.api.RemoveZone("one.example")
	z, err := w.api.AddZone(sandbox.Zone{Name: "one.example", ID: "00000000000000000000000000000002"})
	if err != nil || z.ID == old.ID {
		t.Fatalf("AddZone = %+v, %v; want another ID than %s", z, err, old.ID)
	}
}
