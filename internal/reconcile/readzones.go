package reconcile

import (
	"context"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// View is a zone as it is, or was.
type View struct {
	Zone   dns.Zone
	Source plan.Source
	// Degraded says why the zone is not live; nil where it is, and where a
	// snapshot was asked for.
	Degraded *plan.Degradation
}

// Look reads zones, which need not be declared; of each, the name counts, and the
// ID where it has one. A zone that is refused is taken from its snapshot, as for a
// plan; one that can't be taken from anywhere is an error, all such at once.
//
// What was seen live becomes the zone's snapshot, if there is a state. It does
// not begin one: who only looks need not have a configuration.
func (r *Reconciler) Look(ctx context.Context, zones []dns.Zone, o PlanOptions) ([]View, error) {
	m, err := r.remember(ctx)
	if err != nil {
		return nil, err
	}
	o.Fallback = []plan.SourceKind{plan.SourceCache} // name servers can't list a zone
	seen, err := r.sightings(ctx, zones, m.only(zones), o)
	if err != nil {
		return nil, err
	}
	for i := range seen {
		r.nameServers(ctx, &seen[i])
	}
	if m.Serial > 0 {
		if err := r.saveSnapshots(ctx, m, seen, nil); err != nil {
			r.unsaved(err)
		}
	}
	if err := failures(seen, o); err != nil {
		return nil, err
	}
	out := make([]View, len(seen))
	for i, s := range seen {
		out[i] = View{s.zone, s.source, s.degraded}
	}
	return out, nil
}

// nameServers asks for those of a zone that was read by its ID alone. Without
// them the zone is as good: a token need not be allowed to see them.
func (r *Reconciler) nameServers(ctx context.Context, s *sighting) {
	if s.err != nil || s.source.Kind != plan.SourceLive || len(s.zone.NameServers) > 0 {
		return
	}
	if z, err := r.API.GetZone(ctx, s.zone.ID); err == nil {
		s.zone.Tier, s.zone.NameServers = z.Tier, z.NameServers
	}
}
