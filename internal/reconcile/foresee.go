package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// Foresee plans one zone from its snapshot, as if the stored state were st. It sends no request and writes
// nothing. Of the planner's fields, only Store and Now are required. It returns the time at which the zone
// was read, and an error if there is no usable snapshot.
func (p *Planner) Foresee(
	ctx context.Context, desired []dns.Zone, st *state.State, zone string, o PlanOptions,
) (plan.Zone, time.Time, error) {
	known, err := p.stored(ctx)
	if err != nil {
		return plan.Zone{}, time.Time{}, err
	}
	known.state = st

	all := targets(desired, known)
	i := slices.IndexFunc(all, func(t target) bool { return t.name == zone })
	if i < 0 {
		return plan.Zone{Name: zone}, time.Time{}, nil
	}
	seen := fromCache(all[i], known.snapshots.Of(zone))
	if seen.err != nil {
		return plan.Zone{}, time.Time{}, seen.err
	}
	complete(&seen, known.snapshots.Of(zone))

	o.Cached = true
	out := p.assemble([]observation{seen}, known, o)
	return out.Zones[0], seen.source.FetchedAt, nil
}
