package render

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// replacement says how many records that cfplan does not manage are replaced. It returns "" if none are.
func replacement(p *plan.Plan) string {
	changed, destroyed := replacements(p)
	n := changed + destroyed
	if n == 0 {
		return ""
	}

	verb := are(n)
	if p.Mode != plan.Live || p.HasErrors() {
		verb = "would be"
	}

	records := "records that cfplan does not manage"
	if n == 1 {
		records = "record that cfplan does not manage"
	}

	return fmt.Sprintf("%d %s %s replaced: %s.", n, records, verb, fates(changed, destroyed))
}

// replacements counts the unmanaged records that are changed in place and those that are destroyed.
func replacements(p *plan.Plan) (changed, destroyed int) {
	for _, z := range p.Zones {
		for _, c := range z.Changes {
			switch {
			case !c.Replaces:
			case c.Action == plan.Destroy:
				destroyed++
			default:
				changed++
			}
		}
	}
	return changed, destroyed
}

// fates says how many records are overwritten and how many are destroyed.
func fates(changed, destroyed int) string {
	var parts []string
	if changed > 0 {
		parts = append(parts, fmt.Sprintf("%d overwritten in place", changed))
	}
	if destroyed > 0 {
		parts = append(parts, fmt.Sprintf("%d destroyed", destroyed))
	}
	return english.List(parts, "and")
}

// notManaged marks a replaced record if there is no room for the reason.
const notManaged = " (not managed by cfplan before)"

// asides returns the remark about a change that follows its record, or "".
func asides(c plan.Change) string {
	switch {
	case c.Forget:
		return givenUp
	case c.Replaces:
		return notManaged
	}
	return ""
}
