package risk

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// rule describes one thing that can go wrong.
type rule struct {
	name  string
	level plan.RiskLevel
	// find describes what the change could break, or returns "" if the rule finds nothing.
	find func(s *scene, c plan.Change) string
	// check says what to check before approving the change.
	check string
}

// scene is a zone before and after its changes.
type scene struct {
	zone          string
	before, after side
	// pointedAt maps a host to the records that point to it after the changes.
	pointedAt map[string][]dns.Record
	// origins maps each address that the proxy hides both before and after the changes to its name.
	origins map[string]string
	// unmanaged has the records that stay and that cfplan does not manage, by name.
	unmanaged side
	// exists has the names that exist after the changes. wildcardFor fills it on first use.
	exists map[string]bool
	// hidden counts the records that each delegated name hides after the changes. hidingNS fills it on first use.
	hidden map[string]int
	// toProxy records whether the aliases of a name lead to a proxied name; see leadsToProxy.
	toProxy map[string]bool
	// said caches the texts that apply to every change at a name; see once.
	said map[saying]string
}

// saying identifies a text of one rule that applies to all changes at one name.
type saying struct{ rule, name string }

// once returns the text of a rule for a name. It calls say once for each name, not for each change. Otherwise a name
// with many changes would take quadratic time.
func (s *scene) once(rule, name string, say func() string) string {
	text, known := s.said[saying{rule, name}]
	if !known {
		text = say()
		s.said[saying{rule, name}] = text
	}
	return text
}

// Assess returns the zone with the risks of each change that writes, the worst first. declared is the zone and its
// policy from the configuration. seen has the records before the changes, in any order. The keys of owned are the
// IDs of the records that cfplan owns. Assess modifies none of its arguments.
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

// risks returns the risks that the rules find in a change, the worst first. Renaming a record is as dangerous as
// destroying it and adding another, so the rules see a rename as these two changes.
func (s *scene) risks(c plan.Change) []plan.Risk {
	var out []plan.Risk
	for _, r := range rules {
		for _, part := range c.WithoutRename() {
			if text := r.find(s, part); text != "" {
				out = append(out, plan.Risk{Level: r.level, Rule: r.name, Text: text, Check: r.check})
			}
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

	changed := make(map[string]plan.Change, len(z.Changes))
	for _, c := range z.Changes {
		if c.RecordID != "" {
			changed[c.RecordID] = c
		} else {
			s.arrives(c.AfterRecord())
		}
	}

	for _, r := range seen {
		s.before.add(r)
		c, touched := changed[r.ID]
		touched = touched && r.ID != ""
		v := c.After
		name := r.Name
		if c.Renames() {
			name = c.Name
		}
		stays := !touched || v != nil && v.Proxied && v.Content == r.Content
		if stays && r.Proxied && (r.Type == dns.A || r.Type == dns.AAAA) {
			s.origins[r.Content] = name
		}

		switch {
		case !touched:
			s.arrives(r)
			if !m.manages(r) {
				s.unmanaged.add(r)
			}
		case v != nil:
			s.arrives(v.Record(name, r.Type))
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

// leads reports whether resolvers get an address or an alias for the name after the changes, from its own records or
// from the wildcard that answers for it.
func (s *scene) leads(name string) bool {
	return s.after.at(name).leads() || s.after.at(s.wildcardFor(name)).leads()
}

// answering returns the records that answer for a name after the changes: its own, or those of a wildcard.
func (s *scene) answering(name string) *stand {
	if wild := s.wildcardFor(name); wild != "" {
		return s.after.at(wild)
	}
	return s.after.at(name)
}

// wildcardFor returns the wildcard that answers for a name after the changes, or "" if the name itself exists or no
// wildcard matches. Only a wildcard directly below the closest existing parent matches; a parent exists even if only
// names below it have records (RFC 4592, section 3.3.1).
func (s *scene) wildcardFor(name string) string {
	if s.exists == nil {
		s.exists = existing(s.after)
	}
	if s.exists[name] {
		return ""
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

// existing returns all names that exist: the names with records, and all their parents.
func existing(records side) map[string]bool {
	out := map[string]bool{}
	for name := range records {
		for ok := true; ok && !out[name]; _, name, ok = strings.Cut(name, ".") {
			out[name] = true
		}
	}
	return out
}

// text returns the value of a TXT record, or "" for other types.
func text(t dns.Type, v *plan.Values) string {
	if t != dns.TXT || v == nil {
		return ""
	}
	return dns.TXTValue(v.Content)
}

// moves reports whether the change gives resolvers another answer. A change of the TTL alone
// does not count.
func moves(c plan.Change) bool {
	if c.Action == plan.Add || c.Action == plan.Destroy {
		return true
	}

	answered := []dns.Attribute{dns.AttrContent, dns.AttrPriority, dns.AttrProxied, dns.AttrSettings, dns.AttrPrivateRouting}
	return slices.ContainsFunc(c.Changed(), func(a dns.Attribute) bool { return slices.Contains(answered, a) })
}

// keeps reports whether the name has a record of the type that is the same before and after the changes.
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

// removes reports whether the name loses the value that the record had. It does not if another record of the type
// still has the value.
func (s *scene) removes(c plan.Change) bool {
	goes := c.Action == plan.Destroy || c.Before != nil && c.After != nil && c.Before.Content != c.After.Content
	return goes && !s.after.at(c.Name).holds(c.Type, c.Before.Content)
}
