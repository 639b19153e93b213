package render

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// planOfAdoptions returns a plan that adopts some records as they are and others with a change.
func planOfAdoptions(mode plan.Mode, asIs, changed int) *plan.Plan {
	adopt := func(ttl int) plan.Change {
		before := dns.Record{ID: "1", Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}
		after := before
		after.TTL = ttl
		return plan.Change{
			Action:   plan.Adopt,
			RecordID: "1",
			Before:   plan.ValuesOf(before),
			After:    plan.ValuesOf(after),
		}
	}

	var z plan.Zone
	for range asIs {
		z.Changes = append(z.Changes, adopt(300))
	}

	for range changed {
		z.Changes = append(z.Changes, adopt(60))
	}

	return &plan.Plan{Mode: mode, Zones: []plan.Zone{z}}
}

func TestAdoptionSaysHowManyRecordsChange(t *testing.T) {
	for _, tt := range []struct {
		mode          plan.Mode
		asIs, changed int
		want          string
	}{
		{plan.Live, 0, 0, ""},
		{plan.Live, 1, 0, "1 record exists already, equal to its declaration: apply takes it over as it is."},
		{plan.Live, 2, 0, "2 records exist already, equal to their declaration: apply takes them over as they are."},
		{plan.Live, 1, 1, "1 record is adopted as it is, 1 is adopted and changed."},
		{plan.Live, 3, 2, "3 records are adopted as they are, 2 are adopted and changed."},
		{plan.Live, 0, 2, "2 records are adopted and changed."},
		{plan.ReadOnly, 1, 1, ""},
	} {
		if got := adoption(planOfAdoptions(tt.mode, tt.asIs, tt.changed)); got != tt.want {
			t.Errorf("%d adopted as they are, %d changed (%s): adoption = %q, want %q", tt.asIs, tt.changed, tt.mode, got, tt.want)
		}
	}
}
