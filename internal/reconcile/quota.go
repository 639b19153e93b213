package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// Cloudflare refuses a record beyond the quota of its zone, or of the account if the account sets
// one quota for all of its zones. If a plan adds records to a zone that is nearly full, cfplan asks
// for the quota, to report the problem before anything is sent. Most zones are far from full and
// cost no request.

// quotaSummary is the summary of the error about a plan that needs more room than there is.
const quotaSummary = "More records than the quota allows"

// crowdedZone is a zone of a plan that may not have room for what the plan adds.
type crowdedZone struct {
	observation
	planned plan.Zone
	// growth is the growth of the zone by [plan.Growth].
	growth int
	// usage has the number of records of the zone and its quota. The quota is 0 if it is not known.
	usage cloudflare.Usage
	// account is the account that sets the quota; empty if the zone has its own.
	account string
}

// checkQuotas adds an error to a live plan for each zone or account that has no room for what it
// adds. A quota that cannot be found out is not an error: a token need not be allowed to see it.
func (p *Planner) checkQuotas(ctx context.Context, out *plan.Plan, seen []observation) {
	if out.Mode != plan.Live {
		return
	}
	crowded := crowdedZones(out, seen)
	p.askUsage(ctx, crowded)

	out.Diagnostics = withoutUsualQuotas(out.Diagnostics, crowded)
	for _, z := range crowded {
		out.Diagnostics = append(out.Diagnostics, z.beyondQuota()...)
	}
	out.Diagnostics = append(out.Diagnostics, p.checkAccounts(ctx, out, crowded)...)
}

// crowdedZones returns the zones to which the plan adds records and that are then nearly full, as
// far as their plans at Cloudflare show.
func crowdedZones(out *plan.Plan, seen []observation) []crowdedZone {
	byName := make(map[string]observation, len(seen))
	for _, s := range seen {
		byName[s.name] = s
	}

	var crowded []crowdedZone
	for _, z := range out.Zones {
		s := byName[z.Name]
		growth, adds := plan.Growth(z, s.batchLimit())
		if adds && nearlyFull(len(s.zone.Records)+growth, s.zone.Tier) {
			crowded = append(crowded, crowdedZone{observation: s, planned: z, growth: growth})
		}
	}
	return crowded
}

// batchLimit returns how many operations a request to the zone may hold. If the tier is not
// certain, it returns the larger number: a plan must not be refused for a request that may not be
// needed.
func (o observation) batchLimit() int {
	if o.oldTier || !o.zone.Tier.Known() {
		return plan.PaidBatchLimit
	}
	return plan.BatchLimit(o.zone.Tier)
}

// nearlyFull reports whether a zone with so many records may be at its quota: from nine tenths of the usual
// quota of its tier on, because the zone's own quota may be lower, and Cloudflare may count more records than
// it lists.
func nearlyFull(records int, tier dns.Tier) bool { return records*10 >= lint.RecordQuota(tier)*9 }

