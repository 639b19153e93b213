package dns

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ZoneProblem is a problem between records of a zone. Records holds their
// indices in the zone; the first is the one to point at.
type ZoneProblem struct {
	*Problem
	Records []int
}

// CheckZone returns what is wrong between the records of a declared zone:
// a CNAME beside others, repeats, and so on. It calls CheckRecord for none.
func CheckZone(z Zone) []ZoneProblem {
	names := make(map[string][]int, len(z.Records))
	for i, r := range z.Records {
		names[r.Name] = append(names[r.Name], i)
	}
	c := zoneChecker{zone: z}
	for i, r := range z.Records {
		if at := names[r.Name]; at[0] == i {
			c.checkName(siblings{z.Records, at})
		}
	}
	return c.problems
}

type zoneChecker struct {
	zone     Zone
	problems []ZoneProblem
}

func (c *zoneChecker) add(p *Problem, records ...[]int) {
	c.problems = append(c.problems, ZoneProblem{p, slices.Concat(records...)})
}

// siblings are the records at one name, by their indices in the zone.
type siblings struct {
	records []Record
	at      []int
}

// of returns those of the given types.
func (s siblings) of(types ...Type) []int {
	return s.where(func(r Record) bool { return slices.Contains(types, r.Type) })
}

func (s siblings) where(match func(Record) bool) []int {
	var out []int
	for _, i := range s.at {
		if match(s.records[i]) {
			out = append(out, i)
		}
	}
	return out
}

func (s siblings) name() string { return s.records[s.at[0]].Name }

func (c *zoneChecker) checkName(s siblings) {
	c.checkDS(s)
	if len(s.at) == 1 {
		return
	}
	c.checkDuplicates(s)
	c.checkCNAME(s)
	c.checkDelegation(s)
	c.checkSets(s)
}

// checkDuplicates: Cloudflare tells records apart by name, type and content
// (code 81058), however much else of them differs.
func (c *zoneChecker) checkDuplicates(s siblings) {
	same := make(map[Key][]int, len(s.at))
	for _, i := range s.at {
		k := s.records[i].Key()
		same[k] = append(same[k], i)
	}
	for _, i := range s.at {
		twins := same[s.records[i].Key()]
		if twins[0] != i || len(twins) == 1 {
			continue
		}
		a := s.records[i]
		c.add(fault("duplicate", "", "Duplicate record", "%d records of the type %s at %s have the content %s.%s Keep one of them.",
			len(twins), a.Type, show(a.Name), show(a.Content), difference(a, s.records[twins[1]])), twins)
	}
}

func difference(a, b Record) string {
	attrs := Changed(a, b)
	if len(attrs) == 0 {
		return ""
	}
	return " That they differ in " + strings.Join(attrs, ", ") + " does not make them two records for Cloudflare."
}

// checkCNAME: what may stand beside a CNAME is what Cloudflare accepts (codes
// 81053 and 81054), not what RFC 1034, section 3.6.2, does.
func (c *zoneChecker) checkCNAME(s siblings) {
	aliases := s.distinctAliases()
	if len(aliases) == 0 {
		return
	}
	name := s.name()
	if len(aliases) > 1 {
		c.add(fault("cname-alone", "", "Several CNAME records", "%s has %d CNAME records. A name has one at most: an alias has one target.", show(name), len(aliases)), aliases)
	}
	if addresses := s.of(A, AAAA); len(addresses) > 0 {
		c.add(fault("cname-alone", "", "CNAME beside addresses", "%s has a CNAME record and also %s. Cloudflare refuses addresses beside a CNAME: keep one or the other.", show(name), s.count(addresses)), aliases[:1], addresses)
	}
	if name == c.zone.Name {
		return // flattened: it is answered with addresses
	}
	if servers := s.of(NS); len(servers) > 0 {
		c.add(fault("cname-alone", "", "CNAME beside NS", "%s has a CNAME record and also %s. A name is either an alias or delegated to other name servers.", show(name), s.count(servers)), aliases[:1], servers)
	}
	c.checkBesideCNAME(s, aliases[0])
}

// checkBesideCNAME warns of other types beside an alias that resolvers see. That
// of a proxied record is answered with addresses.
func (c *zoneChecker) checkBesideCNAME(s siblings, alias int) {
	if s.records[alias].Proxied {
		return
	}
	others := s.where(func(r Record) bool { return !slices.Contains([]Type{A, AAAA, CNAME, NS}, r.Type) })
	if len(others) > 0 {
		c.add(caution("cname-beside", "", "Records beside a CNAME", "%s has a CNAME record and also %s. Resolvers follow the alias and may never see them.", show(s.name()), s.count(others)), []int{alias}, others)
	}
}

// distinctAliases leaves out repeats, which are a problem of their own.
func (s siblings) distinctAliases() []int {
	seen := map[string]bool{}
	return s.where(func(r Record) bool {
		if r.Type != CNAME || seen[r.Content] {
			return false
		}
		seen[r.Content] = true
		return true
	})
}

// checkDelegation: a name below the zone's that has NS records belongs to other
// servers (code 81056).
func (c *zoneChecker) checkDelegation(s siblings) {
	if s.name() == c.zone.Name {
		return
	}
	servers, addresses := s.of(NS), s.of(A, AAAA)
	if len(servers) > 0 && len(addresses) > 0 {
		c.add(fault("ns-alone", "", "Addresses at a delegated name", "%s is delegated to other name servers by its NS records, and also has %s. Cloudflare refuses them: they belong into the zone on those servers.",
			show(s.name()), s.count(addresses)), addresses, servers)
	}
}

func (c *zoneChecker) checkDS(s siblings) {
	signers := s.of(DS)
	if len(signers) == 0 || len(s.of(NS)) > 0 {
		return
	}
	if s.name() == c.zone.Name {
		c.add(fault("ds-without-ns", "", "DS at the top of the zone", "The DS records of %s belong into the zone above it: enter them at the registrar.", show(s.name())), signers)
		return
	}
	c.add(fault("ds-without-ns", "", "DS without NS", "%s has DS records but no NS records. DS signs a delegation, and needs the NS records of the same name beside it.", show(s.name())), signers)
}

// Limits for the records of one name and type: the sum of their contents in
// characters, and the number of name servers.
const (
	maxSet         = 8192
	maxNameServers = 10
)

func (c *zoneChecker) checkSets(s siblings) {
	size := map[Type]int{}
	for _, i := range s.at {
		size[s.records[i].Type] += len(s.records[i].Content)
	}
	for _, t := range Types() {
		if size[t] > maxSet {
			c.add(caution("set-size", "", "Large set of records", "The contents of the records of the type %s at %s have %d characters together. Cloudflare accepts %d.", t, show(s.name()), size[t], maxSet), s.of(t))
		}
	}
	if servers := s.of(NS); len(servers) > maxNameServers {
		c.add(caution("set-size", "", "Many name servers", "%s has %d NS records. Cloudflare accepts %d.", show(s.name()), len(servers), maxNameServers), servers)
	}
}

// count words how many records of which types there are, as in "2 A and 1 AAAA
// records".
func (s siblings) count(at []int) string {
	n := map[Type]int{}
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
