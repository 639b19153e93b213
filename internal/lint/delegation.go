package lint

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// cut returns the delegated name at or above the given name, or "" if there is none. Of several, it
// returns the highest.
func (c *zoneChecker) cut(name string) (highest string) {
	if len(c.cuts) == 0 {
		return ""
	}

	for dns.Inside(name, c.zone.Name) && name != c.zone.Name {
		if c.cuts[name] {
			highest = name
		}

		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			break
		}
		name = parent
	}
	return highest
}

// checkHidden finds records that resolvers never ask Cloudflare for, because they are at or below a
// delegated name.
func (c *zoneChecker) checkHidden() {
	if len(c.cuts) == 0 {
		return
	}

	glue := map[string]bool{}
	for _, r := range c.zone.Records {
		if r.Type == dns.NS {
			glue[r.Content] = true
		}
	}

	hidden := map[string][]int{}
	var order []string
	for _, at := range c.groups {
		name := c.zone.Records[at[0]].Name
		cut := c.cut(name)
		below := siblings{c.zone.Records, at}.where(func(r dns.Record) bool {
			return cut != "" && c.hiddenBy(cut, r, glue)
		})
		if len(below) > 0 && hidden[cut] == nil {
			order = append(order, cut)
		}
		hidden[cut] = append(hidden[cut], below...)
	}

	for _, cut := range order {
		c.add(caution("delegation-hides", dns.AttrName, "Records that a delegation hides",
			"The NS records of %s delegate it to other name servers, so resolvers do not ask Cloudflare for the %s "+
				"at or below it. Declare them in the zone on those servers.",
			dns.Show(cut), siblings{c.zone.Records, hidden[cut]}.count(hidden[cut])), hidden[cut], c.at(cut).of(dns.NS))
	}
}

// hiddenBy reports whether the delegation of the name cut hides a record. It returns false for a
// record that conflicts with the NS records themselves: the check ns-alone reports that. glue has the
// names of the zone's name servers.
func (c *zoneChecker) hiddenBy(cut string, r dns.Record, glue map[string]bool) bool {
	if r.Name == cut && dns.ConflictAt(cut, c.zone.Name, dns.NS, r.Type) != dns.NoConflict {
		return false
	}
	return !dns.ServesDelegation(cut, r, func(host string) bool { return glue[host] })
}

// checkDelegation reports the records that Cloudflare refuses at a delegated name.
func (c *zoneChecker) checkDelegation(s siblings) {
	servers := s.of(dns.NS)
	if len(servers) == 0 {
		return
	}

	if addresses := c.conflicting(s, dns.NS, dns.AddressBesideServer); len(addresses) > 0 {
		c.add(fault("ns-alone", "", "Addresses at a delegated name",
			"The NS records of %s delegate it to other name servers, but it also has %s. "+
				"Cloudflare refuses them (81056): they belong in the zone on those servers.",
			dns.Show(s.name()), s.count(addresses)), addresses, servers)
	}

	if others := c.conflicting(s, dns.NS, dns.RecordBesideServer); len(others) > 0 {
		c.add(fault("ns-alone", "", "Records at a delegated name",
			"The NS records of %s delegate it to other name servers, but it also has %s. "+
				"Cloudflare accepts only DS records beside NS (81055): move the others to the zone on those servers.",
			dns.Show(s.name()), s.count(others)), others, servers)
	}
}

func (c *zoneChecker) checkDS(s siblings) {
	if !slices.ContainsFunc(s.at, func(i int) bool { return s.records[i].Type == dns.DS }) {
		return
	}
	signers := s.of(dns.DS)
	if len(s.of(dns.NS)) > 0 {
		return
	}

	if s.name() == c.zone.Name {
		c.add(fault("ds-without-ns", "", "DS at the top of the zone",
			"The DS records of %s belong in the zone above it: enter them at the registrar.",
			dns.Show(s.name())), signers)
		return
	}

	c.add(fault("ds-without-ns", "", "DS without NS",
		"%s has DS records but no NS records. A DS signs a delegation, so the same name needs NS records too.",
		dns.Show(s.name())), signers)
}

// checkServers warns of a delegation to a single server.
func (c *zoneChecker) checkServers(s siblings) {
	if len(c.cuts) == 0 || !c.cuts[s.name()] {
		return
	}
	if servers := s.of(dns.NS); len(servers) == 1 {
		c.add(caution("ns-single", "", "Delegation to one name server",
			"%s is delegated to a single name server, and fails whenever that server does. Add another.",
			dns.Show(s.name())), servers)
	}
}
