package lint

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Check is one of the rules that records and zones are held against. Every
// [Problem] that has a Rule has the name of one.
type Check struct {
	// Name is short and stable: configurations switch warnings off by it.
	Name string
	// Severity of all problems of this check. Errors are what Cloudflare or DNS
	// refuses; they cannot be switched off.
	Severity dns.Severity
	// Summary says in one line what is found, without a full stop.
	Summary string
	// Why says what would go wrong, with the source of the rule; Fix what to do.
	Why, Fix string
}

// Checks lists all checks in order of name.
func Checks() []Check {
	out := slices.Concat(checks[:]...)
	slices.SortFunc(out, func(a, b Check) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// FindCheck returns the check of that name.
func FindCheck(name string) (Check, bool) {
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

// syntaxChecks are about values that cannot be read at all.
var syntaxChecks = []Check{
	{"base64", dns.Error, "The key of an OPENPGPKEY is not base64", "Cloudflare takes the key in base64 and nothing else.", "Write the base64 text without the lines BEGIN and END."},
	{"data", dns.Error, "A field has an unusable value", "The type's RFC and Cloudflare's API fix what each field may hold.", "Write what the message says; docs/records.md has an example of each type."},
	{"data-missing", dns.Error, "A field is missing", "Cloudflare refuses structured data with a field missing.", "Add the field."},
	{"data-unknown", dns.Error, "The type has no such field", "It is a misspelling, or the field of another type.", "Use the type's fields."},
	{"ipv4", dns.Error, "An A record without an IPv4 address", "Cloudflare refuses it (code 9005).", "Write four numbers from 0 to 255."},
	{"ipv6", dns.Error, "An AAAA record without an IPv6 address", "Cloudflare refuses it (code 9006).", "Write an IPv6 address alone, without brackets, port or zone."},
	{"name", dns.Error, "The name cannot be a record's", "Names have at most 253 characters, and 63 between two dots (RFC 1035, section 2.3.4).", "Write letters, digits, hyphens and underscores between dots."},
	{"name-outside-zone", dns.Error, "The name is not in the zone", "A zone holds its own name and the names below it.", "Declare the record in its own zone, or leave out the final dot to have the zone's name added."},
	{"presentation", dns.Error, "The content is not in the type's presentation form", "The value cannot be read the way zone files are.", "Write it as in docs/records.md, or use the type's fields."},
	{"size", dns.Error, "The record is larger than Cloudflare accepts", "A record has at most 4,096 bytes in a DNS message (code 9015).", "Shorten it, or spread it over several records."},
	{"target", dns.Error, "The target is not a host name", "Records that point somewhere name a host, never an address or a URL (RFC 2181, section 10.2; RFC 5321, section 5.1).", "Write the host's full name."},
	{"txt", dns.Error, "The text of a TXT cannot be read", "A text that begins with a quotation mark must be quoted as in a zone file. Cloudflare refuses an empty text.", "Write the text bare, or with one pair of quotation marks around it."},
	{"type", dns.Error, "The type is not one that Cloudflare's API writes", "There are 21 types that can be written.", "Use one of them; docs/records.md lists them."},
	{"zone-name", dns.Error, "The zone's name cannot be one", "Cloudflare's zones are registered domains or names below them.", "Write a name of two labels or more, without a wildcard."},
}

// recordChecks are about what every record has besides its value.
var recordChecks = []Check{
	{"comment", dns.Error, "The comment is too long, or has line breaks", "Cloudflare accepts one line of 500 characters.", "Shorten it."},
	{"name-doubled", dns.Warning, "The name ends in the zone's name twice", "Programs that add the zone's name to a full name make such names, and zone files in which a final dot is missing.", "Take one of the two off."},
	{"private-address", dns.Warning, "A private address is published", "Private, loopback, link-local and reserved addresses lead nowhere from the internet, tell about the inside, and help DNS rebinding.", "Use a public address, or switch the check off where clients inside are meant."},
	{"proxied", dns.Error, "A record of this type cannot be proxied", "Cloudflare proxies A, AAAA and CNAME (code 9004).", "Remove proxied, or set it to false."},
	{"private-routing", dns.Error, "private_routing on a record that is not proxied", "It is for proxied A and AAAA records.", "Set proxied = true, or leave it out."},
	{"proxied-private", dns.Warning, "A private address is proxied", "Cloudflare cannot reach it and refuses (code 9003), unless the account has private routing.", "Use a public address or a tunnel, or write private_routing = true."},
	{"proxied-target", dns.Warning, "A proxied CNAME to a target that Cloudflare does not proxy", "Cloudflare refuses some targets that are for verifying domains and for mail (code 9003), and proxied they could not be read.", "Set proxied = false."},
	{"proxied-ttl", dns.Warning, "A TTL on a proxied record", "Cloudflare sets the TTL of a proxied record itself, so that the one declared has no effect.", "Leave ttl out, or write ttl = \"auto\"."},
	{"proxied-underscore", dns.Warning, "A name with an underscore label is proxied", "Such names (_dmarc, x._domainkey, _acme-challenge) are for looking up texts and keys. Proxied, they are answered with Cloudflare's addresses instead, and no certificate can hold them.", "Set proxied = false."},
	{"settings", dns.Error, "A setting that does not go with the record", "flatten_cname is for CNAMEs; ipv4_only and ipv6_only are for A, AAAA and CNAME and exclude each other.", "Remove the setting."},
	{"settings-idle", dns.Warning, "A setting without effect", "ipv4_only and ipv6_only count for proxied records alone, flatten_cname for those that are not. Cloudflare drops the latter.", "Remove the setting."},
	{"tags", dns.Error, "A tag is not one", "A tag is a name, or a name and a value; names beginning with cf- are Cloudflare's.", "Write tags such as \"team:web\"."},
	{"tags-limit", dns.Warning, "More tags, or longer ones, than Cloudflare accepts", "A record has up to 20 tags, a name 32 characters, a value 100. These limits are not in Cloudflare's current documents.", "Use fewer or shorter tags."},
	{"ttl", dns.Error, "The TTL is out of range", "Cloudflare accepts 60 to 86,400 seconds, 30 in Enterprise zones (code 9021).", "Write a TTL in that range, or \"auto\"."},
	{"ttl-short", dns.Warning, "A TTL below 60 seconds", "Zones that are not Enterprise refuse it.", "Write 60 or more."},
}

// setChecks are about the records of one name.
var setChecks = []Check{
	{"cname-alone", dns.Error, "A CNAME beside what it cannot stand beside", "Cloudflare refuses a CNAME beside A, AAAA, NS or another CNAME (codes 81053, 81054, 81056).", "Keep one or the other."},
	{"cname-beside", dns.Warning, "Other records beside a CNAME", "Resolvers follow the alias and may never see what stands beside it (RFC 1034, section 3.6.2). At the zone's own name and at proxied names Cloudflare answers with addresses, and there it is fine.", "Move the records to the alias's target, or replace the CNAME."},
	{"delegation-hides", dns.Warning, "Records at or below a delegated name", "NS records hand a name and all below it to other servers, so that nobody asks Cloudflare for these. Addresses of the name servers themselves are needed and are no problem.", "Move the records to the zone on those servers."},
	{"dkim-several", dns.Warning, "Several DKIM keys at one name", "Which of them a verifier takes is not defined (RFC 6376, section 3.6.2.2).", "Give each key a selector of its own."},
	{"dmarc-several", dns.Warning, "Several DMARC records at one name", "With more than one, receivers apply none (RFC 7489, section 6.6.3).", "Keep one."},
	{"ds-without-ns", dns.Error, "DS without NS", "A DS signs a delegation and is nothing without one (RFC 4035, section 2.4); that of the zone itself belongs in the zone above.", "Add the NS records, or enter the DS at the registrar."},
	{"duplicate", dns.Error, "The same record twice", "Name, type and content are a record's identity for Cloudflare (code 81058); TTL, proxying and comment are not.", "Keep one."},
	{"name-elsewhere", dns.Warning, "The name ends in the name of another declared zone", "A name is relative to the zone that it is declared in, so that a full name of another zone gets this zone's name added; and what is inside of another zone is answered from there.", "Declare the record in the other zone, or correct its name."},
	{"ns-alone", dns.Error, "Other records at a delegated name", "Cloudflare lets nothing but DS stand beside NS records (codes 81055 and 81056).", "Move them to the zone on those servers."},
	{"ns-count", dns.Warning, "Many name servers", "Cloudflare accepts up to 10 NS records of one name.", "Use fewer servers."},
	{"ns-own", dns.Error, "A delegation to the zone's own name servers", "Cloudflare refuses NS records below the zone's name that point to the servers which answer for the zone already. A plan of the live zone says so, because only then the servers are known.", "Declare the records of the name in this zone, or name the servers of the other zone."},
	{"ns-single", dns.Warning, "A delegation to one name server", "A name needs two servers or more, so that it outlives one (RFC 1034, section 4.1).", "Add another NS record."},
	{"null-alone", dns.Warning, "\"No such service\" beside a service", "An MX or SRV whose target is a lone dot says that there is no such service, and then there may be no other (RFC 7505, section 3; RFC 2782).", "Keep the lone dot, or the others."},
	{"proxied-differs", dns.Warning, "Some addresses of a name are proxied, some not", "Cloudflare then treats all of them as proxied.", "Give all of them the same value."},
	{"set-size", dns.Error, "A set larger than Cloudflare accepts", "The contents of one name and type have up to 8,192 characters together (code 83011).", "Use fewer or shorter records."},
	{"spf-several", dns.Warning, "Several SPF records at one name", "With more than one, SPF fails for good and mail may be refused (RFC 7208, section 4.5).", "Join them into one."},
	{"svcb-mixed", dns.Warning, "An alias among HTTPS or SVCB records", "Where one record has the priority 0, resolvers ignore the others (RFC 9460, section 2.4.1).", "Keep the alias alone, or give it a priority of 1 or more."},
	{"ttl-differs", dns.Warning, "Different TTLs in one set", "The records of one name and type have one TTL; resolvers take the lowest, or refuse (RFC 2181, section 5.2).", "Give all of them the same ttl."},
}

// targetChecks are about where records point.
var targetChecks = []Check{
	{"cname-chain", dns.Warning, "A CNAME that takes more than 8 steps", "Resolvers give up on long chains, and each step costs time.", "Point at the last name of the chain."},
	{"cname-loop", dns.Error, "CNAMEs in a circle", "They would never resolve.", "Point one of them at a name outside of the circle."},
	{"cname-self", dns.Error, "A CNAME to itself", "It would never resolve; Cloudflare refuses it (code 9039).", "Point it at another name."},
	{"ns-apex", dns.Warning, "NS records at the zone's own name", "Cloudflare keeps those itself; others are for zones with several DNS providers.", "Remove them unless another provider serves the zone too."},
	{"ns-proxied", dns.Warning, "A name server at a proxied name", "Its name is answered with Cloudflare's addresses, which do not pass DNS on to it.", "Set proxied = false at the name server's own name."},
	{"svcb-self", dns.Warning, "An HTTPS or SVCB alias to itself", "It leads nowhere (RFC 9460, section 2.4.2).", "Point it at another name, or give it a priority of 1 or more."},
	{"target-cname", dns.Warning, "An MX, NS or SRV pointing at a CNAME", "Their targets must not be aliases (RFC 2181, section 10.3; RFC 2782): some mail servers and resolvers refuse them.", "Point at the alias's own target."},
	{"target-doubled", dns.Warning, "The target ends in the zone's name twice", "Targets are full names here, and nothing is added to them.", "Take one of the two off."},
	{"target-missing", dns.Warning, "The target is in the zone, and nothing is declared there", "An exclusive zone has nothing else, so that the record leads nowhere. Wildcards, delegations and what ignore names are taken into account. Managed zones are not checked, since the target may exist without being declared.", "Declare the target, or correct its name."},
	{"target-single", dns.Warning, "The target is one label", "Targets are full names here: www is a name at the top of the DNS, not www in the zone.", "Write the full name."},
}

// mailChecks are about texts that mail servers read.
var mailChecks = []Check{
	{"dkim", dns.Warning, "A malformed DKIM key", "Verifiers ignore it, and signatures fail (RFC 6376, section 3.6.1).", "Write v=DKIM1; k=rsa; p= and the key in base64."},
	{"dkim-name", dns.Warning, "A DKIM key at a name where nobody looks", "Verifiers ask for SELECTOR._domainkey below the signing domain (RFC 6376, section 3.6.2.1).", "Move it to such a name."},
	{"dkim-weak", dns.Warning, "A DKIM key that is too short", "Verifiers must not accept RSA keys below 1,024 bits (RFC 8301, section 3.2).", "Make a key of 2,048 bits."},
	{"dmarc", dns.Warning, "A malformed DMARC record", "Receivers ignore what they cannot read, or all of it (RFC 7489, section 6.3).", "Write v=DMARC1 first, then p= and the rest, with semicolons between them."},
	{"dmarc-name", dns.Warning, "A DMARC record at a name where nobody looks", "Receivers ask for _dmarc below the mail domain (RFC 7489, section 6.1).", "Move it to _dmarc."},
	{"mta-sts", dns.Warning, "A malformed MTA-STS record", "Senders take it for none (RFC 8461, section 3.1).", "Write v=STSv1; id= and up to 32 letters and digits."},
	{"mx-null", dns.Warning, "A null MX with a priority", "A null MX has the priority 0 (RFC 7505, section 3).", "Set priority = 0."},
	{"spf", dns.Warning, "A malformed SPF record", "SPF fails for good as soon as one term cannot be read, and mail may be refused (RFC 7208, section 4.6).", "Correct the term that the message names."},
	{"spf-all", dns.Warning, "An SPF record that lets everybody send", "+all and a bare all pass every server of the internet.", "Write -all or ~all."},
	{"spf-length", dns.Warning, "A long SPF record", "Above 450 bytes the answer may not fit into a plain DNS message (RFC 7208, section 3.4).", "Move parts of it into records of their own and include these."},
	{"spf-lookups", dns.Warning, "SPF with more than ten look-ups", "include, a, mx, ptr, exists and redirect cost one each, and those inside what is included count too. Above ten, SPF fails for good (RFC 7208, section 4.6.4). What lies outside the zone cannot be counted here.", "Replace some of them by ip4 and ip6."},
	{"spf-ptr", dns.Warning, "SPF with ptr", "It is slow and unreliable and should not be used (RFC 7208, section 5.5).", "Use a, mx, ip4 or ip6."},
	{"spf-unreachable", dns.Warning, "SPF terms that are never looked at", "What stands behind all is ignored, and so is redirect beside all (RFC 7208, sections 5.1 and 6.1).", "Move all to the end, or remove what is ignored."},
	{"tls-rpt", dns.Warning, "A malformed TLS reporting record", "Senders take it for none (RFC 8460, section 3).", "Write v=TLSRPTv1; rua=mailto: and an address, or an https URL."},
}

// valueChecks are about values that can be read and yet are not what they seem.
var valueChecks = []Check{
	{"caa-flags", dns.Warning, "CAA flags other than 0 and 128", "The other bits mean nothing (RFC 8659, section 4.1).", "Write 0, or 128 for critical."},
	{"caa-iodef", dns.Warning, "A CAA iodef that is no URL", "Authorities report to mailto:, http: and https: URLs (RFC 8659, section 4.4).", "Write mailto: before the address."},
	{"caa-issuer", dns.Warning, "A CAA issuer that is no domain", "An authority is named by its domain, with parameters behind a semicolon (RFC 8659, section 4.2). What cannot be read permits nobody.", "Write the domain that the authority's documents name, or \";\" for nobody."},
	{"caa-tag", dns.Warning, "An unknown CAA tag", "Authorities ignore it, or refuse to issue where it is critical.", "Use issue, issuewild, issuemail, issuevmc, iodef, contactemail or contactphone."},
	{"caa-value", dns.Error, "Quotation marks inside a CAA value", "They would be part of the value and name no authority.", "Write the value without them."},
	{"digest-length", dns.Warning, "A digest of the wrong length", "It cannot match anything: each algorithm has digests of one length.", "Copy it again as a whole, or correct the algorithm."},
	{"key-length", dns.Warning, "A public key of the wrong length", "DNSSEC's elliptic curves have keys of one length each (RFC 6605, RFC 8080).", "Copy it again as a whole, or correct the algorithm."},
	{"loc", dns.Error, "A position that does not exist", "Latitudes end at 90 degrees, longitudes at 180.", "Correct the angle."},
	{"mail-key-name", dns.Warning, "A key at a name where nobody looks", "OPENPGPKEY and SMIMEA stand at 56 hexadecimal digits, the hash of the mailbox, below _openpgpkey or _smimecert (RFC 7929, RFC 8162).", "Use such a name."},
	{"naptr", dns.Error, "A NAPTR field that is too long", "Each text has at most 255 bytes.", "Shorten it."},
	{"naptr-regex", dns.Warning, "A NAPTR that cannot be applied", "It has a regular expression or a replacement, not both and not neither, and the expression is written !pattern!replacement! (RFC 3402, section 3.2; RFC 3403, section 4.1).", "Keep one of the two, in that form."},
	{"srv-name", dns.Warning, "An SRV at a name where nobody looks", "Clients ask for _service._proto, such as _sip._tcp (RFC 2782).", "Use such a name."},
	{"svcb-alias", dns.Warning, "Parameters of an HTTPS or SVCB alias", "With the priority 0 they are ignored (RFC 9460, section 2.4.2).", "Leave them out, or use a priority of 1 or more."},
	{"svcb-alpn", dns.Warning, "A blank in the alpn of an HTTPS or SVCB", "Protocols have commas between them and nothing else; a blank becomes part of the name, which then matches nothing.", "Write alpn=\"h2,h3\"."},
	{"tlsa-name", dns.Warning, "A TLSA at a name where nobody looks", "Clients ask for _port._proto, such as _443._tcp (RFC 6698, section 3).", "Use such a name."},
	{"txt-bytes", dns.Warning, "A text that is not UTF-8", "It is sent byte for byte, and rarely meant.", "Save the file as UTF-8."},
	{"txt-quotes", dns.Warning, "Quotation marks that may not belong to a text", "A text that does not begin with a quotation mark is taken as it is. A mark at its end alone, or two with a blank between them, is often left over from a zone file.", "Take the marks out, or put the whole text in one pair."},
	{"txt-line", dns.Warning, "A line break in a text", "It is sent as it is. A file's last line is the usual cause.", "Use chomp() or trimspace()."},
	{"txt-long", dns.Warning, "A very long text", "From 2,048 bytes on, many resolvers and mail servers give up.", "Shorten it."},
	{"unassigned", dns.Warning, "A number without a meaning", "Nothing is assigned to it in the type's registry.", "Use one of those that the message lists."},
	{"uri", dns.Error, "A URI record without a target", "The target must not be empty (RFC 7553, section 4.4).", "Write a URI."},
	{"uri-target", dns.Warning, "A target that is no URI", "A URI begins with a scheme and a colon (RFC 3986, section 3).", "Write it in full, such as https://www.example.com/."},
}

// tierChecks depend on Cloudflare's plan for the zone. They apply if it is known.
var tierChecks = []Check{
	{"tier-comment", dns.Error, "A comment longer than Cloudflare's plan for the zone allows", "Free zones have comments of 100 characters, others of 500.", "Shorten it."},
	{"tier-flatten", dns.Error, "flatten_cname in a Free zone", "Flattening a single record needs a paid plan of Cloudflare's.", "Leave the setting out."},
	{"tier-records", dns.Warning, "More records than Cloudflare's plan for the zone allows", "Free zones have 200 records, or 1,000 if they are older than September 2024; others have 3,500, and Enterprise can have more (code 81045).", "Remove records, split the zone, or use another plan."},
	{"tier-tags", dns.Error, "Tags in a Free zone", "Free zones have no tags (code 9300).", "Leave them out."},
	{"tier-ttl", dns.Error, "A TTL below 60 seconds outside of Enterprise", "Only Enterprise zones go down to 30 seconds.", "Write 60 or more."},
}
