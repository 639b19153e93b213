package lint

import (
	"github.com/cfplan/cfplan/internal/dns"
)

// maxChain is the number of CNAMEs in a row that every resolver follows.
const maxChain = 8

// aliases follows the CNAMEs of a zone. If a name has several, it follows only the first.
type aliases struct {
	zone dns.Zone
	// at maps each name to the index of its first CNAME.
	at map[string]int
	// steps maps a record to the number of CNAMEs that a resolver follows, beginning with it. The
	// number is 0 if the resolver sees no CNAME or goes in a circle. A record has no entry until
	// count has seen it.
	steps map[int]int
	// circles marks the records that lead back to themselves or into a circle.
	circles map[int]bool
}

// checkAliases finds circles of CNAMEs, and chains that are too long.
func (c *zoneChecker) checkAliases() {
	a := aliases{zone: c.zone, at: map[string]int{}, steps: map[int]int{}, circles: map[int]bool{}}
	for i, r := range c.zone.Records {
		if r.Type != dns.CNAME {
			continue
		}
		if _, ok := a.at[r.Name]; !ok {
			a.at[r.Name] = i
		}
	}

	for i, r := range c.zone.Records {
		if at, ok := a.at[r.Name]; r.Type != dns.CNAME || !ok || at != i {
			continue
		}

		if circle := a.walk(i); len(circle) > 1 {
			c.add(fault("cname-loop", dns.AttrContent, "CNAMEs in a circle",
				"%s leads back to itself through %d CNAME records, so none of them resolves.",
				dns.Show(c.zone.Records[circle[0]].Name), len(circle)), circle)
		}
		if a.steps[i] == maxChain+1 {
			c.add(caution("cname-chain", dns.AttrContent, "Long chain of CNAMEs",
				"%s takes %d steps from alias to alias. Resolvers may give up after %d: point at the last name.",
				dns.Show(r.Name), a.steps[i], maxChain), []int{i})
		}
	}
}

// walk follows the aliases from record i and counts the steps of every record on its way. If it
// finds a new circle, it returns the records of the circle.
func (a *aliases) walk(i int) (circle []int) {
	// Most aliases lead out of the zone. They need no maps.
	if _, follows := a.next(i); !follows {
		a.count(i, false)
		return nil
	}

	passed := []int{}
	place := map[int]int{}
	for {
		if n, ok := place[i]; ok {
			circle = passed[n:]
			break
		}
		if _, known := a.steps[i]; known {
			break
		}

		place[i] = len(passed)
		passed = append(passed, i)
		next, ok := a.next(i)
		if !ok {
			break
		}
		i = next
	}

	for n := len(passed) - 1; n >= 0; n-- {
		a.count(passed[n], len(circle) > 0)
	}
	return circle
}

// next returns the CNAME record at the target of CNAME i. The result is false if there is none.
func (a *aliases) next(i int) (int, bool) {
	next, ok := a.at[a.zone.Records[i].Content]
	return next, ok
}

// count sets the steps of a record. The steps of its successor must be set already. lost reports
// whether the walk ended in a circle.
func (a *aliases) count(i int, lost bool) {
	next, follows := a.next(i)
	a.circles[i] = lost || follows && a.circles[next]
	switch {
	case a.circles[i] || hidesAlias(a.zone.Records[i], a.zone.Name):
		a.steps[i] = 0
	case follows:
		a.steps[i] = a.steps[next] + 1
	default:
		a.steps[i] = 1
	}
}

// hidesAlias reports whether resolvers get addresses instead of the CNAME, because it is proxied,
// flattened, or at the zone's own name.
func hidesAlias(r dns.Record, zone string) bool {
	return r.Proxied || r.Settings.FlattenCNAME || r.Name == zone
}
