package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

const (
	usagePath    = "/dns_records/usage"
	quotaSummary = "More records than the quota allows"
)

// filled returns one.example with n records that cfplan does not own.
func filled(z sandbox.Zone, n int) sandbox.Zone {
	z.Name = "one.example"
	for i := range n {
		z.Records = append(z.Records, sandbox.Record{Type: "TXT", Name: fmt.Sprintf("there%d", i), Content: `"x"`})
	}
	return z
}

// asked counts the requests for usages.
func (w *world) asked() int {
	n := 0
	for _, r := range w.api.Requests() {
		if strings.HasSuffix(r.Path, usagePath) {
			n++
		}
	}
	return n
}

// withSummary returns the details of a plan's diagnostics with a summary.
func withSummary(p *plan.Plan, summary string) []string {
	var out []string
	for _, d := range p.Diagnostics {
		if d.Summary == summary {
			out = append(out, d.Detail)
		}
	}
	return out
}

func TestAPlanThatExceedsTheQuotaSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone sandbox.Zone
		// there is the number of records in the zone, adds the number that the plan adds.
		there, adds int
		// pinned is true if the zone is not looked up, so that its tier is not known.
		pinned bool
		asks   int
		want   string
	}{
		"far from full": {zone: sandbox.Zone{Plan: "free"}, there: 170, adds: 9},
		"just full":     {zone: sandbox.Zone{Plan: "free"}, there: 195, adds: 5, asks: 1},
		"over": {zone: sandbox.Zone{Plan: "free"}, there: 195, adds: 6, asks: 1,
			want: "one.example has 195 records, and Cloudflare allows 200 in this zone. " +
				"The plan adds 6 and destroys 0, so the zone would have 201."},
		"an old Free zone": {zone: sandbox.Zone{Plan: "free", CreatedOn: time.Date(2024, 8, 1, 0, 0, 0, 0, time.UTC)},
			there: 195, adds: 206, asks: 1},
		"a smaller quota than usual": {zone: sandbox.Zone{Plan: "free", RecordQuota: 190}, there: 180, adds: 11, asks: 1,
			want: "one.example has 180 records, and Cloudflare allows 190 in this zone."},
		"a paid zone":                  {zone: sandbox.Zone{Plan: "pro"}, there: 195, adds: 10},
		"a tier that is not known":     {zone: sandbox.Zone{Plan: "pro"}, there: 195, adds: 10, pinned: true, asks: 1},
		"nothing is added to the zone": {zone: sandbox.Zone{Plan: "free"}, there: 300},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, filled(c.zone, c.there))
			desired := hosts("one.example", c.adds)
			desired.Policy.File, desired.Policy.Line = "dns.cf.hcl", 3
			if c.pinned {
				z, _ := w.api.Zone("one.example")
				desired.ID = z.ID
			}

			p := w.plan(t, desired)

			got := withSummary(p, quotaSummary)
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
				t.Errorf("diagnostics = %q, want %q", got, c.want)
			}
			if usual := withSummary(p, "More records than Cloudflare's Free plan allows"); c.asks > 0 && len(usual) > 0 {
				t.Errorf("the quota is known, but there is a warning about the usual quota: %q", usual)
			}
			if n := w.asked(); n != c.asks {
				t.Errorf("the usage was asked for %d times, want %d", n, c.asks)
			}
			for _, d := range p.Diagnostics {
				if d.Summary == quotaSummary && (d.Severity != dns.Error || d.Position == nil || d.Position.Line != 3) {
					t.Errorf("diagnostic = %+v at %+v, want an error at the zone's block", d, d.Position)
				}
			}
			_, err := w.Apply(context.Background(), p)
			if refused := errors.Is(err, reconcile.ErrFaulty); refused != (c.want != "") || !refused && err != nil {
				t.Errorf("Apply = %v, want the plan to be refused: %v", err, c.want != "")
			}
			if c.want != "" && len(w.api.Writes()) > 0 {
				t.Errorf("%d writing calls, want none", len(w.api.Writes()))
			}
		})
	}
}

// Destroyed records make room for records that the same request adds.
func TestASwapInAFullZoneFits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, filled(sandbox.Zone{RecordQuota: 200}, 190))
	w.apply(t, w.plan(t, hosts("one.example", 10)))
	desired := dns.Zone{Name: "one.example"}
	for i := range 10 {
		desired.Records = append(desired.Records, a("one.example", fmt.Sprintf("new%d", i), "192.0.2.1"))
	}

	p := w.plan(t, desired)

	if got := withSummary(p, quotaSummary); len(got) > 0 || p.Summary.Add != 10 || p.Summary.Destroy != 10 {
		t.Errorf("summary = %+v, diagnostics = %q; want 10 added, 10 destroyed and no error", p.Summary, got)
	}
	p.AllowDestroy = 10
	w.apply(t, p)
}

// The count in a quota may be older or newer than the list. If the records fit by the list, the
// plan is not refused.
func TestACountThatDoesNotAgreeWithTheListIsNotAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, filled(sandbox.Zone{Plan: "free"}, 195))
	w.api.Fail(sandbox.Meanwhile("GET", "/dns_records", func() {
		for i := range 3 {
			later := sandbox.Record{Type: "A", Name: fmt.Sprintf("later%d", i), Content: "192.0.2.1"}
			if _, err := w.api.PutRecord("one.example", later); err != nil {
				t.Error(err)
			}
		}
	}))

	p := w.plan(t, hosts("one.example", 5))

	got := withSummary(p, quotaSummary)
	if len(got) != 1 || !strings.HasPrefix(got[0], "one.example has 198 records by Cloudflare's count, and 195 by its list.") {
		t.Errorf("diagnostics = %q, want one about the two counts", got)
	}
	if p.HasErrors() {
		t.Errorf("the plan has errors: %+v", p.Diagnostics)
	}
}

