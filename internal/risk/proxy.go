package risk

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// unproxied goes by the name: an address can be replaced by an alias.
func unproxied(s *scene, c plan.Change) string {
	if !c.Type.Proxiable() || c.After == nil || c.After.Proxied || !moves(c) || !proxiedAt(s.before[c.Name]) || proxiedAt(s.after[c.Name]) {
		return ""
	}
	if c.Type == dns.CNAME && s.leadsToProxy(c.After.Content) {
		return ""
	}
	return fmt.Sprintf("The origin of %s becomes public, and Cloudflare's protection of it ends.", c.Name)
}

// leadsToProxy reports whether an alias of the name is answered with Cloudflare's addresses: the name, or one that
// its aliases lead to inside the zone, is proxied.
func (s *scene) leadsToProxy(name string) bool {
	seen := map[string]bool{}
	for !seen[name] {
		seen[name] = true
		records := s.after[name]
		if len(records) == 0 {
			records = s.after[s.wildcardFor(name)]
		}
		if proxiedAt(records) {
			return true
		}
		aliases := of(records, dns.CNAME)
		if len(aliases) == 0 {
			return false
		}
		name = aliases[0].Content
	}
	return false
}

// mixedProxy finds a name with proxied addresses and others.
func mixedProxy(s *scene, c plan.Change) string {
	addresses := of(s.after[c.Name], dns.A, dns.AAAA)
	bare := slices.DeleteFunc(slices.Clone(addresses), func(r dns.Record) bool { return r.Proxied })
	if c.Type != dns.A && c.Type != dns.AAAA || c.After == nil || !moves(c) || len(bare) == 0 || len(bare) == len(addresses) {
		return ""
	}
	return fmt.Sprintf("%s has proxied addresses and others: Cloudflare answers as if all of them were proxied.", c.Name)
}

func originShown(s *scene, c plan.Change) string {
	if c.After == nil || c.After.Proxied || !moves(c) || c.Type != dns.A && c.Type != dns.AAAA {
		return ""
	}
	name, hidden := s.origins[c.After.Content]
	if !hidden || name == c.Name {
		return ""
	}
	return fmt.Sprintf("%s shows the address that is hidden behind %s.", c.Name, name)
}

func nowProxied(s *scene, c plan.Change) string {
	if !startsProxying(s, c) {
		return ""
	}
	return fmt.Sprintf("Only the web passes the proxy: other services at %s are reached no more.", c.Name)
}

// proxiedTarget: Cloudflare inserts a name of its own that shows the origin, so that
// mail and services go on working (its documentation of unexpected records).
func proxiedTarget(s *scene, c plan.Change) string {
	if c.After == nil || !c.Writes() {
		return ""
	}
	if c.Type == dns.MX || c.Type == dns.SRV {
		host := c.After.Record(c.Name, c.Type).Target()
		if moves(c) && proxiedAt(s.after[host]) {
			return fmt.Sprintf("%s is proxied, but the %s record of %s makes its origin public: Cloudflare answers with a name that shows it.", host, c.Type, c.Name)
		}
		return ""
	}
	if !startsProxying(s, c) {
		return ""
	}
	for _, r := range s.pointedAt[c.Name] {
		if r.Type == dns.MX || r.Type == dns.SRV {
			return fmt.Sprintf("The origin of %s stays public: the %s record of %s points to it, and Cloudflare answers with a name that shows it.", c.Name, r.Type, r.Name)
		}
	}
	return ""
}

// startsProxying goes by the name, and reports a change of what exists: a new
// proxied name breaks nothing.
func startsProxying(s *scene, c plan.Change) bool {
	return c.Type.Proxiable() && c.After != nil && c.After.Proxied && len(placesAt(s.before[c.Name])) > 0 && !proxiedAt(s.before[c.Name])
}

func proxiedAt(records []dns.Record) bool {
	return slices.ContainsFunc(records, func(r dns.Record) bool { return r.Proxied })
}
