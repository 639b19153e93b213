package reconcile_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

// cutOff carries out a plan until the state can no longer be saved, after that many saves: the state is left
// as a killed process leaves it.
func (w *world) cutOff(t *testing.T, saves int, zones ...dns.Zone) error {
	t.Helper()
	return w.cutOffPlan(saves, w.plan(t, zones...))
}

func (w *world) cutOffPlan(saves int, p *plan.Plan) error {
	whole := w.Store
	w.Store = failingAfter(w.state, saves)
	_, err := w.Apply(context.Background(), p)
	w.Store = whole
	return err
}

// journal returns the zone's open request.
func (w *world) journal(t *testing.T, zone string) *state.Journal {
	t.Helper()
	st, err := w.Store.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st.Zones[zone].Journal
}

func TestARequestIsAnnouncedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	seen := false
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
		j := w.journal(t, "one.example")
		seen = j != nil && len(j.Operations) == 2 && j.Who == "test" && j.Operations[0].Action == "add"
	}))
	w.apply(t, w.plan(t, hosts("one.example", 2)))
	if !seen {
		t.Error("while the request was under way, the state did not announce it")
	}
	if j := w.journal(t, "one.example"); j != nil {
		t.Errorf("after the apply the journal is open: %+v", j)
	}
}

// Otherwise, created records that are no longer declared would stay unmanaged.
func TestWhatACutOffRunCreatedIsOwnedEvenIfItIsNoLongerDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "other", Content: "192.0.2.99", TTL: 300}}})
	if err := w.cutOff(t, 1, hosts("one.example", 3)); err == nil {
		t.Fatal("the run was not cut off")
	}
	if j := w.journal(t, "one.example"); j == nil || len(j.Operations) != 3 {
		t.Fatalf("journal = %+v, want the 3 operations", j)
	}
	rest := hosts("one.example", 1)
	p := w.plan(t, rest)
	if p.Summary.Destroy != 2 || p.Summary.Unchanged != 1 || p.Summary.Adopt != 0 {
		t.Errorf("summary = %+v, want 2 to destroy and one as it is", p.Summary)
	}
	if len(p.Diagnostics) != 1 || !strings.Contains(p.Diagnostics[0].Detail, "the run of test sent 3 changes") {
		t.Errorf("diagnostics = %+v, want a warning about the open request", p.Diagnostics)
	}
	if w.journal(t, "one.example") == nil {
		t.Error("a plan, which has no lock, closed the journal")
	}
	report, err := w.Apply(context.Background(), p)
	if err != nil || len(report.Settled) != 1 || report.Settled[0].Took != 3 || report.Settled[0].Missed != 0 {
		t.Errorf("Apply = %+v, %v; want 3 changes settled", report.Settled, err)
	}
	w.converged(t, rest)
	if n := len(w.api.Records("one.example")); n != 2 {
		t.Errorf("%d records are left, want the declared one and the one that was there before", n)
	}
}

func TestAnOpenRequestThatNeverArrivedIsMadeByTheNextApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2)))
	next := hosts("one.example", 3)
	next.Records[0].Content = "192.0.2.50"
	var announced []byte
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() { announced, _ = os.ReadFile(w.state) }))
	w.apply(t, w.plan(t, next))
	// The state during the request, and a zone that the request never reached.
	other := newWorld(t, sandbox.Zone{Name: "one.example"})
	other.apply(t, other.plan(t, hosts("one.example", 2)))
	ids := map[string]string{}
	for _, r := range w.api.Records("one.example") {
		for _, o := range other.api.Records("one.example") {
			if r.Name == o.Name {
				ids[r.ID] = o.ID
			}
		}
	}
	text := string(announced)
	for from, to := range ids {
		text = strings.ReplaceAll(text, from, to)
	}
	for _, z := range w.api.Zones() {
		text = strings.ReplaceAll(text, z.ID, other.api.Zones()[0].ID)
	}
	if err := os.WriteFile(other.state, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := other.Apply(context.Background(), other.plan(t, next))
	if err != nil || len(report.Settled) != 1 || report.Settled[0].Took != 0 || report.Settled[0].Missed != 2 {
		t.Fatalf("Apply = %+v, %v; want 2 changes that did not take effect", report, err)
	}
	if report.Done.Add != 1 || report.Done.Change != 1 {
		t.Errorf("done = %+v, want both made now", report.Done)
	}
	other.converged(t, next)
}

func TestARefusedRequestClosesItsJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 1))
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath))
	if _, err := w.Apply(context.Background(), p); err == nil {
		t.Fatal("the request was not refused")
	}
	if j := w.journal(t, "one.example"); j != nil {
		t.Errorf("journal = %+v after a refusal, want none", j)
	}
}

// An open request of a zone that cannot be read is left to a later run and stops no other zone.
func TestAnOpenRequestOfARefusedZoneIsLeftToALaterRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	_ = w.cutOff(t, 1, hosts("one.example", 1))
	w.api.Fail(sandbox.AuthenticationError().InZone("one.example"))
	p, err := w.Plan(t.Context(), []dns.Zone{hosts("two.example", 1)}, reconcile.PlanOptions{Selection: only(t, "two.example")})
	if err != nil {
		t.Fatal(err)
	}
	p.Seal()
	report, err := w.Apply(context.Background(), p)
	if err != nil || report.Done.Add != 1 || len(report.Settled) != 1 || report.Settled[0].Err == nil {
		t.Errorf("Apply = %+v, %v; want the other zone done, and an error about this one", report, err)
	}
	if w.journal(t, "one.example") == nil {
		t.Error("the journal was closed, although the zone was not read")
	}
}
