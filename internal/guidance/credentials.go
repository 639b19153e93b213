package guidance

// credentialEntries are failures because the credentials are wrong or lack a permission.
var credentialEntries = []Entry{
	{Codes: []int{9109}, Says: "Cannot use the access token from location",
		Kind: Refused, Retry: Never, Sure: Measured,
		Source:  "live answers of 2024 and 2026",
		Title:   "The token may not be used from this address",
		Meaning: `The token itself is good, but it may be used only from certain addresses.`,
		Causes: []string{
			`The token's Client IP Address Filtering does not include the address {address}, from which this ` +
				`machine's requests come. The token itself is good.`,
			`The address of this machine has changed. With hosted CI, mobile networks and VPNs it changes from ` +
				`run to run, and a machine with IPv6 has two addresses.`,
		},
		Steps: []string{
			`Add the address {address} to the token's Client IP Address Filtering ("Is in", with that address ` +
				`or its network), or remove the filter.`,
			`To do so, open {token pages}, and edit the token that cfplan uses.`,
			`If the address changes from run to run (hosted CI, mobile network, VPN, IPv6), run cfplan on a ` +
				`machine with a fixed address, or use a token without a filter.`,
			`Wait a minute and run cfplan plan again. Do not rely on the call that ` +
				`verifies a token (/user/tokens/verify): it ignores the filter.`,
		}},
	{Codes: []int{9109}, Says: "Invalid access token", Kind: Refused, Retry: Never, Sure: Reported,
		Source: "users' reports of 2026", credential: true,
		Title:   "The API token is unknown to Cloudflare",
		Meaning: `The token has the right form, but Cloudflare does not know it.`,
		Causes: []string{
			`The token has the right form, but it was rolled, deleted or revoked (Cloudflare revokes tokens ` +
				`that it finds in public repositories), has expired, or was copied incorrectly.`,
			`The environment holds an older token than the one that the dashboard shows.`,
		},
		Steps: newToken(`Check that the token is still listed and Active: {token pages}. Check that the ` +
			`environment (CLOUDFLARE_API_TOKEN, or the CI secret) has that token. If either check fails, make a new ` +
			`token:`)},
	{Codes: []int{9109}, Says: "Invalid zone identifier", Concern: about(TheZone),
		Kind: Refused, Retry: Never, Sure: Measured,
		Source: "live answers of 2026",
		Title:  "The zone is unknown or not visible to the token",
		Meaning: `The zone ID does not exist, or the token's Zone Resources do not include that zone; ` +
			`Cloudflare does not say which.`,
		Causes: []string{
			`The zone ID does not exist, or the token's Zone Resources do not include that zone; Cloudflare ` +
				`does not say which.`,
			`The zone was removed and added again, which gave it a new ID, or it belongs to another account.`,
		},
		Steps: permission(`If the zone block has an id, compare it with the ID on the zone's Overview page, or ` +
			`leave it out. A zone that was removed and added again has a new ID.`)},
	{Codes: []int{9109}, Says: "Unauthorized to access requested resource",
		Kind: Refused, Retry: Never, Sure: Reported,
		Source: "reports of other tools; adding Zone Read solved the problem",
		Title:  "The token lacks a permission for this resource",
		Meaning: `The token is valid but may not do this. It lacks a permission, most likely Zone → Zone → ` +
			`Read, which the template "Edit zone DNS" does not include.`,
		Causes: []string{
			`The token lacks the permission {needs}. The template "Edit zone DNS" grants only Zone → DNS → ` +
				`Edit. To find a zone by its name, cfplan needs Zone → Zone → Read, too.`,
			`The token's Zone Resources do not include the zone, or the zone belongs to another account.`,
		},
		Steps: permission()},
	{Codes: []int{9109}, Says: "Max auth failures reached", Kind: Refused, Retry: Later, Sure: Hearsay,
		Source: "lists of codes in other tools",
		Title:  "Too many failed logins from this address",
		Meaning: `Cloudflare refuses all requests from this machine's address for some minutes, even with a ` +
			`good token.`,
		Causes: []string{
			`Too many requests with wrong credentials came from this machine's address. Cloudflare refuses all ` +
				`requests from it for some minutes, even those with good credentials.`,
			`Another program behind the same address keeps sending an old token: a cron job, external-dns, CI ` +
				`retries.`,
		},
		Steps: []string{
			`Find and stop every program that keeps sending an old token: cron jobs, external-dns, CI retries.`,
			`Wait ten minutes.`,
			`Open {token pages}, and check that the token in CLOUDFLARE_API_TOKEN is listed as Active. Then run ` +
				`cfplan plan once.`,
		}},
	{Codes: []int{9109}, Kind: Refused, Retry: Never, Sure: Reported,
		Source:     "the code has had several messages over the years",
		credential: true,
		Title:      "Cloudflare refuses the token",
		Meaning:    `Code 9109 has several meanings; Cloudflare's message says which one applies.`,
		Causes: []string{
			`Code 9109 has several meanings: the token is unknown, has expired, is restricted to other ` +
				`IP addresses, or does not include this zone. Cloudflare's message says which.`,
			switchedOff,
		},
		Steps: newToken(`Look at the token: {token pages}. It must be Active, its Client IP Address Filtering ` +
			`must allow this machine, and its Zone Resources must include the zone. If in doubt, make a new one:`)},
	{Codes: []int{10000}, Mentions: "method not allowed for the api_token",
		Kind: Refused, Retry: Never, Sure: Reported,
		Source:  "users' reports",
		Title:   "The request went to a path that tokens cannot use",
		Meaning: `API tokens cannot be used with this method on this path. The token is not at fault.`,
		Causes: []string{
			`The path of the request is wrong, for example because the record ID in it is empty. This is a bug ` +
				`in cfplan, or a proxy changes paths. The token is not at fault.`,
			`CLOUDFLARE_BASE_URL has a wrong path.`,
		},
		Steps: []string{
			`If CLOUDFLARE_BASE_URL is set, it must end in /client/v4; unset it to use Cloudflare itself. If ` +
				`HTTPS_PROXY is set, try without the proxy.`,
			`If neither helps, run with -log-level=debug, look at the path of the request, and report it as a bug ` +
				`in cfplan, with {ray}.`,
		}},
	lacking(ZoneRead, "The token may not see zones"),
	lacking(DNSRead, "The token may not read DNS records"),
	lacking(DNSWrite, "The token may not change DNS records"),
	lacking("", "The token lacks a permission"),
	{Codes: []int{0}, Mentions: "requires permission", Kind: Refused, Retry: Never, Sure: Reported,
		Source: "users' reports, with status 403 and a message that names the permission, such as zone.list",
		Title:  "The token lacks the permission that the message names",
		Meaning: `The token is valid but may not do this. Cloudflare's message names the permission by its ` +
			`internal name: zone.list, for listing zones, is Zone → Zone → Read.`,
		Causes: []string{
			`The token lacks the permission {needs}. The template "Edit zone DNS" does not include Zone → Zone ` +
				`→ Read.`,
		},
		Steps: permission()},
	{Codes: []int{9103}, Kind: Refused, Retry: Never, Sure: Measured,
		Source: "recorded answers in other tools' tests", credential: true,
		Title:   "The global API key and the email address do not match",
		Meaning: `Cloudflare knows no user with this email address and this key.`,
		Causes: []string{
			`CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL do not belong to the same user, or the user has changed the key.`,
			`CLOUDFLARE_API_KEY holds a token, which belongs in CLOUDFLARE_API_TOKEN.`,
		},
		Steps: newToken(`Compare CLOUDFLARE_EMAIL with the address shown under My Profile, and view the key ` +
			`again under My Profile → API Tokens → Global API Key. Or better, make a token, which can be ` +
			`limited to what cfplan needs:`)},
	{Codes: []int{9106}, Kind: Refused, Retry: Never, Sure: Reported, Source: "users' reports",
		Title:   "Credentials did not arrive at Cloudflare",
		Meaning: `Cloudflare saw no Authorization, X-Auth-Key or X-Auth-Email header.`,
		Causes: []string{
			`Cloudflare saw no Authorization, X-Auth-Key or X-Auth-Email header, although cfplan sent one. Most ` +
				`likely a proxy on the way removes it.`,
		},
		Steps: []string{
			`Try without the proxy (unset HTTPS_PROXY), or ask its operator to let the Authorization header through.`,
			`If CLOUDFLARE_BASE_URL is set, unset it and try again: the server at that address may not pass the header on.`,
			`Run test -n "$CLOUDFLARE_API_TOKEN" && echo set; if it does not print "set", the variable is not set or is ` +
				`empty.`,
			again,
		}},
	malformedToken(Entry{Codes: []int{6003}, Chain: 6111, Sure: Measured, Source: "live answers, and many reports"}),
	malformedKey(Entry{Codes: []int{6003}, Chain: 6103, Sure: Reported, Source: "users' reports"}),
	{Codes: []int{6003}, Chain: 6102, Kind: Refused, Retry: Never, Sure: Hearsay,
		Source: "recollection of older answers", credential: true,
		Title:   "The email address is malformed",
		Meaning: `The value sent as X-Auth-Email is not an email address.`,
		Causes:  []string{`CLOUDFLARE_EMAIL contains quotes or spaces, or is not an email address.`},
		Steps: newToken(`Set CLOUDFLARE_EMAIL to the address shown under My Profile, without quotes and ` +
			`spaces. Or better, make a token, which needs no email address:`)},
	{Codes: []int{6003, 6102, 6103, 6111}, Kind: Refused, Retry: Never, Sure: Measured,
		Source: "live answers; the chain of the error, if it has one, says what is wrong", credential: true,
		Title:   "Cloudflare cannot read the credentials",
		Meaning: `A credential is malformed, so Cloudflare does not even look it up.`,
		Causes: []string{`A credential is malformed: it is incomplete, contains quotes or spaces, is a ` +
			`placeholder, or is a key in place of a token.`},
		Steps: newToken(`Copy CLOUDFLARE_API_TOKEN (or CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL) again, ` +
			`without quotes, spaces and line breaks. If that does not help, make a new token:`)},
	{Codes: []int{1000}, Kind: Refused, Retry: Never, Sure: Measured,
		Source: "live answers of 2026, to the call that verifies a token", credential: true,
		Title:   "The API token is not valid",
		Meaning: `Cloudflare looked for the token and did not find it.`,
		Causes: []string{
			`No such token exists: it was rolled, deleted or copied incorrectly. The call that verifies users' ` +
				`tokens also gives this answer for a valid token of an account.`,
		},
		Steps: newToken(`Check that the token is listed and Active: {token pages}. If it is not, make a new one:`)},
	{Codes: []int{1001}, Says: `Missing "Authorization" header`, Kind: Refused, Retry: Never, Sure: Reported,
		Source:  "one report, of the call that verifies a token",
		Title:   "The Authorization header is missing",
		Meaning: `The call needs an API token, and none arrived.`,
		Causes: []string{`The call needs an API token, and none arrived: a global API key was used instead, or a ` +
			`proxy removes the header.`},
		Steps: newToken(`Use a token instead of the key. If HTTPS_PROXY is set, try without the proxy. If you ` +
			`have no token, make one:`)},
	{Codes: []int{1001}, Mentions: "does not support account owned tokens",
		Kind: Refused, Retry: Never, Sure: Reported,
		Source:  "one report, of the call that lists accounts",
		Title:   "The call does not accept a token of an account",
		Meaning: `Cloudflare accepts only users' tokens for this call. The token itself is good.`,
		Causes: []string{`The token belongs to an account, and this call accepts only users' tokens. The token ` +
			`itself is good.`},
		Steps: newToken(`Use a user's token, or set id in the zone block, so that cfplan has nothing to look up.`)},
	{Codes: []int{1001}, Says: "Failed common permission check", Kind: Refused, Retry: Never, Sure: Reported,
		Source:  "a test of another tool",
		Title:   "The token lacks a permission for these resources",
		Meaning: `The token is valid but may not do this with the zones that the call names.`,
		Causes: []string{`The token's Zone Resources do not include the zones that the call names, or it lacks the ` +
			`permission {needs}.`},
		Steps: permission()},
	{Codes: []int{1001}, Kind: Refused, Retry: Never, Sure: Hearsay,
		Source:  "the code has several messages, in several services",
		Title:   "Cloudflare refuses the call",
		Meaning: `Code 1001 has several meanings; Cloudflare's message says which one applies.`,
		Causes:  []string{`Code 1001 has several meanings; Cloudflare's message says which one applies.`},
		Steps:   []string{`Do what the message says, and run cfplan plan again.`, inDoubt}},
	{Codes: []int{10001}, From: 200, To: 499, Kind: Refused, Retry: Never, Sure: Reported,
		Source: "reports of several tools", credential: true,
		Title:   "Cloudflare cannot tell who sent the request",
		Meaning: `This call does not accept the credential that was sent.`,
		Causes: []string{
			`The value is not an API token, or a global API key was sent to a call that accepts only tokens.`,
		},
		Steps: newToken(`Copy the token again into CLOUDFLARE_API_TOKEN, without quotes and spaces. If ` +
			`CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL are in use, make a token instead:`)},
	{Codes: []int{9107, 9110}, From: 200, To: 499, Kind: Refused, Retry: Never, Sure: Hearsay,
		Source:     "no source that could be checked",
		credential: true,
		Title:      "Cloudflare refuses the credentials with a little-known code",
		Meaning:    `Published lists of error codes have this code under authentication; no recorded answer contains it.`,
		Causes: []string{`The credentials are wrong, were revoked, have expired, or may not do this in ` +
			`this zone.`},
		Steps: permission(inDoubt)},
}

