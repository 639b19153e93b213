package plan

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// limitRule names the risk that a zone would lose more records than its limit allows.
const limitRule = "max-destroy"

// limitSummary is the summary of the warning about such a zone.
const limitSummary = "Plan destroys more than the limit"

const limitCheck = "Is a file missing, a for_each empty, or a zone block deleted by mistake? " +
	"If you want to destroy all of them, add"

const (
	// smallZone is the number of records below which a zone is small. In a small zone, the default limit of 30 %
	// would forbid almost every destroy: one of three records is already more.
	smallZone = 10
	// leastLimited is the number of records below which a zone has no limit unless it declares one.
	leastLimited = 3
)

// bound is the number of records of a zone that one plan may destroy.
type bound struct {
	most int
	text string
	// replaced reports whether destroys do not count if the plan adds another record at the same name. Otherwise two
	// records of a small zone that change their type could already be half of the zone.
	replaced bool
}

// boundOf returns the bound of a zone with the given number of records. ok is false if the zone has no bound,
// because it has fewer than leastLimited records and declares no limit.
func boundOf(declared *dns.Limit, records int) (b bound, ok bool) {
	limit, small := dns.DefaultLimit, records < smallZone
	switch {
	case declared != nil:
		limit = *declared
	case records < leastLimited:
		return bound{}, false
	case small:
		most := records / 2
		return bound{
			most:     most,
			text:     fmt.Sprintf("half of a zone of fewer than ten records, %d", most),
			replaced: true,
		}, true
	}

	b = bound{most: limit.Of(records), text: limit.String(), replaced: small && limit.Percent}
	if limit.Percent {
		b.text += fmt.Sprintf(", %d", b.most)
	}
	return b, true
}

// LimitRisk returns a risk if the plan would destroy more records of the zone than its limit allows; otherwise ok
// is false. declared is the limit that the configuration declares, or nil if it declares none. live has the zone's
// records before the changes.
func LimitRisk(z Zone, declared *dns.Limit, live []dns.Record) (risk Risk, ok bool) {
	records := 0
	for _, r := range live {
		if r.Keeper() == "" {
			records++
		}
	}

	b, limited := boundOf(declared, records)
	destroyed, counted := destroys(z, b.replaced)
	if !limited || counted <= b.most {
		return Risk{}, false
	}

	text := fmt.Sprintf("%d of the %d records of %s would be destroyed, more than its limit (%s).",
		destroyed, records, z.Name, b.text)
	if counted < destroyed {
		text = fmt.Sprintf("%d of the %d records of %s would be destroyed, %d of them without another record at their name: "+
			"more than its limit (%s).", destroyed, records, z.Name, counted, b.text)
	}
	return Risk{
		Level: HighRisk,
		Rule:  limitRule,
		Text:  text,
		Check: fmt.Sprintf("%s -allow-destroy=%d.", limitCheck, destroyed),
	}, true
}

// destroys returns the number of records that the plan of a zone destroys, and how many of them count for its limit.
func destroys(z Zone, replaced bool) (all, counted int) {
	arrives := map[string]bool{}
	for _, c := range z.Changes {
		if replaced && (c.Action == Add || c.Renames()) {
			arrives[c.Name] = true
		}
	}

	for _, c := range z.Changes {
		if c.Action != Destroy {
			continue
		}

		all++
		if !arrives[c.Name] {
			counted++
		}
	}
	return all, counted
}

// checkLimit warns if the plan would destroy more records of the zone than its limit allows. cfplan destroy has no
// limit, because its user has asked for the destruction explicitly.
func (d *differ) checkLimit() {
	risk, beyond := LimitRisk(d.zone, d.in.Desired.Policy.MaxDestroy, d.seen)
	if d.in.Destroy || !beyond {
		return
	}

	d.zone.Risks = append(d.zone.Risks, risk)
	if d.zone.Summary.Destroy > d.in.AllowDestroy {
		d.diags = append(d.diags, Diagnostic{
			Severity: dns.Warning,
			Summary:  limitSummary,
			Detail:   risk.Text + " Apply refuses such a plan. " + risk.Check,
			Position: PositionOf(d.in.Desired.Policy),
		})
	}
}

// PositionOf returns the position of the zone block with this policy, or nil if there is none.
func PositionOf(p dns.Policy) *Position {
	if p.File == "" {
		return nil
	}
	return &Position{File: p.File, Line: p.Line}
}

// BeyondLimit returns the zones that would lose more records than their limit and AllowDestroy allow.
func (p *Plan) BeyondLimit() []Zone {
	var out []Zone
	for _, z := range p.Zones {
		if z.overLimit() && z.Summary.Destroy > p.AllowDestroy {
			out = append(out, z)
		}
	}
	return out
}

// WithoutLimitWarnings returns the diagnostics without the warnings of checkLimit. apply does not need these
// warnings, because it checks the limit again.
func WithoutLimitWarnings(diags []Diagnostic) []Diagnostic {
	return slices.DeleteFunc(slices.Clone(diags), func(d Diagnostic) bool { return d.Summary == limitSummary })
}

// overLimit reports whether the zone has the risk that LimitRisk returns.
func (z Zone) overLimit() bool {
	return slices.ContainsFunc(z.Risks, func(r Risk) bool { return r.Rule == limitRule })
}
