package guidance

// networkEntries are failures in which no answer came, or none from the API.
var networkEntries = []Entry{
	{Trouble: UnknownHost, Kind: Unreachable, Retry: Itself, Sure: Own, Source: "the resolver's answer",
		Title:   "The API's host name cannot be resolved",
		Meaning: `This machine's DNS gives no address for the API's host, so cfplan could send nothing.`,
		Causes: []string{
			`This machine is offline, or its resolver is down.`,
			`CLOUDFLARE_BASE_URL is misspelt.`,
			`The container or CI job has no network, or its network reaches only a proxy.`,
		},
		Steps: []string{
			`Try: nslookup api.cloudflare.com. If that fails, fix the resolver (/etc/resolv.conf, VPN, ` +
				`container DNS).`,
			`If CLOUDFLARE_BASE_URL is set, check its spelling or unset it. Behind a proxy, set HTTPS_PROXY.`,
			again,
		}},
	{Trouble: BadProxy, Kind: Unreachable, Retry: Never, Sure: Own, Source: "the proxy's answer, or the lack of one",
		Title: "The proxy does not let requests through",
		Meaning: `Requests go through the proxy that HTTPS_PROXY (or https_proxy) names, and the proxy did not ` +
			`make the connection.`,
		Causes: []string{
			`The proxy cannot be reached, wants a user name and password, or does not allow api.cloudflare.com.`,
			`HTTPS_PROXY is set by mistake.`,
		},
		Steps: []string{
			`Try: curl -sS https://api.cloudflare.com/client/v4/ips, which uses the same proxy, and read what ` +
				`it says.`,
			`Correct HTTPS_PROXY, or ask the proxy's operator to allow api.cloudflare.com, port 443.`,
			`If no proxy is needed, unset HTTPS_PROXY, or add the host to NO_PROXY.`,
			again,
		}},
	{Trouble: NoConnection, Kind: Unreachable, Retry: Itself, Sure: Own, Source: "the operating system's answer",
		Title:   "No connection to the API",
		Meaning: `The connection was refused, or the network has no route to the host.`,
		Causes: []string{
			`A firewall or a proxy blocks the connection, or the network is down.`,
			`No server listens at CLOUDFLARE_BASE_URL, for example because the sandbox is not running.`,
		},
		Steps: []string{
			`Try: curl -sS https://api.cloudflare.com/client/v4/ips. If that fails, fix the network; behind a ` +
				`proxy set HTTPS_PROXY.`,
			`If CLOUDFLARE_BASE_URL is set, check that a server listens there (cfplan sandbox must be running), ` +
				`or unset it.`,
			again,
		}},
	{Trouble: BadCertificate, Kind: Unreachable, Retry: Never, Sure: Own, Source: "the TLS handshake",
		Title:   "The API's TLS certificate is not trusted",
		Meaning: `The server could not prove that it is the requested host. No credential was sent.`,
		Causes: []string{
			`CA certificates are missing, as in many small containers.`,
			`A proxy decrypts TLS and uses a certificate of its own.`,
			`This machine's clock is wrong.`,
			`An attacker answers in place of the API.`,
		},
		Steps: []string{
			`Do not switch verification off: an attacker could then receive the credentials.`,
			`Install the CA certificates (package ca-certificates), or your company's own with SSL_CERT_FILE=…; ` +
				`check the clock with date.`,
			`If CLOUDFLARE_BASE_URL is set, check its host and port.`,
		}},
	{Trouble: TooSlow, Kind: Unreachable, Retry: Itself, Sure: Own,
		Source:  "cfplan's own limits: a minute for a read, two for a write",
		Title:   "The API did not answer in time",
		Meaning: `A connection or an answer took too long.`,
		Causes: []string{
			`A firewall drops packets, or the line is bad.`,
			`The API is overloaded, or the zone is very large.`,
		},
		Steps: []string{
			`Try: curl -sS -m 20 https://api.cloudflare.com/client/v4/ips. If that hangs, look for a firewall ` +
				`or a missing proxy (HTTPS_PROXY).`,
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`Run cfplan again; nothing is done twice.`,
		}},
	{Trouble: Cancelled, Kind: Unreachable, Retry: Later, Sure: Own, Source: "a signal",
		Title:   "The request was interrupted",
		Meaning: `The run was asked to stop before the answer came.`,
		Causes:  []string{`The run was stopped with Ctrl-C, or the CI job was cancelled or reached its time limit.`},
		Steps: []string{`Run cfplan again; it reads what was done and finishes the rest.`, `If the job ` +
			`reached its time limit, raise the limit.`}},
	{Trouble: Network, Kind: Unreachable, Retry: Itself, Sure: Reported, Source: "seen in place of a rate limit, too",
		Title:   "The connection to the API broke",
		Meaning: `The connection ended before a complete answer came.`,
		Causes:  []string{`The line is bad, a proxy or a firewall ended it, or there is a failure at the other end.`},
		Steps: []string{
			`Run cfplan again; nothing is done twice.`,
			`If the problem persists, try: curl -sS https://api.cloudflare.com/client/v4/ips, and look at ` +
				`https://www.cloudflarestatus.com.`,
		}},
	notTheAPI(NotTheAPI, "an answer that is not JSON in the form of the API's"),
	notTheAPI(TooLarge, "an answer of more than 64 MiB, or a list beyond its bounds"),
	{Trouble: NoReason, Kind: Unreachable, Retry: Later, Sure: Reported,
		Source:  "answers with success: false and an empty list of errors",
		Title:   "The API reports a failure and gives no reason",
		Meaning: `The answer has the status of a success (200), says success: false, and names no error.`,
		Causes: []string{`The fault is most likely on Cloudflare's side; nothing in the answer is about the ` +
			`credentials.`},
		Steps: []string{
			`Run cfplan again in a few minutes; nothing is done twice.`,
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`If the problem persists, give {ray} to Cloudflare's support.`,
		}},
	{Trouble: Unreadable, Kind: Unreachable, Retry: Never, Sure: Own,
		Source: "an answer of the API (success true) in a form that is not described",
		Title:  "Cloudflare's answer cannot be read",
		Meaning: `The API reports success, but this version of cfplan cannot read the answer. cfplan does not ` +
			`plan a zone from some of its records only.`,
		Causes: []string{
			`Cloudflare has changed its API, or one of its records is damaged.`,
			`A proxy on the way changes answers.`,
		},
		Steps: []string{
			`Look for a newer version of cfplan, and run cfplan plan again.`,
			`If the message names a record, look at it in the dashboard (DNS → Records). If you do not need it, ` +
				`delete it there.`,
			`Otherwise report the message to the authors of cfplan, with the output of cfplan version.`,
		}},
	{Trouble: Changing, Kind: Unreachable, Retry: Itself, Sure: Documented, Source: "the pages of a list are not a snapshot",
		Title:   "The zone's list of records is incomplete",
		Meaning: `In two attempts, the number of records in the list differed from Cloudflare's own count.`,
		Causes: []string{
			`Another user or tool is changing the zone right now, so that records move from page to page.`,
			`The API has a fault.`,
		},
		Steps: []string{
			`Wait until the other tool (external-dns, an import, a certificate run) is done, and run cfplan ` +
				`plan again.`,
			`If nothing is changing the zone, the API has a fault: look at https://www.cloudflarestatus.com.`,
		}},
}

