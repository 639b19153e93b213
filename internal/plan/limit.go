package plan

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// limitRule names the risk of a zone that would lose more than its limit.
const limitRule = "max-destroy"

// limitSummary is that of the warning about such a zone.
const limitSummary = "Plan destroys more than the limit"

const limitCheck = "Is a file missing, a for_each empty, a zone's block gone by mistake? Only if all of it is meant:"

const (
	// smallZone is the size below which a zone is small: one of three records is a third of the zone, so a
	// share of 30 % would forbid almost everything.
	smallZone = 10
	// leastLimited is the size below which a zone has no limit unless one is declared.
	leastLimited = 3
)

// bound is how many records of a zone one plan may destroy.
type bound struct {
	most int
	text string
	// replaced: a destroy does not count if its name gets another record in the same plan. In a small zone, two
	// records that change their type would be half of it.
	replaced bool
}

// boundOf returns the bound of a zone with so many records. It returns false if there is none: the zone is tiny, and
// no limit is declared.
func boundOf(declared *dns.Limit, records int) (bound, bool) {
	limit, small := dns.DefaultLimit, records < smallZone
	switch {
	case declared != nil:
		limit = *declared
	case records < leastLimited:
		return bound{}, false
	case small:
		most := records / 2
		return bound{most: most, text: fmt.Sprintf("half of a zone of fewer than ten records, %d", most), replaced: true}, true
	}

	b := bound{most: limit.Of(records), text: limit.String(), replaced: small && limit.Percent}
	if limit.Percent {
		b.text += fmt.Sprintf(", %d", b.most)
	}
	return b, true
}

// LimitRisk returns the risk of a zone of which more would be destroyed than its limit allows, and whether there is
// one. declared is the limit that the configuration declares, nil if it declares none. live are the zone's records
// before the changes.
func LimitRisk(z Zone, declared *dns.Limit, live []dns.Record) (Risk, bool) {
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

	text := fmt.Sprintf("%d of the %d records of %s would be destroyed, more than its limit (%s).", destroyed, records, z.Name, b.text)
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

// destroys counts the records that a plan of a zone destroys, and those of them that count for its limit.
func destroys(z Zone, replaced bool) (all, counted int) {
	arrives := map[string]bool{}
	for _, c := range z.Changes {
		if replaced && c.Action == Add {
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

// checkLimit warns if more of the zone would be destroyed than its limit. To destroy all that is owned is asked for
// by name, and has none.
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
			Detail:   risk.Text + " Apply refuses it. " + risk.Check,
			Position: PositionOf(d.in.Desired.Policy),
		})
	}
}

// PositionOf returns where the block of a zone with this policy stands; nil if it has none.
func PositionOf(p dns.Policy) *Position {
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
		if z.overLimit() && z.Summary.Destroy > p.AllowDestroy {
			out = append(out, z)
		}
	}
	return out
}

// WithoutLimitWarnings leaves out the warnings that a zone would lose more than its limit, for a plan that may be
// carried out: what the limit is now was found out again.
func WithoutLimitWarnings(diags []Diagnostic) []Diagnostic {
	return slices.DeleteFunc(slices.Clone(diags), func(d Diagnostic) bool { return d.Summary == limitSummary })
}

// overLimit reports whether the zone carries the risk of one that would lose more than its limit.
func (z Zone) overLimit() bool {
	return slices.ContainsFunc(z.Risks, func(r Risk) bool { return r.Rule == limitRule })
}
