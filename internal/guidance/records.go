package guidance

import "github.com/cfplan/cfplan/internal/dns"

// recordEntries: one record. They stop an apply and never make a plan read-only.
var recordEntries = []Entry{
	{Codes: []int{81044}, Kind: Missing, Concern: about(MissingRecord), Retry: Never, Sure: Measured, Source: "live answers",
		Title:   "The record does not exist",
		Meaning: `The record that was to be changed or deleted is not there.`,
		Causes:  []string{`It was deleted since the plan was made.`},
		Steps:   []string{`Make a new plan; it shows what is left to do.`, `Find out who else changes the zone: external-dns, a script, the dashboard.`}},
	record(Reported, "users' reports", "The zone's record quota is used up",
		`A Free zone holds 200 records (1,000 if it was made before September 2024), others 3,500; Enterprise zones can have more.`,
		`The zone has as many records as its plan allows, those that cfplan does not manage included.`,
		`Delete records that are not needed, or ask Cloudflare for a higher quota or plan.`, 81045).
		concerning(about(Quota)),
	record(Measured, "recorded answers", "Another record stands in the way",
		`An A, AAAA or CNAME cannot be where a CNAME is, a CNAME not where an A or AAAA is, and neither where NS records delegate the name.`,
		`A record of the same name and another type was made since the plan was, or is one that cfplan does not manage.`,
		`Look at the records of that name in the dashboard; delete the one that is wrong, or declare it so that cfplan replaces it.`, 81053, 81054, 81056).
		concerning(about(Conflict, dns.A, dns.AAAA, dns.CNAME)),
	record(Reported, "logs of imports", "Other records stand in the way of an NS",
		`A name that is delegated by NS records cannot have records of other types.`,
		`There are records of other types at that name.`,
		`Delete the other records of that name, or declare them away.`, 81055).
		concerning(about(Conflict, dns.NS)),
	record(Measured, "live answers", "The record exists already",
		`A record with this name, type and content is in the zone.`,
		`A record with this name, type and content was made since the plan was, or is declared twice.`,
		`Make a new plan: an equal record is adopted.`, 81057, 81058).
		concerning(about(Duplicate)),
	record(Hearsay, "no source that could be checked", "A record stands in the way, most likely",
		`The code stands among those of records that exclude each other; nobody could show an answer with it.`,
		`A record of the same name is there already.`,
		`Look at the records of that name in the dashboard.`, 81059, 81062),
	record(Reported, "users' reports; the status is 400 in some and 403 in others", "Email Routing keeps this zone's mail records",
		`While Email Routing is on, Cloudflare itself manages the MX records and refuses changes.`,
		`The configuration declares an MX, or another record of Email Routing's, in a zone that has it on.`,
		`Switch Email Routing off in the dashboard (Email → Email Routing), or take the MX records out of the configuration.`, 890190, 1046).
		concerning(about(RecordType, dns.MX), 890190),
	record(Measured, "answers until October 2024; today the code that it wrapped comes by itself", "The record is not valid",
		`Cloudflare's check of the record failed; its message says where.`,
		`A part of the record is not as its type needs it.`,
		`Correct the record in the configuration.`, 1004),
	record(Reported, "users' reports", "The record's name is not valid",
		`Labels have 1 to 63 characters, a name at most 253; a * can only be the first label.`,
		`The name has a character, a length or a * that DNS does not allow.`,
		`Correct the name.`, 9000),
	record(Reported, "users' reports", "Cloudflare does not know this record type",
		`Cloudflare has 21 types; SPF, ALIAS and ANAME are not among them.`,
		`The record has a type that Cloudflare does not offer.`,
		`Use TXT for SPF, and a CNAME (which Cloudflare flattens at the apex) for ALIAS and ANAME.`, 9002),
	record(Measured, "recorded answers", "The record cannot be proxied",
		`Only A, AAAA and CNAME can be, and not with private or special addresses or with targets that Cloudflare excludes.`,
		`proxied = true stands on a record of another type, or of a private or special address.`,
		`Set proxied = false on that record.`, 9003, 9004, 9041).
		concerning(aboutAttribute(dns.AttrProxied)),
	record(Measured, "recorded answers", "The content of an A record is no IPv4 address",
		`It must be like 192.0.2.1.`,
		`The content is an IPv6 address, which belongs into an AAAA, or a host name, which belongs into a CNAME, or is misspelt.`,
		`Correct the content.`, 9005).
		concerning(aboutAttribute(dns.AttrContent, dns.A)),
	record(Measured, "recorded answers", "The content of an AAAA record is no IPv6 address",
		`It must be like 2001:db8::1.`,
		`The content is an IPv4 address, which belongs into an A, or is misspelt.`,
		`Correct the content.`, 9006).
		concerning(aboutAttribute(dns.AttrContent, dns.AAAA)),
	record(Reported, "users' reports", "The content must be a host name",
		`A CNAME or MX points to a name, never to an address.`,
		`The content is an address, or has characters that no host name has.`,
		`Give a host name, with an A or AAAA record of its own.`, 9007, 9008, 9009).
		concerning(aboutAttribute(dns.AttrContent, dns.CNAME), 9007).
		concerning(aboutAttribute(dns.AttrContent, dns.MX), 9009),
	record(Measured, "an answer of 2020; its bounds have changed since", "The TTL is out of range",
		`It is 60 to 86,400 seconds (from 30 on Enterprise), or automatic.`,
		`The TTL is below what the zone's plan allows, or above a day.`,
		`Correct ttl, or set ttl = "auto".`, 9021).
		concerning(aboutAttribute(dns.AttrTTL)),
	record(Hearsay, "one report of 2016", "The record lacks a part of its data",
		`A field of the record's type is missing or empty.`,
		`The record declares less than its type has.`,
		`Compare the record's fields with the ones its type needs.`, 9036),
	record(Reported, "users' reports", "A CNAME points to itself",
		`Its name and its content are the same.`,
		`The name of the record is relative to the zone, so that it is the same as the content.`,
		`Correct the content.`, 9039).
		concerning(aboutAttribute(dns.AttrContent, dns.CNAME)),
	record(Reported, "users' reports", "A part of the record's data is not accepted",
		`The code is told of with data that a type does not allow; Cloudflare's message says more.`,
		`A field has a value that Cloudflare does not take.`,
		`Correct what the message names.`, 9100, 9101),
	record(Reported, "users' reports", "A field of the record has the wrong form",
		`A number or a text is where the other belongs.`,
		`A value is of another kind than its field.`,
		`Correct the field that the message names.`, 9208),
	record(Measured, "live answers of 2026", "The zone's plan does not allow so many tags",
		`Free zones have no record tags at all; others have 20 a record.`,
		`The record has more tags than the plan allows.`,
		`Remove tags from the record, or use comment.`, 9300).
		concerning(aboutAttribute(dns.AttrTags)),
	record(Hearsay, "users' reports without an explanation", "The record goes beyond what the zone's plan allows",
		`The code is told of with limits of records; Cloudflare's message says which.`,
		`A comment, a tag or a setting goes beyond the plan.`,
		`Correct what the message names.`, 9313),
}

func record(sure Evidence, source, title, meaning, cause, step string, codes ...int) Entry {
	return Entry{Codes: codes, Kind: Rejected, Retry: Never, Sure: sure, Source: source, Title: title, Meaning: meaning,
		Causes: []string{cause}, Steps: []string{step, again}}
}
