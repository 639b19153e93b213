package guidance

// requestEntries: the request as a whole.
var requestEntries = []Entry{
	rateLimited(Entry{Codes: []int{971, 10100, 10300}, Sure: Reported, Source: "answers with status 429, recorded by other tools"}),
	{Codes: []int{10502}, Kind: Unreachable, Retry: Later, Sure: Hearsay, Source: "no source that could be checked",
		Title:   "Cloudflare may be limiting requests",
		Meaning: `The code is told of as one of rate limits; nobody could show an answer with it.`,
		Causes:  []string{`Too many requests of one user, or of one address.`},
		Steps:   []string{`Wait five minutes and run cfplan again.`, `If it lasts, give {ray} to Cloudflare's support.`}},
	{Codes: []int{1038}, Kind: Rejected, Retry: Never, Sure: Reported, Source: "users' reports",
		Title:   "Cloudflare's API does not serve this top-level domain",
		Meaning: `Zones under .cf, .ga, .gq, .ml and .tk cannot be changed over the API on the Free plan.`,
		Causes:  []string{`The zone is under one of these top-level domains, and on the Free plan.`},
		Steps: []string{
			`Manage this zone in the dashboard, or move it to another domain or a paid plan; take its zone block out of the configuration.`,
			again,
		}},
	{Codes: []int{1061}, Kind: Rejected, Retry: Never, Sure: Reported, Source: "users' reports, of making zones, which cfplan does not",
		Title:   "The zone exists already",
		Meaning: `A zone of that name is in this account or in another one.`,
		Causes:  []string{`Somebody added the zone before.`},
		Steps:   []string{`Look for the zone in the dashboard of every account.`, again}},
	{Codes: []int{1003, 1068, 1099}, Kind: Rejected, Retry: Never, Sure: Hearsay, Source: "old lists of zone errors",
		Title:   "The zone's ID or the permission for it is wrong",
		Meaning: `Older answers of the API used these codes for an invalid zone, a permission that is missing, and a domain that is not registered.`,
		Causes:  []string{`The id of the zone block is wrong, or the token may not reach the zone.`},
		Steps:   permission(`Check id in the zone block: 32 hexadecimal digits, as on the zone's Overview page.`)},
	{Codes: []int{7000, 7001, 7003, 10405}, Kind: Rejected, Retry: Never, Sure: Measured, Source: "live answers of 2026 (7000, 7003); hearsay (7001, 10405)",
		Title:   "Cloudflare knows no such address",
		Meaning: `The API has nothing at the path of the request, or not for this method.`,
		Causes: []string{
			`An ID in the request is malformed, or the base URL has a wrong path.`,
		},
		Steps: []string{
			`Check id in the zone block: 32 hexadecimal digits, as on the zone's Overview page.`,
			`If CLOUDFLARE_BASE_URL is set, it must end in /client/v4.`,
		}},
	{Codes: []int{6007, 6008}, Kind: Rejected, Retry: Never, Sure: Documented, Source: "an old list of Cloudflare's",
		Title:   "Cloudflare could not read the request",
		Meaning: `The body or a parameter of the request is malformed.`,
		Causes:  []string{`This is most likely a fault of cfplan, or of a proxy that changes requests.`},
		Steps: []string{
			`Run with -log-level=debug and look for the request.`,
			`Report it as a fault of cfplan, with {ray}.`,
		}},
}
