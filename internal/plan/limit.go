package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// limitRule names the risk of a zone that would lose more than its limit. It is
// also what keeps apply from carrying the plan out.
const limitRule = "max-destroy"

const limitCheck = "Is a file missing, a for_each empty, a zone's block gone by mistake? Only if all of it is meant:"

// checkLimit warns where more of the zone would be destroyed than its limit. To
// destroy all that is owned is asked for by name, and has none.
func (d *differ) checkLimit() {
	records := 0
	for _, r := range d.seen {
		if r.ManagedBy == "" {
			records++
		}
	}
	limit := *cmp.Or(d.in.Desired.Policy.MaxDestroy, &dns.DefaultLimit)
	n, most := d.zone.Summary.Destroy, limit.Of(records)
	if d.in.Destroy || n <= most {
		return
	}
	bound := limit.String()
	if limit.Percent {
		bound += fmt.Sprintf(", %d", most)
	}
	text := fmt.Sprintf("%d of the %d records of %s would be destroyed, more than its limit (%s).", n, records, d.zone.Name, bound)
	check := fmt.Sprintf("%s -allow-destroy=%d.", limitCheck, n)
	d.zone.Risks = append(d.zone.Risks, Risk{Level: HighRisk, Rule: limitRule, Text: text, Check: check})
	if n > d.in.AllowDestroy {
		d.diags = append(d.diags, Diagnostic{Severity: dns.Warning, Summary: "Plan destroys more than the limit",
			Detail: text + " Apply refuses it. " + check, Position: d.zonePosition()})
	}
}

// zonePosition is where the zone's block stands; nil where it has none.
func (d *differ) zonePosition() *Position {
	p := d.in.Desired.Policy
	if p.File == "" {
		return nil
	}
	return &Position{File: p.File, Line: p.Line}
}

// BeyondLimit are the zones of which more would be destroyed than their limit and
// AllowDestroy allow.
func (p *Plan) BeyondLimit() []Zone {
	var out []Zone
	for _, z := range p.Zones {
		over := slices.ContainsFunc(z.Risks, func(r Risk) bool { return r.Rule == limitRule })
		if over && z.Summary.Destroy > p.AllowDestroy {
			out = append(out, z)
		}
	}
	return out
}
