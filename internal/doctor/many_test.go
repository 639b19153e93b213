package doctor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

// Zones are tested in parallel, but their checks come in the order of the zones.
func TestManyZonesAreReportedInOrder(t *testing.T) {
	w := newWorld(t)
	w.Zones, w.Parallelism = nil, 8
	for i := range 30 {
		w.Zones = append(w.Zones, dns.Zone{Name: fmt.Sprintf("z%02d.example", i)})
	}
	var steps []int
	w.Progress = func(_ string, done, total int) {
		if total != 30 {
			t.Errorf("Progress was called with a total of %d zones, want 30", total)
		}
		steps = append(steps, done)
	}

	var zones []string
	for _, c := range w.Run(t.Context()) {
		if c.Zone != "" && !slices.Contains(zones, c.Zone) {
			zones = append(zones, c.Zone)
		}
	}

	var want []string
	for _, z := range w.Zones {
		want = append(want, z.Name)
	}
	if diff := cmp.Diff(want, zones); diff != "" {
		t.Errorf("zones (-want +got)\n%s", diff)
	}
	if len(steps) != 31 || !slices.IsSorted(steps) || steps[0] != 0 || steps[30] != 30 {
		t.Errorf("progress = %v, want each number from 0 to 30", steps)
	}
}
