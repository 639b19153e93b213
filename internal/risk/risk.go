package risk

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// rule is one thing that can go wrong. It is data but for find, which says what
// could go wrong with a change, or nothing.
type rule struct {
	name  string
	level plan.RiskLevel
	find  func(s *scene, c plan.Change) string
	check string
}

// scene is a zone before and after its changes, by name.
type scene struct {
	zone          string
	before, after side
	// pointedAt has the records that will point to a host, by that host.
	pointedAt map[string][]dns.Record
	// origins are the addresses that are hidden behind the proxy, before and after.
	origins map[string]string
	// unmanaged are the records that stay and are not cfplan's, by name.
	unmanaged side
	// exists are the names that exist afterwards; made when it is asked for.
	exists map[string]bool
	// hidden counts the records that delegations hide afterwards, by the delegated name; made
	// when it is asked for.
	hidden map[string]int
	// toProxy says of names whether their aliases lead to a proxied one; see leadsToProxy.
	toProxy map[string]bool
	// said has what a rule says about every change at a name; see once.
	said map[saying]string
}

// saying is what one rule says about all changes at one name.
type saying struct{ rule, name string }

// once returns what a rule says about a name. It is worked out once, not once for each of the
// changes at the name.
func (s *scene) once(rule, name string, say func() string) string {
	text, known := s.said[saying{rule, name}]
	if !known {
		text = say()
		s.said[saying{rule, name}] = text
	}
	return text
}

// Assess returns the zone with the risks of each change that writes, the worst first.
// declared is the zone with its policy as the configuration has it, seen are its records before
// the changes, in any order, and owned has the IDs of those that cfplan owns. Nothing of that is
// modified.
func Assess(z plan.Zone, declared dns.Zone, seen []dns.Record, owned map[string]string) plan.Zone {
	if len(z.Changes) == 0 {
		return z
	}

	sorted := slices.Clone(seen)
	slices.SortFunc(sorted, dns.Compare)
	s := newScene(z, sorted, newManagement(z, declared, owned))

	z.Changes = slices.Clone(z.Changes)
	for i, c := range z.Changes {
		if c.Writes() {
			z.Changes[i].Risks = append(slices.Clone(c.Risks), s.risks(c)...)
		}
	}
	return z
}

// risks returns what the rules find in a change, the worst first.
func (s *scene) risks(c plan.Change) []plan.Risk {
	var out []plan.Risk
	for _, r := range rules {
		if text := r.find(s, c); text != "" {
			out = append(out, plan.Risk{Level: r.level, Rule: r.name, Text: text, Check: r.check})
		}
	}
	slices.SortStableFunc(out, func(a, b plan.Risk) int {
		return slices.Index(plan.RiskLevels(), a.Level) - slices.Index(plan.RiskLevels(), b.Level)
	})
	return out
}

func newScene(z plan.Zone, seen []dns.Record, m management) *scene {
	s := &scene{
		zone:      z.Name,
		before:    side{},
		after:     side{},
		pointedAt: map[string][]dns.Record{},
		origins:   map[string]string{},
		unmanaged: side{},
		toProxy:   map[string]bool{},
		said:      map[saying]string{},
	}
	changed := make(map[string]*plan.Values, len(z.Changes))
	for _, c := range z.Changes {
		if c.RecordID != "" {
			changed[c.RecordID] = c.After
		} else {
			s.arrives(c.After.Record(c.Name, c.Type))
		}
	}
	for _, r := range seen {
		s.before.add(r)
		v, touched := changed[r.ID]
		touched = touched && r.ID != ""
		stays := !touched || v != nil && v.Proxied && v.Content == r.Content
		if stays && r.Proxied && (r.Type == dns.A || r.Type == dns.AAAA) {
			s.origins[r.Content] = r.Name
		}

		switch {
		case !touched:
			s.arrives(r)
			if !m.manages(r) {
				s.unmanaged.add(r)
			}
		case v != nil:
			s.arrives(v.Record(r.Name, r.Type))
		}
	}
	return s
}

func (s *scene) arrives(r dns.Record) {
	s.after.add(r)
	if host := r.Target(); host != "" && host != "." {
		s.pointedAt[host] = append(s.pointedAt[host], r)
	}
}

// leads reports whether the name has an address or an alias afterwards, its own or
// that of the wildcard that answers for it: the one at the closest name above that
// exists, if only because of names below it (RFC 4592, section 3.3.1).
func (s *scene) leads(name string) bool {
	return s.after.at(name).leads() || s.after.at(s.wildcardFor(name)).leads()
}

// answering returns what answers for a name afterwards: its own records, or those of a wildcard.
func (s *scene) answering(name string) *stand {
	if wild := s.wildcardFor(name); wild != "" {
		return s.after.at(wild)
	}
	return s.after.at(name)
}

// wildcardFor returns the wildcard that answers for a name afterwards. It is empty if the
// name exists itself, or if there is none.
func (s *scene) wildcardFor(name string) string {
	if s.exists == nil {
		s.exists = existing(s.after)
	}
	if s.exists[name] {
		return "" // it gets none of a wildcard's
	}

	for {
		_, parent, ok := strings.Cut(name, ".")
		if !ok || name == s.zone {
			return ""
		}
		if s.exists[parent] {
			if wild := "*." + parent; s.exists[wild] {
				return wild
			}
			return ""
		}
		name = parent
	}
}

// existing are all names that have records, or names below them that have.
func existing(records side) map[string]bool {
	out := map[string]bool{}
	for name := range records {
		for ok := true; ok && !out[name]; _, name, ok = strings.Cut(name, ".") {
			out[name] = true
		}
	}
	return out
}

// text is the value of a TXT, and "" for other types.
func text(t dns.Type, v *plan.Values) string {
	if t != dns.TXT || v == nil {
		return ""
	}
	return dns.TXTValue(v.Content)
}

// moves reports whether resolvers get another answer. A change of the TTL alone does not
// count.
func moves(c plan.Change) bool {
	if c.Action == plan.Add || c.Action == plan.Destroy {
		return true
	}
	changed := c.Changed()
	seen := []dns.Attribute{dns.AttrContent, dns.AttrPriority, dns.AttrProxied, dns.AttrSettings, dns.AttrPrivateRouting}
	return slices.ContainsFunc(seen, func(a dns.Attribute) bool { return slices.Contains(changed, a) })
}

// keeps reports whether a record of the type at the name is there before and after.
func (s *scene) keeps(name string, t dns.Type) bool {
	kept := s.once("keeps "+string(t), name, func() string {
		before := map[dns.Key]bool{}
		for _, r := range s.before.at(name).of(t) {
			before[r.Key()] = true
		}
		for _, r := range s.after.at(name).of(t) {
			if before[r.Key()] {
				return "yes"
			}
		}
		return ""
	})
	return kept != ""
}

// removes reports whether the value that a record had is gone from its name afterwards. It is not if another record of
// the type has it.
func (s *scene) removes(c plan.Change) bool {
	goes := c.Action == plan.Destroy || c.Before != nil && c.After != nil && c.Before.Content != c.After.Content
	return goes && !s.after.at(c.Name).holds(c.Type, c.Before.Content)
}
