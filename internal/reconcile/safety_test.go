package reconcile_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

// apply carries a plan out and fails the test if that fails.
func (w *world) apply(t testing.TB, p *plan.Plan) {
	t.Helper()
	if _, err := w.Apply(context.Background(), p); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

// owned counts the records of a zone that cfplan owns.
func (w *world) owned(t testing.TB, zone string) int {
	t.Helper()
	st, err := w.Store.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if st.Zones[zone] == nil {
		return 0
	}
	return len(st.Zones[zone].Owned)
}

// pinned declares n hosts in a zone with its ID.
func (w *world) pinned(t testing.TB, zone string, n int) dns.Zone {
	t.Helper()
	z, ok := w.api.Zone(zone)
	if !ok {
		t.Fatalf("no zone %s", zone)
	}
	desired := hosts(zone, n)
	desired.ID = z.ID
	return desired
}

// retier gives a zone another plan at Cloudflare; the zone keeps its ID.
func (w *world) retier(t testing.TB, zone, tier string) {
	t.Helper()
	z, _ := w.api.Zone(zone)
	w.api.RemoveZone(zone)
	z.Plan = tier
	if _, err := w.api.AddZone(z); err != nil {
		t.Fatal(err)
	}
}

// A token that is only for DNS may not ask for a zone; the smallest limit is always safe.
func TestAnUnknownTierLimitsTheRequestsAndStopsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", RecordQuota: 1000, Records: []sandbox.Record{{Type: "A", Name: "@", Content: "192.0.2.9"}}})
	desired := w.pinned(t, "one.example", 201)
	p := w.plan(t, desired)
	w.api.Fail(sandbox.UnauthorizedResource().On("GET", "/zones/"+desired.ID).After(1)) // the list of records passes
	w.apply(t, p)
	if n := len(w.api.Writes()); n != 2 {
		t.Errorf("%d writing calls, want 2", n)
	}
}

func TestAnInterruptWhileTheTierIsAskedForWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", RecordQuota: 1000, Records: []sandbox.Record{{Type: "A", Name: "@", Content: "192.0.2.9"}}})
	desired := w.pinned(t, "one.example", 201)
	p := w.plan(t, desired)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.api.Fail(sandbox.Fault{Method: "GET", Path: "/zones/" + desired.ID, Skip: 1, Then: cancel})
	report, err := w.Apply(ctx, p)
	if !errors.Is(err, reconcile.ErrInterrupted) || len(report.Left) != 201 || len(w.api.Writes()) != 0 {
		t.Errorf("Apply = %v with %d left and %d writes, want ErrInterrupted, 201 and none",
			err, len(report.Left), len(w.api.Writes()))
	}
}

// A zone can change its plan at Cloudflare: an old plan neither forbids what is allowed now, nor
// allows what is not.
func TestATierThatHasChangedIsNoticed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "up.example", Plan: "free"}, sandbox.Zone{Name: "down.example", Plan: "pro", RecordQuota: 1000})
	w.plan(t, hosts("up.example", 1), hosts("down.example", 1))
	w.retier(t, "up.example", "pro")
	w.retier(t, "down.example", "free")
	tagged := hosts("up.example", 1)
	tagged.Records[0].Tags = []string{"team:web"}
	if p := w.plan(t, tagged); p.HasErrors() {
		t.Errorf("diagnostics %+v, want none", p.Diagnostics)
	}
	w.apply(t, w.plan(t, hosts("down.example", 300)))
	w.converged(t, hosts("down.example", 300))
	w.retier(t, "down.example", "business")
	if _, err := w.Refresh(context.Background(), []dns.Zone{hosts("down.example", 300)}); err != nil {
		t.Fatal(err)
	}
	if p := w.plan(t, hosts("down.example", 300)); p.Zones[0].Tier != "business" {
		t.Errorf("tier after a refresh = %q, want business", p.Zones[0].Tier)
	}
}

