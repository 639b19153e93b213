package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// mostNotRefreshed is up to how many zones are named, each with the age of its snapshot. If there are more zones,
// they are only counted, with the greatest age.
const mostNotRefreshed = 5

// notRefreshed says which zones were not read, and how old their snapshots are. It returns "" if all zones were read.
// The sentence is escaped for a terminal.
func notRefreshed(p *plan.Plan) string {
	zones := p.ZonesNotRefreshed()
	switch n := len(zones); {
	case n == 0:
		return ""
	case n == 1:
		return fmt.Sprintf("1 zone was not read: its snapshot shows nothing to do (%s).", withAge(p, zones[0]))
	case n > mostNotRefreshed:
		return fmt.Sprintf("%d zones were not read: their snapshots, up to %s old, show nothing to do.",
			n, english.Age(oldest(p, zones)))
	}

	named := make([]string, len(zones))
	for i, z := range zones {
		named[i] = withAge(p, z)
	}

	return fmt.Sprintf("%d zones were not read: their snapshots show nothing to do (%s).",
		len(zones), strings.Join(named, "; "))
}

// withAge returns a zone's name with the age of its snapshot.
func withAge(p *plan.Plan, z plan.Zone) string {
	return fmt.Sprintf("%s, %s old", Escape(z.Name), english.Age(p.CreatedAt.Sub(z.Source.FetchedAt)))
}

// oldest returns the age of the oldest snapshot of the zones.
func oldest(p *plan.Plan, zones []plan.Zone) time.Duration {
	var age time.Duration
	for _, z := range zones {
		age = max(age, p.CreatedAt.Sub(z.Source.FetchedAt))
	}
	return age
}
