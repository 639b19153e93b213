package guidance

// networkEntries are failures in which no answer came, or the answer did not come from the API.
var networkEntries = []Entry{
	{Trouble: UnknownHost, Kind: Unreachable, Retry: Itself, Sure: Own, Source: "the resolver's answer",
		Title:   "The API's host name cannot be resolved",
		Meaning: `This machine's DNS resolver gives no address for the API's host, so cfplan could send nothing.`,
		Causes: []string{
			`This machine is offline, or its resolver is down.`,
			`CLOUDFLARE_BASE_URL is misspelt.`,
			`The container or CI job has no network, or may reach only a proxy.`,
		},
		Steps: []string{
			`Run nslookup api.cloudflare.com; if it fails, fix the resolver (/etc/resolv.conf, VPN, ` +
				`container DNS).`,
			`If CLOUDFLARE_BASE_URL is set, check its spelling or unset it. Behind a proxy, set HTTPS_PROXY.`,
			again,
		}},
	{Trouble: BadProxy, Kind: Unreachable, Retry: Never, Sure: Own, Source: "the proxy's answer, or the lack of one",
		Title: "The proxy does not let requests through",
		Meaning: `cfplan sends its requests through the proxy that HTTPS_PROXY (or https_proxy) names, and that proxy ` +
			`did not connect to the API.`,
		Causes: []string{
			`The proxy cannot be reached, requires a user name and password, or does not allow api.cloudflare.com.`,
			`HTTPS_PROXY is set by mistake.`,
		},
		Steps: []string{
			`Run curl -sS https://api.cloudflare.com/client/v4/ips; curl uses the same proxy, and its error message ` +
				`says what is wrong.`,
			`Correct HTTPS_PROXY, or ask the proxy's operator to allow api.cloudflare.com, port 443.`,
			`If no proxy is needed, unset HTTPS_PROXY, or add the host to NO_PROXY.`,
			again,
		}},
	{Trouble: NoConnection, Kind: Unreachable, Retry: Itself, Sure: Own, Source: "the operating system's answer",
		Title:   "No connection to the API",
		Meaning: `The connection was refused, or the network has no route to the host.`,
		Causes: []string{
			`A firewall or a proxy blocks the connection, or the network is down.`,
			`No server listens at the address in CLOUDFLARE_BASE_URL, for example because the sandbox is not running.`,
		},
		Steps: []string{
			`Run curl -sS https://api.cloudflare.com/client/v4/ips; if it fails, fix the network. Behind a proxy, ` +
				`set HTTPS_PROXY.`,
			`If CLOUDFLARE_BASE_URL is set, check that a server listens at that address (for the sandbox, cfplan ` +
				`sandbox must be running), or unset it.`,
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
			`Install the CA certificates (package ca-certificates). If a proxy of your company decrypts TLS, name ` +
				`the file with its CA certificate in SSL_CERT_FILE.`,
			`Run date; if the time is wrong, set this machine's clock.`,
			`If CLOUDFLARE_BASE_URL is set, check its host and port.`,
		}},
	{Trouble: TooSlow, Kind: Unreachable, Retry: Itself, Sure: Own,
		Source:  "cfplan's own limits: a minute for a read, two for a write",
		Title:   "The API did not answer in time",
		Meaning: `Making the connection, or waiting for the answer, took too long.`,
		Causes: []string{
			`A firewall drops packets, or the network connection is bad.`,
			`The API is overloaded, or the zone is very large.`,
		},
		Steps: []string{
			`Run curl -sS -m 20 https://api.cloudflare.com/client/v4/ips; if it times out, look for a firewall, or ` +
				`for a proxy that is not set (HTTPS_PROXY).`,
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`Run cfplan again; nothing is done twice.`,
		}},
	{Trouble: Cancelled, Kind: Unreachable, Retry: Later, Sure: Own, Source: "a signal",
		Title:   "The request was interrupted",
		Meaning: `cfplan was asked to stop before the answer came.`,
		Causes:  []string{`The run was stopped with Ctrl-C, or the CI job was cancelled or reached its time limit.`},
		Steps: []string{`Run cfplan again; it sees what was already done and finishes the rest.`, `If the CI ` +
			`job reached its time limit, raise the limit.`}},
	{Trouble: Network, Kind: Unreachable, Retry: Itself, Sure: Reported, Source: "seen in place of a rate limit, too",
		Title:   "The connection to the API broke",
		Meaning: `The connection ended before a complete answer came.`,
		Causes:  []string{`The network connection is bad, a proxy or a firewall closed it, or the server at the other end failed.`},
		Steps: []string{
			`Run cfplan again; nothing is done twice.`,
			`If the problem persists, run curl -sS https://api.cloudflare.com/client/v4/ips; also look at ` +
				`https://www.cloudflarestatus.com for an incident.`,
		}},
	notTheAPI(NotTheAPI, "an answer that is not JSON in the form that the API uses"),
	notTheAPI(TooLarge, "an answer of more than 64 MiB, or a list with more pages or items than cfplan accepts"),
	{Trouble: NoReason, Kind: Unreachable, Retry: Later, Sure: Reported,
		Source:  "answers with success: false and an empty list of errors",
		Title:   "The API reports a failure and gives no reason",
		Meaning: `The answer has HTTP status 200, but says success: false and names no error.`,
		Causes: []string{`The fault is most likely on Cloudflare's side; nothing in the answer points to the ` +
			`credentials.`},
		Steps: []string{
			`Run cfplan again in a few minutes; nothing is done twice.`,
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`If the problem persists, give {ray} to Cloudflare's support.`,
		}},
	{Trouble: Unreadable, Kind: Unreachable, Retry: Never, Sure: Own,
		Source: "an answer with success: true in a form that Cloudflare does not document",
		Title:  "Cloudflare's answer cannot be read",
		Meaning: `The API reports success, but this version of cfplan cannot read the answer. cfplan does not ` +
			`plan a zone if it can read only some of its records.`,
		Causes: []string{
			`Cloudflare has changed its API, or one of its records is damaged.`,
			`A proxy on the way changes answers.`,
		},
		Steps: []string{
			`Look for a newer version of cfplan, and run cfplan plan again.`,
			`If the message names a record, look at it in the dashboard (DNS → Records). If you do not need it, ` +
				`delete it there.`,
			`Otherwise report it as a bug in cfplan, with the message and the output of cfplan version.`,
		}},
	{Trouble: Changing, Kind: Unreachable, Retry: Itself, Sure: Documented, Source: "the pages of a list are not a snapshot",
		Title:   "The zone's list of records is incomplete",
		Meaning: `cfplan read the list twice. Each time, the number of records in it differed from Cloudflare's own count.`,
		Causes: []string{
			`Another user or tool is changing the zone right now, so records move from page to page.`,
			`Cloudflare's API counts incorrectly.`,
		},
		Steps: []string{
			`Wait until the other tool (external-dns, an import, a certificate run) is done, and run cfplan ` +
				`plan again.`,
			`If nothing is changing the zone, the fault is on Cloudflare's side: look at ` +
				`https://www.cloudflarestatus.com for an incident.`,
		}},
}

