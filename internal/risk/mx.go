package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func nullMX(v *plan.Values) bool { return v != nil && v.Content == "." }

func lastMX(s *scene, c plan.Change) string {
	if c.Type != dns.MX || !moves(c) || nullMX(c.Before) || strings.HasPrefix(c.Name, "*.") ||
		s.before.at(c.Name).mailHosts == 0 || s.answering(c.Name).mailHosts > 0 {
		return ""
	}
	return fmt.Sprintf("Mail for %s stops: no MX that accepts mail is left.", c.Name)
}

// nullBesideMX finds a name with a null MX, which says that it accepts no mail, beside other MX records, which say
// that it does (RFC 7505, section 3).
func nullBesideMX(s *scene, c plan.Change) string {
	if c.Type != dns.MX || c.After == nil || !moves(c) {
		return ""
	}
	there := s.after.at(c.Name)
	if there.mailHosts == 0 || there.mailHosts == len(there.of(dns.MX)) {
		return ""
	}
	return s.once("mail-null-mx", c.Name, func() string {
		hosts := slices.DeleteFunc(slices.Clone(there.of(dns.MX)), func(r dns.Record) bool { return r.Content == "." })
		return fmt.Sprintf("%s has a null MX, which says that it accepts no mail, beside %s.", c.Name, valuesOf(hosts))
	})
}

func otherMX(s *scene, c plan.Change) string {
	switch {
	case c.Type != dns.MX || s.before.at(c.Name).mailHosts == 0 || s.after.at(c.Name).mailHosts == 0 || nullMX(c.Before):
		return ""
	case c.Action == plan.Add && nullMX(c.After):
		return ""
	case c.Action == plan.Add && !s.keeps(c.Name, dns.MX):
		return fmt.Sprintf("Mail for %s goes to %s from now on.", c.Name, c.After.Content)
	case c.Action == plan.Add:
		return fmt.Sprintf("Some of the mail for %s goes to %s as well.", c.Name, c.After.Content)
	case s.removes(c):
		return fmt.Sprintf("Mail for %s no longer goes to %s.", c.Name, c.Before.Content)
	case slices.Contains(c.Changed(), dns.AttrPriority):
		return fmt.Sprintf("Senders may try another mail host of %s first.", c.Name)
	}
	return ""
}
