package reconcile

import (
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/plan"
)

func TestTheTableHasTheDigestsOfTheChanges(t *testing.T) {
	t.Parallel()
	add, destroy := addOf("192.0.2.1"), destroyOf("id1", "192.0.2.3")
	zones := []plan.Zone{
		{Name: "one.example", Changes: []plan.Change{add, destroy}},
		{Name: "two.example"},
	}
	table := digestAll(zones)

	if got, want := table.digests([]plan.Change{destroy}), []string{destroy.Digest()}; !slices.Equal(got, want) {
		t.Errorf("digests(the destroy) = %q, want %q", got, want)
	}
	pending := table.byZone(zones)
	if got, want := pending["one.example"], []string{add.Digest(), destroy.Digest()}; !slices.Equal(got, want) {
		t.Errorf("byZone of one.example = %q, want %q", got, want)
	}
	if got, ok := pending["two.example"]; !ok || len(got) != 0 {
		t.Errorf("byZone of a zone without changes = %q, %v, want an empty list", got, ok)
	}
}
