package reconcile_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// Each activity is reported when it begins, so that a terminal shows it at once, and it ends with
// all of its steps done.
func TestEachActivityIsReportedFromItsBeginningToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	var began []reconcile.Progress
	last := map[reconcile.Activity]reconcile.Progress{}
	w.Progress = func(p reconcile.Progress) {
		if _, known := last[p.Doing]; !known {
			began = append(began, p)
		}
		last[p.Doing] = p
	}

	desired := hosts("one.example", 2)
	p := w.plan(t, desired)
	if _, err := w.Apply(context.Background(), p); err != nil {
		t.Fatal(err)
	}

	want := []reconcile.Progress{
		{Doing: reconcile.ReadingState},
		{Doing: reconcile.LookingUp, Zone: "one.example", Total: 1},
		{Doing: reconcile.Reading, Zone: "one.example", Total: 1},
		{Doing: reconcile.Planning, Zone: "one.example", Total: 1},
		{Doing: reconcile.Applying, Total: 2, Zones: 1},
	}
	if diff := cmp.Diff(want, began); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for doing, p := range last {
		counted := !slices.Contains([]reconcile.Activity{reconcile.ReadingState, reconcile.LookingUp}, doing)
		if counted && p.Done != p.Total {
			t.Errorf("%s ends with %d of %d", doing, p.Done, p.Total)
		}
	}
}
