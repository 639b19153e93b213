package reconcile

import (
	"context"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// completeAll adds what a live read lacks and a snapshot has. A zone can change its plan at
// Cloudflare, so a tier from a snapshot proves nothing.
func completeAll(seen []observation, known stored) {
	for i := range seen {
		complete(&seen[i], known.snapshots.Of(seen[i].name))
	}
}

func complete(o *observation, snapshot *state.Snapshot) {
	if o.err != nil || snapshot == nil || snapshot.Head().ID != o.zone.ID {
		return
	}
	if old := snapshot.Head(); o.zone.Tier == "" {
		o.zone.Tier, o.zone.NameServers = old.Tier, old.NameServers
		o.oldTier = o.zone.Tier != ""
	}
}

// confirmTiers asks for the tiers of the zones whose tier is from a snapshot, if wanted returns
// true for them. Zones for which the credentials may not ask stay as they are.
func (o *observer) confirmTiers(ctx context.Context, seen []observation, wanted func(observation) bool) {
	g := parallel.New(o.parallelism)
	for i := range seen {
		s := &seen[i]
		if !s.live() || !s.oldTier || !wanted(*s) {
			continue
		}
		g.Go(func() error {
			if z, err := o.clients.of(s.account()).GetZone(ctx, s.zone.ID); err == nil {
				s.zone.Tier, s.zone.NameServers, s.oldTier = z.Tier, z.NameServers, false
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
}

// fillNameServers asks for the name servers of a zone that was read only by its ID. It ignores an
// error, because a token need not be allowed to see them.
func (o *observer) fillNameServers(ctx context.Context, seen *observation) {
	if !seen.live() || len(seen.zone.NameServers) > 0 {
		return
	}
	if z, err := o.clients.of(seen.account()).GetZone(ctx, seen.zone.ID); err == nil {
		seen.zone.Tier, seen.zone.NameServers = z.Tier, z.NameServers
	}
}

// forbidsSomething reports whether a declared record is an error because of the tier or the name
// servers of the zone.
func forbidsSomething(o observation) bool {
	isError := func(p lint.ZoneProblem) bool { return p.Severity == dns.Error }
	return slices.ContainsFunc(lint.Tier(o.declared, o.zone.Tier), isError) || len(newToOwnServers(o)) > 0
}

// beyondTier returns errors for what the zone's plan at Cloudflare, or its name servers, do not allow. Both
// are only known after the zone was read, so validate cannot report them. If the tier is only known from a
// snapshot, they are warnings.
func beyondTier(o observation) []plan.Diagnostic {
	var out []plan.Diagnostic
	for _, p := range append(lint.Tier(o.declared, o.zone.Tier), newToOwnServers(o)...) {
		d := plan.Diagnostic{Severity: p.Severity, Summary: p.Summary, Detail: p.Detail}
		if o.oldTier {
			d.Severity = dns.Warning
		}
		if len(p.Records) > 0 {
			if at := o.declared.Records[p.Records[0]].Declared; at != nil {
				d.Address, d.Position = at.Address, &plan.Position{File: at.File, Line: at.Line}
			}
		} else if len(o.zone.Records) >= len(o.declared.Records) {
			continue // the zone has as many records already, so its quota is larger
		}
		out = append(out, d)
	}
	return out
}

// newToOwnServers returns the delegations to the zone's own name servers that Cloudflare does not have yet. A
// delegation that Cloudflare has is one that it has accepted.
func newToOwnServers(o observation) []lint.ZoneProblem {
	problems := lint.OwnServers(o.declared, o.zone.NameServers)
	if len(problems) == 0 {
		return nil
	}

	has := make(map[dns.Key]bool, len(o.zone.Records))
	for _, r := range o.zone.Records {
		has[r.Key()] = true
	}
	return slices.DeleteFunc(problems, func(p lint.ZoneProblem) bool {
		return has[o.declared.Records[p.Records[0]].Key()]
	})
}
