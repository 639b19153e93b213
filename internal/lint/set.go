package lint

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// set holds the records of one name and type, by their indices in the zone.
type set struct {
	typ dns.Type
	at  []int
}

// Limits for the records of one name and type. maxSet is the greatest total length of their contents in
// characters. maxNameServers is the greatest number of NS records.
const (
	maxSet         = 8192
	maxNameServers = 10
)

// checkSets checks the sets of one name. repeated reports whether the name has duplicates. Their problem
// already names the differences in TTL and proxying, so checkSets does not report these again.
func (c *zoneChecker) checkSets(s siblings, repeated bool) {
	c.split(s)
	for _, one := range c.sets {
		if len(one.at) > 1 {
			c.checkSet(s, one, repeated)
		}
	}
	if !repeated {
		c.checkProxying(s)
	}
}

// split groups the records of a name by type. It drops types beyond the room, because a hostile zone
// may have any number of unknown types.
func (c *zoneChecker) split(s siblings) {
	const room = 32
	c.sets = c.sets[:0]
	for _, i := range s.at {
		t := s.records[i].Type
		n := slices.IndexFunc(c.sets, func(o set) bool { return o.typ == t })
		if n < 0 && len(c.sets) == room {
			continue
		}

		if n < 0 {
			n = len(c.sets)
			c.sets = slices.Grow(c.sets, 1)[:n+1] // reuses the list that an earlier name left in this slot
			c.sets[n].typ, c.sets[n].at = t, c.sets[n].at[:0]
		}
		c.sets[n].at = append(c.sets[n].at, i)
	}
}

func (c *zoneChecker) checkSet(s siblings, one set, repeated bool) {
	if !repeated {
		c.checkTTLs(s, one)
	}

	c.checkSize(s, one)
	switch one.typ {
	case dns.MX, dns.SRV:
		c.checkNullAlone(s, one)
	case dns.HTTPS, dns.SVCB:
		c.checkMixed(s, one)
	case dns.TXT:
		c.checkTexts(s)
	}
}

func (c *zoneChecker) checkSize(s siblings, one set) {
	size := 0
	for _, i := range one.at {
		size += len(s.records[i].Content)
	}
	if size > maxSet {
		c.add(fault("set-size", "", "Large set of records",
			"The contents of the %s records at %s have %d characters in total. "+
				"Cloudflare accepts %d (code 83011).", one.typ, dns.Show(s.name()), size, maxSet), one.at)
	}

	if one.typ == dns.NS && len(one.at) > maxNameServers {
		c.add(caution("ns-count", "", "Many name servers",
			"%s has %d NS records. Cloudflare accepts %d.", dns.Show(s.name()), len(one.at), maxNameServers), one.at)
	}
}

// checkTTLs finds a set with different TTLs. It ignores proxied records, because their TTL is always
// automatic.
func (c *zoneChecker) checkTTLs(s siblings, one set) {
	first := -1
	for _, i := range one.at {
		switch r := s.records[i]; {
		case r.Proxied:
		case first < 0:
			first = i
		case r.TTL != s.records[first].TTL:
			c.add(caution("ttl-differs", dns.AttrTTL, "Different TTLs in one set",
				"The %d %s records at %s have different TTLs, "+
					"but resolvers treat them as one set with one TTL.", len(one.at), one.typ, dns.Show(s.name())),
				[]int{i}, slices.DeleteFunc(slices.Clone(one.at), func(j int) bool { return j == i }))
			return
		}
	}
}

// checkProxying finds a name with proxied addresses and addresses that are not proxied. Cloudflare
// proxies either all addresses of a name or none.
func (c *zoneChecker) checkProxying(s siblings) {
	var proxied, plain int
	for _, i := range s.at {
		switch r := s.records[i]; {
		case r.Type != dns.A && r.Type != dns.AAAA:
		case r.Proxied:
			proxied++
		default:
			plain++
		}
	}

	if proxied > 0 && plain > 0 {
		at := s.where(func(r dns.Record) bool { return (r.Type == dns.A || r.Type == dns.AAAA) && !r.Proxied })
		rest := s.where(func(r dns.Record) bool { return (r.Type == dns.A || r.Type == dns.AAAA) && r.Proxied })
		c.add(caution("proxied-differs", dns.AttrProxied, "Addresses proxied in part",
			"%s has %d proxied addresses and %d that are not proxied. Cloudflare treats all of them as proxied.",
			dns.Show(s.name()), proxied, plain), at, rest)
	}
}

// checkNullAlone finds other records beside a record whose target is a lone dot. The dot says that the
// name has no such service.
func (c *zoneChecker) checkNullAlone(s siblings, one set) {
	isNull := func(r dns.Record) bool { return r.Target() == "." }
	null, others := siblings{s.records, one.at}.divide(isNull)
	if len(null) == 0 || len(others) == 0 {
		return
	}
	c.add(caution("null-alone", targetAttr(one.typ), "No service beside a service",
		"%s has an %s record whose target is a lone dot, which says that there is no such service, and also others.",
		dns.Show(s.name()), one.typ), null, others)
}

func (c *zoneChecker) checkMixed(s siblings, one set) {
	isAlias := func(r dns.Record) bool { return strings.HasPrefix(r.Content, "0 ") }
	alias, others := siblings{s.records, one.at}.divide(isAlias)
	if len(alias) == 0 {
		return
	}
	c.add(caution("svcb-mixed", dns.AttrPriority, "Alias beside other records",
		"One of the %d %s records at %s has the priority 0, which makes it an alias. Resolvers then ignore the others.",
		len(one.at), one.typ, dns.Show(s.name())), alias, others)
}

// checkTexts warns of several texts of a kind of which a name may have only one. It counts equal texts
// once, because the check duplicate reports them.
func (c *zoneChecker) checkTexts(s siblings) {
	c.checkOnly(s, "spf-several", "SPF records",
		"If there is more than one, SPF fails permanently. Merge them into one.", IsSPF)

	if strings.HasPrefix(s.name(), "_dmarc.") {
		isDMARC := func(text string) bool { return begins(text, "v=dmarc1") }
		c.checkOnly(s, "dmarc-several", "DMARC records",
			"If there is more than one, receivers ignore all of them. Keep one.", isDMARC)
	}

	if DKIMSelector(s.name()) {
		isKey := func(text string) bool {
			return begins(text, "v=dkim1") || begins(text, "k=") || begins(text, "p=")
		}
		c.checkOnly(s, "dkim-several", "DKIM keys",
			"Verifiers may use any one of them. Give each key a selector of its own.", isKey)
	}
}

func (c *zoneChecker) checkOnly(s siblings, rule, what, advice string, match func(string) bool) {
	var at []int
	seen := map[string]bool{}
	for _, i := range s.at {
		r := s.records[i]
		if r.Type == dns.TXT && !seen[r.Content] && match(dns.TXTValue(r.Content)) {
			seen[r.Content] = true
			at = append(at, i)
		}
	}

	if len(at) > 1 {
		c.add(caution(rule, dns.AttrContent, "Several "+what+" at one name",
			"%s has %d %s. %s", dns.Show(s.name()), len(at), what, advice), at)
	}
}
