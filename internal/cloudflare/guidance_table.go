package cloudflare

import "slices"

// invalidHeaders is the code that only its chain explains.
const invalidHeaders = 6003

// tokenSteps are how one comes by a token that can do what cfplan does.
var tokenSteps = []string{
	`Open https://dash.cloudflare.com/profile/api-tokens (My Profile → API Tokens) and choose Create Token.`,
	`Take the template "Edit zone DNS", or a Custom token with the permissions Zone → DNS → Edit and Zone → Zone → Read (in the API: "DNS Write" and "Zone Read").`,
	`Under Zone Resources include every zone that cfplan is to read or change.`,
	`Leave Client IP Address Filtering empty, or make it contain the address that this machine has on the Internet{(address)}.`,
	`Hand the token to cfplan: export CLOUDFLARE_API_TOKEN=… in the shell, or a CI secret that sets this variable, or a block cloudflare { api_token = var.… } whose value comes from a variable. Never write the token itself into the configuration.`,
	`Run cfplan plan again.`,
}

func newToken(first ...string) []string { return slices.Concat(first, tokenSteps) }

// permissionSteps are for a token that is good but may not do this.
var permissionSteps = []string{
	`Open https://dash.cloudflare.com/profile/api-tokens (My Profile → API Tokens; for an account's token: Manage Account → Account API Tokens) and edit the token that cfplan uses.`,
	`Give it the permissions Zone → DNS → Edit and Zone → Zone → Read (in the API: "DNS Write" and "Zone Read"). Zone → DNS → Read is enough for plan, not for apply.`,
	`Under Zone Resources include the zone; a token for other zones of the account does not see this one.`,
	`Make sure that the environment has this token and not an older one: CLOUDFLARE_API_TOKEN in your shell, or the CI secret of that name.`,
	`Run cfplan plan again.`,
}

var (
	badTokenGuidance = Guidance{
		"The API token is malformed",
		`What was sent as API token cannot be one: it is cut short, has quotes, spaces or a placeholder in it, or is a global API key, which is not a token.`,
		newToken(`Look at the length and the ends of CLOUDFLARE_API_TOKEN without printing it: printf %s "$CLOUDFLARE_API_TOKEN" | wc -c. In CI, an unset secret is often an empty or literal text.`,
			`If it is a global API key, set CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL instead and unset CLOUDFLARE_API_TOKEN; a token is the better choice. Otherwise copy the token again, or make a new one:`),
	}
	badKeyGuidance = Guidance{
		"The global API key is malformed",
		`What was sent as X-Auth-Key cannot be a global API key: it is cut short, or is an API token, which goes into CLOUDFLARE_API_TOKEN.`,
		newToken(`If the value is an API token, set CLOUDFLARE_API_TOKEN to it and unset CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL.`,
			`Otherwise copy the key again from My Profile → API Tokens → Global API Key, or better make a token that can do no more than it has to:`),
	}
	rateLimitGuidance = Guidance{
		"Cloudflare's rate limit is exceeded",
		`Cloudflare allows 1,200 requests in five minutes to one user, all tokens, tools and dashboard sessions together, and blocks all calls for five minutes beyond that.`,
		[]string{
			`Wait, and run cfplan again {when}.`,
			`Look for other tools that use the same user at the same time: external-dns, Terraform, scripts, parallel CI jobs. Run them at other times, or give cfplan a token that belongs to the account, which has a limit of its own.`,
			`cfplan itself needs one or two requests a zone; -parallelism=N with a smaller N spreads them.`,
		},
	}
	serverGuidance = Guidance{
		"Cloudflare's API has a failure",
		`The API answered with a server error (5xx). The fault is on Cloudflare's side, or at a proxy on the way; your credentials and records are most likely fine.`,
		[]string{
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`Run cfplan again in a few minutes; nothing is done twice.`,
			`If it lasts, give the ray ID to Cloudflare's support.`,
		},
	}
	anyRefusalGuidance = Guidance{
		"Cloudflare refuses the credentials",
		`The credentials are wrong, have been revoked or have expired, or may not do this with this zone; or something between this machine and Cloudflare refused the request.`,
		permissionSteps,
	}
)

