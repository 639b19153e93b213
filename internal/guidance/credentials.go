package guidance

// credentialEntries: who asks, and what he may.
var credentialEntries = []Entry{
	{Codes: []int{9109}, Says: "cannot use the access token from location", Kind: Refused, Retry: Never, Sure: Measured, Source: "live answers of 2024 and 2026",
		Title:   "The token may not be used from this address",
		Meaning: `The token itself is good, but it is made for certain addresses only.`,
		Causes: []string{
			`The token has a Client IP Address Filtering that does not include the address {address}, which this machine's requests come from. The token itself is good.`,
			`The address of this machine has changed: hosted CI, mobile lines and VPNs change theirs from run to run, and a machine with IPv6 has two.`,
		},
		Steps: []string{
			dashboard + ` and edit the token that cfplan uses.`,
			`Under Client IP Address Filtering add "Is in" with the address {address} (or its network), or remove the filter.`,
			`If the address changes from run to run (hosted CI, mobile lines, VPN, IPv6), run cfplan where it does not, or use a token without filter.`,
			`Wait a minute and run cfplan plan again. Do not rely on the token's verify call: it ignores the filter.`,
		}},
	{Codes: []int{9109}, Says: "invalid access token", Kind: Refused, Retry: Never, Sure: Reported, Source: "users' reports of 2026", credential: true,
		Title:   "The API token is unknown to Cloudflare",
		Meaning: `The token has the right form, but Cloudflare knows no such token.`,
		Causes: []string{
			`The token has the right form, but was rolled, deleted or revoked (those found in public repositories are revoked by Cloudflare itself), or was copied wrongly.`,
			`The environment has an older token than the one in the dashboard.`,
		},
		Steps: newToken(`Look in the dashboard whether the token is still there and Active (https://dash.cloudflare.com/profile/api-tokens), and see that the environment has that one: CLOUDFLARE_API_TOKEN, or the CI secret. If not, make a new one:`)},
	{Codes: []int{9109}, Says: "invalid zone identifier", Concern: about(TheZone), Kind: Refused, Retry: Never, Sure: Measured, Source: "live answers of 2026",
		Title:   "The zone is unknown or not visible to the token",
		Meaning: `The zone ID does not exist, or the token's Zone Resources do not include that zone; Cloudflare does not tell which.`,
		Causes: []string{
			`The zone ID does not exist, or the token's Zone Resources do not include that zone; Cloudflare does not tell which.`,
			`The zone was removed and added again, which gave it a new ID, or belongs to another account.`,
		},
		Steps: permission(`If the zone block has an id, compare it with the one on the zone's Overview page, or leave it out. A zone that was removed and added again has a new ID.`)},
	{Codes: []int{9109}, Says: "unauthorized to access requested resource", Kind: Refused, Retry: Never, Sure: Hearsay, Source: "lists of codes in other tools",
		Title:   "The token does not reach this zone",
		Meaning: `The zone or its account is outside of what the token was made for.`,
		Causes:  []string{`The zone or its account is outside of what the token was made for.`, `The token belongs to another account.`},
		Steps:   permission()},
	{Codes: []int{9109}, Says: "max auth failures reached", Kind: Refused, Retry: Later, Sure: Hearsay, Source: "lists of codes in other tools", credential: true,
		Title:   "Too many failed logins from this address",
		Meaning: `Cloudflare refuses everybody at this machine's address for some minutes, good tokens too.`,
		Causes: []string{
			`Too many requests with wrong credentials came from this machine's address, so that Cloudflare refuses all for some minutes, good ones too.`,
			`Something else behind the same address tries again and again with an old token: a cron job, external-dns, CI retries.`,
		},
		Steps: []string{
			`Stop whatever tries again and again with an old token: cron jobs, external-dns, CI retries.`,
			`Wait ten minutes.`,
			`Check that CLOUDFLARE_API_TOKEN is the token that My Profile → API Tokens lists as Active, and run cfplan plan once.`,
		}},
	{Codes: []int{9109}, Kind: Refused, Retry: Never, Sure: Reported, Source: "the code has had several messages over the years", credential: true,
		Title:   "Cloudflare refuses the token",
		Meaning: `Code 9109 stands for several refusals; Cloudflare's message says which.`,
		Causes: []string{
			`Code 9109 stands for several refusals: the token is unknown, filtered by IP address, or not made for this zone. Cloudflare's message says which.`,
		},
		Steps: newToken(`Look in the dashboard (https://dash.cloudflare.com/profile/api-tokens): the token must be Active, its Client IP Address Filtering must fit this machine, its Zone Resources must include the zone. If in doubt, make a new one:`)},
	lacking(ZoneRead, "The token may not see zones"),
	lacking(DNSRead, "The token may not read DNS records"),
	lacking(DNSWrite, "The token may not change DNS records"),
	lacking("", "The token lacks a permission"),
	{Codes: []int{9103}, Kind: Refused, Retry: Never, Sure: Measured, Source: "recorded answers in other tools' tests", credential: true,
		Title:   "The global API key and the email address do not match",
		Meaning: `Cloudflare knows no user with this address and this key.`,
		Causes: []string{
			`CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL do not belong to one user, or the key was changed since.`,
			`What is in CLOUDFLARE_API_KEY is a token, which goes into CLOUDFLARE_API_TOKEN.`,
		},
		Steps: newToken(`Compare CLOUDFLARE_EMAIL with the address shown under My Profile, and view the key again under My Profile → API Tokens → Global API Key. Or better, make a token, which can do no more than it has to:`)},
	{Codes: []int{9106}, Kind: Refused, Retry: Never, Sure: Hearsay, Source: "memory of older answers", credential: true,
		Title:   "Credentials did not arrive at Cloudflare",
		Meaning: `Cloudflare saw no Authorization, X-Auth-Key or X-Auth-Email header.`,
		Causes: []string{
			`Cloudflare saw no Authorization, X-Auth-Key or X-Auth-Email header. A proxy on the way may take them out, or a credential is empty.`,
		},
		Steps: newToken(`See that CLOUDFLARE_API_TOKEN is set and not empty: test -n "$CLOUDFLARE_API_TOKEN" && echo set. If a proxy (HTTPS_PROXY) or CLOUDFLARE_BASE_URL is in use, try without. If there is no token, make one:`)},
	malformedToken(Entry{Codes: []int{6003}, Chain: 6111, Sure: Measured, Source: "live answers, and many reports"}),
	malformedKey(Entry{Codes: []int{6003}, Chain: 6103, Sure: Reported, Source: "users' reports"}),
	{Codes: []int{6003}, Chain: 6102, Kind: Refused, Retry: Never, Sure: Hearsay, Source: "memory of older answers", credential: true,
		Title:   "The email address is malformed",
		Meaning: `What was sent as X-Auth-Email is not an email address.`,
		Causes:  []string{`CLOUDFLARE_EMAIL has quotes or spaces in it, or is something else.`},
		Steps:   newToken(`Set CLOUDFLARE_EMAIL to the address shown under My Profile, without quotes and spaces; or better, make a token, which needs none:`)},
	{Codes: []int{6003, 6102, 6103, 6111}, Kind: Refused, Retry: Never, Sure: Measured, Source: "live answers; what is wrong stands in the chain of the error, where there is one", credential: true,
		Title:   "Cloudflare cannot read the credentials",
		Meaning: `A credential is malformed, so that Cloudflare does not even look it up.`,
		Causes:  []string{`A credential is malformed: cut short, with quotes or spaces in it, a placeholder, or a key where a token belongs.`},
		Steps:   newToken(`Copy CLOUDFLARE_API_TOKEN (or CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL) again, without quotes, spaces and line ends. If that does not help, make a new token:`)},
	{Codes: []int{1000}, Kind: Refused, Retry: Never, Sure: Measured, Source: "live answers of 2026, to the call that verifies a token", credential: true,
		Title:   "The API token is not valid",
		Meaning: `No such token exists where Cloudflare looked.`,
		Causes: []string{
			`No such token exists: it was rolled, deleted or copied wrongly. An account's token is also answered so where only users' tokens are known.`,
		},
		Steps: newToken(`Look in the dashboard (https://dash.cloudflare.com/profile/api-tokens; for an account's token: Manage Account → Account API Tokens) whether the token is there and Active. If not, make a new one:`)},
	{Codes: []int{1001}, Kind: Refused, Retry: Never, Sure: Reported, Source: "one report, of the call that verifies a token",
		Title:   "The Authorization header is missing",
		Meaning: `The call needs an API token, and none arrived.`,
		Causes:  []string{`The call needs an API token, and none arrived: a global API key was used, or a proxy takes the header out.`},
		Steps:   newToken(`Use a token instead of the key, and try without the proxy if there is one. If there is no token, make one:`)},
	{Codes: []int{9107, 9110, 10001}, From: 200, To: 499, Kind: Refused, Retry: Never, Sure: Hearsay, Source: "no source that could be checked", credential: true,
		Title:   "Cloudflare refuses the credentials, with a code that is hardly known",
		Meaning: `The code is told of as one of authentication; nobody could show an answer with it.`,
		Causes:  []string{`The credentials are wrong, have been revoked or have expired, or may not do this with this zone.`},
		Steps:   permission(inDoubt)},
}

