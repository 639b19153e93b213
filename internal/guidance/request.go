package guidance

// requestEntries are errors that concern a request as a whole, not one of its records.
var requestEntries = []Entry{
	rateLimited(Entry{Codes: []int{971, 10100, 10300}, Sure: Reported,
		Source: "answers with status 429, recorded by other tools"}),
	{Codes: []int{10502}, Kind: Unreachable, Retry: Later, Sure: Hearsay, Source: "no source that could be checked",
		Title:   "Cloudflare may be limiting requests",
		Meaning: `Published lists of error codes have this code under rate limits; no recorded answer contains it.`,
		Causes:  []string{`Too many requests came from one user or one address.`},
		Steps: []string{`Wait five minutes and run cfplan again.`, `If the problem persists, give {ray} to ` +
			`Cloudflare's support.`}},
	{Codes: []int{1038}, Kind: Rejected, Retry: Never, Sure: Reported, Source: "users' reports",
		Title: "Cloudflare's API does not serve this top-level domain",
		Meaning: `Zones under .cf, .ga, .gq, .ml and .tk cannot be changed through the API on Cloudflare's Free ` +
			`plan.`,
		Causes: []string{`The zone is under one of these top-level domains, and on Cloudflare's Free plan.`},
		Steps: []string{
			`Upgrade the zone to a paid Cloudflare plan, or use a domain under another top-level domain. Or ` +
				`manage the zone in the dashboard, and remove its zone block from the configuration.`,
			again,
		}},
	{Codes: []int{1061}, Kind: Rejected, Retry: Never, Sure: Reported,
		Source:  "users' reports about creating zones, which cfplan does not do",
		Title:   "The zone exists already",
		Meaning: `This account or another one already has a zone of that name.`,
		Causes:  []string{`The zone was added before.`},
		Steps:   []string{`Look for the zone in the dashboard, in each of your accounts.`, again}},
	{Codes: []int{1003, 1068, 1099}, Kind: Rejected, Retry: Never, Sure: Hearsay, Source: "old lists of zone errors",
		Title: "The zone's ID or the permission for it is wrong",
		Meaning: `The API once used these codes for an invalid zone, a missing permission, and a domain that is not ` +
			`registered.`,
		Causes: []string{`The id in the zone block is wrong, or the token may not access the zone.`},
		Steps: permission(`Compare the id in the zone block with the ID on the zone's Overview page: it has 32 ` +
			`hexadecimal digits.`)},
	{Codes: []int{7003, 7000, 7001, 10405}, Kind: Rejected, Retry: Never, Sure: Measured,
		Source: "live answers of 2026 (7003, now alone, formerly with 7000); hearsay (7001, 10405)",
		Title:  "Cloudflare's API has nothing at this path",
		Meaning: `The path of the request leads to nothing in the API, or does not accept the request's HTTP method. Code ` +
			`7003 comes alone or with 7000.`,
		Causes: []string{
			`An ID in the request is malformed, or the base URL has the wrong path. The token is not at fault.`,
		},
		Steps: []string{
			`Compare the id in the zone block with the ID on the zone's Overview page: it has 32 hexadecimal digits.`,
			`If CLOUDFLARE_BASE_URL is set, check that it ends in /client/v4.`,
			`If neither helps, run with -log-level=debug, look at the path of the request, and report it as a ` +
				`bug in cfplan, with {ray}.`,
		}},
	{Codes: []int{9207}, Kind: Rejected, Retry: Never, Sure: Reported, Source: "reports of users of other tools",
		Title:   "Cloudflare did not read the request as JSON",
		Meaning: `cfplan sends the header Content-Type: application/json, but it did not arrive like that.`,
		Causes: []string{`A proxy on the way changed or removed the Content-Type header. The token is not at ` +
			`fault.`},
		Steps: []string{
			`Try without the proxy (unset HTTPS_PROXY), or ask its operator not to change the headers of requests.`,
			`If CLOUDFLARE_BASE_URL is set, unset it and try again: the server at that address may change headers.`,
			`If there is no proxy, report it as a bug in cfplan, with {ray}.`,
		}},
	{Codes: []int{6007, 6008}, Kind: Rejected, Retry: Never, Sure: Documented, Source: "an old list of Cloudflare",
		Title:   "Cloudflare could not read the request",
		Meaning: `The body or a parameter of the request is malformed.`,
		Causes:  []string{`This is most likely a bug in cfplan, or a proxy changes requests.`},
		Steps: []string{
			`If HTTPS_PROXY is set, try without the proxy.`,
			`Run with -log-level=debug, look for the request, and report it as a bug in cfplan, with {ray}.`,
		}},
}