func TestWhatIsNoLongerOwnedIsNotTouched(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2)))
	p := w.plan(t, hosts("one.example", 1)) // destroys h1
	if _, err := w.Store.Update(context.Background(), func(st *state.State) (bool, error) {
		clear(st.Zones["one.example"].Owned)
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Apply(context.Background(), p)
	var stale *reconcile.StaleError
	if !errors.As(err, &stale) || len(w.api.Records("one.example")) != 2 {
		t.Errorf("Apply = %v with %d records left, want a stale plan and 2", err, len(w.api.Records("one.example")))
	}
}

// The records of a zone below the declared one are all inside of it.
func TestAZoneBelowTheDeclaredOneIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "sub.mine.example", Records: []sandbox.Record{{Type: "A", Name: "x", Content: "192.0.2.9"}, {Type: "A", Name: "y.z", Content: "192.0.2.9"}}},
		sandbox.Zone{Name: "mine.example"})
	desired := hosts("mine.example", 2)
	z, _ := w.api.Zone("sub.mine.example")
	desired.ID = z.ID
	_, err := w.Plan(context.Background(), []dns.Zone{desired}, reconcile.PlanOptions{})
	if err == nil || !strings.Contains(err.Error(), "belongs to another zone") {
		t.Errorf("Plan = %v, want an error about the ID", err)
	}
}

// Another zone ID in the configuration is an error, so that owned records are not silently out of reach.
func TestAnotherZoneIDThanTheOwnedOneIsAnError(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a", 32), strings.Repeat("b", 32)
	w := newWorld(t, sandbox.Zone{ID: a, Name: "one.example"}, sandbox.Zone{ID: b, Name: "one.example"})
	desired := hosts("one.example", 1)
	desired.ID = a
	w.apply(t, w.plan(t, desired))
	desired.ID = b
	_, err := w.Plan(context.Background(), []dns.Zone{desired}, reconcile.PlanOptions{})
	if err == nil || !strings.Contains(err.Error(), a) || !strings.Contains(err.Error(), "state rm one.example") {
		t.Errorf("Plan = %v, want an error with the other ID and what to do", err)
	}
	p, err := w.Plan(context.Background(), nil, reconcile.PlanOptions{Destroy: true})
	if err != nil || p.Zones[0].ID != a || p.Summary.Destroy != 1 {
		t.Errorf("destroy = %+v, %v; want one record in the zone %s", p, err, a)
	}
}

// Killed after the request and before the save: the same plan finds the changes done and records
// ownership.
func TestAPlanThatIsFoundDoneIsRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 2))
	if err := w.cutOffPlan(1, p); err == nil {
		t.Fatal("the run was not cut off")
	}
	if _, err := w.Apply(context.Background(), p); !errors.Is(err, reconcile.ErrApplied) {
		t.Fatalf("Apply = %v, want ErrApplied", err)
	}
	if n := w.owned(t, "one.example"); n != 2 {
		t.Errorf("%d records owned, want 2", n)
	}
	if s := w.plan(t, hosts("one.example", 1)).Summary; s.Destroy != 1 || s.Unmanaged != 0 {
		t.Errorf("next plan %+v, want 1 to destroy", s)
	}
}

// A read that began before an apply must not count as newer than it.
func TestASlowReadDoesNotHideAnApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 1)
	p := w.plan(t, desired)
	w.api.Fail(sandbox.Meanwhile("GET", "/dns_records", func() { w.apply(t, p) }))
	w.plan(t, desired) // its list is from before the apply
	cached, err := w.Plan(context.Background(), []dns.Zone{desired}, reconcile.PlanOptions{Cached: true})
	if err != nil || cached.HasChanges() {
		t.Errorf("the cached plan is %+v, %v; want no changes", cached.Summary, err)
	}
}

// A zone that was removed and added again has a new ID.
func TestAZoneThatWasAddedAgainIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	one, two := hosts("one.example", 1), hosts("two.example", 1)
	w.apply(t, w.plan(t, one, two))
	w.api.RemoveZone("one.example")
	again := strings.Repeat("c", 32)
	if _, err := w.api.AddZone(sandbox.Zone{ID: again, Name: "one.example"}); err != nil {
		t.Fatal(err)
	}
	p := w.plan(t, one, two)
	if p.Mode != plan.Live || p.Zones[0].ID != again || p.Summary.Add != 1 {
		t.Fatalf("plan is %s with %+v in %s, want live with 1 to add in %s", p.Mode, p.Summary, p.Zones[0].ID, again)
	}
	w.apply(t, p)
	w.Now = func() time.Time { return time.Now().Add(time.Hour) }
	one.Records[0].Content = "192.0.2.77"
	w.apply(t, w.plan(t, one, two))
	w.converged(t, one, two)
}

