package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// certificates are what CAA restricts, by tag.
var certificates = map[string]string{"issue": "certificates", "issuewild": "wildcard certificates"}

// lostIssuer compares who may issue before and after, by the effective sets.
func lostIssuer(s *scene, c plan.Change) string {
	if c.Type != dns.CAA || !moves(c) {
		return ""
	}
	for _, tag := range []string{"issue", "issuewild"} {
		before, anyBefore := s.issuers(s.before, c.Name, tag)
		after, anyAfter := s.issuers(s.after, c.Name, tag)
		if anyBefore || anyAfter {
			continue
		}
		lost := slices.DeleteFunc(before, func(name string) bool {
			issuer, _, _ := strings.Cut(name, " ")
			return slices.Contains(after, name) || slices.Contains(after, issuer)
		})
		if len(lost) > 0 {
			return fmt.Sprintf("%s may issue no more %s for %s as before: renewals may fail.", lost[0], certificates[tag], c.Name)
		}
	}
	return ""
}

func firstCAA(s *scene, c plan.Change) string {
	if c.Type != dns.CAA || c.Action == plan.Destroy || !moves(c) {
		return ""
	}
	for _, tag := range []string{"issue", "issuewild"} {
		_, before := s.issuers(s.before, c.Name, tag)
		names, after := s.issuers(s.after, c.Name, tag)
		switch {
		case !before || after:
		case len(names) == 0:
			return fmt.Sprintf("Nobody may issue %s for %s any more.", certificates[tag], c.Name)
		default:
			return fmt.Sprintf("Only %s may issue %s for %s from now on.", strings.Join(names, ", "), certificates[tag], c.Name)
		}
	}
	return ""
}

// issuers are those that may issue for a name by its relevant record set: its own,
// or that of the nearest name above it that has one (RFC 8659, section 3). tag is
// issue, or issuewild, which falls back on issue (section 4.3). any is true if all
// issuers may.
func (s *scene) issuers(records map[string][]dns.Record, name, tag string) (names []string, any bool) {
	for {
		if set := of(records[name], dns.CAA); len(set) > 0 {
			if names, restricted := named(set, tag); restricted {
				return names, false
			}
			if tag == "issuewild" {
				names, restricted := named(set, "issue")
				return names, !restricted
			}
			return nil, true
		}
		_, parent, ok := strings.Cut(name, ".")
		if name == s.zone || !ok {
			return nil, true
		}
		name = parent
	}
}

// named are the issuers of one tag, with their parameters; restricted is true if the
// set has the tag at all.
func named(set []dns.Record, tag string) (names []string, restricted bool) {
	for _, r := range set {
		words := strings.SplitN(r.Content, " ", 3)
		if len(words) < 3 || words[1] != tag {
			continue
		}
		restricted = true
		name, parameters, _ := strings.Cut(strings.Trim(words[2], `"`), ";")
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, strings.TrimSpace(name+" "+strings.TrimSpace(parameters)))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), restricted
}
