package lint

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Check describes one of the checks of records and zones. The Rule of a [dns.Problem] is the
// name of a check.
type Check struct {
	// Name is short and stable, because configurations switch warnings off by name.
	Name string
	// Severity is the severity of all problems that the check finds. An error is something that
	// Cloudflare or DNS refuses, so a configuration cannot switch it off.
	Severity dns.Severity
	// Summary says in one line what the check finds, without a full stop.
	Summary string
	// Why says what would go wrong, with the source of the rule. Fix says what to do about it.
	Why, Fix string
}

// Checks returns all checks, sorted by name.
func Checks() []Check {
	out := slices.Concat(checks[:]...)
	slices.SortFunc(out, func(a, b Check) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// FindCheck returns the check with the given name. ok is false if no check has it.
func FindCheck(name string) (check Check, ok bool) {
	for _, group := range checks {
		for _, c := range group {
			if c.Name == name {
				return c, true
			}
		}
	}
	return Check{}, false
}

var checks = [...][]Check{syntaxChecks, recordChecks, setChecks, targetChecks, mailChecks, valueChecks, tierChecks}

// syntaxChecks find values that cannot be parsed.
var syntaxChecks = []Check{
	{"base64", dns.Error, "The key of an OPENPGPKEY is not base64",
		"Cloudflare accepts the key in base64 only.",
		"Write the base64 text without the lines BEGIN and END."},
	{"data", dns.Error, "A field has an unusable value",
		"The type's RFC and Cloudflare's API define what each field may hold.",
		"Write what the message says; docs/records.md has an example of each type."},
	{"data-missing", dns.Error, "A field is missing",
		"Cloudflare refuses structured data if a field is missing.",
		"Add the field."},
	{"data-unknown", dns.Error, "The type has no such field",
		"The field's name is misspelled, or the field belongs to another type.",
		"Use the fields of the record's type."},
	{"ipv4", dns.Error, "An A record without an IPv4 address",
		"Cloudflare refuses it (code 9005).",
		"Write four numbers from 0 to 255."},
	{"ipv6", dns.Error, "An AAAA record without an IPv6 address",
		"Cloudflare refuses it (code 9006).",
		"Write an IPv6 address alone, without brackets, port or zone."},
	{"name", dns.Error, "The name is not valid for a record",
		"A name has at most 253 characters, and at most 63 between two dots (RFC 1035, section 2.3.4).",
		"Write letters, digits, hyphens and underscores between dots."},
	{"name-outside-zone", dns.Error, "The name is not in the zone",
		"A zone holds its own name and the names below it.",
		"Declare the record in the zone that it belongs to, or leave out the final dot so that cfplan adds the " +
			"zone's name."},
	{"presentation", dns.Error, "The content is not in the type's presentation form",
		"cfplan parses content as it is written in a zone file.",
		"Write it as in docs/records.md, or use the type's fields."},
	{"size", dns.Error, "The record is larger than Cloudflare accepts",
		"A record has at most 4,096 bytes in a DNS message (code 9015).",
		"Shorten the value, or split it into several records."},
	{"target", dns.Error, "The target is not a host name",
		"Records that point somewhere name a host, never an address or a URL (RFC 2181, section 10.2; " +
			"RFC 5321, section 5.1).",
		"Write the host's full name."},
	{"txt", dns.Error, "The text of a TXT cannot be parsed",
		"A text that begins with a quotation mark must be quoted as in a zone file. Cloudflare refuses " +
			"an empty text.",
		"Write the text bare, or with one pair of quotation marks around it."},
	{"type", dns.Error, "Cloudflare's API cannot write this type",
		"It can write 21 types.",
		"Use one of them; docs/records.md lists them."},
	{"zone-name", dns.Error, "The zone's name is not valid",
		"A Cloudflare zone is a registered domain or a name below one.",
		"Write a name with at least two labels and without a wildcard."},
}

// recordChecks check the attributes that every record has besides its value.
var recordChecks = []Check{
	{"comment", dns.Error, "The comment is too long, or has line breaks",
		"Cloudflare accepts one line of 500 characters.",
		"Shorten it."},
	{"name-doubled", dns.Warning, "The name ends in the zone's name twice",
		"This happens if a program adds the zone's name to a full name, or if a final dot is missing in " +
			"a zone file.",
		"Remove one of the two."},
	{"private-address", dns.Warning, "A private address is published",
		"Private, loopback, link-local and reserved addresses cannot be reached from the internet, " +
			"reveal internal networks, and help DNS rebinding.",
		"Use a public address, or switch the check off if the record is for clients inside your network."},
	{"proxied", dns.Error, "A record of this type cannot be proxied",
		"Cloudflare proxies A, AAAA and CNAME (code 9004).",
		"Remove proxied, or set it to false."},
	{"private-routing", dns.Error, "private_routing on a record that is not proxied",
		"It is for proxied A and AAAA records.",
		"Set proxied = true, or leave it out."},
	{"proxied-private", dns.Warning, "A private address is proxied",
		"Cloudflare cannot reach it and refuses the record (code 9003), unless the account has private " +
			"routing.",
		"Use a public address or a tunnel, or write private_routing = true."},
	{"proxied-target", dns.Warning, "A proxied CNAME to a target that Cloudflare does not proxy",
		"Cloudflare refuses some targets that are for domain verification and mail (code 9003), because " +
			"these records do not work if they are proxied.",
		"Set proxied = false."},
	{"proxied-ttl", dns.Warning, "A TTL on a proxied record",
		"Cloudflare sets the TTL of a proxied record itself, so the declared TTL has no effect.",
		"Leave ttl out, or write ttl = \"auto\"."},
	{"proxied-underscore", dns.Warning, "A name with an underscore label is proxied",
		"Clients look up texts and keys at such names (_dmarc, x._domainkey, _acme-challenge). If the " +
			"name is proxied, they get Cloudflare's addresses instead. No certificate can cover such a name " +
			"either.",
		"Set proxied = false."},
	{"settings", dns.Error, "A setting that the record's type does not have",
		"flatten_cname is for CNAMEs; ipv4_only and ipv6_only are for A, AAAA and CNAME and exclude " +
			"each other.",
		"Remove the setting."},
	{"settings-idle", dns.Warning, "A setting without effect",
		"ipv4_only and ipv6_only affect proxied records only, flatten_cname only records that are not " +
			"proxied. Cloudflare drops flatten_cname from a proxied record.",
		"Remove the setting."},
	{"tags", dns.Error, "An invalid tag",
		"A tag is a name, or a name and a value; Cloudflare reserves names that begin with cf-.",
		"Write tags such as \"team:web\"."},
	{"tags-limit", dns.Warning, "More tags, or longer ones, than Cloudflare accepts",
		"A record has up to 20 tags, each with a name of up to 32 characters and a value of up to 100. " +
			"Cloudflare's current documents do not mention these limits.",
		"Use fewer or shorter tags."},
	{"ttl", dns.Error, "The TTL is out of range",
		"Cloudflare accepts 60 to 86,400 seconds, and 30 or more in Enterprise zones (code 9021).",
		"Write a TTL in that range, or \"auto\"."},
	{"ttl-short", dns.Warning, "A TTL below 60 seconds",
		"Only Enterprise zones accept it.",
		"Write 60 or more."},
}

// setChecks check the records of one name together.
var setChecks = []Check{
	{"cname-alone", dns.Error, "A CNAME beside a record that excludes it",
		"Cloudflare refuses a CNAME beside A, AAAA, NS or another CNAME (codes 81053, 81054, 81056).",
		"Keep one or the other."},
	{"cname-beside", dns.Warning, "Other records beside a CNAME",
		"Resolvers follow the alias and may never see the other records (RFC 1034, section 3.6.2). At " +
			"the zone's own name and at proxied names this is fine, because Cloudflare answers with " +
			"addresses.",
		"Move the records to the alias's target, or replace the CNAME."},
	{"delegation-hides", dns.Warning, "Records at or below a delegated name",
		"NS records hand a name and everything below it to other servers, so resolvers do not ask " +
			"Cloudflare for these records. The addresses of the name servers themselves are an exception: " +
			"they are needed.",
		"Move the records to the zone on the delegated name servers."},
	{"dkim-several", dns.Warning, "Several DKIM keys at one name",
		"Verifiers may use any one of them (RFC 6376, section 3.6.2.2).",
		"Give each key a selector of its own."},
	{"dmarc-several", dns.Warning, "Several DMARC records at one name",
		"If there is more than one, receivers ignore all of them (RFC 7489, section 6.6.3).",
		"Keep one."},
	{"ds-without-ns", dns.Error, "DS without NS",
		"A DS signs a delegation and has no meaning without one (RFC 4035, section 2.4). The DS of the " +
			"zone itself belongs in the zone above.",
		"Add the NS records, or enter the DS at the registrar."},
	{"duplicate", dns.Error, "The same record twice",
		"Cloudflare identifies a record by name, type and content (code 81058), not by TTL, proxying or " +
			"comment.",
		"Keep one."},
	{"name-elsewhere", dns.Warning, "The name ends in the name of another declared zone",
		"A name is relative to the zone that declares it, so cfplan adds this zone's name even to a full name in " +
			"another zone. If the resulting name is inside another declared zone, that zone answers for it.",
		"Declare the record in the other zone, or correct its name."},
	{"ns-alone", dns.Error, "Other records at a delegated name",
		"Cloudflare accepts only DS records beside NS records (codes 81055 and 81056).",
		"Move the other records to the zone on the delegated name servers."},
	{"ns-count", dns.Warning, "Many name servers",
		"Cloudflare accepts up to 10 NS records at one name.",
		"Use fewer servers."},
	{"ns-own", dns.Error, "A delegation to the zone's own name servers",
		"Cloudflare refuses NS records below the zone's name that point to the servers that already " +
			"answer for the zone. Only a plan of the live zone can report this, because only then are the " +
			"servers known.",
		"Declare the records of the name in this zone, or name the servers of the other zone."},
	{"ns-single", dns.Warning, "A delegation to one name server",
		"A name needs at least two name servers, so that it still resolves if one fails (RFC 1034, section 4.1).",
		"Add another NS record."},
	{"null-alone", dns.Warning, "\"No such service\" beside a service",
		"An MX or SRV whose target is a lone dot says that there is no such service, so there must be " +
			"no other record (RFC 7505, section 3; RFC 2782).",
		"Keep either the lone dot or the other records."},
	{"proxied-differs", dns.Warning, "Some addresses of a name are proxied, some not",
		"Cloudflare then treats all of them as proxied.",
		"Give all addresses of the name the same value of proxied."},
	{"set-size", dns.Error, "A set larger than Cloudflare accepts",
		"The contents of all records of one name and type may have 8,192 characters in total (code 83011).",
		"Use fewer or shorter records."},
	{"spf-several", dns.Warning, "Several SPF records at one name",
		"If there is more than one, SPF fails permanently and mail may be rejected (RFC 7208, section 4.5).",
		"Merge them into one record."},
	{"svcb-mixed", dns.Warning, "An alias among HTTPS or SVCB records",
		"If one record has the priority 0, resolvers ignore the others (RFC 9460, section 2.4.1).",
		"Keep only the alias, or give it a priority of 1 or more."},
	{"ttl-differs", dns.Warning, "Different TTLs in one set",
		"The records of one name and type share one TTL; resolvers use the lowest, or refuse the answer " +
			"(RFC 2181, section 5.2).",
		"Give all records of the set the same ttl."},
}

// targetChecks check the names that records point at.
var targetChecks = []Check{
	{"cname-chain", dns.Warning, "A CNAME that takes more than 8 steps",
		"Resolvers give up on long chains, and each step costs time.",
		"Point at the last name of the chain."},
	{"cname-loop", dns.Error, "CNAMEs in a circle",
		"They would never resolve.",
		"Point one of them at a name outside the circle."},
	{"cname-self", dns.Error, "A CNAME to itself",
		"It would never resolve; Cloudflare refuses it (code 9039).",
		"Point it at another name."},
	{"ns-apex", dns.Warning, "NS records at the zone's own name",
		"Cloudflare maintains its own NS records there. Others are useful only if several DNS providers serve the " +
			"zone.",
		"Remove them unless another provider serves the zone too."},
	{"ns-proxied", dns.Warning, "A name server at a proxied name",
		"Resolvers get Cloudflare's addresses for the server's name, and Cloudflare does not pass DNS queries on to " +
			"the server.",
		"Set proxied = false at the name server's own name."},
	{"svcb-self", dns.Warning, "An HTTPS or SVCB alias to itself",
		"It leads nowhere (RFC 9460, section 2.4.2).",
		"Point it at another name, or give it a priority of 1 or more."},
	{"target-cname", dns.Warning, "An MX, NS or SRV pointing at a CNAME",
		"Their targets must not be aliases (RFC 2181, section 10.3; RFC 2782): some mail servers and " +
			"resolvers refuse them.",
		"Point at the alias's own target."},
	{"target-doubled", dns.Warning, "The target ends in the zone's name twice",
		"Targets are full names in cfplan, which adds nothing to them.",
		"Remove one of the two."},
	{"target-missing", dns.Warning, "The target is in the zone, but has no declared record",
		"An exclusive zone has only declared records, so the record leads nowhere. Wildcards, " +
			"delegations and the names in ignore are taken into account. Managed zones are not checked, " +
			"because the target may exist without being declared.",
		"Declare the target, or correct its name."},
	{"target-single", dns.Warning, "The target is one label",
		"Targets are full names in cfplan: www is a top-level name, not www in the zone.",
		"Write the full name."},
}

// mailChecks check texts that mail servers read.
var mailChecks = []Check{
	{"dkim", dns.Warning, "A malformed DKIM key",
		"Verifiers ignore it, and signatures fail (RFC 6376, section 3.6.1).",
		"Write v=DKIM1; k=rsa; p=KEY, with the key in base64."},
	{"dkim-name", dns.Warning, "A DKIM key at a name where verifiers do not look",
		"Verifiers ask for SELECTOR._domainkey below the signing domain (RFC 6376, section 3.6.2.1).",
		"Move it to a name of this form."},
	{"dkim-weak", dns.Warning, "A DKIM key that is too short",
		"Verifiers must not accept RSA keys below 1,024 bits (RFC 8301, section 3.2).",
		"Create a key of 2,048 bits."},
	{"dmarc", dns.Warning, "A malformed DMARC record",
		"Receivers ignore the part that they cannot parse, or the whole record (RFC 7489, section 6.3).",
		"Write v=DMARC1 first, then p= and the rest, with semicolons between them."},
	{"dmarc-name", dns.Warning, "A DMARC record at a name where receivers do not look",
		"Receivers ask for _dmarc below the mail domain (RFC 7489, section 6.1).",
		"Move it to _dmarc."},
	{"mta-sts", dns.Warning, "A malformed MTA-STS record",
		"Senders ignore it (RFC 8461, section 3.1).",
		"Write v=STSv1; id=ID, with up to 32 letters and digits as the ID."},
	{"mx-null", dns.Warning, "A null MX with a priority",
		"A null MX has the priority 0 (RFC 7505, section 3).",
		"Set priority = 0."},
	{"spf", dns.Warning, "A malformed SPF record",
		"If one term cannot be parsed, SPF fails permanently and mail may be rejected (RFC 7208, " +
			"section 4.6).",
		"Correct the term that the message names."},
	{"spf-all", dns.Warning, "An SPF record that lets everyone send",
		"+all, or all without a qualifier, lets every server on the internet send mail for the domain.",
		"Write -all or ~all."},
	{"spf-length", dns.Warning, "A long SPF record",
		"If the record has more than 450 bytes, the answer may not fit into a plain DNS message (RFC 7208, " +
			"section 3.4).",
		"Move parts of it into separate records, and include these."},
	{"spf-lookups", dns.Warning, "SPF with more than ten lookups",
		"include, a, mx, ptr, exists and redirect cost one lookup each, and the lookups of included " +
			"records count too. Beyond ten, SPF fails permanently (RFC 7208, section 4.6.4). cfplan cannot " +
			"count the lookups of records outside the zone.",
		"Replace some of these terms with ip4 and ip6."},
	{"spf-ptr", dns.Warning, "SPF with ptr",
		"It is slow and unreliable and should not be used (RFC 7208, section 5.5).",
		"Use a, mx, ip4 or ip6."},
	{"spf-unreachable", dns.Warning, "SPF terms that receivers ignore",
		"Receivers ignore the terms after all, and a redirect beside all (RFC 7208, sections 5.1 and 6.1).",
		"Move the term all to the end, or remove the ignored terms."},
	{"tls-rpt", dns.Warning, "A malformed TLS reporting record",
		"Senders ignore it (RFC 8460, section 3).",
		"Write v=TLSRPTv1; rua=mailto:ADDRESS, or an https URL as rua."},
}

// valueChecks find values that can be parsed but are probably mistakes.
var valueChecks = []Check{
	{"caa-flags", dns.Warning, "CAA flags other than 0 and 128",
		"The other bits have no meaning (RFC 8659, section 4.1).",
		"Write 0, or 128 for critical."},
	{"caa-iodef", dns.Warning, "A CAA iodef that is not a URL",
		"Authorities report to mailto:, http: and https: URLs (RFC 8659, section 4.4).",
		"Write mailto: before the address."},
	{"caa-issuer", dns.Warning, "A CAA issuer that is not a domain",
		"The value is the domain of an authority, with parameters after a semicolon (RFC 8659, section 4.2). " +
			"If it cannot be parsed, no authority may issue certificates.",
		"Write the domain that the authority's documents name, or \";\" to allow no one."},
	{"caa-tag", dns.Warning, "An unknown CAA tag",
		"Authorities ignore the record, or refuse to issue if its flags say that it is critical.",
		"Use issue, issuewild, issuemail, issuevmc, iodef, contactemail or contactphone."},
	{"caa-value", dns.Error, "Quotation marks inside a CAA value",
		"The marks would be part of the value, which then names no authority.",
		"Write the value without quotation marks."},
	{"digest-length", dns.Warning, "A digest of the wrong length",
		"It cannot match anything: all digests of one algorithm have the same length.",
		"Copy the whole digest again, or correct the algorithm."},
	{"key-length", dns.Warning, "A public key of the wrong length",
		"All keys of one DNSSEC elliptic curve have the same length (RFC 6605, RFC 8080).",
		"Copy the whole key again, or correct the algorithm."},
	{"loc", dns.Error, "A position that does not exist",
		"Latitudes end at 90 degrees, longitudes at 180.",
		"Correct the angle."},
	{"mail-key-name", dns.Warning, "A key at a name where clients do not look",
		"The name of an OPENPGPKEY or SMIMEA begins with a label of 56 hexadecimal digits (the hash of " +
			"the mailbox), followed by _openpgpkey or _smimecert (RFC 7929, RFC 8162).",
		"Use a name of this form."},
	{"naptr", dns.Error, "A NAPTR field that is too long",
		"Each text has at most 255 bytes.",
		"Shorten it."},
	{"naptr-regex", dns.Warning, "A NAPTR that cannot be applied",
		"It has either a regular expression or a replacement, and the expression is written " +
			"!pattern!replacement! (RFC 3402, section 3.2; RFC 3403, section 4.1).",
		"Keep either the expression, in that form, or the replacement."},
	{"srv-name", dns.Warning, "An SRV at a name where clients do not look",
		"Clients ask for _service._proto, such as _sip._tcp (RFC 2782).",
		"Use a name of this form."},
	{"svcb-alias", dns.Warning, "Parameters of an HTTPS or SVCB alias",
		"If the priority is 0, the record is an alias, and resolvers ignore its parameters (RFC 9460, " +
			"section 2.4.2).",
		"Leave them out, or use a priority of 1 or more."},
	{"svcb-alpn", dns.Warning, "A blank in the alpn of an HTTPS or SVCB",
		"Only commas separate protocols; a blank becomes part of a protocol's name, which then matches " +
			"nothing.",
		"Write alpn=\"h2,h3\"."},
	{"tlsa-name", dns.Warning, "A TLSA at a name where clients do not look",
		"Clients ask for _port._proto, such as _443._tcp (RFC 6698, section 3).",
		"Use a name of this form."},
	{"txt-bytes", dns.Warning, "A text that is not UTF-8",
		"cfplan sends it byte for byte, which is rarely intended.",
		"Save the file as UTF-8."},
	{"txt-quotes", dns.Warning, "Quotation marks that may not belong to a text",
		"cfplan uses a text that does not begin with a quotation mark as it is. A single mark at the end, " +
			"or two marks with a blank between them, are often left over from a zone file.",
		"Remove the marks, or put the whole text in one pair."},
	{"txt-line", dns.Warning, "A line break in a text",
		"cfplan sends it as it is. The usual cause is the line break at the end of a file.",
		"Use chomp() or trimspace()."},
	{"txt-long", dns.Warning, "A very long text",
		"Many resolvers and mail servers give up on texts of 2,048 bytes or more.",
		"Shorten it."},
	{"unassigned", dns.Warning, "A number without a meaning",
		"The type's registry does not assign it.",
		"Use one of the numbers that the message lists."},
	{"uri", dns.Error, "A URI record without a target",
		"The target must not be empty (RFC 7553, section 4.4).",
		"Write a URI."},
	{"uri-target", dns.Warning, "A target that is not a URI",
		"A URI begins with a scheme and a colon (RFC 3986, section 3).",
		"Write it in full, such as https://www.example.com/."},
}

// tierChecks depend on Cloudflare's plan for the zone. They run only if cfplan knows that plan.
var tierChecks = []Check{
	{"tier-comment", dns.Error, "A comment longer than Cloudflare's plan for the zone allows",
		"Comments have up to 100 characters in Free zones and 500 in others.",
		"Shorten it."},
	{"tier-flatten", dns.Error, "flatten_cname in a Free zone",
		"Flattening a single record needs a paid Cloudflare plan.",
		"Leave the setting out."},
	{"tier-records", dns.Warning, "More records than Cloudflare's plan for the zone allows",
		"A Free zone has up to 200 records, or 1,000 if it is older than September 2024. Other zones have " +
			"up to 3,500, and Enterprise zones can have more (code 81045).",
		"Remove records, split the zone, or use another plan."},
	{"tier-tags", dns.Error, "Tags in a Free zone",
		"Free zones have no tags (code 9300).",
		"Leave them out."},
	{"tier-ttl", dns.Error, "A TTL below 60 seconds outside of Enterprise",
		"Only Enterprise zones accept TTLs of 30 to 59 seconds.",
		"Write 60 or more."},
}
