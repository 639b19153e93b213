package reconcile_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

// TestChaos applies plans over several zones, with each mishap at each point where it can happen, and then
// applies once without a mishap. Afterwards the zones must be as declared, exactly the declared records must
// be owned, and a destroy must leave the records that were there before.

// mishap is something that goes wrong at the nth writing request or the nth save.
type mishap struct {
	name   string
	faults func(n int) []sandbox.Fault
	// dies is true if the process, or its disk, fails at the nth save of the state.
	dies bool
}

var mishaps = []mishap{
	{name: "refused once", faults: at(sandbox.AuthenticationError().Once())},
	{name: "refused from then on", faults: at(sandbox.InvalidAccessToken())},
	{name: "cut before it took effect", faults: at(sandbox.CutBeforeCommit().Once())},
	{name: "cut after it took effect", faults: at(sandbox.CutAfterCommit().Once())},
	{name: "cut after it took effect, then no answers to reads", faults: func(n int) []sandbox.Fault {
		return []sandbox.Fault{sandbox.CutAfterCommit().After(n).Once(), sandbox.GatewayError(http.StatusBadGateway).On(http.MethodGet, "").After(listsBefore(n))}
	}},
	{name: "502 without effect", faults: at(sandbox.GatewayError(http.StatusBadGateway).Once())},
	{name: "502 after it took effect", faults: at(sandbox.GatewayErrorAfterCommit(http.StatusBadGateway).Once())},
	{name: "an answer that is not JSON", faults: at(sandbox.NotJSON().Once())},
	{name: "a validation error", faults: at(sandbox.Unsuccessful(9005, "Content for A record must be a valid IPv4 address.").Once())},
	{name: "too many requests", faults: at(sandbox.RateLimited(0).Once())},
	{name: "the state can no longer be saved", dies: true},
}

func at(f sandbox.Fault) func(int) []sandbox.Fault {
	return func(n int) []sandbox.Fault { return []sandbox.Fault{f.On(http.MethodPost, batchPath).After(n)} }
}

// listsBefore returns how many reads an apply sends before its nth write: one for each zone, to check that
// the plan still applies.
func listsBefore(int) int { return len(chaosZones) }

var chaosZones = []string{"big.example", "one.example", "two.example"}

// foreign returns what is in each zone before cfplan is used.
func foreign() []sandbox.Zone {
	var out []sandbox.Zone
	for _, name := range chaosZones {
		out = append(out, sandbox.Zone{Name: name, Plan: "free", Records: []sandbox.Record{
			{Type: "A", Name: "theirs", Content: "192.0.2.250", TTL: 300}, {Type: "MX", Name: "@", Content: "mx.example.net", Priority: 10, TTL: 300}}})
	}
	return out
}

// drawn returns random declared zones; the first has more records than one request can hold, but with -short
// it has few.
func drawn(r *rand.Rand) []dns.Zone {
	var out []dns.Zone
	for i, name := range chaosZones {
		z, n := dns.Zone{Name: name}, r.IntN(6)
		if i == 0 {
			n = 230 + r.IntN(20)
		}
		if testing.Short() {
			n = min(n, 10)
		}
		for j := range n {
			rec := a(name, fmt.Sprintf("h%d", j), fmt.Sprintf("192.0.2.%d", r.IntN(250)))
			rec.TTL = []int{60, 300}[r.IntN(2)]
			if r.IntN(8) == 0 {
				rec.Type, rec.Content = dns.CNAME, fmt.Sprintf("t%d.example.net", r.IntN(5))
			}
			rec.Declared.Address = fmt.Sprintf("%s/%s/h%d", name, rec.Type, j)
			if r.IntN(5) > 0 {
				z.Records = append(z.Records, rec)
			}
		}
		out = append(out, z)
	}
	return out
}

// stage returns a world of the foreign zones in which first is applied.
func stage(t *testing.T, first []dns.Zone) *world {
	w := newWorld(t, foreign()...)
	w.mustApply(t, first)
	w.api.ResetRequests()
	return w
}

func (w *world) mustApply(t *testing.T, zones []dns.Zone) {
	t.Helper()
	p, err := w.Plan(context.Background(), zones, reconcile.PlanOptions{AllowDestroy: 10000})
	if err != nil {
		t.Fatalf("Plan: %v", err)
	}
	p.Seal()
	if _, err := w.Apply(context.Background(), p); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

func TestChaos(t *testing.T) {
	t.Parallel()
	points, seeds := 0, uint64(2)
	if testing.Short() {
		seeds = 1
	}

	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 1))
		first, second, third := drawn(r), drawn(r), drawn(r)
		smooth := stage(t, first)
		count := tap(smooth.state, -1)
		smooth.Store = state.Open(count)
		smooth.mustApply(t, second)
		writes := len(smooth.api.Writes())
		for _, m := range mishaps {
			n := writes
			if m.dies {
				n = count.saves()
			}
			for i := range n {
				points++
				t.Run(fmt.Sprintf("seed %d, %s, at %d", seed, m.name, i), func(t *testing.T) {
					t.Parallel()
					chaos(t, m, i, first, second, third)
				})
			}
		}
	}
	t.Logf("%d points tried", points)
}

// chaos applies the first zones, then the second with a mishap, then the third without one. The third apply
// must neither forget what the mishap left nor fail because of it.
func chaos(t *testing.T, m mishap, n int, first, second, third []dns.Zone) {
	w := stage(t, first)
	p, err := w.Plan(context.Background(), second, reconcile.PlanOptions{AllowDestroy: 10000})
	if err != nil {
		t.Fatal(err)
	}
	p.Seal()
	w.api.ResetRequests()
	whole := w.Store
	if m.dies {
		w.Store = failingAfter(w.state, n)
	} else {
		w.api.Fail(m.faults(n)...)
	}
	_, _ = w.Apply(context.Background(), p) // may succeed or fail
	w.Store = whole
	w.api.ClearFaults()

	w.mustApply(t, third)
	w.as(t, third)
	w.mustApply(t, nil)
	w.as(t, nil)
}

// as fails unless the zones have exactly the declared records and those that were there before,
// each once, and exactly the declared records are owned.
func (w *world) as(t *testing.T, zones []dns.Zone) {
	t.Helper()
	st, err := w.Store.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range foreign() {
		want := map[string]int{"A theirs." + z.Name + " 192.0.2.250 300": 1, "MX " + z.Name + " mx.example.net 300": 1}
		for _, d := range zones {
			for _, r := range d.Records {
				if d.Name == z.Name {
					want[fmt.Sprintf("%s %s %s %d", r.Type, r.Name, r.Content, r.TTL)]++
				}
			}
		}
		got, owned := map[string]int{}, 0
		for _, r := range w.api.Records(z.Name) {
			got[fmt.Sprintf("%s %s %s %d", r.Type, r.Name, r.Content, r.TTL)]++
			theirs := strings.HasPrefix(r.Name, "theirs.") || r.Type == "MX"
			if st.Zones[z.Name].Owns(r.ID) == theirs {
				t.Errorf("%s: %s %s is owned: %v, want %v", z.Name, r.Type, r.Name, theirs, !theirs)
			}
			if !theirs {
				owned++
			}
		}
		if !maps.Equal(want, got) {
			t.Errorf("%s has\n%v\nwant\n%v", z.Name, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		if st.Zones[z.Name].Journal != nil {
			t.Errorf("%s: the journal is open after a clean run", z.Name)
		}
	}
}
