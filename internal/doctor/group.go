package doctor

import (
	"cmp"
	"strings"
)

// mostOutcomes is how many different outcomes of one check with the same status are shown separately.
const mostOutcomes = 20

// Group is a check as users see it, for one zone or for all zones with the same outcome.
type Group struct {
	Check
	// Zones are the zones of the group if there is more than one. Detail, Cause and Guidance apply to all
	// of them.
	Zones []string
}

// Grouped combines the checks of zones that have the same outcome, so that a thousand zones take a few lines. The
// groups are in the order of their first checks. If a check has more than 20 outcomes with the same status, the
// others form one more group.
func Grouped(checks []Check) []Group {
	var groups []Group
	at := map[string]int{}
	outcomes := map[string]int{}
	for _, c := range checks {
		if c.Zone == "" {
			groups = append(groups, Group{Check: c})
			continue
		}

		key := c.key()
		if _, known := at[key]; !known {
			kind := c.Account + "\n" + c.Name + "\n" + string(c.Status)
			outcomes[kind]++
			if outcomes[kind] > mostOutcomes {
				key = kind
			}
		}
		if i, known := at[key]; known {
			groups[i].join(c)
			continue
		}
		at[key] = len(groups)
		groups = append(groups, Group{Check: c})
	}
	return groups
}

// key returns a text that is equal for equal outcomes.
func (c Check) key() string {
	parts := append([]string{c.Account, c.Name, string(c.Status), c.short(), c.Cause}, c.Guidance...)
	return strings.Join(parts, "\n")
}

// short returns Detail without the parts that differ from zone to zone.
func (c Check) short() string { return cmp.Or(c.outcome, c.Detail) }

// join adds the zone of a check to the group. The outcome of the check differs from that of the group only if the
// group is for the outcomes beyond mostOutcomes.
func (g *Group) join(c Check) {
	if len(g.Zones) == 0 {
		g.Zones = []string{g.Zone}
		g.Detail = g.short()
	}
	if c.key() != g.key() {
		g.Detail, g.Cause = "The outcomes differ from zone to zone.", ""
		g.Guidance = []string{"Run cfplan doctor -json, which lists all of them."}
	}
	g.Zones = append(g.Zones, c.Zone)
}
