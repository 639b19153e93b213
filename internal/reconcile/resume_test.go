package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestAHalfAppliedPlanIsContinued(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Plan: "free", RecordQuota: 1000}, sandbox.Zone{Name: "two.example"})
	one, two := hosts("one.example", 250), hosts("two.example", 2)
	p := w.plan(t, one, two)
	w.api.Fail(sandbox.InvalidAccessToken().On("POST", batchPath).InZone("one.example").After(1))
	report, err := w.Apply(context.Background(), p)
	if err == nil || report.Done.Add != 202 || len(report.Left) != 50 {
		t.Fatalf("Apply = %v, %+v done and %d left; want 202 and 50", err, report.Done, len(report.Left))
	}
	w.api.ClearFaults()
	report, err = w.Apply(context.Background(), p)
	if err != nil || report.Before != 202 || report.Done.Add != 50 || len(report.Left) != 0 {
		t.Fatalf("the same plan again = %v, %d before, %+v done, %d left; want 202, 50 and none",
			err, report.Before, report.Done, len(report.Left))
	}
	w.converged(t, one, two)
	if _, err = w.Apply(context.Background(), p); !errors.Is(err, reconcile.ErrApplied) {
		t.Errorf("the finished plan = %v, want ErrApplied", err)
	}
	w.back(t, 0) // the rest
	w.back(t, 0) // undoes that rollback
	w.converged(t, one, two)
}

// If others made a part of a plan's changes, the plan does not count as started.
func TestAPlanThatOthersCarriedOutInPartIsStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 2))
	if _, err := w.api.PutRecord("one.example", sandbox.Record{Type: "A", Name: "h0.one.example", Content: "192.0.2.1", TTL: 300}); err != nil {
		t.Fatal(err)
	}
	w.api.ResetRequests()
	var stale *reconcile.StaleError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &stale) || len(w.api.Writes()) > 0 {
		t.Errorf("Apply = %v with %d writes, want it stale and none", err, len(w.api.Writes()))
	}
}

// A plan that was started is still stale if others have changed the rest.
func TestAHalfAppliedPlanCanBeStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Plan: "free", RecordQuota: 1000})
	p := w.plan(t, hosts("one.example", 250))
	w.api.Fail(sandbox.InvalidAccessToken().On("POST", batchPath).After(1))
	if _, err := w.Apply(context.Background(), p); err == nil {
		t.Fatal("the second request was not refused")
	}
	w.api.ClearFaults()
	for _, r := range w.api.Records("one.example")[:1] {
		if _, err := w.api.EditRecord("one.example", r.ID, func(r *sandbox.Record) { r.TTL = 60 }); err != nil {
			t.Fatal(err)
		}
	}
	var stale *reconcile.StaleError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &stale) {
		t.Errorf("Apply = %v, want it stale", err)
	}
}