// table says of every failure what it is and what to do. The first row that fits
// is the one. Codes and messages: Cloudflare's API as of 2026; where one is known
// from hearsay alone, its row says no more than its kind needs.
func table() []row { return tableRows }

var tableRows = slices.Concat(localRows, transportRows, statusRows, credentialRows, requestRows, recordRows, lastRows)

// localRows: nothing was sent.
var localRows = []row{
	{trouble: noCredentials, kind: Refused, Guidance: Guidance{
		"No Cloudflare credentials",
		`Neither CLOUDFLARE_API_TOKEN nor CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL is set, and no cloudflare block of the configuration gives a value.`,
		newToken(`If there is a token, set it: export CLOUDFLARE_API_TOKEN=… (in CI, see that the secret is handed to this job; forks and pull requests often get none). Otherwise make one:`),
	}},
	{trouble: bothCredentials, kind: Refused, Guidance: Guidance{
		"Two Cloudflare credentials at once",
		`Both an API token and a global API key are set, and they may belong to different users.`,
		[]string{
			`Decide for the token, which can do less harm, and unset the key: unset CLOUDFLARE_API_KEY CLOUDFLARE_EMAIL. Look into the cloudflare block of the configuration, too.`,
			`Run cfplan plan again.`,
		},
	}},
	{trouble: noEmail, kind: Refused, Guidance: Guidance{
		"The global API key lacks its email address",
		`CLOUDFLARE_API_KEY is set and CLOUDFLARE_EMAIL is not. A key is only valid together with the address of its user.`,
		newToken(`Set CLOUDFLARE_EMAIL to the address of the user, or better make a token, which needs none:`),
	}},
	{trouble: badPlace, kind: Refused, Guidance: Guidance{
		"The credentials cannot be read",
		`The file of CLOUDFLARE_API_TOKEN_FILE is missing, may not be read, is empty or holds something else; or credentials are given in two places at once.`,
		[]string{
			`Look at the file: ls -l "$CLOUDFLARE_API_TOKEN_FILE". It holds the token alone, or JSON with api_token, or with api_key and email.`,
			`Or unset CLOUDFLARE_API_TOKEN_FILE and set CLOUDFLARE_API_TOKEN; one of the two, not both.`,
			`Run cfplan plan again.`,
		},
	}},
	{trouble: badToken, kind: Refused, Guidance: badTokenGuidance},
	{trouble: badKey, kind: Refused, Guidance: badKeyGuidance},
	{trouble: badBaseURL, kind: Refused, Guidance: Guidance{
		"The base URL may not be used",
		`CLOUDFLARE_BASE_URL (or base_url in the cloudflare block) names a place to which cfplan does not send credentials.`,
		[]string{
			`Unset it to speak to Cloudflare itself (` + DefaultBaseURL + `).`,
			`Otherwise give an https:// address without user name, password and query. http:// is only for this machine, as for cfplan sandbox: http://127.0.0.1:8787/client/v4.`,
		},
	}},
	{trouble: badID, kind: Rejected, Guidance: Guidance{
		"That is not a Cloudflare ID",
		`Zones and records are known by 32 hexadecimal digits.`,
		[]string{`Correct id in the zone block (the zone's Overview page shows it under API), or leave it out: cfplan then looks the zone up by name.`},
	}},
	{trouble: badPatch, kind: Rejected, Guidance: Guidance{
		"The record cannot be changed so in place",
		`Cloudflare does not change the type of a record that exists.`,
		[]string{`Delete the record and create the new one; both may be in the same plan.`},
	}},
	{trouble: limited, kind: Unreachable, Guidance: rateLimitGuidance},
}