func notTheAPI(t Trouble, source string) Entry {
	return Entry{Trouble: t, Kind: Unreachable, Retry: Later, Sure: Reported, Source: source,
		Title:   "The answer does not come from Cloudflare's API",
		Meaning: `The answer is not in the form that Cloudflare's API uses.`,
		Causes: []string{
			`A proxy, a login page of the network, or the server at a wrong base URL answered instead; or the API ` +
				`has an incident.`,
		},
		Steps: []string{
			`If CLOUDFLARE_BASE_URL is set, check it: it must end in /client/v4. If it is not ` +
				`set, cfplan uses https://api.cloudflare.com/client/v4.`,
			`Run curl -sS https://api.cloudflare.com/client/v4/ips; it must print JSON. If it prints a web page, a ` +
				`proxy or a login page is in the way.`,
			`Look at https://www.cloudflarestatus.com for an incident, and run cfplan again.`,
		}}
}

// statusEntries are failures whose HTTP status says more than any code in the answer.
var statusEntries = []Entry{
	rateLimited(Entry{From: 429, To: 429, Sure: Documented,
		Source: "Cloudflare's documentation of rate limits; the answer has code 971, 10100 or 10300, or is HTML without a code"}),
	{From: 520, To: 527, Kind: Unreachable, Retry: Itself, Sure: Documented,
		Source: "Cloudflare's documentation of 5xx errors",
		Title:  "Cloudflare's edge could not reach its own API",
		Meaning: `Cloudflare's edge answered in place of the API, usually with a web page. Your credentials and ` +
			`records are most likely fine.`,
		Causes: []string{`Cloudflare has an incident, or is deploying a change.`, `A proxy on the way sent this ` +
			`answer.`},
		Steps: []string{
			`Look at https://www.cloudflarestatus.com for an incident.`,
			`Run cfplan again in a few minutes; nothing is done twice.`,
			`If the problem persists, give {ray} to Cloudflare's support.`,
		}},
	{From: 500, To: 599, Kind: Unreachable, Retry: Itself, Sure: Reported,
		Source:  "many reports, with JSON, HTML or nothing in the answer",
		Title:   "Cloudflare's API has a failure",
		Meaning: `The API answered with a server error (5xx). Your credentials and records are most likely fine.`,
		Causes:  []string{`The fault is on Cloudflare's side, or in a proxy on the way.`},
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
		`dashboard sessions. Beyond that, it blocks all calls for five minutes. cfplan waits up to a minute ` +
		`to repeat a read, and longer to repeat a write; here, that was not enough.`
	e.Causes = []string{
		`Other tools use the same user at the same time: external-dns, Terraform, scripts, parallel CI jobs.`,
		`Many runs of cfplan send requests at once. Each run needs one or two requests for each zone.`,
	}
	e.Steps = []string{
		`Wait, and run cfplan again {when}.`,
		`Look for other tools that use the same user at the same time: external-dns, Terraform, scripts, ` +
			`parallel CI jobs. Run them at other times, or give cfplan a token that belongs to the account, ` +
			`which has a limit of its own.`,
		`Run cfplan with -parallelism=N and a smaller N, which spreads its own requests, one or two for each zone.`,
	}
	return e
}
