package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// rules are all that is looked for. What they say is about this zone alone: what
// others keep elsewhere is not known here.
var rules = []rule{
	{"mail-mx-last", HighRisk, lastMX, "Is the name to get no mail at all? A null MX (priority 0, host \".\") says so to senders; without any MX they try the name's address."},
	{"mail-mx", MediumRisk, otherMX, "Do the new hosts take mail for this domain, and do SPF and DKIM of the new provider stand?"},
	{"mail-spf-removed", HighRisk, removedSPF, "Is another SPF record to take its place? Without one, mail in this domain's name is easier to forge and likelier to be refused."},
	{"mail-spf-open", HighRisk, openSPF, "No domain needs +all: list the senders and end in ~all or -all."},
	{"mail-spf-weaker", MediumRisk, weakerSPF, "Is the weaker ending meant to stay? Use it while senders are being found out, not for good."},
	{"mail-spf-sender", MediumRisk, lostSender, "Does nothing send through it any more: newsletters, the shop, the ticket system?"},
	{"mail-dmarc-removed", HighRisk, removedDMARC, "Without DMARC, large receivers refuse or junk bulk mail, and forged mail is not reported."},
	{"mail-dmarc-weaker", HighRisk, weakerDMARC, "Is forged mail meant to get through again?"},
	{"mail-dkim-removed", HighRisk, removedDKIM, "Does nothing sign with this selector any more? Mail under way is checked for days: keep the old key for a week."},
	{"mail-dkim", MediumRisk, otherDKIM, "Has the sender switched to the new key? A new key goes under a new selector, so that both stand for a while."},
	{"apex", HighRisk, lostApex, "Where is the domain's own name to lead to?"},
	{"apex-moved", MediumRisk, movedApex, "Does the new target serve the site, and has it a certificate for it?"},
	{"delegation-apex", HighRisk, apexNS, "The name servers at the registrar must be the same; nobody finds the zone otherwise."},
	{"delegation", HighRisk, delegation, "Do the new name servers answer for that name, with all of its records?"},
	{"delegation-hides", HighRisk, hidingNS, "The records below are answered no more: the new name servers must have them."},
	{"ds", HighRisk, otherDS, "Does the digest belong to a key that the child zone signs with now? If not, every validating resolver answers SERVFAIL."},
	{"ds-removed", MediumRisk, removedDS, "Is the child zone to be unsigned? Remove the DS first, and the keys only after its TTL."},
	{"caa-issuer", HighRisk, lostIssuer, "Who issues the certificates for this name now, and who renews them? Cloudflare's own issuers count for proxied names, too."},
	{"caa-first", HighRisk, firstCAA, "Is the issuer of the present certificates among them? Cloudflare adds its own by itself, for proxied names; others have to be listed."},
	{"unproxied", HighRisk, unproxied, "Is the origin fit to be reached directly? Its address cannot be hidden again: it stays in the archives of DNS."},
	{"origin-shown", MediumRisk, originShown, "Is the origin to stay hidden? Use another address, or proxy this record as well."},
	{"proxied-target", HighRisk, proxiedTarget, "Mail and other services do not pass the proxy: give them a name of their own that is not proxied."},
	{"proxied", MediumRisk, nowProxied, "Is nothing but the web reached by this name? SSH, FTP, mail and other ports stop; the SSL/TLS mode must fit the origin."},
	{"target-removed", HighRisk, removedTarget, "Remove or change the record that points here first."},
	{"takeover", MediumRisk, claimable, "Is the name claimed at the service, by you? If it is not, anybody can claim it there and serve what he likes in your name."},
	{"takeover-proof", HighRisk, lostProof, "The record proves to the service that the name is yours. Remove the CNAME first."},
	{"wildcard", MediumRisk, wildcard, "Which names have no records of their own? They all change with it."},
	{"name-gone", MediumRisk, goneName, "Does nobody use the name any more: links, clients, certificates, monitoring?"},
	{"service", MediumRisk, lostService, "Does no client look for this service any more?"},
	{"certificate-pin", MediumRisk, pinned, "Does the certificate or key that is served match the new record? Publish the new one beside the old one, and wait out the TTL."},
	{"acme", MediumRisk, lostACME, "Who renews the certificates of this name? Delegated challenges fail without the record, weeks later."},
	{"verification", MediumRisk, lostProofOfSite, "Is the service still in use? Some ask again and again, and stop when the record is gone."},
	{"old-answers", LowRisk, oldAnswers, "Lower the TTL first and wait for the old one to pass, if the change has to be quick or may have to be taken back."},
}

