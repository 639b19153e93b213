package reconcile_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestAMissingZoneIsNotAnEmptyZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	_, err := w.Plan(context.Background(), []dns.Zone{hosts("other.example", 1)}, reconcile.PlanOptions{})
	for _, want := range []string{"other.example", "does not exist", "Zone → Read"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Plan = %v, want an error that says %q", err, want)
		}
	}
}

func TestAnAmbiguousZoneNameNamesTheIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{ID: strings.Repeat("a", 32), Name: "one.example"}, sandbox.Zone{ID: strings.Repeat("b", 32), Name: "one.example"})
	_, err := w.Plan(context.Background(), []dns.Zone{hosts("one.example", 1)}, reconcile.PlanOptions{})
	if err == nil || !strings.Contains(err.Error(), strings.Repeat("a", 32)) || !strings.Contains(err.Error(), strings.Repeat("b", 32)) {
		t.Errorf("Plan = %v, want an error with both IDs", err)
	}
}

func TestAWrongZoneIDIsNoticed(t *testing.T) {
	t.Parallel()
	full := sandbox.Zone{Name: "full.example", Records: []sandbox.Record{{Type: "A", Name: "x", Content: "192.0.2.9"}}}
	// By their names, the first record of the zone above and all records of the zone below are inside of
	// mine.example.
	above := sandbox.Zone{Name: "example", Records: []sandbox.Record{{Type: "A", Name: "a.mine", Content: "192.0.2.9"}, {Type: "A", Name: "x", Content: "192.0.2.9"}}}
	below := sandbox.Zone{Name: "sub.mine.example", Records: []sandbox.Record{{Type: "A", Name: "x", Content: "192.0.2.9"}}}
	w := newWorld(t, full, sandbox.Zone{Name: "empty.example"}, above, below)
	for _, other := range []string{"full.example", "empty.example", "example", "sub.mine.example"} {
		z, _ := w.api.Zone(other)
		desired := hosts("mine.example", 1)
		desired.ID, desired.Policy.Ownership = z.ID, dns.Exclusive
		_, err := w.Plan(context.Background(), []dns.Zone{desired}, reconcile.PlanOptions{})
		if err == nil || !strings.Contains(err.Error(), "belongs to another zone") {
			t.Errorf("Plan with the ID of %s = %v, want an error about the ID", other, err)
		}
	}
}

func TestAZoneThatIsNoLongerDeclaredLosesItsOwnedRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "keep", Content: "192.0.2.9"}}})
	if _, err := w.Apply(context.Background(), w.plan(t, hosts("one.example", 2))); err != nil {
		t.Fatal(err)
	}
	p := w.plan(t)
	if s := p.Summary; s.Destroy != 2 || s.Unmanaged != 1 {
		t.Errorf("summary = %+v, want 2 to destroy and 1 unmanaged", s)
	}
	p.AllowDestroy = 2 // it is more than half of the zone
	if _, err := w.Apply(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if records := w.api.Records("one.example"); len(records) != 1 || records[0].Name != "keep.one.example" {
		t.Errorf("records = %+v, want the unmanaged one alone", records)
	}
}

func TestARefusedZoneIsPlannedFromItsSnapshot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	one, two := hosts("one.example", 1), hosts("two.example", 1)
	if _, err := w.Apply(context.Background(), w.plan(t, one, two)); err != nil {
		t.Fatal(err)
	}
	one.Records = append(one.Records, a("one.example", "new", "192.0.2.7"))
	w.api.Fail(sandbox.RefuseIP("203.0.113.7").InZone("one.example"))
	p := w.plan(t, one, two)
	if p.Mode != plan.ReadOnly || p.Zones[0].Source.Kind != plan.SourceCache || p.Zones[1].Source.Kind != plan.SourceLive {
		t.Fatalf("mode %s, sources %v and %v; want read-only, cache and live", p.Mode, p.Zones[0].Source, p.Zones[1].Source)
	}
	if s := p.Summary; s.Add != 1 || s.Unchanged != 2 {
		t.Errorf("summary = %+v, want 1 to add and 2 unchanged: the snapshot is from after the apply", s)
	}
	d := p.Degraded[0]
	if d.Code != 9109 || d.HTTPStatus != 403 || d.RayID == "" || !strings.Contains(d.Cause+strings.Join(d.Guidance, " "), "203.0.113.7") {
		t.Errorf("degradation = %+v, want 9109 with the ray ID and guidance that names the address", d)
	}
}

func TestWithoutASnapshotARefusedZoneIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.api.Fail(sandbox.AuthenticationError())
	_, err := w.Plan(context.Background(), []dns.Zone{hosts("one.example", 1)}, reconcile.PlanOptions{})
	var refused *reconcile.RefusedError
	if !errors.As(err, &refused) || refused.Degraded[0].Code != 10000 {
		t.Errorf("Plan = %v, want a RefusedError with code 10000", err)
	}
}

func TestALiveReadIsKeptEvenIfAnotherZoneFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	if _, err := w.Plan(context.Background(), []dns.Zone{hosts("one.example", 1), hosts("none.example", 1)}, reconcile.PlanOptions{}); err == nil {
		t.Fatal("a plan with an unknown zone succeeded")
	}
	if _, err := w.Plan(context.Background(), []dns.Zone{hosts("one.example", 1)}, reconcile.PlanOptions{Cached: true}); err != nil {
		t.Errorf("cached plan of the zone that was read: %v", err)
	}
}

func TestAKnownZoneKeepsItsTier(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Plan: "enterprise"})
	for _, which := range []string{"first", "second"} { // the second makes no look-up
		if got := w.plan(t, hosts("one.example", 1)).Zones[0].Tier; got != "enterprise" {
			t.Errorf("tier in the %s plan = %q, want enterprise", which, got)
		}
	}
}

func TestACachedPlanIsReadOnlyEvenWithoutZones(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, err := w.Plan(context.Background(), nil, reconcile.PlanOptions{Cached: true})
	if err != nil || p.Mode != plan.ReadOnly {
		t.Errorf("Plan = %+v, %v; want a read-only one", p, err)
	}
}

func TestThePlanReportsWhatTheTierDoesNotAllow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Plan: "free"})
	desired := hosts("one.example", 2)
	desired.Records[1].Tags = []string{"team:web"}
	p := w.plan(t, desired)
	if len(p.Diagnostics) != 1 || p.Diagnostics[0].Severity != dns.Error || p.Diagnostics[0].Position.Line != 7 {
		t.Errorf("diagnostics = %+v, want one error with its line: a Free zone has no tags", p.Diagnostics)
	}
	crowded := hosts("one.example", 201)
	if p := w.plan(t, crowded); len(p.Diagnostics) != 1 || p.Diagnostics[0].Severity != dns.Error {
		t.Errorf("diagnostics of 201 records = %+v, want one error", p.Diagnostics)
	}
	w.api.Fail(sandbox.Fault{Status: http.StatusNotFound, Code: 7003, Message: "No route"}.On("GET", usagePath))
	if p := w.plan(t, crowded); len(p.Diagnostics) != 1 || p.Diagnostics[0].Severity != dns.Warning {
		t.Errorf("diagnostics of 201 records = %+v, want one warning: the quota is not known for certain", p.Diagnostics)
	}
}

func TestRequireLiveForbidsTheSnapshot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.plan(t, hosts("one.example", 1))
	w.api.Fail(sandbox.AuthenticationError())
	_, err := w.Plan(context.Background(), []dns.Zone{hosts("one.example", 1)}, reconcile.PlanOptions{RequireLive: true})
	var refused *reconcile.RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("Plan = %v, want a RefusedError", err)
	}
}

func TestASnapshotThatCannotBeSavedIsAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.api.Fail(sandbox.Meanwhile("GET", "/dns_records", func() { _ = os.MkdirAll(w.state+"/x", 0o700) }))
	p := w.plan(t, hosts("one.example", 1))
	if len(p.Diagnostics) != 1 || p.Diagnostics[0].Severity != dns.Warning || p.Mode != plan.Live {
		t.Errorf("diagnostics = %+v, mode %s; want one warning in a live plan", p.Diagnostics, p.Mode)
	}
}

func TestRefreshChangesNothingButSnapshots(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 1)
	if _, err := w.Apply(context.Background(), w.plan(t, desired)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.PutRecord("one.example", sandbox.Record{Type: "A", Name: "new", Content: "192.0.2.9"}); err != nil {
		t.Fatal(err)
	}
	w.api.ResetRequests()
	zones, err := w.Refresh(context.Background(), []dns.Zone{desired})
	if err != nil || len(zones) != 1 || zones[0].Summary.Unchanged != 2 {
		t.Fatalf("Refresh = %+v, %v; want one zone with 2 records", zones, err)
	}
	if n := len(w.api.Writes()); n != 0 {
		t.Errorf("writing calls = %d, want none", n)
	}
	p, err := w.Plan(context.Background(), []dns.Zone{desired}, reconcile.PlanOptions{Cached: true})
	if err != nil || p.Summary.Unmanaged != 1 {
		t.Errorf("cached plan = %+v, %v; want the new record in the snapshot", p, err)
	}
}
