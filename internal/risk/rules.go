package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// rules are all that is looked for. What they say is about this zone alone: what
// others keep elsewhere is not known here.
var rules = []rule{
	{"mail-mx-last", plan.HighRisk, lastMX, "Is the name to get no mail at all? A null MX (priority 0, host \".\") says so to senders; without any MX they try the name's address."},
	{"mail-mx", plan.MediumRisk, otherMX, "Do the new hosts take mail for this domain, and do SPF and DKIM of the new provider stand?"},
	{"mail-spf-removed", plan.HighRisk, removedSPF, "Is another SPF record to take its place? Without one, mail in this domain's name is easier to forge and likelier to be refused."},
	{"mail-spf-open", plan.HighRisk, openSPF, "No domain needs +all: list the senders and end in ~all or -all."},
	{"mail-spf-weaker", plan.MediumRisk, weakerSPF, "Is the weaker ending meant to stay? Use it while senders are being found out, not for good."},
	{"mail-spf-sender", plan.MediumRisk, lostSender, "Does nothing send through it any more: newsletters, the shop, the ticket system?"},
	{"mail-several", plan.HighRisk, several, "Only one SPF and one DMARC record may stand at a name: join them into one."},
	{"mail-dmarc-removed", plan.HighRisk, removedDMARC, "Without DMARC, large receivers refuse or junk bulk mail, and forged mail is not reported."},
	{"mail-dmarc-weaker", plan.HighRisk, weakerDMARC, "Is forged mail meant to get through again?"},
	{"mail-dkim-removed", plan.HighRisk, removedDKIM, "Does nothing sign with this selector any more? Mail under way is checked for days: keep the old key for a week."},
	{"mail-dkim", plan.MediumRisk, otherDKIM, "Has the sender switched to the new key? A new key goes under a new selector, so that both stand for a while."},
	{"apex", plan.HighRisk, lostApex, "Where is the domain's own name to lead to?"},
	{"apex-moved", plan.MediumRisk, movedApex, "Does the new target serve the site, and has it a certificate for it?"},
	{"delegation-apex", plan.HighRisk, apexNS, "The name servers at the registrar must be the same; nobody finds the zone otherwise."},
	{"delegation", plan.HighRisk, delegation, "Do the new name servers answer for that name, with all of its records?"},
	{"delegation-hides", plan.HighRisk, hidingNS, "The records below are answered no more: the new name servers must have them."},
	{"ds", plan.HighRisk, otherDS, "Does the digest belong to a key that the child zone signs with now? If not, every validating resolver answers SERVFAIL."},
	{"ds-removed", plan.MediumRisk, removedDS, "Is the child zone to be unsigned? Remove the DS first, and the keys only after its TTL."},
	{"caa-issuer", plan.HighRisk, lostIssuer, "Who issues the certificates for this name now, and who renews them? Cloudflare's own issuers count for proxied names, too."},
	{"caa-first", plan.HighRisk, firstCAA, "Is the issuer of the present certificates among them? Cloudflare adds its own by itself, for proxied names; others have to be listed."},
	{"unproxied", plan.HighRisk, unproxied, "Is the origin fit to be reached directly? Its address cannot be hidden again: it stays in the archives of DNS."},
	{"origin-shown", plan.MediumRisk, originShown, "Is the origin to stay hidden? Use another address, or proxy this record as well."},
	{"proxied-target", plan.MediumRisk, proxiedTarget, "Is the origin meant to be hidden? Give mail and other services a host of their own, at another address."},
	{"below-delegation", plan.MediumRisk, belowCut, "Does the record belong into the delegated zone?"},
	{"proxied", plan.MediumRisk, nowProxied, "Is nothing but the web reached by this name? SSH, FTP, mail and other ports stop; the SSL/TLS mode must fit the origin."},
	{"target-removed", plan.HighRisk, removedTarget, "Remove or change the record that points here first."},
	{"takeover", plan.MediumRisk, claimable, "Is the name claimed at the service, by you? If it is not, anybody can claim it there and serve what he likes in your name."},
	{"takeover-proof", plan.HighRisk, lostProof, "The record proves to the service that the name is yours. Remove the CNAME first."},
	{"wildcard", plan.MediumRisk, wildcard, "Which names have no records of their own? They all change with it."},
	{"name-gone", plan.MediumRisk, goneName, "Does nobody use the name any more: links, clients, certificates, monitoring?"},
	{"service", plan.MediumRisk, lostService, "Does no client look for this service any more?"},
	{"certificate-pin", plan.MediumRisk, pinned, "Does the certificate or key that is served match the new record? Publish the new one beside the old one, and wait out the TTL."},
	{"acme", plan.MediumRisk, lostACME, "Who renews the certificates of this name? Delegated challenges fail without the record, weeks later."},
	{"verification", plan.MediumRisk, lostProofOfSite, "Is the service still in use? Some ask again and again, and stop when the record is gone."},
	{"old-answers", plan.LowRisk, oldAnswers, "Lower the TTL first and wait for the old one to pass, if the change has to be quick or may have to be taken back."},
}

