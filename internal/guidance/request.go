package guidance

// requestEntries are errors in a request as a whole.
var requestEntries = []Entry{
	rateLimited(Entry{Codes: []int{971, 10100, 10300}, Sure: Reported,
		Source: "answers with status 429, recorded by other tools"}),
	{Codes: []int{10502}, Kind: Unreachable, Retry: Later, Sure: Hearsay, Source: "no source that could be checked",
		Title:   "Cloudflare may be limiting requests",
		Meaning: `Lists of error codes have this code under rate limits; no recorded answer has it.`,
		Causes:  []string{`One user, or one address, sent too many requests.`},
		Steps: []string{`Wait five minutes and run cfplan again.`, `If the problem persists, give {ray} to ` +
			`Cloudflare's support.`}},
	{Codes: []int{1038}, Kind: Rejected, Retry: Never, Sure: Reported, Source: "users' reports",
		Title: "Cloudflare's API does not serve this top-level domain",
		Meaning: `Zones under .cf, .ga, .gq, .ml and .tk cannot be changed through the API on Cloudflare's Free ` +
			`plan.`,
		Causes: []string{`The zone is under one of these top-level domains, and on Cloudflare's Free plan.`},
		Steps: []string{
			`Manage this zone in the dashboard, or move it to another domain or to a paid Cloudflare plan; take ` +
				`its zone block out of the configuration.`,
			again,
		}},
	{Codes: []int{1061}, Kind: Rejected, Retry: Never, Sure: Reported,
		Source:  "users' reports about creating zones, which cfplan does not do",
		Title:   "The zone exists already",
		Meaning: `This account or another one already has a zone of that name.`,
		Causes:  []string{`The zone was added before.`},
		Steps:   []string{`Look for the zone in the dashboard of every account.`, again}},
	{Codes: []int{1003, 1068, 1099}, Kind: Rejected, Retry: Never, Sure: Hearsay, Source: "old lists of zone errors",
		Title: "The zone's ID or the permission for it is wrong",
		Meaning: `Older answers of the API used these codes for an invalid zone, a missing permission, and a ` +
			`domain that is not registered.`,
		Causes: []string{`The id of the zone block is wrong, or the token may not reach the zone.`},
		Steps:  permission(`Check id in the zone block: 32 hexadecimal digits, as on the zone's Overview page.`)},
	{Codes: []int{7003, 7000, 7001, 10405}, Kind: Rejected, Retry: Never, Sure: Measured,
		Source: "live answers of 2026 (7003, alone today and formerly with 7000); hearsay (7001, 10405)",
		Title:  "Cloudflare's API has nothing at this path",
		Meaning: `The API has nothing at the path of the request, or does not accept the method there. Code ` +
			`7003 comes alone, or with 7000.`,
		Causes: []string{
			`An ID in the request is malformed, or the base URL has a wrong path. The token is not at fault.`,
		},
		Steps: []string{
			`Check id in the zone block: 32 hexadecimal digits, as on the zone's Overview page.`,
			`If CLOUDFLARE_BASE_URL is set, it must end in /client/v4.`,
			`If neither helps, run with -log-level=debug, look at the path of the request, and report it as a ` +
				`bug in cfplan, with {ray}.`,
		}},
	{Codes: []int{9207}, Kind: Rejected, Retry: Never, Sure: Reported, Source: "users' reports of other tools",
		Title:   "Cloudflare did not read the request as JSON",
		Meaning: `The Content-Type header did not arrive as application/json, which cfplan sends.`,
		Causes: []string{`A proxy on the way changed or removed the Content-Type header. The token is not at ` +
			`fault.`},
		Steps: []string{
			`Try without the proxy (unset HTTPS_PROXY), or ask its operator not to change the headers of requests.`,
			`If CLOUDFLARE_BASE_URL is set, unset it and try again: the server there may change headers.`,
			`If there is no proxy, report it as a bug in cfplan, with {ray}.`,
		}},
	{Codes: []int{6007, 6008}, Kind: Rejected, Retry: Never, Sure: Documented, Source: "an old list of Cloudflare's",
		Title:   "Cloudflare could not read the request",
		Meaning: `The body or a parameter of the request is malformed.`,
		Causes:  []string{`Most likely, this is a bug in cfplan, or a proxy changes requests.`},
		Steps: []string{
			`Run with -log-level=debug and look for the request.`,
			`Report it as a bug in cfplan, with {ray}.`,
		}},
}
