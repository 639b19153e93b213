package reconcile_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

const batchPath = "/dns_records/batch"

func TestALostAnswerLosesNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"cut before the batch took effect":    sandbox.CutBeforeCommit(),
		"cut after the batch took effect":     sandbox.CutAfterCommit(),
		"502 before the batch took effect":    sandbox.GatewayError(502),
		"502 after the batch took effect":     sandbox.GatewayErrorAfterCommit(502),
		"not JSON before it took effect":      sandbox.NotJSON(),
		"429 before the batch took effect":    sandbox.RateLimited(0),
		"answers with unknown members":        sandbox.ExtraFields(),
		"answers without messages and result": sandbox.MissingKeys(),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "one.example"})
			desired := hosts("one.example", 5)
			p := w.plan(t, desired)
			w.api.Fail(fault.On("POST", batchPath).Once())
			report, err := w.Apply(context.Background(), p)
			if err != nil {
				t.Fatalf("Apply: %v", err)
			}
			if report.Done.Add != 5 {
				t.Errorf("added = %d, want 5", report.Done.Add)
			}
			if n := len(w.api.Records("one.example")); n != 5 {
				t.Errorf("the zone has %d records, want 5", n)
			}
			w.converged(t, desired)
		})
	}
}

func TestTheNextRunRecordsWhatAnUnsavedStateLacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 3)
	p := w.plan(t, desired)
	before, err := os.ReadFile(w.state)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Apply(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	// The process died after the request and before the state was saved.
	if err := os.WriteFile(w.state, before, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Store = state.Open(local.New(w.state))
	again := w.plan(t, desired)
	if again.Summary.Adopt != 3 || again.Summary.Add != 0 {
		t.Fatalf("summary = %+v, want 3 to adopt and none to add", again.Summary)
	}
	w.api.ResetRequests()
	if _, err := w.Apply(context.Background(), again); err != nil {
		t.Fatal(err)
	}
	if n := len(w.api.Writes()); n != 0 {
		t.Errorf("adopting equal records took %d writing calls, want none", n)
	}
	w.converged(t, desired)
}

func TestOwnershipThatCannotBeSavedSaysWhatWasDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 2))
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
		// From now on the state cannot be replaced, because a directory is in its place.
		_ = os.Remove(w.state)
		_ = os.MkdirAll(w.state+"/x", 0o700)
	}))
	_, err := w.Apply(context.Background(), p)
	var unsaved *reconcile.UnsavedError
	if !errors.As(err, &unsaved) || len(unsaved.Done) != 2 {
		t.Fatalf("Apply = %v, want an UnsavedError with 2 changes", err)
	}
}

func TestARefusedBatchChangesNothingAndNamesTheRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 3)
	desired.Records[1].Proxied, desired.Records[1].TTL = true, 1
	desired.Records[1].Content = "10.0.0.1" // Cloudflare does not proxy private addresses: 9003
	p := w.plan(t, desired)
	report, err := w.Apply(context.Background(), p)
	var refused *reconcile.WriteError
	if !errors.As(err, &refused) || len(refused.Suspects) != 1 || refused.Suspects[0].Name != "h1.one.example" {
		t.Fatalf("Apply = %v, want a WriteError about h1.one.example alone", err)
	}
	if at := refused.Suspects[0].DeclaredAt; at == nil || at.Line != 7 {
		t.Errorf("place = %+v, want line 7", at)
	}
	if n := len(w.api.Records("one.example")); n != 0 {
		t.Errorf("%d records were created, want none: a zone changes as a whole", n)
	}
	if len(report.Left) != 3 {
		t.Errorf("left = %d, want 3", len(report.Left))
	}
}

func TestOneRefusedZoneDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	one, two := hosts("one.example", 2), hosts("two.example", 2)
	p := w.plan(t, one, two)
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath).InZone("one.example"))
	report, err := w.Apply(context.Background(), p)
	if err == nil || !strings.Contains(err.Error(), "one.example") {
		t.Fatalf("Apply = %v, want an error about one.example", err)
	}
	if report.Done.Add != 2 || len(report.Left) != 2 {
		t.Errorf("report = %+v, %d left; want 2 added and 2 left", report.Done, len(report.Left))
	}
	w.api.ClearFaults()
	w.converged(t, two)
}

func TestFailFastStartsNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "three.example"}, sandbox.Zone{Name: "two.example"})
	w.Parallelism, w.FailFast = 1, true
	zones := []dns.Zone{hosts("one.example", 2), hosts("two.example", 2), hosts("three.example", 2)}
	p := w.plan(t, zones...)
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath).InZone("one.example"))
	report, err := w.Apply(context.Background(), p)
	if !errors.Is(err, reconcile.ErrFailFast) || strings.Count(err.Error(), "fail-fast") != 1 {
		t.Fatalf("Apply = %v, want one mention of -fail-fast", err)
	}
	if report.Done.Add != 0 || len(report.Left) != 6 {
		t.Errorf("report = %+v, %d left; want nothing done and 6 left", report.Done, len(report.Left))
	}
	w.api.ClearFaults()
	w.apply(t, w.plan(t, zones...))
	w.converged(t, zones...)
}

func TestAnInterruptFinishesTheRequestUnderWayAndRecordsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", RecordQuota: 1000})
	desired := hosts("one.example", 450) // three requests on the Free plan
	p := w.plan(t, desired)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, cancel))
	report, err := w.Apply(ctx, p)
	if !errors.Is(err, reconcile.ErrInterrupted) {
		t.Fatalf("Apply = %v, want ErrInterrupted", err)
	}
	if report.Done.Add != 200 || len(report.Left) != 250 {
		t.Errorf("done %+v, left %d; want 200 added, 250 left", report.Done, len(report.Left))
	}
	again := w.plan(t, desired)
	if s := again.Summary; s.Add != 250 || s.Adopt != 0 || s.Unchanged != 200 {
		t.Errorf("next plan = %+v, want 250 to add and 200 unchanged", s)
	}
	if _, err := w.Apply(context.Background(), again); err != nil {
		t.Fatal(err)
	}
	w.converged(t, desired)
}

