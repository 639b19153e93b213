package reconcile_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// manyZones returns a world of empty zones, with a clock that stands still and a declared host in
// each. CFPLAN_TEST_ZONES sets the number of zones.
func manyZones(t *testing.T) (w *world, clock *slowClock, desired []dns.Zone) {
	t.Helper()
	n := 30
	if given, err := strconv.Atoi(os.Getenv("CFPLAN_TEST_ZONES")); err == nil {
		n = given
	}
	var zones []sandbox.Zone
	for i := range n {
		name := fmt.Sprintf("z%d.example", i)
		zones, desired = append(zones, sandbox.Zone{Name: name}), append(desired, hosts(name, 1))
	}
	w = fastWorld(t, zones)
	return w, w.slow(), desired
}

// requests counts the requests since the last count: lists of records, writes, and others.
func (w *world) requests(t *testing.T) (lists, writes, rest int) {
	t.Helper()
	for _, r := range w.api.Requests() {
		switch {
		case r.Method != "GET":
			writes++
		case strings.HasSuffix(r.Path, "/dns_records"):
			lists++
		default:
			rest++
		}
	}
	w.api.ResetRequests()
	t.Logf("%d lists + %d writes + %d others = %d requests", lists, writes, rest, lists+writes+rest)
	return lists, writes, rest
}

func TestAnApplyReadsAndWritesEachZoneOnce(t *testing.T) {
	t.Parallel()
	w, _, desired := manyZones(t)
	p := w.plan(t, desired...)
	w.api.ResetRequests()

	w.apply(t, p)

	n := len(desired)
	if lists, writes, rest := w.requests(t); lists != n || writes != n || rest != 0 {
		t.Errorf("%d zones: %d lists, %d writes, %d others; want each zone once read and once written", n, lists, writes, rest)
	}
	w.converged(t, desired...)
}

// The clock jumps so that every read is too old.
func TestAnApplyReadsNoZoneMoreThanTwiceIfTheClockJumps(t *testing.T) {
	t.Parallel()
	w, clock, desired := manyZones(t)
	p := w.plan(t, desired...)
	w.api.ResetRequests()
	w.Now = func() time.Time {
		clock.pass(6 * time.Second)
		return clock.now()
	}

	w.apply(t, p)

	n := len(desired)
	lists, writes, rest := w.requests(t)
	if lists < 2*n || lists+rest > 2*n+25 || writes != n {
		t.Errorf("%d zones: %d lists, %d writes, %d others; want each zone read twice, written once and 25 more at most",
			n, lists, writes, rest)
	}
	w.converged(t, desired...)
}

// planAndApply plans and applies in one go, as apply without a file does. between runs after the
// plan.
func (w *world) planAndApply(t *testing.T, between func(*plan.Plan), desired ...dns.Zone) error {
	t.Helper()
	w.desired = desired
	p, reads, err := w.Planner().PlanWithReads(context.Background(), desired, reconcile.PlanOptions{})
	if err != nil {
		t.Fatalf("PlanWithReads: %v", err)
	}
	p.Seal()
	between(p)
	_, err = w.Reconciler.Apply(context.Background(), p, reconcile.ApplyOptions{Desired: desired, Reads: reads})
	return err
}

func TestAnApplyWithoutAFileReadsEachZoneOnce(t *testing.T) {
	t.Parallel()
	w, _, desired := manyZones(t)
	w.plan(t, desired...) // finds the zones by name, so that their IDs are known
	w.api.ResetRequests()

	if err := w.planAndApply(t, func(*plan.Plan) {}, desired...); err != nil {
		t.Fatal(err)
	}

	n := len(desired)
	if lists, writes, rest := w.requests(t); lists != n || writes != n || rest != 0 {
		t.Errorf("%d zones: %d lists, %d writes, %d others; want each zone once read and once written", n, lists, writes, rest)
	}
	w.converged(t, desired...)
}

// The list of zones, which is needed to find them by their names, also has their tiers.
func TestALargeApplyAsksForTheTierOnlyIfNoAnswerHadIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Plan: "pro"})
	w.slow()

	if err := w.planAndApply(t, func(*plan.Plan) {}, hosts("one.example", 250)); err != nil {
		t.Fatal(err)
	}

	if lists, writes, rest := w.requests(t); lists != 1 || writes != 1 || rest != 1 {
		t.Errorf("%d lists, %d writes, %d others; want a read, a write, and the look-up of the zone", lists, writes, rest)
	}

	// The ID of the zone is known now, and a tier from a snapshot may have changed.
	if err := w.planAndApply(t, func(*plan.Plan) {}, retargeted("one.example", 250)); err != nil {
		t.Fatal(err)
	}
	if lists, writes, rest := w.requests(t); lists != 1 || writes != 1 || rest != 1 {
		t.Errorf("%d lists, %d writes, %d others; want a read, a write, and the zone for its tier", lists, writes, rest)
	}
}