// transportRows: no answer came, or none of the API.
var transportRows = []row{
	{trouble: unknownHost, kind: Unreachable, Guidance: Guidance{
		"The API's host name cannot be resolved",
		`This machine's DNS gives no address for the API's host: it is offline, its resolver is down, or the base URL is misspelt.`,
		[]string{
			`Try: nslookup api.cloudflare.com. If that fails, mend the resolver (/etc/resolv.conf, VPN, container DNS).`,
			`If CLOUDFLARE_BASE_URL is set, check its spelling or unset it.`,
			`Run cfplan again.`,
		},
	}},
	{trouble: noConnection, kind: Unreachable, Guidance: Guidance{
		"No connection to the API",
		`The connection was refused or there is no way to the host: a firewall or proxy stands in between, the network is down, or nothing listens at the base URL.`,
		[]string{
			`Try: curl -sS https://api.cloudflare.com/client/v4/ips. If that fails, mend the network; behind a proxy set HTTPS_PROXY.`,
			`If CLOUDFLARE_BASE_URL is set, see that something listens there (cfplan sandbox must be running), or unset it.`,
			`Run cfplan again.`,
		},
	}},
	{trouble: badCertificate, kind: Unreachable, Guidance: Guidance{
		"The API's TLS certificate is not trusted",
		`The other side could not prove that it is the host that was asked for: a proxy that opens TLS, missing CA certificates (common in small containers), a wrong clock, or an attack.`,
		[]string{
			`Do not switch verification off: the credentials would go to whoever answered.`,
			`Install the CA certificates (package ca-certificates), or your company's own with SSL_CERT_FILE=…; check the clock with date.`,
			`If CLOUDFLARE_BASE_URL is set, check its host and port.`,
		},
	}},
	{trouble: tooSlow, kind: Unreachable, Guidance: Guidance{
		"The API did not answer in time",
		`A connection or an answer took too long: a firewall that drops packets, a bad line, or an overloaded API.`,
		[]string{
			`Try: curl -sS -m 20 https://api.cloudflare.com/client/v4/ips. If that hangs, look for a firewall or a missing proxy (HTTPS_PROXY).`,
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`Run cfplan again; nothing is done twice.`,
		},
	}},
	{trouble: cancelled, kind: Unreachable, Guidance: Guidance{
		"The request was interrupted",
		`The run was asked to stop before the answer came.`,
		[]string{`Run cfplan again; it reads what was done and finishes the rest.`},
	}},
	{trouble: network, kind: Unreachable, Guidance: Guidance{
		"The connection to the API broke",
		`The connection ended before a complete answer came: a bad line, a proxy, or a failure at the other end.`,
		[]string{
			`Run cfplan again; nothing is done twice.`,
			`If it lasts, try: curl -sS https://api.cloudflare.com/client/v4/ips, and look at https://www.cloudflarestatus.com.`,
		},
	}},
	{trouble: notTheAPI, kind: Unreachable, Guidance: notTheAPIGuidance},
	{trouble: tooLarge, kind: Unreachable, Guidance: notTheAPIGuidance},
	{trouble: changing, kind: Unreachable, Guidance: Guidance{
		"The zone's list of records is incomplete",
		`Twice, the pages of the list did not have as many records as Cloudflare counts. Somebody is changing the zone at this moment, so that records move from page to page.`,
		[]string{
			`Wait until the other tool (external-dns, an import, a certificate run) is done, and run cfplan plan again.`,
			`If nobody is changing the zone, the API is at fault: look at https://www.cloudflarestatus.com.`,
		},
	}},
}

var notTheAPIGuidance = Guidance{
	"The answer is not one of Cloudflare's API",
	`Something else answered: a proxy or a login page of the network, a wrong base URL, or the API during an incident.`,
	[]string{
		`If CLOUDFLARE_BASE_URL is set, check it: it must end in /client/v4. Unset, it is ` + DefaultBaseURL + `.`,
		`Try: curl -sS https://api.cloudflare.com/client/v4/ips. It must print JSON; if it prints a web page, a proxy or portal is in the way.`,
		`Look at https://www.cloudflarestatus.com, and run cfplan again.`,
	},
}

// statusRows: the status says more than any code.
var statusRows = []row{
	{from: 429, to: 429, kind: Unreachable, Guidance: rateLimitGuidance},
	{from: 500, to: 599, kind: Unreachable, Guidance: serverGuidance},
}

