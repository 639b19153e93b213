package reconcile_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// load is the work of an apply: the zones, and their declarations before and after.
type load struct {
	name          string
	zones         []sandbox.Zone
	first, second []dns.Zone
}

func loads() []load {
	big := sandbox.Zone{Name: "big.example", Plan: "enterprise", RecordQuota: 50_000}
	many := load{name: "1,000 zones with a change each"}
	for i := range 1000 {
		name := fmt.Sprintf("z%d.example", i)
		many.zones = append(many.zones, sandbox.Zone{Name: name, Plan: "free"})
		before, after := hosts(name, 5), hosts(name, 5)
		after.Records[0].Content = "192.0.2.2"
		many.first, many.second = append(many.first, before), append(many.second, after)
	}
	mixed := hosts("big.example", 10_000)
	for i := range 50 {
		mixed.Records[i*100].Content = "192.0.2.2"
	}
	mixed.Records = mixed.Records[:9_975]
	for i := range 25 {
		mixed.Records = append(mixed.Records, a("big.example", fmt.Sprintf("new%d", i), "192.0.2.3"))
	}
	return []load{
		{"10,000 creates", []sandbox.Zone{big}, nil, []dns.Zone{hosts("big.example", 10_000)}},
		{"100 changes among 10,000 records", []sandbox.Zone{big}, []dns.Zone{hosts("big.example", 10_000)}, []dns.Zone{mixed}},
		many,
	}
}

// BenchmarkApply plans and applies. It reports the cost: requests, and allocated memory including
// that of the sandbox.
func BenchmarkApply(b *testing.B) {
	for _, l := range loads() {
		for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
			b.Run(fmt.Sprintf("%s/latency=%s", l.name, latency), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					w := fastWorld(b, l.zones)
					w.carry(b, l.first)
					w.api.ResetRequests()
					if latency > 0 {
						w.api.Fail(sandbox.Latency(latency))
					}
					var before, after runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&before)
					b.StartTimer()
					w.carry(b, l.second)
					b.StopTimer()
					runtime.ReadMemStats(&after)
					b.ReportMetric(float64(len(w.api.Requests())), "requests")
					b.ReportMetric(float64(len(w.api.Writes())), "writes")
					b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), "MB-allocated")
					b.StartTimer()
				}
			})
		}
	}
}

// fastWorld is a world without Cloudflare's limit of requests in five minutes.
func fastWorld(b testing.TB, zones []sandbox.Zone) *world {
	api := sandbox.New(sandbox.Options{Seed: sandbox.Seed{Zones: zones}})
	server := httptest.NewServer(api)
	b.Cleanup(server.Close)
	path := filepath.Join(b.TempDir(), "cfplan.state.json")
	client := cloudflare.New(cloudflare.Options{BaseURL: server.URL + "/client/v4", RateLimit: 1 << 20,
		Credentials: cloudflare.Credentials{Token: "a-token-of-the-right-shape"}})
	return &world{api: api, state: path, Reconciler: &reconcile.Reconciler{API: client, Store: state.Open(local.New(path)), Version: "0.0.0", Who: "bench",
		Now: time.Now, Parallelism: reconcile.DefaultParallelism}}
}

func (w *world) carry(b *testing.B, zones []dns.Zone) {
	b.Helper()
	if zones == nil {
		return
	}
	p, err := w.Plan(context.Background(), zones, reconcile.PlanOptions{})
	if err != nil {
		b.Fatal(err)
	}
	p.Seal()
	if _, err := w.Apply(context.Background(), p); err != nil {
		b.Fatal(err)
	}
}