// mailHosts are the MX records that take mail: a null MX (RFC 7505) takes none.
func mailHosts(records []dns.Record) []dns.Record {
	return slices.DeleteFunc(of(records, dns.MX), func(r dns.Record) bool { return r.Content == "." })
}

func nullMX(v *plan.Values) bool { return v != nil && v.Content == "." }

func lastMX(s *scene, c plan.Change) string {
	if c.Type != dns.MX || !moves(c) || nullMX(c.Before) || strings.HasPrefix(c.Name, "*.") ||
		len(mailHosts(s.before[c.Name])) == 0 || len(mailHosts(s.after[c.Name])) > 0 {
		return ""
	}
	return fmt.Sprintf("Mail for %s stops: no MX is left that takes it.", c.Name)
}

func otherMX(s *scene, c plan.Change) string {
	after := mailHosts(s.after[c.Name])
	switch {
	case c.Type != dns.MX || len(mailHosts(s.before[c.Name])) == 0 || len(after) == 0 || nullMX(c.Before):
		return ""
	case c.Action == plan.Add && nullMX(c.After):
		return ""
	case c.Action == plan.Add && !s.keeps(c.Name, dns.MX):
		return fmt.Sprintf("The mail for %s goes to %s from now on.", c.Name, c.After.Content)
	case c.Action == plan.Add:
		return fmt.Sprintf("A part of the mail for %s goes to %s as well.", c.Name, c.After.Content)
	case removes(c):
		return fmt.Sprintf("Mail for %s goes to %s no more.", c.Name, c.Before.Content)
	case slices.Contains(c.Changed(), dns.AttrPriority):
		return fmt.Sprintf("Another host of %s may get the mail first.", c.Name)
	}
	return ""
}

func lostApex(s *scene, c plan.Change) string {
	if c.Name != s.zone || !removes(c) || len(placesAt(s.before[s.zone])) == 0 || s.leads(s.zone) {
		return ""
	}
	return fmt.Sprintf("%s itself leads nowhere: it has no address and no alias left.", c.Name)
}

func movedApex(s *scene, c plan.Change) string {
	if c.Name != s.zone || !c.Type.Proxiable() || !removes(c) || !s.leads(s.zone) {
		return ""
	}
	return fmt.Sprintf("%s itself leads to %s no more.", c.Name, c.Before.Content)
}

func apexNS(s *scene, c plan.Change) string {
	if c.Type != dns.NS || c.Name != s.zone || !moves(c) {
		return ""
	}
	return "The zone's own name servers change."
}

func delegation(s *scene, c plan.Change) string {
	if c.Type != dns.NS || c.Name == s.zone || !moves(c) || len(of(s.before[c.Name], dns.NS)) == 0 {
		return ""
	}
	if len(of(s.after[c.Name], dns.NS)) == 0 {
		return fmt.Sprintf("%s is delegated no more: all names below it are answered from here.", c.Name)
	}
	return fmt.Sprintf("Other name servers answer for %s and all names below it.", c.Name)
}