// credentialRows: who asks, and what he may.
var credentialRows = []row{
	{codes: []int{9109}, says: "cannot use the access token from location", kind: Refused, Guidance: Guidance{
		"The token may not be used from this address",
		`The token has a Client IP Address Filtering that does not include the address {address}, which this machine's requests come from. The token itself is good.`,
		[]string{
			`Open https://dash.cloudflare.com/profile/api-tokens (My Profile → API Tokens) and edit the token that cfplan uses.`,
			`Under Client IP Address Filtering add "Is in" with the address {address} (or its network), or remove the filter.`,
			`If the address changes from run to run (hosted CI, mobile lines, VPN, IPv6), run cfplan where it does not, or use a token without filter.`,
			`Wait a minute and run cfplan plan again. Do not rely on the token's verify call: it ignores the filter.`,
		},
	}},
	{codes: []int{9109}, says: "invalid access token", kind: Refused, Guidance: Guidance{
		"The API token is unknown to Cloudflare",
		`The token has the right form, but was rolled, deleted or revoked (those found in public repositories are revoked by Cloudflare itself), or was copied wrongly.`,
		newToken(`Look at https://dash.cloudflare.com/profile/api-tokens whether the token is still there and Active, and see that the environment has that one: CLOUDFLARE_API_TOKEN, or the CI secret. If not, make a new one:`),
	}},
	{codes: []int{9109}, says: "invalid zone identifier", kind: Refused, Guidance: Guidance{
		"The zone is unknown or not visible to the token",
		`The zone ID does not exist, or the token's Zone Resources do not include that zone; Cloudflare does not tell which.`,
		slices.Concat([]string{
			`If the zone block has an id, compare it with the one on the zone's Overview page, or leave it out. A zone that was removed and added again has a new ID.`,
		}, permissionSteps),
	}},
	{codes: []int{9109}, says: "unauthorized to access requested resource", kind: Refused, Guidance: Guidance{
		"The token does not reach this zone",
		`The zone or its account is outside of what the token was made for.`,
		permissionSteps,
	}},
	{codes: []int{9109}, says: "max auth failures reached", kind: Refused, Guidance: Guidance{
		"Too many failed logins from this address",
		`Too many requests with wrong credentials came from this machine's address, so that Cloudflare refuses all for some minutes, good ones too.`,
		[]string{
			`Stop whatever tries again and again with an old token: cron jobs, external-dns, CI retries.`,
			`Wait ten minutes.`,
			`Check that CLOUDFLARE_API_TOKEN is the token that My Profile → API Tokens lists as Active, and run cfplan plan once.`,
		},
	}},
	{codes: []int{9109}, kind: Refused, Guidance: Guidance{
		"Cloudflare refuses the token",
		`Code 9109 stands for several refusals: the token is unknown, filtered by IP address, or not made for this zone. Cloudflare's message says which.`,
		newToken(`Look at https://dash.cloudflare.com/profile/api-tokens: the token must be Active, its Client IP Address Filtering must fit this machine, its Zone Resources must include the zone. If in doubt, make a new one:`),
	}},
	{codes: []int{10000}, kind: Refused, Guidance: Guidance{
		"The token lacks a permission",
		`The token is valid but may not do this: it lacks a DNS permission, or the zone is not among its Zone Resources. More rarely, the token itself is wrong.`,
		permissionSteps,
	}},
	{codes: []int{9103}, kind: Refused, Guidance: Guidance{
		"The global API key and the email address do not match",
		`CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL do not belong to one user, or the key was changed since.`,
		newToken(`Compare CLOUDFLARE_EMAIL with the address shown under My Profile, and view the key again under My Profile → API Tokens → Global API Key. Or better, make a token, which can do no more than it has to:`),
	}},
	{codes: []int{9106}, kind: Refused, Guidance: Guidance{
		"Credentials did not arrive at Cloudflare",
		`Cloudflare saw no Authorization, X-Auth-Key or X-Auth-Email header. A proxy on the way may take them out, or a credential is empty.`,
		newToken(`See that CLOUDFLARE_API_TOKEN is set and not empty: test -n "$CLOUDFLARE_API_TOKEN" && echo set. If a proxy (HTTPS_PROXY) or CLOUDFLARE_BASE_URL is in use, try without. If there is no token, make one:`),
	}},
	{codes: []int{invalidHeaders}, chain: 6111, kind: Refused, Guidance: badTokenGuidance},
	{codes: []int{invalidHeaders}, chain: 6103, kind: Refused, Guidance: badKeyGuidance},
	{codes: []int{invalidHeaders}, chain: 6102, kind: Refused, Guidance: Guidance{
		"The email address is malformed",
		`What was sent as X-Auth-Email is not an email address.`,
		newToken(`Set CLOUDFLARE_EMAIL to the address shown under My Profile, without quotes and spaces; or better, make a token, which needs none:`),
	}},
	{codes: []int{invalidHeaders}, kind: Refused, Guidance: Guidance{
		"Cloudflare cannot read the credentials",
		`A credential is malformed: cut short, with quotes or spaces in it, a placeholder, or a key where a token belongs.`,
		newToken(`Copy CLOUDFLARE_API_TOKEN (or CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL) again, without quotes, spaces and line ends. If that does not help, make a new token:`),
	}},
	{codes: []int{1000}, kind: Refused, Guidance: Guidance{
		"The API token is not valid",
		`No such token exists: it was rolled, deleted or copied wrongly. An account's token is also answered so where only users' tokens are known.`,
		newToken(`Look at https://dash.cloudflare.com/profile/api-tokens (for an account's token: Manage Account → Account API Tokens) whether the token is there and Active. If not, make a new one:`),
	}},
	{codes: []int{1001}, kind: Refused, Guidance: Guidance{
		"The Authorization header is missing",
		`The call needs an API token, and none arrived: a global API key was used, or a proxy takes the header out.`,
		newToken(`Use a token instead of the key, and try without the proxy if there is one. If there is no token, make one:`),
	}},
	{codes: []int{9107, 9110, 10001}, from: 200, to: 499, kind: Refused, Guidance: anyRefusalGuidance},
}

