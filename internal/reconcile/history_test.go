package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// content returns the records of a zone, without IDs.
func (w *world) content(zone string) map[string]string {
	out := map[string]string{}
	for _, r := range w.api.Records(zone) {
		out[fmt.Sprint(r.Type, " ", r.Name, " ", r.Content)] = fmt.Sprint(r.TTL, r.Proxied, r.Comment)
	}
	return out
}

// back carries out a rollback.
func (w *world) back(t testing.TB, serial uint64, zones ...dns.Zone) {
	t.Helper()
	p, err := w.Rollback(context.Background(), serial, zones, reconcile.PlanOptions{AllowDestroy: 1000})
	if err != nil {
		t.Fatalf("Rollback: %v", err)
	}
	p.Seal()
	w.apply(t, p)
}

func TestRollbackRestoresTheZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "TXT", Name: "other", Content: `"not ours"`, TTL: 300}}})
	start := w.content("one.example")
	first := hosts("one.example", 4)
	w.apply(t, w.plan(t, first))
	between := w.content("one.example")
	second := hosts("one.example", 3)
	second.Records[0].Content, second.Records[1].TTL = "192.0.2.77", 600
	second.Records = append(second.Records, a("one.example", "new", "192.0.2.5"))
	w.apply(t, w.plan(t, second))
	after := w.content("one.example")

	list, err := w.History(t.Context())
	if err != nil || len(list) != 2 || list[0].Serial <= list[1].Serial || list[0].Who != "test" || list[1].Summary.Add != 4 {
		t.Fatalf("History = %+v, %v; want two applies by test, newest first", list, err)
	}
	w.back(t, 0)
	same(t, "one apply back", between, w.content("one.example"))
	w.back(t, 0) // undoes the rollback
	same(t, "forth again", after, w.content("one.example"))
	w.back(t, list[1].Serial)
	same(t, "back to the start", start, w.content("one.example"))

	var none *reconcile.NoHistoryError
	if _, err := w.Rollback(t.Context(), 999, nil, reconcile.PlanOptions{}); !errors.As(err, &none) || len(none.Known) != 5 {
		t.Errorf("Rollback to an unknown serial = %v, want a NoHistoryError with 5 serials", err)
	}
}

func same(t *testing.T, when string, want, got map[string]string) {
	t.Helper()
	if fmt.Sprint(want) != fmt.Sprint(got) {
		t.Errorf("%s the zone has\n%v\nwant\n%v", when, got, want)
	}
}

// Changes that others made meanwhile stay.
func TestRollbackLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2)))
	if _, err := w.api.PutRecord("one.example", sandbox.Record{Type: "A", Name: "theirs.one.example", Content: "192.0.2.9", TTL: 300}); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.api.Records("one.example") {
		if r.Name == "h0.one.example" {
			if _, err := w.api.EditRecord("one.example", r.ID, func(r *sandbox.Record) { r.Content = "192.0.2.200" }); err != nil {
				t.Fatal(err)
			}
		}
		if r.Name == "h1.one.example" {
			if _, err := w.api.EditRecord("one.example", r.ID, func(r *sandbox.Record) { r.TTL = 60 }); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.back(t, 0)
	got := w.content("one.example")
	if len(got) != 3 || got["A h1.one.example 192.0.2.1"] == "" || got["A theirs.one.example 192.0.2.9"] == "" || got["A h0.one.example 192.0.2.200"] == "" {
		t.Errorf("the zone has %v, want what others made and changed", got)
	}
}

// If a state is lost, its history is lost too, and serials start again.
func TestALostStateLosesItsHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	for i := range 3 {
		w.apply(t, w.plan(t, hosts("one.example", i+1)))
	}
	if err := os.Remove(w.state); err != nil {
		t.Fatal(err)
	}
	w.Store = state.Open(local.New(w.state))
	w.apply(t, w.plan(t, hosts("one.example", 4)))
	list, err := w.History(t.Context())
	if err != nil || len(list) != 1 || list[0].Summary.Add != 1 {
		t.Errorf("History = %+v, %v; want the one apply with the new state", list, err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	for i := range 25 {
		z := hosts("one.example", 1)
		z.Records[0].Content = fmt.Sprintf("192.0.2.%d", i)
		w.apply(t, w.plan(t, z))
	}
	if list, err := w.History(t.Context()); err != nil || len(list) != 20 {
		t.Errorf("%d applies are kept, %v; want 20", len(list), err)
	}
}

// Whatever is applied, in any order, a rollback restores the beginning.
func TestEverySequenceCanBeRolledBack(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "other", Content: "192.0.2.250", TTL: 300}}})
		states := []map[string]string{w.content("one.example")}
		var serials []uint64
		for range rapid.IntRange(1, 4).Draw(rt, "applies") {
			z := dns.Zone{Name: "one.example"}
			seen := map[dns.Key]bool{}
			for range rapid.IntRange(0, 6).Draw(rt, "records") {
				r := a("one.example", fmt.Sprintf("h%d", rapid.IntRange(0, 3).Draw(rt, "name")), fmt.Sprintf("192.0.2.%d",
					rapid.IntRange(1, 3).Draw(rt, "content")))
				r.TTL = rapid.SampledFrom([]int{60, 300}).Draw(rt, "ttl")
				if !seen[r.Key()] {
					seen[r.Key()] = true
					z.Records = append(z.Records, r)
				}
			}
			p, err := w.Plan(context.Background(), []dns.Zone{z}, reconcile.PlanOptions{AllowDestroy: 100})
			if err != nil {
				rt.Fatal(err)
			}
			p.Seal()
			if !p.HasChanges() {
				continue
			}
			w.apply(t, p)
			list, err := w.History(context.Background())
			if err != nil {
				rt.Fatal(err)
			}
			serials = append(serials, list[0].Serial)
			states = append(states, w.content("one.example"))
		}
		if len(serials) == 0 {
			rt.Skip("nothing was applied")
		}
		i := rapid.IntRange(0, len(serials)-1).Draw(rt, "back to")
		w.back(t, serials[i])
		if got := w.content("one.example"); fmt.Sprint(got) != fmt.Sprint(states[i]) {
			rt.Fatalf("back before apply %d the zone has\n%v\nwant\n%v", i, got, states[i])
		}
	})
}
