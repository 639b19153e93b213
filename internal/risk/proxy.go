package risk

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// unproxied finds a name that is no longer proxied. It compares names, not records, because an alias can replace an
// address.
func unproxied(s *scene, c plan.Change) string {
	if !c.Type.Proxiable() || c.After == nil || c.After.Proxied || !moves(c) {
		return ""
	}
	if !s.before.at(c.Name).proxied || s.after.at(c.Name).proxied {
		return ""
	}
	if c.Type == dns.CNAME && s.leadsToProxy(c.After.Content) {
		return ""
	}
	return fmt.Sprintf("The origin of %s becomes public, and Cloudflare no longer protects it.", c.Name)
}

// leadsToProxy reports whether resolvers get Cloudflare's addresses for an alias to the name. They do if the name is
// proxied, or if its aliases lead to a proxied name in the zone.
func (s *scene) leadsToProxy(name string) bool {
	var passed []string
	for {
		if _, known := s.toProxy[name]; known {
			break
		}

		passed = append(passed, name)
		there := s.after.at(name)
		if len(there.sets) == 0 {
			there = s.after.at(s.wildcardFor(name))
		}

		s.toProxy[name] = there.proxied
		aliases := there.of(dns.CNAME)
		if there.proxied || len(aliases) == 0 {
			break
		}
		name = aliases[0].Content
	}

	for _, before := range passed {
		s.toProxy[before] = s.toProxy[name]
	}
	return s.toProxy[name]
}

// mixedProxy finds a name with both proxied and unproxied addresses.
func mixedProxy(s *scene, c plan.Change) string {
	there := s.after.at(c.Name)
	if c.Type != dns.A && c.Type != dns.AAAA || c.After == nil || !moves(c) || there.hidden == 0 || there.bare == 0 {
		return ""
	}
	return fmt.Sprintf("%s has both proxied and unproxied addresses: Cloudflare answers as if all were proxied.", c.Name)
}

func originShown(s *scene, c plan.Change) string {
	if c.After == nil || c.After.Proxied || !moves(c) || c.Type != dns.A && c.Type != dns.AAAA {
		return ""
	}

	// Beside a proxied record, Cloudflare answers as if this one were proxied too.
	name, hidden := s.origins[c.After.Content]
	if !hidden || name == c.Name || s.after.at(c.Name).proxied {
		return ""
	}
	return fmt.Sprintf("%s reveals the address that is hidden behind %s.", c.Name, name)
}

func nowProxied(s *scene, c plan.Change) string {
	if !startsProxying(s, c) {
		return ""
	}
	return fmt.Sprintf("Only web traffic passes the proxy: other services at %s can no longer be reached.", c.Name)
}

// proxiedTarget finds an MX or SRV record that points to a proxied host. So that mail and services continue to work,
// Cloudflare then answers with a name of its own that reveals the origin (see Cloudflare's documentation of
// unexpected records).
func proxiedTarget(s *scene, c plan.Change) string {
	if c.After == nil || !c.Writes() {
		return ""
	}

	if c.Type == dns.MX || c.Type == dns.SRV {
		host := c.AfterRecord().Target()
		if moves(c) && s.after.at(host).proxied {
			return fmt.Sprintf("%s is proxied, but the %s record of %s makes its origin public: "+
				"Cloudflare answers with a name that reveals it.", host, c.Type, c.Name)
		}
		return ""
	}

	if !startsProxying(s, c) {
		return ""
	}
	return s.once("proxied-target", c.Name, func() string {
		pointing := s.pointedAt[c.Name]
		i := slices.IndexFunc(pointing, func(r dns.Record) bool { return r.Type == dns.MX || r.Type == dns.SRV })
		if i < 0 {
			return ""
		}
		return fmt.Sprintf("The origin of %s stays public: the %s record of %s points to it, "+
			"and Cloudflare answers with a name that reveals it.", c.Name, pointing[i].Type, pointing[i].Name)
	})
}

// startsProxying reports whether a name that leads somewhere now becomes proxied. A new proxied name breaks nothing.
func startsProxying(s *scene, c plan.Change) bool {
	before := s.before.at(c.Name)
	return c.Type.Proxiable() && c.After != nil && c.After.Proxied && before.leads() && !before.proxied
}
