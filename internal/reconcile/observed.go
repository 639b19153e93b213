package reconcile

import (
	"context"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// Observed is a zone as it is, or was.
type Observed struct {
	Zone   dns.Zone
	Source plan.Source
	// Degraded says why the zone is not live; it is nil if the zone is live or if a snapshot was
	// requested.
	Degraded *plan.Degradation
	// Sensitive has the attributes of records that must not be shown, by ID, as far as the state knows.
	Sensitive map[string][]dns.Attribute
}

// Observe reads zones, which need not be declared. It uses the name of each, and the ID if it has
// one. If a zone is refused, its snapshot is used, as for a plan. All zones that cannot be read
// from anywhere are reported at once, as an error.
//
// If there is a state, what was seen live becomes the snapshot of the zone. Observe does not create a state,
// because its caller need not have a configuration.
func (p *Planner) Observe(ctx context.Context, zones []dns.Zone, o PlanOptions) ([]Observed, error) {
	known, err := p.stored(ctx)
	if err != nil {
		return nil, err
	}

	o.Fallback = []plan.SourceKind{plan.SourceCache} // name servers can't list a zone
	seen, err := p.observe(ctx, zones, known.only(zones), o)
	if err != nil {
		return nil, err
	}
	for i := range seen {
		p.observer().fillNameServers(ctx, &seen[i])
	}

	if known.state.Serial > 0 {
		if err := saveSnapshots(ctx, p.Store, known.snapshots, seen, nil); err != nil {
			warnUnsaved(logger(p.Log), p.Store, err)
		}
	}
	if err := failures(seen, o); err != nil {
		return nil, err
	}

	out := make([]Observed, len(seen))
	for i, s := range seen {
		byID, _ := sensitiveIn(known.state.Zones[s.name])
		s.zone.Policy.Account = s.account()
		out[i] = Observed{Zone: s.zone, Source: s.source, Degraded: s.degraded, Sensitive: byID}
	}
	return out, nil
}
