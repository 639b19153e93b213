package lint

import (
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// OwnServers reports delegations of a declared zone that point to the zone's own name servers,
// because Cloudflare refuses them. servers are the zone's own name servers; if they are not known,
// OwnServers returns nil. It ignores z.NameServers, because a declared zone has none.
func OwnServers(z dns.Zone, servers []string) []ZoneProblem {
	if len(servers) == 0 {
		return nil
	}

	c := zoneChecker{zone: z}
	for i, r := range z.Records {
		if r.Type == dns.NS && r.Name != z.Name && slices.Contains(servers, r.Content) {
			c.add(fault("ns-own", dns.AttrContent, "Delegation to the zone's own name servers",
				"%s already answers for %s. Cloudflare refuses to delegate %s to it: "+
					"declare the records of that name in this zone.",
				dns.Show(r.Content), dns.Show(z.Name), dns.Show(r.Name)), []int{i})
		}
	}
	return c.problems
}
