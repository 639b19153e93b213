package reconcile

import (
	"context"
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// Refresh reads every zone live into the snapshots. It changes no records and no ownership, and it
// leaves the stored state of a zone that it could not read as it is.
func (p *Planner) Refresh(ctx context.Context, desired []dns.Zone) ([]plan.Zone, error) {
	known, err := p.stored(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := p.observeLive(ctx, targets(desired, known), known)
	if err != nil {
		return nil, err
	}

	var zones []plan.Zone
	for _, s := range seen {
		if s.err == nil {
			zones = append(zones, plan.Zone{
				Name:    s.name,
				ID:      s.zone.ID,
				Source:  s.source,
				Summary: plan.Summary{Unchanged: len(s.zone.Records)},
			})
		}
	}

	p.observer().confirmTiers(ctx, seen, func(observation) bool { return true })
	if err := saveSnapshots(ctx, p.Store, known.snapshots, seen, nil); err != nil {
		return nil, fmt.Errorf("the snapshots could not be saved: %w", err)
	}
	return zones, failures(seen, PlanOptions{})
}
