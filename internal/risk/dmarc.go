package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// dmarcPolicy is the policy that receivers find for a domain.
type dmarcPolicy struct {
	lint.DMARC
	// elsewhere means that an alias leads to the policy, which is not known here.
	elsewhere bool
}

// dmarcAt returns the policy that receivers find for a domain: that of its own record,
// or of the organisational domain (RFC 7489, section 6.6.3), which the zone stands for.
func (s *scene) dmarcAt(records map[string][]dns.Record, domain string) (dmarcPolicy, bool) {
	set := records["_dmarc."+domain]
	if len(of(set, dns.CNAME)) > 0 {
		return dmarcPolicy{elsewhere: true}, true
	}
	if record, ok := dmarcOf(set); ok {
		return dmarcPolicy{DMARC: record}, true
	}
	if domain == s.zone || !dns.Inside(domain, s.zone) {
		return dmarcPolicy{}, false
	}

	above, ok := dmarcOf(records["_dmarc."+s.zone])
	if !ok {
		return dmarcPolicy{}, false
	}
	above.Policy = above.Subdomains
	return dmarcPolicy{DMARC: above}, true
}

// dmarcOf reads the only DMARC record of a set. Receivers ignore several (RFC 7489,
// section 6.6.3).
func dmarcOf(records []dns.Record) (found lint.DMARC, ok bool) {
	for _, r := range of(records, dns.TXT) {
		record, is := lint.ParseDMARC(dns.TXTValue(r.Content))
		switch {
		case is && ok:
			return lint.DMARC{}, false
		case is:
			found, ok = record, true
		}
	}
	return found, ok
}

// dmarcDomain returns the domain whose DMARC record a change is about, or "".
func dmarcDomain(c plan.Change) string {
	domain, ok := strings.CutPrefix(c.Name, "_dmarc.")
	if !ok || !moves(c) || c.Type != dns.TXT && c.Type != dns.CNAME {
		return ""
	}
	return domain
}

func removedDMARC(s *scene, c plan.Change) string {
	domain := dmarcDomain(c)
	if domain == "" || c.Before == nil {
		return ""
	}
	_, before := s.dmarcAt(s.before, domain)
	_, after := s.dmarcAt(s.after, domain)
	if !before || after {
		return ""
	}
	return fmt.Sprintf("Receivers have no word any more on forged mail of %s: no DMARC record is left that counts.", domain)
}

func weakerDMARC(s *scene, c plan.Change) string {
	domain := dmarcDomain(c)
	if domain == "" {
		return ""
	}
	was, before := s.dmarcAt(s.before, domain)
	is, after := s.dmarcAt(s.after, domain)
	if !before || !after || was.elsewhere || is.elsewhere {
		return ""
	}

	order := []string{"none", "quarantine", "reject"}
	weaker := func(a, b string) bool { return slices.Index(order, b) < slices.Index(order, a) }
	text := func(what, a, b string) string {
		return fmt.Sprintf("Forged mail of %s is treated less strictly: %s %s becomes %s.", domain, what, a, b)
	}
	switch {
	case weaker(was.Policy, is.Policy):
		return text("the policy", was.Policy, is.Policy)
	case weaker(was.Subdomains, is.Subdomains):
		return text("the policy for names below", was.Subdomains, is.Subdomains)
	case was.Policy == is.Policy && was.Subdomains == is.Subdomains && is.Percent < was.Percent:
		return text("the share of mail", fmt.Sprintf("%d %%", was.Percent), fmt.Sprintf("%d %%", is.Percent))
	default:
		return ""
	}
}

// several finds a name with more than one SPF or DMARC record: receivers then use none
// of them.
func several(s *scene, c plan.Change) string {
	if c.Type != dns.TXT || c.After == nil || !moves(c) {
		return ""
	}
	count := func(is func(string) bool) int {
		n := 0
		for _, r := range of(s.after[c.Name], dns.TXT) {
			if is(dns.TXTValue(r.Content)) {
				n++
			}
		}
		return n
	}
	isDMARC := func(text string) bool {
		_, ok := lint.ParseDMARC(text)
		return ok && strings.HasPrefix(c.Name, "_dmarc.")
	}

	after := text(c.Type, c.After)
	switch {
	case lint.IsSPF(after) && count(lint.IsSPF) > 1:
		return fmt.Sprintf("%s has several SPF records: receivers treat that as an error, as if there were none.", c.Name)
	case isDMARC(after) && count(isDMARC) > 1:
		return fmt.Sprintf("%s has several DMARC records: receivers take none of them.", c.Name)
	default:
		return ""
	}
}