func lastMX(s *scene, c Change) string {
	if c.Type != dns.MX || !c.removes() || len(of(s.after[c.Name], dns.MX)) > 0 {
		return ""
	}
	return fmt.Sprintf("Mail for %s stops: no MX is left.", c.Name)
}

func otherMX(s *scene, c Change) string {
	switch {
	case c.Type != dns.MX || len(of(s.before[c.Name], dns.MX)) == 0 || len(of(s.after[c.Name], dns.MX)) == 0:
		return ""
	case c.Action == Add:
		return fmt.Sprintf("A part of the mail for %s goes to %s as well.", c.Name, c.After.Content)
	case c.removes():
		return fmt.Sprintf("Mail for %s goes to %s no more.", c.Name, c.Before.Content)
	case slices.Contains(c.Changed(), "priority"):
		return fmt.Sprintf("Another host of %s may get the mail first.", c.Name)
	}
	return ""
}

func lostApex(s *scene, c Change) string {
	if c.Name != s.zone || !c.removes() || !leads(s.before, s.zone) || leads(s.after, s.zone) {
		return ""
	}
	return fmt.Sprintf("%s itself leads nowhere: it has no address and no alias left.", c.Name)
}

func movedApex(s *scene, c Change) string {
	if c.Name != s.zone || !c.Type.Proxiable() || !c.removes() || !leads(s.after, s.zone) {
		return ""
	}
	return fmt.Sprintf("%s itself leads to %s no more.", c.Name, c.Before.Content)
}

func apexNS(s *scene, c Change) string {
	if c.Type != dns.NS || c.Name != s.zone {
		return ""
	}
	return "The zone's own name servers change."
}

func delegation(s *scene, c Change) string {
	if c.Type != dns.NS || c.Name == s.zone || c.Action == Add && len(of(s.before[c.Name], dns.NS)) == 0 {
		return ""
	}
	if len(of(s.after[c.Name], dns.NS)) == 0 {
		return fmt.Sprintf("%s is delegated no more: all names below it are answered from here.", c.Name)
	}
	return fmt.Sprintf("Other name servers answer for %s and all names below it.", c.Name)
}