// requestRows: the request as a whole.
var requestRows = []row{
	{codes: []int{971, 10100, 10300}, kind: Unreachable, Guidance: rateLimitGuidance},
	{codes: []int{1038}, kind: Rejected, Guidance: Guidance{
		"Cloudflare's API does not serve this top-level domain",
		`Zones under .cf, .ga, .gq, .ml and .tk cannot be changed over the API on the Free plan.`,
		[]string{`Manage this zone in the dashboard, or move it to another domain or a paid plan; take its zone block out of the configuration.`},
	}},
	{codes: []int{7000, 7003}, kind: Rejected, Guidance: Guidance{
		"Cloudflare knows no such address",
		`An ID in the request is malformed, or the base URL has a wrong path.`,
		[]string{
			`Check id in the zone block: 32 hexadecimal digits, as on the zone's Overview page.`,
			`If CLOUDFLARE_BASE_URL is set, it must end in /client/v4.`,
		},
	}},
	{codes: []int{6007, 6008}, kind: Rejected, Guidance: Guidance{
		"Cloudflare could not read the request",
		`The body or a parameter of the request is malformed. This is most likely a fault of cfplan.`,
		[]string{`Run with -log-level=debug and report it with the ray ID.`},
	}},
}

// recordRows: one record.
var recordRows = []row{
	{codes: []int{81044}, kind: Missing, Guidance: record("The record does not exist",
		`It was deleted since the plan was made.`, `Make a new plan; it shows what is left to do.`)},
	{codes: []int{81045}, kind: Rejected, Guidance: record("The zone's record quota is used up",
		`A Free zone holds 200 records (1,000 if it was made before September 2024), others 3,500.`,
		`Delete records that are not needed, or ask Cloudflare for a higher quota or plan.`)},
	{codes: []int{81053, 81054, 81056}, kind: Rejected, Guidance: record("Another record stands in the way",
		`An A, AAAA or CNAME cannot be where a CNAME is, a CNAME not where an A or AAAA is, and neither where NS records delegate the name.`,
		`Look at the records of that name in the dashboard; delete the one that is wrong, or declare it so that cfplan replaces it.`)},
	{codes: []int{81055}, kind: Rejected, Guidance: record("Other records stand in the way of an NS",
		`A name that is delegated by NS records cannot have records of other types.`,
		`Delete the other records of that name, or declare them away.`)},
	{codes: []int{81057, 81058}, kind: Rejected, Guidance: record("The record exists already",
		`A record with this name, type and content was made since the plan was, or is declared twice.`,
		`Make a new plan: an equal record is adopted.`)},
	{codes: []int{890190}, kind: Rejected, Guidance: record("Email Routing keeps this zone's mail records",
		`While Email Routing is on, Cloudflare itself manages the MX records and refuses changes.`,
		`Switch Email Routing off in the dashboard (Email → Email Routing), or take the MX records out of the configuration.`)},
	{codes: []int{1004}, kind: Rejected, Guidance: record("The record is not valid",
		`Cloudflare's check of the record failed; its message says where.`, `Correct the record in the configuration.`)},
	{codes: []int{9000}, kind: Rejected, Guidance: record("The record's name is not valid",
		`Labels have 1 to 63 characters, a name at most 253; a * can only be the first label.`, `Correct the name.`)},
	{codes: []int{9002}, kind: Rejected, Guidance: record("Cloudflare does not know this record type",
		`SPF, ALIAS and ANAME are not offered.`, `Use TXT for SPF, and a CNAME (which Cloudflare flattens at the apex) for the others.`)},
	{codes: []int{9003, 9004, 9041}, kind: Rejected, Guidance: record("The record cannot be proxied",
		`Only A, AAAA and CNAME can be, and not with private or special addresses.`, `Set proxied = false on that record.`)},
	{codes: []int{9005}, kind: Rejected, Guidance: record("The content of an A record is no IPv4 address",
		`It must be like 192.0.2.1; an IPv6 address belongs into an AAAA, a host name into a CNAME.`, `Correct the content.`)},
	{codes: []int{9006}, kind: Rejected, Guidance: record("The content of an AAAA record is no IPv6 address",
		`It must be like 2001:db8::1.`, `Correct the content.`)},
	{codes: []int{9007, 9009}, kind: Rejected, Guidance: record("The content must be a host name",
		`A CNAME or MX points to a name, never to an address.`, `Give a host name, with an A or AAAA record of its own.`)},
	{codes: []int{9021}, kind: Rejected, Guidance: record("The TTL is out of range",
		`It is 60 to 86,400 seconds (from 30 on Enterprise), or automatic.`, `Correct ttl, or set ttl = "auto".`)},
	{codes: []int{9036}, kind: Rejected, Guidance: record("The record lacks a part of its data",
		`A field of the record's type is missing or empty.`, `Compare the record's fields with the ones its type needs.`)},
	{codes: []int{9039}, kind: Rejected, Guidance: record("A CNAME points to itself",
		`Its name and its content are the same.`, `Correct the content.`)},
	{codes: []int{9208}, kind: Rejected, Guidance: record("A field of the record has the wrong form",
		`A number or a text is where the other belongs.`, `Correct the field that the message names.`)},
	{codes: []int{9300}, kind: Rejected, Guidance: record("The zone's plan does not allow so many tags",
		`Free zones have no record tags at all.`, `Remove tags from the record, or use comment.`)},
}

func record(title, cause, step string) Guidance {
	return Guidance{Title: title, Cause: cause, Steps: []string{step, `Run cfplan plan again.`}}
}

// lastRows: no code that is known.
var lastRows = []row{
	{from: 401, to: 401, kind: Refused, Guidance: anyRefusalGuidance},
	{from: 403, to: 403, kind: Refused, Guidance: anyRefusalGuidance},
	{kind: Rejected, Guidance: Guidance{
		"Cloudflare rejects the request",
		`The request arrived and was understood, and Cloudflare will not do it; its message says why.`,
		[]string{
			`Correct what the message names, and run cfplan plan again.`,
			`The code is explained at https://developers.cloudflare.com/api/ or by Cloudflare's support, who ask for the ray ID.`,
		},
	}},
}
