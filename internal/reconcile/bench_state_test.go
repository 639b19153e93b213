package reconcile_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

// BenchmarkApplyState applies one change to each of many zones. It reports how much of the state it writes,
// and the ratio of its time to the time of the same requests alone (x-floor): each zone is read once and
// written once.
func BenchmarkApplyState(b *testing.B) {
	for _, zones := range []int{100, 200, 400, 1000} {
		b.Run(fmt.Sprintf("zones=%d", zones), func(b *testing.B) {
			for b.Loop() {
				applyState(b, zones)
			}
		})
	}
}

func applyState(b *testing.B, zones int) {
	var there []sandbox.Zone
	var first, second []dns.Zone
	for i := range zones {
		name := fmt.Sprintf("z%d.example", i)
		there = append(there, sandbox.Zone{Name: name, Plan: "free"})
		before, after := hosts(name, 5), hosts(name, 5)
		after.Records[0].Content = "192.0.2.2"
		first, second = append(first, before), append(second, after)
	}
	w := fastWorld(b, there)
	w.carry(b, first)
	written := tap(w.state, -1)
	w.Store = state.Open(written)
	p, err := w.Plan(context.Background(), second, reconcile.PlanOptions{})
	if err != nil {
		b.Fatal(err)
	}
	p.Seal()

	start := time.Now()
	if _, err := w.Apply(context.Background(), p); err != nil {
		b.Fatal(err)
	}
	took, floor := time.Since(start), requestsAlone(b, w)
	b.ReportMetric(took.Seconds(), "s/apply")
	b.ReportMetric(float64(took)/float64(floor), "x-floor")
	b.ReportMetric(float64(written.states.Load()), "states")
	b.ReportMetric(float64(written.stateBytes.Load())/1e6, "state-MB")
	b.ReportMetric(float64(written.parts.Load()), "parts")
	b.ReportMetric(float64(written.partBytes.Load())/1e6, "parts-MB")
}

// requestsAlone reads and writes each zone, and returns the time for that.
func requestsAlone(b *testing.B, w *world) time.Duration {
	start := time.Now()
	g, ctx := errgroup.WithContext(context.Background())
	g.SetLimit(w.Parallelism)
	for _, z := range w.api.Zones() {
		g.Go(func() error {
			records, err := w.API.Records(ctx, z.ID)
			if err != nil {
				return err
			}
			changed := records[0]
			changed.Content = "192.0.2.3"
			patch := cloudflare.Patch{Record: changed, Changed: []dns.Attribute{dns.AttrContent}}
			_, err = w.API.ApplyBatch(ctx, z.ID, cloudflare.Batch{Patches: []cloudflare.Patch{patch}})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