func hidingNS(s *scene, c Change) string {
	if c.Type != dns.NS || c.Action != Add || c.Name == s.zone || len(of(s.before[c.Name], dns.NS)) > 0 {
		return ""
	}
	n := 0
	for name, records := range s.after {
		if strings.HasSuffix(name, "."+c.Name) {
			n += len(records)
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s is delegated, and %s of this zone below it answered no more.", c.Name, recordsAre(n))
}

func recordsAre(n int) string {
	if n == 1 {
		return "1 record is"
	}
	return fmt.Sprintf("%d records are", n)
}

func otherDS(_ *scene, c Change) string {
	if c.Type != dns.DS || c.Action == Destroy {
		return ""
	}
	return fmt.Sprintf("%s cannot be resolved by validating resolvers if the DS does not match its keys.", c.Name)
}

func removedDS(s *scene, c Change) string {
	if c.Type != dns.DS || c.Action != Destroy || len(of(s.after[c.Name], dns.DS)) > 0 {
		return ""
	}
	return fmt.Sprintf("%s is validated no more: its signatures protect nobody.", c.Name)
}

// issuers are those that may issue for a name; any is true where there is no
// restriction (RFC 8659, section 4).
func issuers(records []dns.Record) (names []string, any bool) {
	restricted := false
	for _, r := range of(records, dns.CAA) {
		words := strings.SplitN(r.Content, " ", 3)
		if len(words) < 3 || words[1] != "issue" {
			continue
		}
		restricted = true
		name, _, _ := strings.Cut(strings.Trim(words[2], `"`), ";")
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names, !restricted
}

func lostIssuer(s *scene, c Change) string {
	if c.Type != dns.CAA || !c.removes() {
		return ""
	}
	before, anyBefore := issuers(s.before[c.Name])
	after, anyAfter := issuers(s.after[c.Name])
	own, _ := issuers([]dns.Record{c.Before.Record(c.Name, c.Type)})
	if anyBefore || anyAfter || len(own) == 0 || !slices.Contains(before, own[0]) || slices.Contains(after, own[0]) {
		return ""
	}
	return fmt.Sprintf("%s may issue no more certificates for %s: renewals fail.", own[0], c.Name)
}

func firstCAA(s *scene, c Change) string {
	_, before := issuers(s.before[c.Name])
	names, after := issuers(s.after[c.Name])
	if c.Type != dns.CAA || c.Action == Destroy || !before || after {
		return ""
	}
	if len(names) == 0 {
		return fmt.Sprintf("Nobody may issue certificates for %s any more.", c.Name)
	}
	slices.Sort(names)
	return fmt.Sprintf("Only %s may issue certificates for %s from now on.", strings.Join(slices.Compact(names), ", "), c.Name)
}

func unproxied(_ *scene, c Change) string {
	if c.Before == nil || c.After == nil || !c.Before.Proxied || c.After.Proxied {
		return ""
	}
	return fmt.Sprintf("The origin of %s becomes public, and Cloudflare's protection of it ends.", c.Name)
}

func originShown(s *scene, c Change) string {
	if c.After == nil || c.After.Proxied || c.Type != dns.A && c.Type != dns.AAAA {
		return ""
	}
	name, hidden := s.origins[c.After.Content]
	if !hidden || name == c.Name {
		return ""
	}
	return fmt.Sprintf("%s shows the address that is hidden behind %s.", c.Name, name)
}

// nowProxied reports a change of what exists: a new proxied name breaks nothing.
func startsProxying(c Change) bool {
	return c.Before != nil && c.After != nil && !c.Before.Proxied && c.After.Proxied
}

func nowProxied(s *scene, c Change) string {
	if !startsProxying(c) || proxiedTarget(s, c) != "" {
		return ""
	}
	return fmt.Sprintf("Only the web passes the proxy: other services at %s are reached no more.", c.Name)
}

func proxiedTarget(s *scene, c Change) string {
	if !startsProxying(c) {
		return ""
	}
	for _, r := range s.pointedAt[c.Name] {
		if r.Type == dns.MX || r.Type == dns.SRV {
			return fmt.Sprintf("The %s record of %s points to %s, whose service the proxy does not carry.", r.Type, r.Name, c.Name)
		}
	}
	return ""
}

func removedTarget(s *scene, c Change) string {
	if !c.Type.Proxiable() || c.Action != Destroy || leads(s.after, c.Name) || len(s.pointedAt[c.Name]) == 0 {
		return ""
	}
	r := s.pointedAt[c.Name][0]
	for _, other := range s.pointedAt[c.Name] {
		if dns.Compare(other, r) < 0 {
			r = other
		}
	}
	return fmt.Sprintf("The %s record of %s points here and leads nowhere then.", r.Type, r.Name)
}

func wildcard(_ *scene, c Change) string {
	if !strings.HasPrefix(c.Name, "*.") {
		return ""
	}
	rest := strings.TrimPrefix(c.Name, "*.")
	switch c.Action {
	case Add:
		return fmt.Sprintf("Every name below %s without records of its own is answered from now on.", rest)
	case Destroy:
		return fmt.Sprintf("Every name below %s without records of its own is answered no more.", rest)
	default:
		return fmt.Sprintf("Every name below %s without records of its own changes.", rest)
	}
}

func goneName(s *scene, c Change) string {
	if c.Action != Destroy || !c.Type.Proxiable() || c.Name == s.zone || leads(s.after, c.Name) || !hostname(c.Name) {
		return ""
	}
	return fmt.Sprintf("%s leads nowhere: it has no address and no alias left.", c.Name)
}

// hostname: a name that people and programs go to, no wildcard, and none that
// stands for something else, such as _acme-challenge.
func hostname(name string) bool {
	return !strings.HasPrefix(name, "*.") && !strings.Contains("."+name, "._")
}

func lostService(s *scene, c Change) string {
	if c.Action != Destroy || c.Type != dns.SRV && c.Type != dns.URI && c.Type != dns.NAPTR || len(of(s.after[c.Name], c.Type)) > 0 {
		return ""
	}
	return fmt.Sprintf("Clients no longer find the service %s.", c.Name)
}

func pinned(_ *scene, c Change) string {
	pins := []dns.Type{dns.TLSA, dns.SMIMEA, dns.SSHFP, dns.OPENPGPKEY, dns.CERT}
	if !slices.Contains(pins, c.Type) || c.Action == Add {
		return ""
	}
	return fmt.Sprintf("Clients that check the %s record of %s may refuse to connect.", c.Type, c.Name)
}

func oldAnswers(_ *scene, c Change) string {
	const long = 3600
	if c.Before == nil || c.Before.TTL < long {
		return ""
	}
	return fmt.Sprintf("Resolvers may give the old answer of %s for %s.", c.Name, duration(c.Before.TTL))
}

// duration of a TTL in words, rounded to what people think in.
func duration(seconds int) string {
	unit, n := "hour", (seconds+1800)/3600
	if seconds < 2*3600 && seconds%3600 != 0 {
		unit, n = "minute", seconds/60
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
