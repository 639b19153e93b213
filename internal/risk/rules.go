package risk

import (
	"github.com/cfplan/cfplan/internal/plan"
)

// rules lists every rule. A rule sees only its own zone, not other zones or servers.
var rules = []rule{
	{"mail-mx-last", plan.HighRisk, lastMX,
		"Should this name receive no mail at all? If so, publish a null MX (priority 0, host \".\"): " +
			"without any MX, senders try the name's address."},
	{"mail-mx", plan.MediumRisk, otherMX,
		"Do the new hosts accept mail for this domain, and are SPF and DKIM of the new provider in place?"},
	{"mail-null-mx", plan.HighRisk, nullBesideMX,
		"Does the name receive mail? If it does, remove the null MX, because senders that see it may give up. " +
			"If it does not, remove the other MX records."},
	{"mail-spf-removed", plan.HighRisk, removedSPF,
		"Will another SPF record replace it? Without one, mail in this domain's name is easier to forge " +
			"and more likely to be rejected."},
	{"mail-spf-open", plan.HighRisk, openSPF,
		"No domain needs +all: list the senders, and end the record with ~all or -all."},
	{"mail-spf-weaker", plan.MediumRisk, weakerSPF,
		"Is the weaker ending temporary? Use it only until you know all senders."},
	{"mail-spf-sender", plan.MediumRisk, lostSender,
		"Does anything still send through it: newsletters, the shop, the ticket system?"},
	{"mail-several", plan.HighRisk, several,
		"A name can have only one SPF record and one DMARC record: merge them into one."},
	{"mail-dmarc-removed", plan.HighRisk, removedDMARC,
		"Without DMARC, large receivers reject bulk mail or mark it as spam, and you get no reports of forged mail."},
	{"mail-dmarc-weaker", plan.HighRisk, weakerDMARC,
		"Should forged mail get through again?"},
	{"mail-dkim-removed", plan.HighRisk, removedDKIM,
		"Does anything still sign with this selector? Receivers verify delayed mail for days: keep the old key for a week."},
	{"mail-dkim", plan.MediumRisk, otherDKIM,
		"Has the sender switched to the new key? Publish a new key under a new selector, so that both are valid for a while."},
	{"apex", plan.HighRisk, lostApex,
		"Where should the domain's own name lead?"},
	{"apex-moved", plan.MediumRisk, movedApex,
		"Does the new target serve the site, and does it have a certificate for the name?"},
	{"delegation-apex", plan.HighRisk, apexNS,
		"Set the same name servers at the registrar; otherwise resolvers do not find the zone."},
	{"delegation", plan.HighRisk, delegation,
		"Do the new name servers answer for that name, with all of its records?"},
	{"delegation-hides", plan.HighRisk, hidingNS,
		"Do the new name servers have these records? Resolvers ask only them from now on."},
	{"ds", plan.HighRisk, otherDS,
		"Does the digest match a key that the child zone signs with now? If not, every validating resolver answers SERVFAIL."},
	{"ds-removed", plan.MediumRisk, removedDS,
		"Should the child zone become unsigned? Remove the DS first, and the keys only after its TTL."},
	{"caa-issuer", plan.HighRisk, lostIssuer,
		"Who issues the certificates for this name now, and who renews them? " +
			"For proxied names, that includes Cloudflare's own issuers."},
	{"caa-first", plan.HighRisk, firstCAA,
		"Is the issuer of the current certificates among them? " +
			"Cloudflare adds its own issuers for proxied names; you must list all others."},
	{"unproxied", plan.HighRisk, unproxied,
		"Is it safe if anyone can reach the origin directly? Its address cannot be hidden again: DNS archives keep it."},
	{"origin-shown", plan.MediumRisk, originShown,
		"Should the origin stay hidden? Use another address, or proxy this record as well."},
	{"proxied-mix", plan.MediumRisk, mixedProxy,
		"Should all of them be proxied? Set proxied to the same value on each."},
	{"replaces-unmanaged", plan.HighRisk, replacesOthers,
		"Who created the record, and does anything still rely on it or write it: another configuration, a script, " +
			"external-dns? If two tools write the same name, they undo each other's work."},
	{"joins-unmanaged", plan.MediumRisk, joins,
		"Should the other records stay? If so, declare them as they are, so that cfplan manages them. " +
			"If not, delete them in the dashboard."},
	{"proxied-target", plan.MediumRisk, proxiedTarget,
		"Should the origin be hidden? Give mail and other services a host of their own, at another address."},
	{"below-delegation", plan.MediumRisk, belowCut,
		"Does the record belong in the delegated zone?"},
	{"proxied", plan.MediumRisk, nowProxied,
		"Is this name used for anything but the web? SSH, FTP, mail and other ports stop working; " +
			"the SSL/TLS mode must fit the origin."},
	{"target-removed", plan.HighRisk, removedTarget,
		"Remove or change the record that points here first."},
	{"takeover", plan.MediumRisk, claimable,
		"Have you claimed the name at the service? If not, anyone can claim it there and serve anything in your name."},
	{"takeover-proof", plan.HighRisk, lostProof,
		"This record proves to the service that the name is yours. Remove the CNAME first, and this record after it."},
	{"wildcard", plan.MediumRisk, wildcard,
		"Which names have no records of their own? All of them change with it."},
	{"wildcard-answers", plan.MediumRisk, wildcardAnswers,
		"Is the wildcard's answer right for this name? If the name should get no answer, a TXT record at the name " +
			"keeps the wildcard away."},
	{"name-gone", plan.MediumRisk, goneName,
		"Does anything still use the name: links, clients, certificates, monitoring?"},
	{"service", plan.MediumRisk, lostService,
		"Does any client still look for this service?"},
	{"certificate-pin", plan.MediumRisk, pinned,
		"Does the certificate or key in use match the new record? Publish the new record beside the old one, " +
			"and wait for the TTL to pass."},
	{"acme", plan.MediumRisk, lostACME,
		"What renews the certificates of this name? If it uses this record, its next renewal fails, maybe weeks from now."},
	{"verification", plan.MediumRisk, lostProofOfSite,
		"Is the service still in use? Some services check the record regularly, and stop working without it."},
	{"old-answers", plan.LowRisk, oldAnswers,
		"If the change must take effect quickly, or may have to be undone, lower the TTL first and wait for the old TTL to pass."},
}
