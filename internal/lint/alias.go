package lint

import (
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxChain is how many steps resolvers are sure to follow.
const maxChain = 8

// aliases are a zone's CNAMEs, the first of each name.
type aliases struct {
	zone dns.Zone
	at   map[string]int
	// steps is how many CNAMEs a resolver sees from a record on: 0 where it
	// sees none, or goes in a circle. It has no entry until it is counted.
	steps map[int]int
	// circles are the records that lead back to themselves, and those that lead
	// there.
	circles map[int]bool
}

// checkAliases finds CNAMEs in a circle, and chains that are too long.
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
			c.add(fault("cname-loop", dns.AttrContent, "CNAMEs in a circle", "%s leads back to itself over %d CNAME records, so that none of them resolves.", dns.Show(c.zone.Records[circle[0]].Name), len(circle)), circle)
		}
		if a.steps[i] == maxChain+1 {
			c.add(caution("cname-chain", dns.AttrContent, "Long chain of CNAMEs", "%s takes %d steps from alias to alias. Resolvers may give up after %d: point at the last name.", dns.Show(r.Name), a.steps[i], maxChain), []int{i})
		}
	}
}

// walk follows the aliases from a record on, counts the steps of all that it
// passes, and returns a circle that it finds.
func (a *aliases) walk(i int) (circle []int) {
	if _, follows := a.next(i); !follows { // most do not: spare them the map
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

// next returns the CNAME that a CNAME points at.
func (a *aliases) next(i int) (int, bool) {
	next, ok := a.at[a.zone.Records[i].Content]
	return next, ok
}

// count settles the steps of a record whose successor is settled.
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

// hidesAlias reports a CNAME that Cloudflare answers with addresses: a proxied
// one, a flattened one, that of the zone's own name.
func hidesAlias(r dns.Record, zone string) bool {
	return r.Proxied || r.Settings.FlattenCNAME || r.Name == zone
}

// checkTargets looks at what stands where records point.
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
			c.add(caution("target-missing", targetAttr(r.Type), "Nothing at the target", "%s is in this zone, which is exclusive, and has no %s there. Declare it, or correct the name.", dns.Show(host), wanted(r.Type)), []int{i})
		}
	}
}

func (c *zoneChecker) checkPointedAt(i int, host string, there siblings) {
	t := c.zone.Records[i].Type
	for _, j := range there.at {
		switch r := c.zone.Records[j]; {
		case r.Type == dns.CNAME && !hidesAlias(r, c.zone.Name):
			c.add(caution("target-cname", targetAttr(t), "Target is an alias", "%s is a CNAME record. The target of a record of the type %s must not be an alias: point at %s.", dns.Show(host), t, dns.Show(r.Content)), []int{i, j})
			return
		case t == dns.NS && r.Proxied:
			c.add(caution("ns-proxied", targetAttr(t), "Name server is proxied", "%s is proxied, and Cloudflare's addresses do not pass DNS on to the name server. Set proxied = false there.", dns.Show(host)), []int{i, j})
			return
		}
	}
}

// answers reports whether what stands at a target will do for a record that
// points there.
func answers(t dns.Type, there siblings) bool {
	if t == dns.CNAME || t == dns.HTTPS || t == dns.SVCB {
		return len(there.at) > 0
	}
	return len(there.of(dns.A, dns.AAAA, dns.CNAME)) > 0
}

func wanted(t dns.Type) string {
	if t == dns.CNAME || t == dns.HTTPS || t == dns.SVCB {
		return "records"
	}
	return "A, AAAA or CNAME record"
}

// elsewhere reports whether a name without records of its own may still be
// answered: by a wildcard, by other name servers, or by records that the
// configuration leaves alone.
func (c *zoneChecker) elsewhere(r dns.Record, host string) bool {
	for _, p := range c.zone.Policy.Ignore {
		if p.MatchName(host, c.zone.Name) {
			return true
		}
	}
	// The servers of a delegated name need their addresses here, to be found.
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

// cut returns the highest delegated name that a name is, or is below; empty
// where there is none.
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

// checkHidden finds records that belong to the servers of a delegated name.
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
		below := siblings{c.zone.Records, at}.where(func(r dns.Record) bool { return cut != "" && c.hiddenBy(cut, r, glue) })
		if len(below) > 0 && hidden[cut] == nil {
			order = append(order, cut)
		}
		hidden[cut] = append(hidden[cut], below...)
	}
	for _, cut := range order {
		c.add(caution("delegation-hides", dns.AttrName, "Records that a delegation hides", "%s is delegated to other name servers by its NS records, so that nobody asks Cloudflare for the %s at or below it. Declare them on those servers.",
			dns.Show(cut), siblings{c.zone.Records, hidden[cut]}.count(hidden[cut])), hidden[cut], c.at(cut).of(dns.NS))
	}
}

// hiddenBy reports whether a delegation hides a record. What conflicts with the NS records
// themselves is left out: it is an error of its own.
func (c *zoneChecker) hiddenBy(cut string, r dns.Record, glue map[string]bool) bool {
	if r.Name == cut && dns.ConflictAt(cut, c.zone.Name, dns.NS, r.Type) != dns.NoConflict {
		return false
	}
	return !dns.ServesDelegation(cut, r, func(host string) bool { return glue[host] })
}