func hidingNS(s *scene, c plan.Change) string {
	if c.Type != dns.NS || c.Action != plan.Add || c.Name == s.zone || len(of(s.before[c.Name], dns.NS)) > 0 {
		return ""
	}
	n := 0
	for name, records := range s.after {
		if name == c.Name || strings.HasSuffix(name, "."+c.Name) {
			n += len(slices.DeleteFunc(slices.Clone(records), func(r dns.Record) bool { return s.servesDelegation(c.Name, r) }))
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s is delegated: %s at or below it in this zone %s answered no more.", c.Name, recordCount(n), isOrAre(n))
}

// servesDelegation: the record is the delegation itself, its DS, or the address of
// one of its servers (glue).
func (s *scene) servesDelegation(cut string, r dns.Record) bool {
	if r.Name == cut && (r.Type == dns.NS || r.Type == dns.DS) {
		return true
	}
	return (r.Type == dns.A || r.Type == dns.AAAA) && slices.ContainsFunc(of(s.after[cut], dns.NS), func(ns dns.Record) bool { return strings.TrimSuffix(ns.Content, ".") == r.Name })
}

// belowCut finds a delegation at or above a name, below the zone's own.
func belowCut(s *scene, c plan.Change) string {
	if c.Action != plan.Add || c.Type == dns.NS || c.Type == dns.DS {
		return ""
	}
	for name := c.Name; name != s.zone; {
		cut := len(of(s.after[name], dns.NS)) > 0
		if cut && !s.servesDelegation(name, c.After.Record(c.Name, c.Type)) {
			return fmt.Sprintf("%s is delegated to other name servers: nobody is answered this record.", name)
		}
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			break
		}
		name = parent
	}
	return ""
}

func recordCount(n int) string {
	if n == 1 {
		return "1 record"
	}
	return fmt.Sprintf("%d records", n)
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func otherDS(_ *scene, c plan.Change) string {
	if c.Type != dns.DS || c.Action == plan.Destroy || !moves(c) {
		return ""
	}
	return fmt.Sprintf("%s cannot be resolved by validating resolvers if the DS does not match its keys.", c.Name)
}

func removedDS(s *scene, c plan.Change) string {
	if c.Type != dns.DS || c.Action != plan.Destroy || len(of(s.after[c.Name], dns.DS)) > 0 {
		return ""
	}
	return fmt.Sprintf("%s is validated no more: its signatures protect nobody.", c.Name)
}

// issuers are those that may issue for a name by its relevant record set: its own,
// or that of the nearest name above it that has one (RFC 8659, section 3). tag is
// issue, or issuewild, which falls back on issue (section 4.3). any is true where
// nobody is restricted.
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

// named are the issuers of one tag, with their parameters; restricted tells that the
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

func proxiedAt(records []dns.Record) bool {
	return slices.ContainsFunc(records, func(r dns.Record) bool { return r.Proxied })
}

// unproxied goes by the name: an address can be replaced by an alias.
func unproxied(s *scene, c plan.Change) string {
	if !c.Type.Proxiable() || c.After == nil || c.After.Proxied || !moves(c) || !proxiedAt(s.before[c.Name]) || proxiedAt(s.after[c.Name]) {
		return ""
	}
	return fmt.Sprintf("The origin of %s becomes public, and Cloudflare's protection of it ends.", c.Name)
}

func originShown(s *scene, c plan.Change) string {
	if c.After == nil || c.After.Proxied || !moves(c) || c.Type != dns.A && c.Type != dns.AAAA {
		return ""
	}
	name, hidden := s.origins[c.After.Content]
	if !hidden || name == c.Name {
		return ""
	}
	return fmt.Sprintf("%s shows the address that is hidden behind %s.", c.Name, name)
}

// startsProxying goes by the name, and reports a change of what exists: a new
// proxied name breaks nothing.
func startsProxying(s *scene, c plan.Change) bool {
	return c.Type.Proxiable() && c.After != nil && c.After.Proxied && len(placesAt(s.before[c.Name])) > 0 && !proxiedAt(s.before[c.Name])
}

func placesAt(records []dns.Record) []dns.Record { return of(records, dns.A, dns.AAAA, dns.CNAME) }

func nowProxied(s *scene, c plan.Change) string {
	if !startsProxying(s, c) {
		return ""
	}
	return fmt.Sprintf("Only the web passes the proxy: other services at %s are reached no more.", c.Name)
}

// proxiedTarget: Cloudflare inserts a name of its own that shows the origin, so that
// mail and services go on working (its documentation of unexpected records).
func proxiedTarget(s *scene, c plan.Change) string {
	if c.After == nil || !c.Writes() {
		return ""
	}
	if c.Type == dns.MX || c.Type == dns.SRV {
		host := target(c.Type, c.After.Content)
		if moves(c) && proxiedAt(s.after[host]) {
			return fmt.Sprintf("%s is proxied, but the %s record of %s makes its origin public: Cloudflare answers with a name that shows it.", host, c.Type, c.Name)
		}
		return ""
	}
	if !startsProxying(s, c) {
		return ""
	}
	for _, r := range s.pointedAt[c.Name] {
		if r.Type == dns.MX || r.Type == dns.SRV {
			return fmt.Sprintf("The origin of %s stays public: the %s record of %s points to it, and Cloudflare answers with a name that shows it.", c.Name, r.Type, r.Name)
		}
	}
	return ""
}

func removedTarget(s *scene, c plan.Change) string {
	if !c.Type.Proxiable() || c.Action != plan.Destroy || s.leads(c.Name) || len(s.pointedAt[c.Name]) == 0 {
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

func wildcard(s *scene, c plan.Change) string {
	if !strings.HasPrefix(c.Name, "*.") || strings.Contains(c.Name, "._") || !moves(c) {
		return ""
	}
	rest := strings.TrimPrefix(c.Name, "*.")
	before, after := len(of(s.before[c.Name], c.Type)), len(of(s.after[c.Name], c.Type))
	switch {
	case before == 0:
		return fmt.Sprintf("Every name below %s without records of its own has this %s record from now on.", rest, c.Type)
	case after == 0:
		return fmt.Sprintf("Every name below %s without records of its own has no %s record any more.", rest, c.Type)
	default:
		return fmt.Sprintf("The %s records of every name below %s without records of its own change.", c.Type, rest)
	}
}

func goneName(s *scene, c plan.Change) string {
	if c.Action != plan.Destroy || !c.Type.Proxiable() || c.Name == s.zone || s.leads(c.Name) || !hostname(c.Name) {
		return ""
	}
	return fmt.Sprintf("%s leads nowhere: it has no address and no alias left.", c.Name)
}

// hostname: a name that people and programs go to, no wildcard, and none that
// stands for something else, such as _acme-challenge.
func hostname(name string) bool {
	return !strings.HasPrefix(name, "*.") && !strings.Contains("."+name, "._")
}

func lostService(s *scene, c plan.Change) string {
	if c.Action != plan.Destroy || c.Type != dns.SRV && c.Type != dns.URI && c.Type != dns.NAPTR || len(of(s.after[c.Name], c.Type)) > 0 {
		return ""
	}
	return fmt.Sprintf("Clients no longer find the service %s.", c.Name)
}

func pinned(_ *scene, c plan.Change) string {
	pins := []dns.Type{dns.TLSA, dns.SMIMEA, dns.SSHFP, dns.OPENPGPKEY, dns.CERT}
	if !slices.Contains(pins, c.Type) || c.Action == plan.Add || !moves(c) {
		return ""
	}
	return fmt.Sprintf("Clients that check the %s record of %s may refuse to connect.", c.Type, c.Name)
}

func oldAnswers(_ *scene, c plan.Change) string {
	const long = 3600
	if c.Before == nil || c.Before.TTL < long || !moves(c) {
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
