package guidance

// edgeEntries are answers that did not come from the API: most are pages from Cloudflare's edge. The edge
// challenges or blocks a machine before it looks at any credential, so the token is not at fault. The codes are
// the numbers on the page ("error code: 1020"), not codes of the API.
var edgeEntries = []Entry{
	{Trouble: EdgeChallenge, Kind: Unreachable, Retry: Later, Sure: Documented,
		Source: "Cloudflare's documentation of the header cf-mitigated",
		Title:  "Cloudflare's edge challenges this machine",
		Meaning: `Cloudflare's edge answered in place of the API, with a challenge for browsers (cf-mitigated: ` +
			`challenge). The token is not at fault.`,
		Causes: []string{
			`The address of this machine, or of a proxy on the way, looks suspicious to Cloudflare, as addresses of ` +
				`shared CI runners, VPNs and data centers often do. The token is not at fault.`,
			`CLOUDFLARE_BASE_URL names a host that challenges its visitors.`,
		},
		Steps: edgeSteps()},
	edgeBlock(1006, "Cloudflare's edge blocks this machine's address",
		`The page has "error code: 1006", 1007 or 1008: the address of this machine is banned at Cloudflare's `+
			`edge. The token is not at fault.`,
		`The address that this machine has on the Internet is banned, usually because others who share the `+
			`address misbehaved. The token is not at fault.`,
		1007, 1008),
	edgeBlock(1009, "Cloudflare's edge blocks the country of this address",
		`The page has "error code: 1009": the country or region of this machine's address is banned. The token `+
			`is not at fault.`,
		`Cloudflare places this machine's address in a banned country or region. The token is not at fault.`),
	edgeBlock(1010, "Cloudflare's edge blocks this client",
		`The page has "error code: 1010": the request looks as if it came from a client that Cloudflare bans. The `+
			`token is not at fault.`,
		`Something between this machine and Cloudflare changes requests (a proxy that decrypts TLS, a virus `+
			`scanner), or Cloudflare bans clients like this one. The token is not at fault.`),
	{Trouble: EdgeBlock, Codes: []int{1015}, Kind: Unreachable, Retry: Itself, Sure: Documented,
		Source: "Cloudflare's documentation of 1xxx errors",
		Title:  "Cloudflare's edge limits requests from this address",
		Meaning: `The page has "error code: 1015": too many requests came from the address of this machine. The ` +
			`token is not at fault.`,
		Causes: []string{
			`Too many requests came from this machine's address, or from others who share it (CI runners, an ` +
				`office). The token is not at fault.`,
		},
		Steps: []string{
			`Wait, and run cfplan again {when}.`,
			`Look for other tools behind the same address that send many requests: external-dns, Terraform, ` +
				`scripts, parallel CI jobs.`,
			`Run cfplan with -parallelism=N and a smaller N, which spreads its own requests.`,
		}},
	edgeBlock(1020, "Cloudflare's edge denies access by a rule",
		`The page has "error code: 1020": a firewall rule at Cloudflare's edge denies requests like this one. `+
			`The token is not at fault.`,
		`A rule at Cloudflare's edge denies this machine's address or client. The token is not at fault.`),
	{Trouble: EdgeError, Kind: Unreachable, Retry: Later, Sure: Documented,
		Source: "Cloudflare's documentation of 1xxx errors",
		Title:  "Cloudflare's edge answers with an error of its own",
		Meaning: `The page has "error code: N", with N from 1000 to 1999: it comes from Cloudflare's edge and ` +
			`not from the API. The token is not at fault.`,
		Causes: []string{
			`Cloudflare's edge did not pass the request on; the number says why. The token is not at fault.`,
		},
		Steps: edgeSteps(`Look the number up: ` +
			`https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/.`)},
	{Trouble: ForeignRefusal, Kind: Unreachable, Retry: Later, Sure: Reported,
		Source: "answers of proxies and login pages, with status 401 or 403 and without the API's JSON",
		Title:  "Something in front of the API refuses the request",
		Meaning: `The answer has the status 401 or 403 but does not come from the API: something between this ` +
			`machine and the API refused the request. This says nothing about the token.`,
		Causes: []string{
			`A proxy, a firewall or a login page of the network refused the request, or requires credentials of ` +
				`its own. This says nothing about the token.`,
			`If the answer has a ray ID, Cloudflare's edge blocked the request.`,
		},
		Steps: []string{
			`Run curl -sS -i https://api.cloudflare.com/client/v4/ips; it must print JSON. If it prints a web page, ` +
				`that page shows what refuses the request.`,
			`Behind a proxy, set HTTPS_PROXY with the user name and password that the proxy requires, or ask its ` +
				`operator to allow api.cloudflare.com, port 443.`,
			`If CLOUDFLARE_BASE_URL is set, check it: it must end in /client/v4. If it is not set, cfplan uses ` +
				`https://api.cloudflare.com/client/v4.`,
			again,
		}},
}

// EdgeStops reports whether an edge page with that number means that the request never reached the API. If so, a
// write has certainly changed nothing.
func EdgeStops(number int) bool {
	for _, e := range edgeEntries {
		for _, code := range e.Codes {
			if code == number {
				return true
			}
		}
	}
	return false
}

func edgeBlock(number int, title, meaning, cause string, more ...int) Entry {
	return Entry{
		Trouble: EdgeBlock,
		Codes:   append([]int{number}, more...),
		Kind:    Unreachable,
		Retry:   Later,
		Sure:    Documented,
		Source:  "Cloudflare's documentation of 1xxx errors",
		Title:   title,
		Meaning: meaning,
		Causes:  []string{cause},
		Steps:   edgeSteps(),
	}
}

// edgeSteps returns first, followed by the steps that help against any page of the edge.
func edgeSteps(first ...string) []string {
	return append(first,
		`Run cfplan from another address: another network or CI runner, without a VPN, or through another proxy `+
			`(HTTPS_PROXY).`,
		`Check whether the API answers this machine at all: run curl -sS -i `+
			`https://api.cloudflare.com/client/v4/ips; it must print JSON.`,
		`If CLOUDFLARE_BASE_URL is set, check it. If it is not set, cfplan uses `+
			`https://api.cloudflare.com/client/v4.`,
		`Wait some minutes and run cfplan plan again. If the problem persists, give Cloudflare's support {ray} and `+
			`this machine's address on the Internet.`)
}
