package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestPlansOfManyZonesTakeOneCallAZone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	var zones []sandbox.Zone
	var desired []dns.Zone
	for i := range 120 {
		name := fmt.Sprintf("zone%03d.example", i)
		zones = append(zones, sandbox.Zone{Name: name})
		desired = append(desired, hosts(name, 1))
	}
	w := newWorld(t, zones...)
	w.plan(t, desired...)
	if n := len(w.api.Requests()); n > 123 {
		t.Errorf("the first plan of 120 zones took %d calls, want 123 at most", n)
	}
	w.api.ResetRequests()
	w.plan(t, desired...)
	if n := len(w.api.Requests()); n > 121 {
		t.Errorf("the second plan of 120 zones took %d calls, want 121 at most", n)
	}
}

func TestTenThousandCreatesTakeThreeWrites(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("creates 10,000 records: not with -short")
	}

	w := newWorld(t, sandbox.Zone{Name: "big.example", Plan: "enterprise", RecordQuota: 20000})
	desired := hosts("big.example", 10000)
	p := w.plan(t, desired)
	report, err := w.Apply(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if report.Done.Add != 10000 || len(report.Left) != 0 {
		t.Errorf("report = %+v with %d left, want 10000 added", report.Done, len(report.Left))
	}
	if n := len(w.api.Writes()); n != 3 {
		t.Errorf("10,000 creates took %d writing calls, want 3", n)
	}
	w.converged(t, desired)
}

func TestAPlanWithAPinnedIDNeedsNoLookUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "@", Content: "192.0.2.9"}}})
	z, _ := w.api.Zone("one.example")
	desired := hosts("one.example", 1)
	desired.ID = z.ID
	w.plan(t, desired)
	if n := len(w.api.Requests()); n != 1 {
		t.Errorf("calls = %v, want one list", w.api.Requests())
	}
}