// askUsage asks for the usage of the zones, in parallel, and for the account of those that have no
// quota of their own.
func (p *Planner) askUsage(ctx context.Context, crowded []crowdedZone) {
	var g errgroup.Group
	g.SetLimit(max(1, p.Parallelism))
	for i := range crowded {
		z := &crowded[i]
		api := p.clients().of(z.observation.account())
		g.Go(func() error {
			usage, err := api.ZoneUsage(ctx, z.zone.ID)
			if err != nil {
				return nil //nolint:nilerr // a quota that is not known is not an error
			}
			z.usage = usage
			if usage.Quota > 0 {
				return nil
			}
			if info, err := api.ZoneInfo(ctx, z.zone.ID); err == nil {
				z.account = info.AccountID
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
}

// withoutUsualQuotas removes the warning that a zone declares more records than its tier usually
// allows, if the quota of the zone itself is known.
func withoutUsualQuotas(diags []plan.Diagnostic, crowded []crowdedZone) []plan.Diagnostic {
	usual := map[string]bool{}
	for _, z := range crowded {
		if z.usage.Quota > 0 {
			for _, d := range beyondTier(z.observation) {
				usual[d.Detail] = d.Position == nil
			}
		}
	}
	return slices.DeleteFunc(diags, func(d plan.Diagnostic) bool { return d.Position == nil && usual[d.Detail] })
}

// beyondQuota returns an error if the zone has no room for what is planned. It returns a warning if
// the zone has room by its list but not by the count that came with its quota. A request destroys
// before it adds, so the number of records after each request counts.
func (z crowdedZone) beyondQuota() []plan.Diagnostic {
	most, listed := z.usage.Records+z.growth, len(z.zone.Records)
	switch {
	case z.usage.Quota == 0 || most <= z.usage.Quota:
		return nil
	case listed+z.growth <= z.usage.Quota:
		return []plan.Diagnostic{z.doubtfulCount(listed)}
	}

	adds, destroys := writesIn(z.planned)
	detail := fmt.Sprintf("%s has %s, and Cloudflare allows %d in this zone. The plan adds %d and destroys %d, ",
		z.name, english.Count(z.usage.Records, "record"), z.usage.Quota, adds, destroys)
	if most > z.usage.Records+adds-destroys {
		detail += fmt.Sprintf("in several requests, and the zone would have %d after one of them. "+
			"Destroy what is not needed with a plan of its own first (-target=ADDRESS). ", most)
	} else {
		detail += fmt.Sprintf("so the zone would have %d. ", most)
	}
	detail += "Cloudflare would refuse that (code 81045), so apply sends nothing. " +
		"Declare fewer records, destroy some that are not needed, ask Cloudflare for a higher quota, " +
		"or choose a larger Cloudflare plan for the zone."
	return []plan.Diagnostic{quotaError(detail, z)}
}

// doubtfulCount returns the warning about a zone whose records fit only by its list. The count may
// lag behind a destroy, and then the plan is right.
func (z crowdedZone) doubtfulCount(listed int) plan.Diagnostic {
	d := quotaError(fmt.Sprintf("%s has %s by Cloudflare's count, and %d by its list. Cloudflare allows %d in "+
		"this zone, so what the plan adds does not fit if the count is right. The count may be old, for example right "+
		"after a destroy. If it is right, Cloudflare refuses the request (code 81045), and nothing of that "+
		"request takes effect.",
		z.name, english.Count(z.usage.Records, "record"), listed, z.usage.Quota), z)
	d.Severity = dns.Warning
	return d
}

// quotaError returns an error about a quota, at the block of a zone.
func quotaError(detail string, z crowdedZone) plan.Diagnostic {
	return plan.Diagnostic{
		Severity: dns.Error,
		Summary:  quotaSummary,
		Detail:   detail,
		Position: plan.PositionOf(z.declared.Policy),
	}
}

// checkAccounts returns an error for each account that sets the quota of crowded zones and has no
// room for what the plan adds to them.
func (p *Planner) checkAccounts(ctx context.Context, out *plan.Plan, crowded []crowdedZone) []plan.Diagnostic {
	byAccount := map[string][]crowdedZone{}
	for _, z := range crowded {
		if z.account != "" {
			byAccount[z.account] = append(byAccount[z.account], z)
		}
	}

	var diags []plan.Diagnostic
	for _, account := range slices.Sorted(maps.Keys(byAccount)) {
		usage, err := p.clients().of(byAccount[account][0].observation.account()).AccountUsage(ctx, account)
		if err == nil && usage.Quota > 0 {
			diags = append(diags, beyondAccountQuota(account, usage, out, byAccount[account])...)
		}
	}
	return diags
}

// beyondAccountQuota returns an error if the account has no room for what the plan adds to the
// zones. It is not known which other zones of the plan are in the account, so everything that is
// destroyed in those counts as room.
func beyondAccountQuota(account string, usage cloudflare.Usage, out *plan.Plan, zones []crowdedZone) []plan.Diagnostic {
	adds, destroys := 0, 0
	var names []string
	for _, z := range zones {
		a, d := writesIn(z.planned)
		adds, destroys, names = adds+a, destroys+d, append(names, z.name)
	}

	freed := 0
	for _, z := range out.Zones {
		if a, d := writesIn(z); d > a && !slices.Contains(names, z.Name) {
			freed += d - a
		}
	}
	most := usage.Records + adds - destroys
	if most-freed <= usage.Quota {
		return nil
	}

	detail := fmt.Sprintf("The account %s has %s, and Cloudflare allows %d in all of its zones. "+
		"The plan adds %d and destroys %d in %s, so the account would have %d. "+
		"Cloudflare would refuse that (code 81045), so apply sends nothing. "+
		"Declare fewer records, destroy some that are not needed, or ask Cloudflare for a higher quota.",
		account, english.Count(usage.Records, "record"), usage.Quota, adds, destroys, few(names), most)
	return []plan.Diagnostic{quotaError(detail, zones[0])}
}

// writesIn counts the records that a zone's plan adds and destroys.
func writesIn(z plan.Zone) (adds, destroys int) {
	for _, c := range z.Changes {
		switch c.Action {
		case plan.Add:
			adds++
		case plan.Destroy:
			destroys++
		}
	}
	return adds, destroys
}

// few returns names for people, or the first of many.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		names = append(slices.Clone(names[:most-1]), english.Count(len(names)-most+1, "other zone"))
	}
	return english.List(names, "and")
}
