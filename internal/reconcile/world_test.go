package reconcile_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// world is a reconciler with its own state and a sandbox over HTTP.
type world struct {
	*reconcile.Reconciler
	api   *sandbox.Server
	state string // path
	// desired is what the configuration declares: the zones that were planned last.
	desired []dns.Zone
}

// Plan plans zones, which the configuration declares from then on.
func (w *world) Plan(ctx context.Context, zones []dns.Zone, o reconcile.PlanOptions) (*plan.Plan, error) {
	w.desired = zones
	return w.Planner().Plan(ctx, zones, o)
}

// Apply carries a plan out with that configuration and with the AllowDestroy that the plan was made with.
func (w *world) Apply(ctx context.Context, p *plan.Plan) (reconcile.Report, error) {
	return w.Reconciler.Apply(ctx, p, reconcile.ApplyOptions{Desired: w.desired, AllowDestroy: p.AllowDestroy})
}

func newWorld(t testing.TB, zones ...sandbox.Zone) *world {
	t.Helper()
	return newWorldOf(t, sandbox.Seed{Zones: zones})
}

func newWorldOf(t testing.TB, seed sandbox.Seed) *world {
	t.Helper()
	api := sandbox.New(sandbox.Options{Seed: seed})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "cfplan.state.json")
	client := cloudflare.New(cloudflare.Options{
		BaseURL:     server.URL + "/client/v4",
		Credentials: cloudflare.Credentials{Token: "a-token-of-the-right-shape"},
		Clock:       &skippingClock{},
	})
	return &world{api: api, state: path, Reconciler: &reconcile.Reconciler{API: client,
		Store: state.Open(local.New(path)), Version: "0.0.0", Who: "test", Now: time.Now, Parallelism: 8}}
}

// skippingClock skips all waiting: Sleep moves the clock forward to the end of the wait.
type skippingClock struct {
	mu      sync.Mutex
	skipped time.Duration
}

func (k *skippingClock) Now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Now().Add(k.skipped)
}

// Sleep skips a wait. Overlapping waits skip the longest of them, not their sum, as on a real clock.
func (k *skippingClock) Sleep(ctx context.Context, d time.Duration) error {
	end := k.Now().Add(d)

	k.mu.Lock()
	defer k.mu.Unlock()
	k.skipped = max(k.skipped, time.Until(end))
	return ctx.Err()
}

// a returns a declared A record, at line 7 of a file.
func a(zone, name, content string) dns.Record {
	return dns.Record{Name: name + "." + zone, Type: dns.A, Content: content, TTL: 300,
		Declared: &dns.Declaration{Address: zone + "/A/" + name, File: "dns.cf.hcl", Line: 7}}
}

// hosts returns a zone that declares n A records.
func hosts(zone string, n int) dns.Zone {
	z := dns.Zone{Name: zone}
	for i := range n {
		z.Records = append(z.Records, a(zone, fmt.Sprintf("h%d", i), "192.0.2.1"))
	}
	return z
}

func (w *world) Refresh(ctx context.Context, desired []dns.Zone) ([]plan.Zone, error) {
	return w.Planner().Refresh(ctx, desired)
}

func (w *world) Observe(ctx context.Context, zones []dns.Zone, o reconcile.PlanOptions) ([]reconcile.Observed, error) {
	return w.Planner().Observe(ctx, zones, o)
}

func (w *world) Rollback(ctx context.Context, serial uint64, desired []dns.Zone, o reconcile.PlanOptions) (*plan.Plan, error) {
	w.desired = desired
	return w.Planner().Rollback(ctx, serial, desired, o)
}

func (w *world) History(ctx context.Context) ([]reconcile.Applied, error) {
	return reconcile.History(ctx, &w.Store.Reader)
}

func (w *world) plan(t testing.TB, zones ...dns.Zone) *plan.Plan {
	t.Helper()
	p, err := w.Plan(context.Background(), zones, reconcile.PlanOptions{})
	if err != nil {
		t.Fatalf("Plan: %v", err)
	}
	p.Seal()
	return p
}

// converged fails unless the zones are as declared and all records are owned.
func (w *world) converged(t testing.TB, zones ...dns.Zone) {
	t.Helper()
	p := w.plan(t, zones...)
	for _, z := range p.Zones {
		for _, c := range z.Changes {
			t.Errorf("still to do in %s: %s %s %s", z.Name, c.Action, c.Type, c.Name)
		}
	}
	st, err := w.Store.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range zones {
		if got := len(st.Zones[z.Name].Owned); got != len(z.Records) {
			t.Errorf("%s: %d records owned, want %d", z.Name, got, len(z.Records))
		}
	}
}

// only selects one address.
func only(t testing.TB, address string) plan.Selection {
	t.Helper()
	target, err := plan.ParseTarget(address)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Select([]plan.Target{target}, nil)
}
