package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func lostApex(s *scene, c plan.Change) string {
	if c.Name != s.zone || !s.removes(c) || !s.before.at(s.zone).leads() || s.leads(s.zone) {
		return ""
	}
	return fmt.Sprintf("%s itself leads nowhere: it has no address and no alias left.", c.Name)
}

func movedApex(s *scene, c plan.Change) string {
	if c.Name != s.zone || !c.Type.Proxiable() || !s.removes(c) || !s.leads(s.zone) {
		return ""
	}
	return fmt.Sprintf("%s itself no longer leads to %s.", c.Name, c.Before.Content)
}

func goneName(s *scene, c plan.Change) string {
	if c.Action != plan.Destroy || !c.Type.Proxiable() || c.Name == s.zone || s.leads(c.Name) || !hostname(c.Name) {
		return ""
	}
	return fmt.Sprintf("%s leads nowhere: it has no address and no alias left.", c.Name)
}

// wildcardAnswers finds a name that no longer exists after the changes, so that a wildcard answers for it
// (RFC 4592, section 2.2.1).
func wildcardAnswers(s *scene, c plan.Change) string {
	if c.Action != plan.Destroy {
		return ""
	}

	wild := s.wildcardFor(c.Name)
	there := s.after.at(wild)
	answered := there.has(c.Type, dns.CNAME) || c.Type == dns.CNAME && len(there.sets) > 0
	if !answered || there.holds(c.Type, c.Before.Content) {
		return ""
	}

	answer := s.once("wildcard-answers "+string(c.Type), wild, func() string { return valuesOf(there.answers(c.Type)) })
	return fmt.Sprintf("%s will have no records of its own, so %s will answer for it: %s.", c.Name, wild, answer)
}

// hostname reports whether users and programs connect to the name. They do not connect to a wildcard, or to a name
// such as _acme-challenge.
func hostname(name string) bool {
	return !strings.HasPrefix(name, "*.") && !strings.Contains("."+name, "._")
}

func removedTarget(s *scene, c plan.Change) string {
	if !c.Type.Proxiable() || c.Action != plan.Destroy || s.leads(c.Name) || len(s.pointedAt[c.Name]) == 0 {
		return ""
	}
	return s.once("target-removed", c.Name, func() string {
		r := slices.MinFunc(s.pointedAt[c.Name], dns.Compare)
		return fmt.Sprintf("The %s record of %s points here and will lead nowhere.", r.Type, r.Name)
	})
}

func wildcard(s *scene, c plan.Change) string {
	if !strings.HasPrefix(c.Name, "*.") || strings.Contains(c.Name, "._") || !moves(c) {
		return ""
	}

	rest := strings.TrimPrefix(c.Name, "*.")
	before, after := len(s.before.at(c.Name).of(c.Type)), len(s.after.at(c.Name).of(c.Type))
	switch {
	case before == 0:
		return fmt.Sprintf("Every name below %s without records of its own has this %s record from now on.", rest, c.Type)
	case after == 0:
		return fmt.Sprintf("Every name below %s without records of its own loses its %s record.", rest, c.Type)
	default:
		return fmt.Sprintf("The %s records of every name below %s without records of its own change.", c.Type, rest)
	}
}
