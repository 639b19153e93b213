package reconcile_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
)

// letGo returns the owned records that have destroy = false in the state, by name.
func (w *world) letGo(t testing.TB, zone string) map[string]bool {
	t.Helper()
	st, err := w.Store.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, o := range st.Zones[zone].Owned {
		if o.LetGo {
			out[o.Name] = true
		}
	}
	return out
}

// After a rollback, cfplan owns again what was given up. A second rollback gives up exactly that again.
func TestAForgetCanBeRolledBackAndForth(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, withTheirs())
		look := func() string {
			return fmt.Sprint(w.content("one.example"), w.ownedNames(t, "one.example"), w.letGo(t, "one.example"))
		}
		before, after := declare(a("one.example", "stays", "192.0.2.1")), declare(a("one.example", "stays", "192.0.2.1"))
		for i := range rapid.IntRange(1, 4).Draw(rt, "records") {
			r := a("one.example", fmt.Sprint("h", i), "192.0.2.1")
			r.Declared.LetGo = rapid.Bool().Draw(rt, "destroy = false")
			before.Records = append(before.Records, r)
			if rapid.Bool().Draw(rt, "kept") {
				r.TTL = rapid.SampledFrom([]int{300, 600}).Draw(rt, "ttl")
				after.Records = append(after.Records, r)
			}
		}
		w.apply(t, w.plan(t, before))
		here := look()
		p, err := w.Plan(t.Context(), []dns.Zone{after}, reconcile.PlanOptions{AllowDestroy: 10})
		if err != nil {
			rt.Fatal(err)
		}
		p.Seal()
		if !p.HasChanges() {
			rt.Skip("nothing to do")
		}
		w.apply(t, p)
		there := look()

		for range 3 {
			w.apply(t, w.rollback(t, 0, reconcile.PlanOptions{AllowDestroy: 10}, after))
			if got := look(); got != here {
				rt.Fatalf("the zone and the state are\n%s\nwant\n%s", got, here)
			}
			here, there = there, here
		}
	})
}

// The state stores destroy = false although nothing was changed at Cloudflare. It counts when the zone block
// is gone.
func TestDestroyFalseIsRememberedWhenTheZoneIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	r := a("one.example", "www", "192.0.2.1")
	w.apply(t, w.plan(t, declare(r)))
	r.Declared = &dns.Declaration{Address: r.Declared.Address, LetGo: true}
	w.apply(t, w.plan(t, declare(r)))
	if !w.letGo(t, "one.example")[r.Name] {
		t.Fatal("the state does not remember destroy = false")
	}

	p := w.plan(t)
	if s := p.Summary; s.Forget != 1 || s.Destroy != 0 {
		t.Fatalf("without the zone's block: %+v, want one to forget", s)
	}
	forged := *p
	forged.Zones[0].Changes[0].Action, forged.Zones[0].Changes[0].After = plan.Destroy, nil
	forged.Recount()
	w.refusedUnwritten(t, &forged, "given up instead of destroyed")
	start := w.content("one.example")
	w.apply(t, w.plan(t))
	same(t, "given up", start, w.content("one.example"))
}