// A zone above its quota shrinks in several requests, the first of which adds a record.
func TestAZoneThatIsTooFullOnTheWayIsRefused(t *testing.T) {
	t.Parallel()
	z := filled(sandbox.Zone{Plan: "free", RecordQuota: 300}, 500)
	z.Records = append(z.Records, sandbox.Record{Type: "A", Name: "0", Content: "192.0.2.1"},
		sandbox.Record{Type: "A", Name: "0", Content: "192.0.2.2"})
	w := newWorld(t, z)
	desired := dns.Zone{Name: "one.example", Records: []dns.Record{{
		Name: "0.one.example", Type: dns.TXT, Content: `"new"`, TTL: 300,
		Declared: &dns.Declaration{Address: "one.example/TXT/0", File: "dns.cf.hcl", Line: 7},
	}}}
	desired.Policy.Ownership = dns.Exclusive

	p, err := w.Plan(context.Background(), []dns.Zone{desired}, reconcile.PlanOptions{AllowDestroy: 1000})

	if err != nil {
		t.Fatal(err)
	}
	got := withSummary(p, quotaSummary)
	if len(got) != 1 || !strings.Contains(got[0], "in several requests, and the zone would have 304 after one of them") {
		t.Errorf("diagnostics = %q (%+v), want an error about 304 records on the way", got, p.Summary)
	}
}

func TestAQuotaThatIsNotKnownIsNotAnError(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"refused":     {Status: http.StatusForbidden, Code: 10000, Message: "Authentication error"},
		"missing":     {Status: http.StatusNotFound, Code: 7003, Message: "Could not route"},
		"not the API": sandbox.NotJSON(),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, filled(sandbox.Zone{Plan: "free"}, 195))
			w.api.Fail(fault.On("GET", usagePath))

			p := w.plan(t, hosts("one.example", 10))

			if got := withSummary(p, quotaSummary); len(got) > 0 || p.Mode != plan.Live || p.HasErrors() {
				t.Errorf("plan is %s with %+v, want it live and without an error", p.Mode, p.Diagnostics)
			}
			if w.asked() == 0 {
				t.Error("the usage was not asked for")
			}
		})
	}
}

func TestAReadOnlyPlanDoesNotAskForQuotas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, filled(sandbox.Zone{Plan: "free"}, 195), sandbox.Zone{Name: "two.example"})
	w.plan(t, hosts("one.example", 1), hosts("two.example", 1))
	w.api.ResetRequests()
	w.api.Fail(sandbox.InvalidAccessToken().InZone("two.example"))

	p := w.plan(t, hosts("one.example", 10), hosts("two.example", 1))

	if n := w.asked(); p.Mode != plan.ReadOnly || n != 0 {
		t.Errorf("the plan is %s and asked for usages %d times, want it read-only and none", p.Mode, n)
	}
}

// A rollback adds what an apply destroyed.
func TestARollbackThatExceedsTheQuotaSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, filled(sandbox.Zone{RecordQuota: 200}, 185))
	w.apply(t, w.plan(t, hosts("one.example", 10)))
	p := w.plan(t, dns.Zone{Name: "one.example"})
	p.AllowDestroy = 10
	w.apply(t, p)
	for i := range 10 {
		later := sandbox.Record{Type: "A", Name: fmt.Sprintf("later%d", i), Content: "192.0.2.1"}
		if _, err := w.api.PutRecord("one.example", later); err != nil {
			t.Fatal(err)
		}
	}

	p, err := w.Rollback(context.Background(), 0, nil, reconcile.PlanOptions{})

	if err != nil {
		t.Fatal(err)
	}
	if got := withSummary(p, quotaSummary); len(got) != 1 || !strings.Contains(got[0], "so the zone would have 205") {
		t.Errorf("diagnostics = %q, want an error about 205 records", got)
	}
}

// The account sets the quota of the zones. Their tiers are not known, so few records count as nearly full.
func TestAPlanThatExceedsTheAccountsQuotaSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		quota int
		want  string
	}{
		"room for all": {quota: 395},
		"one too many": {quota: 394, want: "has 385 records, and Cloudflare allows 394 in all of its zones. " +
			"The plan adds 10 and destroys 0 in one.example and two.example, so the account would have 395."},
		"far too small": {quota: 10, want: "has 385 records, and Cloudflare allows 10"},
	} {
		t.Run(name, func(t *testing.T) {
			one, two := filled(sandbox.Zone{Plan: "enterprise"}, 190), filled(sandbox.Zone{Plan: "enterprise"}, 195)
			two.Name = "two.example"
			seed := sandbox.Seed{Zones: []sandbox.Zone{one, two}, Accounts: []sandbox.Account{{RecordQuota: c.quota}}}
			w := newWorldOf(t, seed)
			desired := []dns.Zone{hosts("one.example", 5), hosts("two.example", 5)}
			for i := range desired {
				z, _ := w.api.Zone(desired[i].Name)
				desired[i].ID = z.ID
			}

			p := w.plan(t, desired...)

			got := withSummary(p, quotaSummary)
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
				t.Errorf("diagnostics = %q, want %q", got, c.want)
			}
			if n := w.asked(); n != 3 {
				t.Errorf("usages were asked for %d times, want once for each zone and once for the account", n)
			}
		})
	}
}