func TestNothingMoreIsWrittenOnceTheStateCannotBeSaved(t *testing.T) {
	t.Parallel()
	names := []string{"a.example", "b.example", "c.example", "d.example"}
	var zones []sandbox.Zone
	var desired []dns.Zone
	for _, name := range names {
		zones, desired = append(zones, sandbox.Zone{Name: name}), append(desired, hosts(name, 1))
	}
	for _, c := range []struct {
		saves, writes int
		unsaved       bool
	}{
		{0, 0, false}, // what is about to be done cannot be noted
		{1, 1, true},  // what was done cannot be recorded
		{2, 1, false},
	} {
		w := newWorld(t, zones...)
		p := w.plan(t, desired...)
		w.Parallelism, w.Store = 1, failingAfter(w.state, c.saves)
		report, err := w.Apply(context.Background(), p)
		var unsaved *reconcile.UnsavedError
		if err == nil || errors.As(err, &unsaved) != c.unsaved || len(w.api.Writes()) != c.writes || len(report.Left) != 4-c.writes {
			t.Errorf("after %d saves: Apply = %v with %d writes and %d left, want %d writes",
				c.saves, err, len(w.api.Writes()), len(report.Left), c.writes)
		}
	}
}

func TestAnAdoptionThatIsNotSavedIsNotDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "h0", Content: "192.0.2.1", TTL: 300}}})
	p := w.plan(t, hosts("one.example", 1))
	w.Store = failingAfter(w.state, 0)
	report, err := w.Apply(context.Background(), p)
	if err == nil || report.Done.Adopt != 0 || len(report.Left) != 1 {
		t.Errorf("Apply = %v, done %+v, %d left; want an error, nothing and 1", err, report.Done, len(report.Left))
	}
}

// A list may lag behind a write, so cfplan does not immediately give up the records that it lacks.
func TestARecordThatIsNotListedYetStaysOwned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	w.api.SetStale(sandbox.Staleness{For: time.Hour})
	w.apply(t, w.plan(t, hosts("one.example", 2))) // adds h1
	desired := hosts("one.example", 1)
	desired.Records[0].Content = "192.0.2.77"
	w.apply(t, w.plan(t, desired)) // h1 is no longer declared, and not listed yet
	if n := w.owned(t, "one.example"); n != 2 {
		t.Errorf("%d records owned, want h1 among 2", n)
	}
}

func TestAnInterruptEndsTheWaitForTheLock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 1))
	lock, err := w.Store.Lock(context.Background(), state.Holder{Who: "another"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	w.LockTimeout = time.Minute
	if _, err := w.Apply(expired(), p); !errors.Is(err, reconcile.ErrInterrupted) {
		t.Errorf("Apply = %v, want ErrInterrupted", err)
	}
}

// An interrupt ends the wait for a rate limit; the request is not sent.
func TestAnInterruptEndsTheWaitingForARateLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 1))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	limited := sandbox.RateLimited(200*time.Second).On("POST", batchPath)
	limited.Then = cancel
	w.api.Fail(limited)
	report, err := w.Apply(ctx, p)
	if !errors.Is(err, reconcile.ErrInterrupted) || len(report.Left) != 1 {
		t.Errorf("Apply = %v with %d left, want ErrInterrupted and 1", err, len(report.Left))
	}
}

func TestOneRefusedLookUpLeavesTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	w.api.Fail(sandbox.UnauthorizedResource().InZone("one.example"))
	_, err := w.Plan(context.Background(), []dns.Zone{hosts("one.example", 1), hosts("two.example", 1)}, reconcile.PlanOptions{})
	var refused *reconcile.RefusedError
	if !errors.As(err, &refused) || len(refused.Degraded) != 1 {
		t.Errorf("Plan = %v, want a refusal of one.example alone", err)
	}
	all, err := w.Store.Snapshots(context.Background())
	if err != nil || all.Of("two.example") == nil {
		t.Errorf("two.example was not read: %v", err)
	}
}

// If one zone of the plan is refused, nothing is written to any, even if the refused zone has no
// changes.
func TestARefusedZoneWithoutChangesStopsTheApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	one, two := hosts("one.example", 1), hosts("two.example", 1)
	w.apply(t, w.plan(t, one, two))
	one.Records[0].Content = "192.0.2.5"
	p := w.plan(t, one, two)
	w.api.Fail(sandbox.InvalidAccessToken().InZone("two.example"))
	w.api.ResetRequests()
	if _, err := w.Apply(context.Background(), p); err == nil || len(w.api.Writes()) != 0 {
		t.Errorf("Apply = %v with %d writes, want an error and none", err, len(w.api.Writes()))
	}
}
