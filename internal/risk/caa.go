package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// certificates names what each CAA tag restricts.
var certificates = map[string]string{"issue": "certificates", "issuewild": "wildcard certificates"}

// lostIssuer finds an issuer that the relevant CAA records allow before the changes but not after them.
func lostIssuer(s *scene, c plan.Change) string {
	if c.Type != dns.CAA || !moves(c) {
		return ""
	}

	return s.once("caa-issuer", c.Name, func() string {
		for _, tag := range []string{"issue", "issuewild"} {
			before, after := s.issuers(s.before, c.Name, tag), s.issuers(s.after, c.Name, tag)
			if before.any || after.any {
				continue
			}
			if name, lost := before.lostIn(after); lost {
				return fmt.Sprintf("%s may no longer issue %s for %s as before: renewals may fail.",
					short(name), certificates[tag], c.Name)
			}
		}
		return ""
	})
}

func firstCAA(s *scene, c plan.Change) string {
	if c.Type != dns.CAA || c.Action == plan.Destroy || !moves(c) {
		return ""
	}

	return s.once("caa-first", c.Name, func() string {
		for _, tag := range []string{"issue", "issuewild"} {
			before, after := s.issuers(s.before, c.Name, tag), s.issuers(s.after, c.Name, tag)
			switch {
			case !before.any || after.any:
			case len(after.names) == 0:
				return fmt.Sprintf("No issuer may issue %s for %s from now on.", certificates[tag], c.Name)
			default:
				return fmt.Sprintf("Only %s may issue %s for %s from now on.", after, certificates[tag], c.Name)
			}
		}
		return ""
	})
}

// issuers lists who may issue certificates for a name.
type issuers struct {
	names []string // with their parameters, sorted
	// any reports whether every issuer may issue them.
	any bool
}

func (i issuers) String() string { return listed(i.names) }

// lostIn returns the first issuer that after does not contain, neither with its parameters nor without any.
func (i issuers) lostIn(after issuers) (name string, lost bool) {
	may := make(map[string]bool, len(after.names))
	for _, name := range after.names {
		may[name] = true
	}

	for _, name := range i.names {
		issuer, _, _ := strings.Cut(name, ";")
		if !may[name] && !may[issuer] {
			return name, true
		}
	}
	return "", false
}

// issuers returns who may issue certificates for a name. Its own CAA records decide, or if it has none, those of the
// nearest name above that has any (RFC 8659, section 3).
func (s *scene) issuers(records side, name, tag string) issuers {
	for {
		if there := records.at(name); there.has(dns.CAA) {
			return there.issuers(tag)
		}
		_, parent, ok := strings.Cut(name, ".")
		if name == s.zone || !ok {
			return issuers{any: true}
		}
		name = parent
	}
}

// issuers returns the issuers that the CAA records of the name allow. tag is issue or issuewild. If there is no
// issuewild, issue counts (RFC 8659, section 4.3).
func (s *stand) issuers(tag string) issuers {
	found, known := s.caa[tag]
	if known {
		return found
	}

	names, restricted := named(s.of(dns.CAA), tag)
	switch {
	case restricted:
		found = issuers{names: names}
	case tag == "issuewild":
		found = s.issuers("issue")
	default:
		found = issuers{any: true}
	}

	if s.caa == nil {
		s.caa = map[string]issuers{}
	}
	s.caa[tag] = found
	return found
}

// named returns the issuers of one tag with their parameters. restricted reports whether any record of the set has
// the tag.
func named(set []dns.Record, tag string) (names []string, restricted bool) {
	for _, r := range set {
		words := strings.SplitN(r.Content, " ", 3)
		if len(words) < 3 || words[1] != tag {
			continue
		}

		restricted = true
		name, parameters, _ := strings.Cut(strings.Trim(words[2], `"`), ";")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if parameters = strings.TrimSpace(parameters); parameters != "" {
			name += "; " + parameters
		}
		names = append(names, name)
	}

	slices.Sort(names)
	return slices.Compact(names), restricted
}