func notTheAPI(t Trouble, source string) Entry {
	return Entry{Trouble: t, Kind: Unreachable, Retry: Later, Sure: Reported, Source: source,
		Title:   "The answer does not come from Cloudflare's API",
		Meaning: `The answer does not have the form of the API's answers.`,
		Causes: []string{
			`A proxy, a login page of the network or the server at a wrong base URL answered, or the API has an ` +
				`incident.`,
		},
		Steps: []string{
			`If CLOUDFLARE_BASE_URL is set, check it: it must end in /client/v4. Unset, it is ` +
				`https://api.cloudflare.com/client/v4.`,
			`Try: curl -sS https://api.cloudflare.com/client/v4/ips. It must print JSON; if it prints a web ` +
				`page, a proxy or portal is in the way.`,
			`Look at https://www.cloudflarestatus.com, and run cfplan again.`,
		}}
}

// statusEntries are failures whose status says more than any code.
var statusEntries = []Entry{
	rateLimited(Entry{From: 429, To: 429, Sure: Documented,
		Source: "Cloudflare's documentation of rate limits; the answer has code 971, 10100 or 10300, or is HTML without a code"}),
	{From: 520, To: 527, Kind: Unreachable, Retry: Itself, Sure: Documented,
		Source: "Cloudflare's documentation of 5xx errors",
		Title:  "Cloudflare's edge could not reach its own API",
		Meaning: `Cloudflare's edge answered in place of the API, usually with a web page. Your credentials and ` +
			`records are most likely fine.`,
		Causes: []string{`An incident or a deployment on Cloudflare's side.`, `A proxy on the way that answers ` +
			`like this.`},
		Steps: []string{
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`Run cfplan again in a few minutes; nothing is done twice.`,
			`If the problem persists, give {ray} to Cloudflare's support.`,
		}},
	{From: 500, To: 599, Kind: Unreachable, Retry: Itself, Sure: Reported,
		Source:  "many reports, with JSON, HTML or nothing in the answer",
		Title:   "Cloudflare's API has a failure",
		Meaning: `The API answered with a server error (5xx). Your credentials and records are most likely fine.`,
		Causes:  []string{`The fault is on Cloudflare's side, or at a proxy on the way.`},
		Steps: []string{
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`Run cfplan again in a few minutes; nothing is done twice.`,
			`If the problem persists, give {ray} to Cloudflare's support.`,
		}},
}

// rateLimited completes an entry about too many requests.
func rateLimited(e Entry) Entry {
	e.Kind, e.Retry = Unreachable, Itself
	e.Title = "Cloudflare's rate limit is exceeded"
	e.Meaning = `Cloudflare allows each user 1,200 requests in five minutes, counted over all tokens, tools and ` +
		`dashboard sessions. Beyond that it blocks all calls for five minutes. cfplan waits up to a minute for ` +
		`a read and longer for a write; this wait would have been longer.`
	e.Causes = []string{
		`Other tools use the same user at the same time: external-dns, Terraform, scripts, parallel CI jobs.`,
		`Many runs of cfplan send requests at once; each run needs one or two requests for each zone.`,
	}
	e.Steps = []string{
		`Wait, and run cfplan again {when}.`,
		`Look for other tools that use the same user at the same time: external-dns, Terraform, scripts, ` +
			`parallel CI jobs. Run them at other times, or give cfplan a token that belongs to the account, ` +
			`which has a limit of its own.`,
		`cfplan itself needs one or two requests for each zone; -parallelism=N with a smaller N spreads them.`,
	}
	return e
}
