package plan

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Risk is what could go wrong with a change.
type Risk struct {
	Level RiskLevel `json:"level"`
	// Rule names the rule that found it, such as "mail-mx-last".
	Rule string `json:"rule,omitempty"`
	// Text says what could go wrong.
	Text string `json:"text"`
	// Check says what to look at before the change is approved.
	Check string `json:"check,omitempty"`
}

// RiskLevel says how bad it could be.
type RiskLevel string

const (
	HighRisk   RiskLevel = "high"   // mail, the site or the zone may stop working, or somebody else may take over
	MediumRisk RiskLevel = "medium" // a part may stop working
	LowRisk    RiskLevel = "low"    // good to know
)

// RiskLevels are all levels, the worst first.
func RiskLevels() []RiskLevel { return []RiskLevel{HighRisk, MediumRisk, LowRisk} }

// Reaches reports whether a level is at least as bad as another.
func (l RiskLevel) Reaches(least RiskLevel) bool {
	i, j := slices.Index(RiskLevels(), l), slices.Index(RiskLevels(), least)
	return i >= 0 && i <= j
}

// Risks are all risks of the plan, of zones and of changes.
func (p *Plan) Risks() []Risk {
	var out []Risk
	for _, z := range p.Zones {
		out = append(out, z.Risks...)
		for _, c := range z.Changes {
			out = append(out, c.Risks...)
		}
	}
	return out
}

// rule is one thing that can go wrong. It is data but for find, which says what
// could go wrong with a change, or nothing.
type rule struct {
	name  string
	level RiskLevel
	find  func(s *scene, c Change) string
	check string
}

// scene is a zone before and after its changes, by name.
type scene struct {
	zone          string
	before, after map[string][]dns.Record
	// pointedAt has the records that will point to a host, by that host.
	pointedAt map[string][]dns.Record
	// origins are the addresses that are hidden behind the proxy before.
	origins map[string]string
	// exists are the names that exist afterwards; made when it is asked for.
	exists map[string]bool
}

// assess gives each change of the zone its risks, in the order of the rules. seen
// are the zone's records before.
func (z *Zone) assess(seen []dns.Record) {
	if len(z.Changes) == 0 {
		return
	}
	s := newScene(z, seen)
	for i := range z.Changes {
		c := &z.Changes[i]
		if !c.Writes() {
			continue
		}
		for _, r := range rules {
			if text := r.find(s, *c); text != "" {
				c.Risks = append(c.Risks, Risk{Level: r.level, Rule: r.name, Text: text, Check: r.check})
			}
		}
		slices.SortStableFunc(c.Risks, func(a, b Risk) int {
			return slices.Index(RiskLevels(), a.Level) - slices.Index(RiskLevels(), b.Level)
		})
	}
}

func newScene(z *Zone, seen []dns.Record) *scene {
	s := &scene{zone: z.Name, before: map[string][]dns.Record{}, after: map[string][]dns.Record{},
		pointedAt: map[string][]dns.Record{}, origins: map[string]string{}}
	changed := make(map[string]*Values, len(z.Changes))
	for _, c := range z.Changes {
		if c.RecordID != "" {
			changed[c.RecordID] = c.After
		} else {
			s.arrives(c.After.Record(c.Name, c.Type))
		}
	}
	for _, r := range seen {
		s.before[r.Name] = append(s.before[r.Name], r)
		if r.Proxied && (r.Type == dns.A || r.Type == dns.AAAA) {
			s.origins[r.Content] = r.Name
		}
		switch v, touched := changed[r.ID]; {
		case !touched || r.ID == "":
			s.arrives(r)
		case v != nil:
			s.arrives(v.Record(r.Name, r.Type))
		}
	}
	return s
}

func (s *scene) arrives(r dns.Record) {
	s.after[r.Name] = append(s.after[r.Name], r)
	if host := target(r.Type, r.Content); host != "" {
		s.pointedAt[host] = append(s.pointedAt[host], r)
	}
}

// target is the host that a record points to; "" for the types that point nowhere.
func target(t dns.Type, content string) string {
	words := strings.Fields(content)
	i, ok := map[dns.Type]int{dns.CNAME: 0, dns.NS: 0, dns.MX: 0, dns.PTR: 0, dns.SRV: 3, dns.HTTPS: 1, dns.SVCB: 1}[t]
	if !ok || i >= len(words) || words[i] == "." {
		return ""
	}
	return strings.TrimSuffix(words[i], ".")
}

// of returns the records of some types.
func of(records []dns.Record, types ...dns.Type) []dns.Record {
	var out []dns.Record
	for _, r := range records {
		if slices.Contains(types, r.Type) {
			out = append(out, r)
		}
	}
	return out
}

// leads reports whether the name has an address or an alias afterwards, its own or
// that of the wildcard that answers for it: the one at the closest name above that
// exists, be it only by what stands below it (RFC 4592, section 3.3.1).
func (s *scene) leads(name string) bool {
	if len(placesAt(s.after[name])) > 0 {
		return true
	}
	if s.exists == nil {
		s.exists = existing(s.after)
	}
	if s.exists[name] {
		return false // it gets none of a wildcard's
	}
	for {
		_, parent, ok := strings.Cut(name, ".")
		if !ok || name == s.zone {
			return false
		}
		if s.exists[parent] {
			return len(placesAt(s.after["*."+parent])) > 0
		}
		name = parent
	}
}

// existing are all names that have records, or names below them that have.
func existing(records map[string][]dns.Record) map[string]bool {
	out := map[string]bool{}
	for name, list := range records {
		for ok := len(list) > 0; ok && !out[name]; _, name, ok = strings.Cut(name, ".") {
			out[name] = true
		}
	}
	return out
}

// text is the value of a TXT, and "" for other types.
func text(t dns.Type, v *Values) string {
	if t != dns.TXT || v == nil {
		return ""
	}
	return dns.TXTValue(v.Content)
}

// moves reports whether resolvers are told something else, but for how long they may
// keep it.
func (c Change) moves() bool {
	if c.Action == Add || c.Action == Destroy {
		return true
	}
	changed := c.Changed()
	return slices.ContainsFunc([]string{"content", "priority", "proxied", "settings"}, func(a string) bool { return slices.Contains(changed, a) })
}

// keeps reports whether a record of the type at the name is there before and after.
func (s *scene) keeps(name string, t dns.Type) bool {
	return slices.ContainsFunc(of(s.before[name], t), func(b dns.Record) bool {
		return slices.ContainsFunc(of(s.after[name], t), func(a dns.Record) bool { return a.Key() == b.Key() })
	})
}

// removes reports whether the value that a record had is gone afterwards.
func (c Change) removes() bool {
	return c.Action == Destroy || c.Before != nil && c.After != nil && c.Before.Content != c.After.Content
}