// switchedOff is a cause that only Enterprise accounts can have.
const switchedOff = `In an Enterprise account, Enable API Access is switched off for the user.`

// lacking returns the entry for code 10000 after a call that needed the permission n.
func lacking(n Need, title string) Entry {
	return Entry{Codes: []int{10000}, Needs: n, Kind: Refused, Retry: Itself, Sure: Measured,
		Source:  "live answers of 2026, and Cloudflare's FAQ; several tools report that it comes under load and passes",
		Title:   title,
		Meaning: `The token is valid but may not do this.`,
		Causes: []string{
			`The token is valid but may not do this: its Zone Resources do not include the zone, or it lacks the ` +
				`permission {needs}. More rarely, the token itself is wrong or has expired.`,
			`Under load, Cloudflare may answer like this for some seconds even if the token is good. If an ` +
				`earlier call in this run had succeeded, cfplan has already tried again.`,
			switchedOff,
		},
		Steps: permission()}
}

// lastEntries are answers without a known code. The last entry fits every failure.
var lastEntries = []Entry{
	{From: 401, To: 401, Kind: Refused, Retry: Never, Sure: Reported,
		Source: "the meaning of the status in HTTP", credential: true,
		Title:   "Cloudflare refuses the credentials",
		Meaning: `The answer has the status 401 and no known code.`,
		Causes: []string{
			`The credentials are wrong, were revoked or have expired.`,
			switchedOff,
		},
		Steps: permission(inDoubt)},
	{From: 403, To: 403, Kind: Refused, Retry: Never, Sure: Reported,
		Source: "the meaning of the status in HTTP", credential: true,
		Title: "Cloudflare refuses the request",
		Meaning: `The answer has the status 403 and no known code. If there is a message from Cloudflare, it ` +
			`says more.`,
		Causes: []string{
			`The credentials were revoked, have expired, or may not do this in this zone. If there is a ` +
				`message from Cloudflare, it says more.`,
			switchedOff,
		},
		Steps: permission(inDoubt)},
	{Kind: Rejected, Retry: Never, Sure: Hearsay, Source: "only the message of the answer says anything about it",
		Title:   "Cloudflare rejects the request",
		Meaning: `Cloudflare understood the request and rejects it; its message says why.`,
		Causes:  []string{`Cloudflare understood the request and rejects it; its message says why.`},
		Steps: []string{
			`Correct what the message names, and run cfplan plan again.`,
			`cfplan's catalogue does not have the code. Search for it at https://developers.cloudflare.com/, or ` +
				`ask Cloudflare's support and give them {ray}.`,
		}},
}
