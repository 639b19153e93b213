package reconcile

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// complete fills in what a live read does not say and an earlier one did. A plan
// at Cloudflare can be changed, so that what is remembered of it is no proof.
func complete(s *sighting, known *state.Snapshot) {
	if s.err != nil || known == nil || known.Head().ID != s.zone.ID {
		return
	}
	if old := known.Head(); s.zone.Tier == "" {
		s.zone.Tier, s.zone.NameServers = old.Tier, old.NameServers
		s.remembered = s.zone.Tier != ""
	}
}

// confirmTiers asks for the plans of the zones that were remembered and wanted;
// those that may not be asked for stay as they are.
func (r *Reconciler) confirmTiers(ctx context.Context, seen []sighting, wanted func(sighting) bool) {
	var g errgroup.Group
	g.SetLimit(max(1, r.Parallelism))
	for i := range seen {
		s := &seen[i]
		if s.err != nil || s.source.Kind != plan.SourceLive || !s.remembered || !wanted(*s) {
			continue
		}
		g.Go(func() error {
			if z, err := r.API.GetZone(ctx, s.zone.ID); err == nil {
				s.zone.Tier, s.zone.NameServers, s.remembered = z.Tier, z.NameServers, false
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
}

// forbidsSomething: the remembered plan would make an error of a declared record.
func forbidsSomething(s sighting) bool {
	for _, p := range lint.Tier(s.declared, s.zone.Tier) {
		if p.Severity == dns.Error {
			return true
		}
	}
	return false
}

// beyondTier says what the zone's plan at Cloudflare does not allow. The plan is
// not known before the zone has been seen, so that validate cannot say it; one
// that is only remembered is no reason to stop.
func beyondTier(s sighting) []plan.Diagnostic {
	var out []plan.Diagnostic
	for _, p := range lint.Tier(s.declared, s.zone.Tier) {
		d := plan.Diagnostic{Severity: p.Severity, Summary: p.Summary, Detail: p.Detail}
		if s.remembered {
			d.Severity = dns.Warning
		}
		if len(p.Records) > 0 {
			if at := s.declared.Records[p.Records[0]].Declared; at != nil {
				d.Address, d.Position = at.Address, &plan.Position{File: at.File, Line: at.Line}
			}
		} else if len(s.zone.Records) >= len(s.declared.Records) {
			continue // the zone holds as many already: its quota is larger
		}
		out = append(out, d)
	}
	return out
}
