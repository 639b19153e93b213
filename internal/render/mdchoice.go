package render

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// rank says how early a change is chosen for a page that cannot show all changes.
type rank int

const (
	worstDestroy   rank = iota // a destroy with a high or medium risk, or of an important record
	anyDestroy                 // any other destroy
	highRisk                   // another change with a high risk
	mediumRisk                 // another change with a medium risk
	importantWrite             // another change of an important record
	firstOfKind                // the first change of its zone, action and type
	anyOther                   // any other change
	ranks                      // the number of ranks
)

// choice chooses the changes that a page shows.
//
// Changes of a lower rank are chosen first. Within a rank, the zones take turns, so that no zone hides another. In
// the first round, no rank takes more than half of the remaining room, so that no rank hides the others: 10,000
// destroys leave room for the risky changes, and these for a new MX record. A second round fills the rest of the
// room. The page shows the chosen changes in the order of shownOrder. Only they are rendered, so the time grows
// linearly with the number of changes.
type choice struct {
	md    *md
	zones []*zoneChoice
	// ranked has all changes in the order in which they are chosen.
	ranked []ranked
	// from has the bounds of the ranks in ranked.
	from [ranks + 1]int
}

// zoneChoice is the shown part of a zone with changes.
type zoneChoice struct {
	zone *plan.Zone
	// order has the indices of the changes in the order in which they are shown. urgent is how many of the first
	// ones a reviewer must see.
	order  []int
	urgent int
	// rows has the rendered rows of the chosen changes, by their position in order; "" for the others.
	rows []string
	// left counts the changes that are not chosen.
	left *kinds
	// open is true after a change of the zone was chosen.
	open bool
	// reserved is how many bytes are kept free for the row that counts the rest.
	reserved int
}

// ranked is a change in the order of choice.
type ranked struct {
	zone *zoneChoice
	at   int // the position in zone.order
	rank rank
}

func (r ranked) change() plan.Change { return r.zone.zone.Changes[r.zone.order[r.at]] }

func newChoice(m *md) *choice {
	c := &choice{md: m}
	byRank := [ranks][][]ranked{} // one list for each zone
	total := 0
	for i := range m.plan.Zones {
		z := &m.plan.Zones[i]
		if len(z.Changes) == 0 {
			continue
		}

		zone := &zoneChoice{zone: z, left: newKinds(z.Changes)}
		zone.order, zone.urgent = shownOrder(z)
		c.zones = append(c.zones, zone)
		total += len(z.Changes)
		for r, list := range zone.byRank() {
			if len(list) > 0 {
				byRank[r] = append(byRank[r], list)
			}
		}
	}

	c.ranked = make([]ranked, 0, total)
	for r, lists := range byRank {
		c.from[r] = len(c.ranked)
		c.ranked = inTurn(c.ranked, lists)
	}

	c.from[ranks] = total
	return c
}

// shownOrder puts the changes first that a reviewer must see: the destroys, the risky changes, and changes of
// important records. urgent is the number of these. The other changes are sorted by action. Apart from that, the
// order is that of the plan.
func shownOrder(z *plan.Zone) (order []int, urgent int) {
	groups := make([][]int, int(firstOfKind)+len(shownActions())+1)
	for i, c := range z.Changes {
		group := int(max(rankOf(c, z.Name), anyDestroy))
		if group >= int(firstOfKind) {
			group = int(firstOfKind) + actionOrder(c.Action)
		}
		groups[group] = append(groups[group], i)
	}

	for i, group := range groups {
		if i == int(firstOfKind) {
			urgent = len(order)
		}
		order = append(order, group...)
	}

	return order, urgent
}

func shownActions() []plan.Action {
	return []plan.Action{plan.Destroy, plan.Update, plan.Adopt, plan.Forget, plan.Add}
}

// actionOrder returns the position of an action in shownActions. An unknown action comes last.
func actionOrder(a plan.Action) int {
	if i := slices.Index(shownActions(), a); i >= 0 {
		return i
	}
	return len(shownActions())
}

