package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// ZoneProblem is a problem of a zone as a whole, such as a conflict between records.
type ZoneProblem struct {
	*dns.Problem
	// Records lists the indices of the affected records in the zone. A message points at the first one.
	Records []int
}

// Zone reports conflicts between the records of a declared zone, such as a CNAME beside an address. If
// the zone's plan at Cloudflare is known, Zone also reports what that plan does not allow. [Record]
// checks each record by itself.
func Zone(z dns.Zone) []ZoneProblem {
	c := newZoneChecker(z)
	for _, at := range c.groups {
		c.checkName(siblings{z.Records, at})
	}
	c.checkAliases()
	c.checkTargets()
	c.checkHidden()
	c.checkLookups()
	return slices.Concat(c.problems, Tier(z, z.Tier), OwnServers(z, z.NameServers))
}

// zoneChecker collects the problems of one zone.
type zoneChecker struct {
	zone dns.Zone
	// names maps each name to its index in groups.
	names map[string]int
	// groups has a list for each name: the indices of its records. The lists are in the order of their first
	// records.
	groups [][]int
	// cuts has the delegated names: names with NS records, except the zone's own name and wildcards.
	cuts map[string]bool
	// targets caches the results of unsuitable.
	targets  map[target]int
	ignore   *dns.Patterns
	scope    *dns.ZoneScope
	problems []ZoneProblem
	// sets holds the sets of the name that is being checked. The next name reuses its memory.
	sets []set
}

// newZoneChecker groups the records by name. It counts them first, so that all groups share one
// allocation, even in a zone with ten thousand names.
func newZoneChecker(z dns.Zone) *zoneChecker {
	c := &zoneChecker{
		zone:    z,
		names:   make(map[string]int, len(z.Records)),
		cuts:    map[string]bool{},
		targets: map[target]int{},
		ignore:  dns.NewPatterns(z.Policy.Ignore, z.Name),
		scope:   z.Policy.Scope.In(z.Name),
	}

	group := make([]int, len(z.Records))
	var sizes []int
	for i, r := range z.Records {
		g, ok := c.names[r.Name]
		if !ok {
			g = len(sizes)
			c.names[r.Name] = g
			sizes = append(sizes, 0)
		}
		group[i] = g
		sizes[g]++

		if r.Type == dns.NS && r.Name != z.Name && !strings.HasPrefix(r.Name, "*") {
			c.cuts[r.Name] = true
		}
	}

	c.groups = make([][]int, len(sizes))
	room := make([]int, len(z.Records))
	for g, n := range sizes {
		c.groups[g], room = room[:0:n], room[n:]
	}
	for i, g := range group {
		c.groups[g] = append(c.groups[g], i)
	}
	return c
}

// at returns the records of a name.
func (c *zoneChecker) at(name string) siblings {
	g, ok := c.names[name]
	if !ok {
		return siblings{}
	}
	return siblings{c.zone.Records, c.groups[g]}
}

func (c *zoneChecker) add(p *dns.Problem, records ...[]int) {
	c.problems = append(c.problems, ZoneProblem{p, slices.Concat(records...)})
}

// siblings holds the records at one name, by their indices in the zone.
type siblings struct {
	records []dns.Record
	at      []int
}

// of returns the records of the given types.
func (s siblings) of(types ...dns.Type) []int {
	return s.where(func(r dns.Record) bool { return slices.Contains(types, r.Type) })
}

func (s siblings) where(match func(dns.Record) bool) []int {
	var out []int
	for _, i := range s.at {
		if match(s.records[i]) {
			out = append(out, i)
		}
	}
	return out
}

// divide returns the records that match and the records that do not.
func (s siblings) divide(match func(dns.Record) bool) (those, others []int) {
	for _, i := range s.at {
		if match(s.records[i]) {
			those = append(those, i)
		} else {
			others = append(others, i)
		}
	}
	return those, others
}

func (s siblings) name() string { return s.records[s.at[0]].Name }

func (c *zoneChecker) checkName(s siblings) {
	c.checkDS(s)
	c.checkServers(s)
	if len(s.at) == 1 {
		return
	}

	repeated := c.checkDuplicates(s)
	c.checkCNAME(s)
	c.checkDelegation(s)
	c.checkSets(s, repeated)
}

