package lint

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// checkTargets checks the names that records point at.
func (c *zoneChecker) checkTargets() {
	for i, r := range c.zone.Records {
		host := r.Target()
		if host == "" || host == "." || !dns.Inside(host, c.zone.Name) || r.Type == dns.PTR {
			continue
		}

		there := c.at(host)
		if r.Type == dns.MX || r.Type == dns.NS || r.Type == dns.SRV {
			c.checkPointedAt(i, host, there)
		}
		if c.zone.Policy.Ownership == dns.Exclusive && !answers(r.Type, there) && !c.elsewhere(r, host) {
			c.add(caution("target-missing", targetAttr(r.Type), "Nothing at the target",
				"%s is in this exclusive zone, but it has no declared %s. Declare one, or correct the name.",
				dns.Show(host), wanted(r.Type)), []int{i})
		}
	}
}

func (c *zoneChecker) checkPointedAt(i int, host string, there siblings) {
	t := c.zone.Records[i].Type
	j := c.unsuitable(host, there, t == dns.NS)
	if j < 0 {
		return
	}

	if r := c.zone.Records[j]; r.Type == dns.CNAME && !hidesAlias(r, c.zone.Name) {
		c.add(caution("target-cname", targetAttr(t), "Target is an alias",
			"%s is a CNAME record. The target of an %s record must not be an alias: point at %s.",
			dns.Show(host), t, dns.Show(r.Content)), []int{i, j})
		return
	}

	c.add(caution("ns-proxied", targetAttr(t), "Name server is proxied",
		"%s is proxied, and Cloudflare's proxy does not pass DNS on to the name server. Set proxied = false there.",
		dns.Show(host)), []int{i, j})
}

// target is a host that records point at. server reports whether the pointing records are NS records.
type target struct {
	host   string
	server bool
}

// unsuitable returns the index of the first record of a host that makes the host a bad target: an
// alias, or for name servers a proxied record. It returns -1 if the host is a good target. It caches
// the result, so that many records can point at one host.
func (c *zoneChecker) unsuitable(host string, there siblings, server bool) int {
	key := target{host, server}
	if j, known := c.targets[key]; known {
		return j
	}

	found := -1
	for _, j := range there.at {
		r := c.zone.Records[j]
		alias := r.Type == dns.CNAME && !hidesAlias(r, c.zone.Name)
		if alias || server && r.Proxied {
			found = j
			break
		}
	}

	c.targets[key] = found
	return found
}

// answers reports whether the records at a target are sufficient for a record of type t that
// points there.
func answers(t dns.Type, there siblings) bool {
	if t == dns.CNAME || t == dns.HTTPS || t == dns.SVCB {
		return len(there.at) > 0
	}
	return slices.ContainsFunc(there.at, func(i int) bool {
		t := there.records[i].Type
		return t == dns.A || t == dns.AAAA || t == dns.CNAME
	})
}

func wanted(t dns.Type) string {
	if t == dns.CNAME || t == dns.HTTPS || t == dns.SVCB {
		return "records"
	}
	return "A, AAAA or CNAME record"
}

// elsewhere reports whether a host without declared records may still have an answer: from a wildcard,
// from other name servers, or from records that the configuration ignores or that are outside its
// scope.
func (c *zoneChecker) elsewhere(r dns.Record, host string) bool {
	if c.ignore.MatchName(host) || !c.scope.HasAll(host) {
		return true
	}
	// Other servers answer for names below a delegation, but resolvers find these servers themselves by their
	// addresses in this zone.
	if cut := c.cut(host); cut != "" && (r.Type != dns.NS || r.Name != cut) {
		return true
	}

	for name := host; name != c.zone.Name; {
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			return false
		}
		if _, wild := c.names["*."+parent]; wild {
			return true
		}
		name = parent
	}
	return false
}
