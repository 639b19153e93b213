package risk

import (
	"github.com/cfplan/cfplan/internal/plan"
)

// rules are all that is looked for. What they say is about this zone alone: what
// others keep elsewhere is not known here.
var rules = []rule{
	{"mail-mx-last", plan.HighRisk, lastMX, "Is the name to get no mail at all? A null MX (priority 0, host \".\") says so to senders; without any MX they try the name's address."},
	{"mail-mx", plan.MediumRisk, otherMX, "Do the new hosts take mail for this domain, and do SPF and DKIM of the new provider stand?"},
	{"mail-null-mx", plan.HighRisk, nullBesideMX, "Does the name take mail? Then remove the null MX, at which senders may stop. If it does not, remove the others."},
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
	{"delegation-hides", plan.HighRisk, hidingNS, "The records below are no longer answered: the new name servers must have them."},
	{"ds", plan.HighRisk, otherDS, "Does the digest belong to a key that the child zone signs with now? If not, every validating resolver answers SERVFAIL."},
	{"ds-removed", plan.MediumRisk, removedDS, "Is the child zone to be unsigned? Remove the DS first, and the keys only after its TTL."},
	{"caa-issuer", plan.HighRisk, lostIssuer, "Who issues the certificates for this name now, and who renews them? Cloudflare's own issuers count for proxied names, too."},
	{"caa-first", plan.HighRisk, firstCAA, "Is the issuer of the present certificates among them? Cloudflare adds its own by itself, for proxied names; others have to be listed."},
	{"unproxied", plan.HighRisk, unproxied, "Is the origin fit to be reached directly? Its address cannot be hidden again: it stays in the archives of DNS."},
	{"origin-shown", plan.MediumRisk, originShown, "Is the origin to stay hidden? Use another address, or proxy this record as well."},
	{"proxied-mix", plan.MediumRisk, mixedProxy, "Are all of them to be proxied? Set proxied to the same value on each."},
	{"replaces-unmanaged", plan.HighRisk, replacesOthers, "Who made the record, and does anything still rely on it or write it: another configuration, a script, external-dns? Two that write one name undo each other's work."},
	{"joins-unmanaged", plan.MediumRisk, joins, "Are the others meant to stay? Declare them as they are to take them over, or delete them in the dashboard."},
	{"proxied-target", plan.MediumRisk, proxiedTarget, "Is the origin meant to be hidden? Give mail and other services a host of their own, at another address."},
	{"below-delegation", plan.MediumRisk, belowCut, "Does the record belong into the delegated zone?"},
	{"proxied", plan.MediumRisk, nowProxied, "Is nothing but the web reached by this name? SSH, FTP, mail and other ports stop; the SSL/TLS mode must fit the origin."},
	{"target-removed", plan.HighRisk, removedTarget, "Remove or change the record that points here first."},
	{"takeover", plan.MediumRisk, claimable, "Is the name claimed at the service, by you? If it is not, anyone can claim it there and serve anything in your name."},
	{"takeover-proof", plan.HighRisk, lostProof, "The record proves to the service that the name is yours. Remove the CNAME first."},
	{"wildcard", plan.MediumRisk, wildcard, "Which names have no records of their own? They all change with it."},
	{"wildcard-answers", plan.MediumRisk, wildcardAnswers, "Is the wildcard's answer right for this name? If nothing is to answer, a TXT record at the name keeps the wildcard away."},
	{"name-gone", plan.MediumRisk, goneName, "Does nobody use the name any more: links, clients, certificates, monitoring?"},
	{"service", plan.MediumRisk, lostService, "Does no client look for this service any more?"},
	{"certificate-pin", plan.MediumRisk, pinned, "Does the certificate or key that is served match the new record? Publish the new one beside the old one, and wait out the TTL."},
	{"acme", plan.MediumRisk, lostACME, "Who renews the certificates of this name? Delegated challenges fail without the record, weeks later."},
	{"verification", plan.MediumRisk, lostProofOfSite, "Is the service still in use? Some ask again and again, and stop when the record is gone."},
	{"old-answers", plan.LowRisk, oldAnswers, "Lower the TTL first and wait for the old one to pass, if the change has to be quick or may have to be taken back."},
}
