package render

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// adoption explains what adopting means. After a lost state, or at the beginning, a user may fear that cfplan creates
// the records a second time. It returns "" if nothing is adopted, or if the plan cannot be applied.
func adoption(p *plan.Plan) string {
	asIs, changed := adoptions(p)
	switch {
	case asIs+changed == 0, p.Mode != plan.Live, p.HasErrors():
		return ""
	case changed == 0 && asIs == 1:
		return "1 record exists already, equal to its declaration: apply takes it over as it is."
	case changed == 0:
		return fmt.Sprintf("%d records exist already, equal to their declaration: apply takes them over as they are.",
			asIs)
	case asIs == 0:
		return fmt.Sprintf("%s %s adopted and changed.", english.Count(changed, "record"), are(changed))
	default:
		return fmt.Sprintf("%s %s adopted as %s, %d %s adopted and changed.",
			english.Count(asIs, "record"), are(asIs), theyAre(asIs), changed, are(changed))
	}
}

// adoptions counts the records that are adopted without a change, and the records that are adopted and changed.
func adoptions(p *plan.Plan) (asIs, changed int) {
	for _, z := range p.Zones {
		for _, c := range z.Changes {
			switch {
			case c.Action != plan.Adopt:
			case c.Writes():
				changed++
			default:
				asIs++
			}
		}
	}
	return asIs, changed
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func theyAre(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}
