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
	// elsewhere reports whether the domain has an alias in place of the policy. The policy is then unknown, because
	// the alias usually leads to another zone.
	elsewhere bool
}

// dmarcAt returns the policy that receivers find for a domain: the policy in its own record, or else the policy of
// the organizational domain (RFC 7489, section 6.6.3). It assumes that the zone is the organizational domain.
//
// If a name has several DMARC records, receivers ignore all of them.
func (s *scene) dmarcAt(records side, domain string) (dmarcPolicy, bool) {
	there := records.at("_dmarc." + domain)
	if there.has(dns.CNAME) {
		return dmarcPolicy{elsewhere: true}, true
	}
	if there.dmarcs == 1 {
		return dmarcPolicy{DMARC: there.dmarc}, true
	}
	if domain == s.zone || !dns.Inside(domain, s.zone) {
		return dmarcPolicy{}, false
	}

	above := records.at("_dmarc." + s.zone)
	if above.dmarcs != 1 {
		return dmarcPolicy{}, false
	}
	policy := above.dmarc
	policy.Policy = policy.Subdomains
	return dmarcPolicy{DMARC: policy}, true
}

// dmarcDomain returns the domain whose DMARC record the change affects, or "" if the change affects none.
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
	return fmt.Sprintf("Receivers no longer know what to do with mail forged in the name of %s: "+
		"no valid DMARC record is left.", domain)
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
		return fmt.Sprintf("Receivers treat mail forged in the name of %s less strictly: %s %s becomes %s.", domain, what, a, b)
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

// several finds a name with more than one SPF or DMARC record: receivers then use none of them.
func several(s *scene, c plan.Change) string {
	if c.Type != dns.TXT || c.After == nil || !moves(c) {
		return ""
	}

	there, after := s.after.at(c.Name), text(c.Type, c.After)
	_, isDMARC := lint.ParseDMARC(after)
	switch {
	case lint.IsSPF(after) && there.spfs > 1:
		return fmt.Sprintf("%s has several SPF records: receivers treat that as an error, as if it had none.", c.Name)
	case isDMARC && there.dmarcs > 1:
		return fmt.Sprintf("%s has several DMARC records: receivers ignore all of them.", c.Name)
	default:
		return ""
	}
}