// checkDuplicates finds records with the same name, type and content. Cloudflare refuses them (81058)
// even if other attributes differ. found reports whether there are any.
func (c *zoneChecker) checkDuplicates(s siblings) (found bool) {
	if s.differ() {
		return false
	}

	same := make(map[dns.Key][]int, len(s.at))
	for _, i := range s.at {
		k := s.records[i].Key()
		same[k] = append(same[k], i)
	}

	var a dns.Record
	for _, i := range s.at {
		twins := same[s.records[i].Key()]
		if twins[0] != i || len(twins) == 1 {
			continue
		}

		a, found = s.records[i], true
		c.add(fault("duplicate", "", "Duplicate record",
			"%d %s records at %s have the content %s.%s Keep one of them.",
			len(twins), a.Type, dns.Show(a.Name), dns.Show(a.Content), difference(a, s.records[twins[1]])), twins)
	}
	return found
}

// differ reports whether no two records have the same type and content. It returns false without
// looking if there are more than a few records. Most names have few, and need no map this way.
func (s siblings) differ() bool {
	const few = 8
	if len(s.at) > few {
		return false
	}
	for n, i := range s.at {
		for _, j := range s.at[:n] {
			if s.records[i].Type == s.records[j].Type && s.records[i].Content == s.records[j].Content {
				return false
			}
		}
	}
	return true
}

func difference(a, b dns.Record) string {
	attrs := dns.Changed(a, b)
	if len(attrs) == 0 {
		return ""
	}

	names := make([]string, len(attrs))
	for i, attr := range attrs {
		names[i] = string(attr)
	}
	return " They differ in " + strings.Join(names, ", ") + ", but Cloudflare counts them as one record."
}

// conflicting returns the records for which dns.ConflictAt gives the conflict if a record of type t is
// at the same name.
func (c *zoneChecker) conflicting(s siblings, t dns.Type, conflict dns.Conflict) []int {
	return s.where(func(r dns.Record) bool { return dns.ConflictAt(r.Name, c.zone.Name, t, r.Type) == conflict })
}

// checkCNAME reports records that Cloudflare refuses beside a CNAME.
func (c *zoneChecker) checkCNAME(s siblings) {
	aliases := s.distinctAliases()
	if len(aliases) == 0 {
		return
	}
	name := dns.Show(s.name())

	if len(aliases) > 1 {
		c.add(fault("cname-alone", "", "Several CNAME records",
			"%s has %d CNAME records. A name can have only one, because an alias has one target.",
			name, len(aliases)), aliases)
	}

	if addresses := c.conflicting(s, dns.CNAME, dns.AliasBesideAddress); len(addresses) > 0 {
		c.add(fault("cname-alone", "", "CNAME beside addresses",
			"%s has a CNAME record and also %s. Cloudflare refuses addresses beside a CNAME: keep one or the other.",
			name, s.count(addresses)), aliases[:1], addresses)
	}

	if servers := c.conflicting(s, dns.CNAME, dns.AliasBesideServer); len(servers) > 0 {
		c.add(fault("cname-alone", "", "CNAME beside NS",
			"%s has a CNAME record and also %s. A name is either an alias or delegated to other name servers.",
			name, s.count(servers)), aliases[:1], servers)
	}

	c.checkBesideCNAME(s, aliases[0])
}

// checkBesideCNAME warns of other types beside an alias. It reports nothing if the alias is proxied or
// at the zone's own name, because resolvers then get addresses and never see the alias.
func (c *zoneChecker) checkBesideCNAME(s siblings, alias int) {
	if s.records[alias].Proxied || s.name() == c.zone.Name {
		return
	}

	others := c.conflicting(s, dns.CNAME, dns.NoConflict)
	if len(others) > 0 {
		c.add(caution("cname-beside", "", "Records beside a CNAME",
			"%s has a CNAME record and also %s. Resolvers follow the alias and may never see them.",
			dns.Show(s.name()), s.count(others)), []int{alias}, others)
	}
}

// distinctAliases returns the CNAME records without duplicates: checkDuplicates reports those.
func (s siblings) distinctAliases() []int {
	seen := map[string]bool{}
	return s.where(func(r dns.Record) bool {
		if r.Type != dns.CNAME || seen[r.Content] {
			return false
		}
		seen[r.Content] = true
		return true
	})
}

// count says how many records of each type there are, as in "2 A and 1 AAAA records".
func (s siblings) count(at []int) string {
	n := map[dns.Type]int{}
	for _, i := range at {
		n[s.records[i].Type]++
	}

	var words []string
	for _, t := range slices.Sorted(maps.Keys(n)) {
		words = append(words, fmt.Sprintf("%d %s", n[t], t))
	}
	if len(at) == 1 {
		return words[0] + " record"
	}
	return strings.Join(words, " and ") + " records"
}