// byRank groups the changes of a zone by rank.
func (z *zoneChoice) byRank() [ranks][]ranked {
	var out [ranks][]ranked
	seen := map[kind]bool{}
	for at, i := range z.order {
		c := z.zone.Changes[i]
		r := rankOf(c, z.zone.Name)
		if k := kindOf(c); !seen[k] {
			seen[k] = true
			r = min(r, firstOfKind)
		}
		out[r] = append(out[r], ranked{z, at, r})
	}

	return out
}

// rankOf ranks a change. It never returns firstOfKind, because it does not know the other changes.
func rankOf(c plan.Change, zone string) rank {
	level, important := anyOther, false
	for _, part := range c.WithoutRename() {
		important = important || importantRecord(part, zone)
	}
	for _, r := range c.Risks {
		switch {
		case r.Level == plan.HighRisk:
			level = highRisk
		case r.Level.Reaches(plan.MediumRisk):
			level = min(level, mediumRisk)
		}
	}

	switch {
	case c.Action == plan.Destroy && (level <= mediumRisk || important):
		return worstDestroy
	case c.Action == plan.Destroy:
		return anyDestroy
	case level <= mediumRisk:
		return level
	case important && c.Writes():
		return importantWrite
	default:
		return anyOther
	}
}

// importantRecord reports whether much depends on a record: it is about mail, delegation or certificates, at the
// zone's own name, or a wildcard.
func importantRecord(c plan.Change, zone string) bool {
	switch c.Type {
	case dns.MX, dns.NS, dns.CAA, dns.DS, dns.TLSA:
		return true
	}

	if c.Name == zone || strings.HasPrefix(c.Name, "*.") {
		return true
	}
	if c.Type != dns.TXT && c.Type != dns.CNAME {
		return false
	}

	for _, label := range []string{"_dmarc.", "_mta-sts.", "_smtp._tls."} {
		if strings.HasPrefix(c.Name, label) {
			return true
		}
	}

	return strings.Contains(c.Name, "._domainkey.") || isSPF(c.Before) || isSPF(c.After)
}

func isSPF(v *plan.Values) bool {
	return v != nil && strings.HasPrefix(strings.TrimLeft(v.Content, `"`), "v=spf1")
}

// inTurn appends the lists in turns: the first entry of each, then the second of each.
func inTurn(out []ranked, lists [][]ranked) []ranked {
	for i := 0; len(lists) > 0; i++ {
		still := lists[:0]
		for _, list := range lists {
			out = append(out, list[i])
			if i+1 < len(list) {
				still = append(still, list)
			}
		}
		lists = still
	}
	return out
}

// destroys returns the first changes that destroy a record, in the order of choice.
func (c *choice) destroys(most int) []plan.Change {
	var out []plan.Change
	for _, r := range c.ranked[:c.from[anyDestroy+1]] {
		if len(out) == most {
			break
		}
		out = append(out, r.change())
	}
	return out
}

// leastLinkedRow is the minimum size of a row with a link, in bytes.
const leastLinkedRow = 100

// fill returns the tables of the changes that fit, and the number of those changes.
func (c *choice) fill(room int) (tables string, shown int) {
	// Links make a row half as long again, so they are left out if they would cost rows.
	if c.md.Link != nil && len(c.ranked)*leastLinkedRow <= room {
		t := &tableRoom{choice: c, links: true, room: room}
		if t.choose(); t.shown == len(c.ranked) {
			return t.write(), t.shown
		}
		c.reset()
	}
	t := &tableRoom{choice: c, room: room}
	t.choose()
	return t.write(), t.shown
}

// reset undoes all choices of changes.
func (c *choice) reset() {
	for _, z := range c.zones {
		z.rows, z.left, z.open, z.reserved = nil, newKinds(z.zone.Changes), false, 0
	}
}