// lacking is 10000 where the call needed one certain permission.
func lacking(n Need, title string) Entry {
	e := Entry{Codes: []int{10000}, Needs: n, Kind: Refused, Retry: Itself, Sure: Measured,
		Source:  "live answers of 2026, and Cloudflare's FAQ; that it may pass under load, several tools tell",
		Title:   title,
		Meaning: `The token is valid but may not do this.`,
		Causes: []string{
			`The token is valid but may not do this: it lacks the permission {needs}, or the zone is not among its Zone Resources. More rarely, the token itself is wrong.`,
			`Cloudflare also answers so for some seconds under load, with a perfectly good token; cfplan has tried again where an earlier call had succeeded.`,
		},
		Steps: permission()}
	return e
}

// lastEntries: no code that is known.
var lastEntries = []Entry{
	{From: 401, To: 401, Kind: Refused, Retry: Never, Sure: Reported, Source: "HTTP's own meaning of the status", credential: true,
		Title:   "Cloudflare refuses the credentials",
		Meaning: `The answer has the status 401, and no code that is known.`,
		Causes: []string{
			`The credentials are wrong, have been revoked or have expired; or something between this machine and Cloudflare wants credentials of its own.`,
		},
		Steps: permission(inDoubt)},
	{From: 403, To: 403, Kind: Refused, Retry: Never, Sure: Reported, Source: "HTTP's own meaning of the status", credential: true,
		Title:   "Cloudflare refuses the request",
		Meaning: `The answer has the status 403, and no code that is known.`,
		Causes: []string{
			`The credentials are wrong, have been revoked or have expired, or may not do this with this zone; or something between this machine and Cloudflare refused the request.`,
		},
		Steps: permission(inDoubt)},
	{Kind: Rejected, Retry: Never, Sure: Hearsay, Source: "nothing is known of this code but its message",
		Title:   "Cloudflare rejects the request",
		Meaning: `The request arrived and was understood, and Cloudflare will not do it; its message says why.`,
		Causes:  []string{`The request arrived and was understood, and Cloudflare will not do it; its message says why.`},
		Steps: []string{
			`Correct what the message names, and run cfplan plan again.`,
			`The code is not in cfplan's catalogue. Search for it at https://developers.cloudflare.com/, or ask Cloudflare's support, who want {ray}.`,
		}},
}