// If credentials stop working between two requests, what was done is recorded, the rest is named,
// and the next run continues from there.
func TestCredentialsThatDieBetweenTwoRequestsLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", RecordQuota: 1000})
	desired := hosts("one.example", 450) // three requests on the Free plan
	p := w.plan(t, desired)
	var log strings.Builder
	w.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.api.Fail(sandbox.InvalidAccessToken().On("POST", batchPath).After(1))
	report, err := w.Apply(context.Background(), p)
	var write *reconcile.WriteError
	if !errors.As(err, &write) || write.InDoubt {
		t.Fatalf("Apply = %v, want a refused write without doubt", err)
	}
	if report.Done.Add != 200 || len(report.Left) != 250 {
		t.Errorf("done %+v, left %d; want 200 added, 250 left", report.Done, len(report.Left))
	}
	if line := log.String(); !strings.Contains(line, "code=9109") || !strings.Contains(line, "method=POST") || !strings.Contains(line, "instead=none") {
		t.Errorf("the log says %q, want a line about the refused write", line)
	}
	w.api.ClearFaults()
	if s := w.plan(t, desired).Summary; s.Add != 250 || s.Unchanged != 200 {
		t.Errorf("next plan = %+v, want 250 to add and 200 unchanged", s)
	}
	if _, err := w.Apply(context.Background(), w.plan(t, desired)); err != nil {
		t.Fatal(err)
	}
	w.converged(t, desired)
}

// If a good token is refused for a moment under load, nothing stops.
func TestAPassingRefusalStopsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 3)
	w.api.Fail(sandbox.AuthenticationError().On("GET", "dns_records").Once(), sandbox.AuthenticationError().On("POST", batchPath).Once())
	if _, err := w.Apply(context.Background(), w.plan(t, desired)); err != nil {
		t.Fatal(err)
	}
	w.converged(t, desired)
}

func TestABrokenLockStopsTheWriting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", RecordQuota: 1000})
	p := w.plan(t, hosts("one.example", 450))
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
		_, err := w.Store.Lock(context.Background(), state.Holder{}, 0)
		var held *state.LockedError
		if !errors.As(err, &held) {
			t.Errorf("Lock during an apply = %v, want a LockedError", err)
			return
		}
		if err := w.Store.ForceUnlock(context.Background(), held.Holder.ID); err != nil {
			t.Error(err)
		}
	}))
	_, err := w.Apply(context.Background(), p)
	if !errors.Is(err, state.ErrLockLost) {
		t.Fatalf("Apply = %v, want ErrLockLost", err)
	}
	if n := len(w.api.Writes()); n != 1 {
		t.Errorf("writing calls = %d, want 1", n)
	}
}

// expired returns a cancelled context, so that nothing waits.
func expired() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestAChangeBetweenTheCheckAndTheWriteIsNoticed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	p := w.plan(t, hosts("one.example", 2))
	w.api.Fail(sandbox.Meanwhile("GET", "/dns_records", func() {
		_, _ = w.api.PutRecord("one.example", sandbox.Record{Type: "CNAME", Name: "h1", Content: "example.net"})
	}))
	_, err := w.Apply(context.Background(), p)
	var refused *reconcile.WriteError
	if !errors.As(err, &refused) || len(refused.Suspects) != 1 || refused.Suspects[0].Name != "h1.one.example" {
		t.Fatalf("Apply = %v, want a WriteError about h1.one.example alone", err)
	}
}

func TestOwnershipEndsWithTheRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 3)
	if _, err := w.Apply(context.Background(), w.plan(t, desired)); err != nil {
		t.Fatal(err)
	}
	// h0 is no longer declared, h1 was deleted elsewhere, h2 changes.
	for _, r := range w.api.Records("one.example") {
		if r.Name == "h1.one.example" {
			w.api.DeleteRecord("one.example", r.ID)
		}
	}
	desired.Records = desired.Records[2:]
	desired.Records[0].Content = "192.0.2.77"
	w.Now = func() time.Time { return time.Now().Add(time.Hour) } // longer than any list lags
	if _, err := w.Apply(context.Background(), w.plan(t, desired)); err != nil {
		t.Fatal(err)
	}
	w.converged(t, desired)
}

func TestApplyRefusesWhatItMustNotCarryOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	desired := hosts("one.example", 1)
	p := w.plan(t, desired)
	readOnly := *p
	readOnly.Mode = plan.ReadOnly
	other := *p
	other.Lineage = "another"
	faulty := *p
	faulty.Diagnostics = []plan.Diagnostic{{Severity: dns.Error, Summary: "collides"}}
	for name, tt := range map[string]struct {
		plan *plan.Plan
		want error
	}{
		"read-only":        {&readOnly, reconcile.ErrReadOnly},
		"of another state": {&other, reconcile.ErrOtherState},
		"faulty":           {&faulty, reconcile.ErrFaulty},
	} {
		if _, err := w.Apply(context.Background(), tt.plan); !errors.Is(err, tt.want) {
			t.Errorf("Apply of a plan that is %s = %v, want %v", name, err, tt.want)
		}
	}
	if _, err := w.Apply(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Apply(context.Background(), p); !errors.Is(err, reconcile.ErrApplied) {
		t.Errorf("second Apply = %v, want ErrApplied", err)
	}
	if n := len(w.api.Writes()); n != 1 {
		t.Errorf("writing calls = %d, want 1", n)
	}
}
