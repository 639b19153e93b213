package guidance

import "github.com/cfplan/cfplan/internal/dns"

// recordEntries are errors in one record. They stop an apply and never make a plan read-only.
var recordEntries = []Entry{
	{Codes: []int{81044}, Kind: Missing, Concern: about(MissingRecord), Retry: Never, Sure: Measured,
		Source:  "live answers",
		Title:   "The record does not exist",
		Meaning: `cfplan tried to change or delete a record that is not in the zone.`,
		Causes:  []string{`Another tool or user deleted the record after the plan was made.`},
		Steps: []string{`Make a new plan: cfplan plan. It shows what is left to do.`, `Find out what else changes ` +
			`the zone: external-dns, a script, a user in the dashboard.`}},
	record(Reported, "users' reports", "The record quota is used up",
		`A Free zone holds 200 records (1,000 if it was created before September 2024); zones on other plans hold `+
			`3,500. Since June 2026, an Enterprise account has one quota for all of its zones together.`,
		`The zone, or the Enterprise account, has as many records as its Cloudflare plan allows, including `+
			`records that cfplan does not manage.`,
		`Delete records that are not needed, ask Cloudflare for a higher quota, or choose a larger Cloudflare `+
			`plan for the zone.`, 81045).
		concerning(about(Quota)),
	record(Measured, "recorded answers", "Another record stands in the way",
		`An A, AAAA or CNAME cannot have the same name as a CNAME, even an identical one. A CNAME cannot have `+
			`the same name as an A or AAAA. None of them can be at a name that NS records delegate.`,
		`The other record was created after the plan was made, or cfplan does not manage it.`,
		`Look at the records of that name in the dashboard, and delete the wrong one. Or let cfplan replace it: set `+
			`adopt = "replace" in the lifecycle block of the declared record.`, 81053, 81054, 81056).
		concerning(about(Conflict, dns.A, dns.AAAA, dns.CNAME)),
	record(Documented, "Cloudflare's API reference, and logs of imports", "NS records and others exclude each other",
		`A name below the zone's apex that has NS records cannot have records of another type, except DS.`,
		`The name already has NS records, or the record is an NS and the name already has records of other types.`,
		`Decide whether the name is delegated. Delete the NS records if it is not, and the others if it is; remove `+
			`their blocks from the configuration, too.`, 81055).
		concerning(about(Conflict)),
	record(Measured, "live answers", "The record exists already",
		`The zone already has a record with this name, type and content.`,
		`A record with this name, type and content was created after the plan was made, or it is declared twice.`,
		`Remove a second declaration, if there is one. Then make a new plan: cfplan adopts a record that is equal to `+
			`the declared one.`, 81057, 81058).
		concerning(about(Duplicate)),
	record(Hearsay, "no source that could be checked", "Most likely, another record stands in the way",
		`Published lists of error codes have this code under records that exclude each other; no recorded answer `+
			`contains it.`,
		`The zone already has a record of the same name.`,
		`Look at the records of that name in the dashboard.`, 81059, 81062),
	record(Reported, "users' reports; the HTTP status is 400 in some and 403 in others",
		"Email Routing keeps this zone's mail records",
		`While Email Routing is on, Cloudflare itself manages the MX records and refuses changes.`,
		`Email Routing is on for the zone, and the configuration declares an MX or another of its records.`,
		`Remove the records of Email Routing from the configuration. Or switch Email Routing off in the dashboard `+
			`(Email → Email Routing); it then no longer forwards mail.`, 890190, 1046).
		concerning(about(RecordType, dns.MX), 890190),
	record(Measured, "answers until October 2024; since then, the code that this one wrapped comes alone",
		"The record is not valid",
		`The record failed Cloudflare's validation; Cloudflare's message says why.`,
		`A value in the record is not valid for the record's type.`,
		`Correct the value that Cloudflare's message names.`, 1004),
	record(Reported, "users' reports", "The record's name is not valid",
		`Each label of a name has 1 to 63 characters, and the whole name at most 253. A * can only be the whole first `+
			`label.`,
		`The name or one of its labels is too long or empty, has a character that is not allowed, or has a * in `+
			`another place.`,
		`Correct the name of the record.`, 9000),
	record(Reported, "users' reports", "Cloudflare does not know this record type",
		`Cloudflare has 21 record types; SPF, ALIAS and ANAME are not among them.`,
		`The record has a type that Cloudflare does not offer.`,
		`In place of SPF, use TXT. In place of ALIAS and ANAME, use CNAME, which Cloudflare flattens at the apex.`, 9002),
	record(Reported, "users' reports of 2024 to 2026", "A private or special address cannot be proxied",
		`Cloudflare proxies only to public addresses, unless the zone has private routing (Enterprise).`,
		`The record has proxied = true and a private or special address, such as 10.0.0.1.`,
		`Set proxied = false on that record, or give it a public address.`, 9003).
		concerning(aboutAttribute(dns.AttrProxied)),
	record(Measured, "recorded answers", "The record cannot be proxied",
		`Only A, AAAA and CNAME records can be proxied, and not with special addresses or with targets that `+
			`Cloudflare excludes.`,
		`The record has proxied = true and another type, or a special address.`,
		`Set proxied = false on that record.`, 9004, 9041).
		concerning(aboutAttribute(dns.AttrProxied)),
	record(Measured, "recorded answers", "The content of an A record is not an IPv4 address",
		`The content must be an address like 192.0.2.1.`,
		`The content is misspelt, or is an IPv6 address, which belongs in an AAAA record, or a host name, which belongs `+
			`in a CNAME.`,
		`Correct the content, or the type of the record.`, 9005).
		concerning(aboutAttribute(dns.AttrContent, dns.A)),
	record(Measured, "recorded answers", "The content of an AAAA record is not an IPv6 address",
		`The content must be an address like 2001:db8::1.`,
		`The content is misspelt, or is an IPv4 address, which belongs in an A record.`,
		`Correct the content, or the type of the record.`, 9006).
		concerning(aboutAttribute(dns.AttrContent, dns.AAAA)),
	record(Reported, "users' reports", "The content must be a host name",
		`A CNAME or MX points to a name, never to an address.`,
		`The content is an address, or contains characters that are not allowed in a host name.`,
		`Give the name of a host as the content. The host's address belongs in an A or AAAA record of that name.`, 9007, 9009).
		concerning(aboutAttribute(dns.AttrContent, dns.CNAME), 9007).
		concerning(aboutAttribute(dns.AttrContent, dns.MX), 9009),
	record(Reported, "users' reports", "The priority is missing or out of range",
		`An MX, SRV or URI record must have a priority from 0 to 65535.`,
		`The record has no priority, or its priority is above 65535.`,
		`Set priority in the record's block.`, 9008).
		concerning(aboutAttribute(dns.AttrPriority, dns.MX, dns.SRV, dns.URI)),
	record(Reported, "users' reports", "The content is too long",
		`The content of one record has at most 4,096 bytes in DNS wire format.`,
		`The content is longer: often, it is a TXT with a key or a long list.`,
		`Shorten the content, or split it into several records if the program that reads the content allows that.`, 9015).
		concerning(aboutAttribute(dns.AttrContent)),
	record(Reported, "users' reports", "All contents of the name together are too long",
		`The contents of all records of one name and type together have at most 8,192 characters.`,
		`The name has many or long records of this type, including records that cfplan does not manage.`,
		`Delete records of that name and type that are not needed, or shorten them.`, 83011).
		concerning(aboutAttribute(dns.AttrContent)),
	record(Hearsay, "reports of older answers", "The TXT has characters beyond ASCII",
		`Cloudflare used to refuse a TXT with anything except printable ASCII.`,
		`The content has characters such as ü, or control characters.`,
		`Write each byte of such a character as \DDD, its decimal number (ü is \195\188), or leave the character `+
			`out.`, 9051).
		concerning(aboutAttribute(dns.AttrContent, dns.TXT)),
	record(Hearsay, "a report of 2021", "The name is below a delegated one",
		`NS records delegate a name above this one to other servers. Below the delegated name, Cloudflare accepts only `+
			`the addresses of those servers.`,
		`A name above the record's name has NS records.`,
		`Put the record into the zone that the NS records delegate to, or delete the NS records.`, 89018),
	record(Measured, "live answers", "The TTL is out of range",
		`The TTL must be 60 to 86,400 seconds (on Enterprise, 30 to 86,400), or 1 for automatic.`,
		`The TTL is shorter than Cloudflare's plan for the zone allows, or longer than a day.`,
		`Correct ttl, or set ttl = "auto".`, 9021).
		concerning(aboutAttribute(dns.AttrTTL)),
	record(Hearsay, "one report of 2016", "The record lacks a part of its data",
		`A field of the record's type is missing or empty.`,
		`The record's block leaves out a field that its type needs.`,
		`Compare the fields in the record's block with those that its type needs.`, 9036),
	record(Reported, "users' reports", "A CNAME points to itself",
		`The record's name and its content are the same.`,
		`The name in the configuration is relative to the zone: with the zone's name added, it equals the content.`,
		`Correct the name or the content.`, 9039).
		concerning(aboutAttribute(dns.AttrContent, dns.CNAME)),
	record(Reported, "users' reports", "A field of the record is missing",
		`Cloudflare's message names the field, for example "type is a required field." or, for a field of the `+
			`record's data, "weight is a required data field." One answer can name several fields.`,
		`The record's block leaves out a field that its type needs, or a field has a value that Cloudflare does `+
			`not accept.`,
		`Add or correct the field that the message names.`, 9100, 9101),
	record(Reported, "users' reports", "A field of the record has the wrong form",
		`A field has text where Cloudflare expects a number, or a number where it expects text.`,
		`A value in the record's block does not have the type of its field.`,
		`Correct the field that the message names.`, 9208),
	record(Measured, "live answers of 2026", "Cloudflare's plan for the zone does not allow so many tags",
		`Free zones have no record tags; other zones allow 20 tags for each record.`,
		`The record has more tags than Cloudflare's plan for the zone allows.`,
		`Remove tags from the record, or put their text into its comment.`, 9300).
		concerning(aboutAttribute(dns.AttrTags)),
	record(Reported, "users' reports", "The comment is too long",
		`A comment has at most 100 characters (not bytes) on Cloudflare's Free plan, and 500 on its paid plans.`,
		`The comment is longer than Cloudflare's plan for the zone allows.`,
		`Shorten the comment.`, 9313).
		concerning(aboutAttribute(dns.AttrComment)),
}

func record(sure Evidence, source, title, meaning, cause, step string, codes ...int) Entry {
	return Entry{
		Codes:   codes,
		Kind:    Rejected,
		Retry:   Never,
		Sure:    sure,
		Source:  source,
		Title:   title,
		Meaning: meaning,
		Causes:  []string{cause},
		Steps:   []string{step, again},
	}
}
