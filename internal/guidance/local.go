package guidance

// localEntries: nothing was sent.
var localEntries = []Entry{
	{Trouble: NoCredentials, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan found none",
		Title:   "No Cloudflare API token is set",
		Meaning: `cfplan has no credentials to send to Cloudflare, and sent nothing.`,
		Causes: []string{
			`Neither CLOUDFLARE_API_TOKEN nor CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL is set, and no cloudflare block of the configuration gives a value.`,
			`In CI, the secret is not handed to this job: forks and pull requests from them often get none.`,
		},
		Steps: newToken(`If you have a token, set it: export CLOUDFLARE_API_TOKEN=… in the shell, or see in the CI's settings that this job gets the secret. Otherwise make one:`)},
	{Trouble: BothCredentials, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan found two",
		Title:   "Two Cloudflare credentials at once",
		Meaning: `Both an API token and a global API key are set. They may belong to different users, so that cfplan takes neither.`,
		Causes:  []string{`Both CLOUDFLARE_API_TOKEN and CLOUDFLARE_API_KEY are set, or both are in the cloudflare block or the credentials file.`},
		Steps: []string{
			`Decide for the token, which can do less harm, and unset the key: unset CLOUDFLARE_API_KEY CLOUDFLARE_EMAIL. Look into the cloudflare block of the configuration, too.`,
			again,
		}},
	{Trouble: NoEmail, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan found a key alone",
		Title:   "The global API key lacks its email address",
		Meaning: `A global API key is only valid together with the address of its user.`,
		Causes:  []string{`CLOUDFLARE_API_KEY is set and CLOUDFLARE_EMAIL is not.`},
		Steps:   newToken(`Set CLOUDFLARE_EMAIL to the address of the user, or better make a token, which needs none:`)},
	{Trouble: BadPlace, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan could not read them",
		Title:   "The credentials cannot be read",
		Meaning: `The place that is to have the credentials does not have any that can be used.`,
		Causes: []string{
			`The file of CLOUDFLARE_API_TOKEN_FILE is missing, may not be read, is empty or holds something else; or credentials are given in two places at once.`,
		},
		Steps: []string{
			`Look at the file: ls -l "$CLOUDFLARE_API_TOKEN_FILE". It holds the token alone, or JSON with api_token, or with api_key and email.`,
			`Or unset CLOUDFLARE_API_TOKEN_FILE and set CLOUDFLARE_API_TOKEN; one of the two, not both.`,
			again,
		}},
	malformedToken(Entry{Trouble: BadToken, Sure: Own, Source: "cfplan looked at it"}),
	malformedKey(Entry{Trouble: BadKey, Sure: Own, Source: "cfplan looked at it"}),
	{Trouble: BadBaseURL, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan looked at it",
		Title:   "The base URL may not be used",
		Meaning: `CLOUDFLARE_BASE_URL (or base_url in the cloudflare block) names a place to which cfplan does not send credentials.`,
		Causes: []string{
			`The base URL is no https:// address, or has a user name, a password or a query in it; http:// is only for this machine, as nobody on the way may read the credentials.`,
		},
		Steps: []string{
			`Unset it to speak to Cloudflare itself (https://api.cloudflare.com/client/v4).`,
			`Otherwise give an https:// address without user name, password and query. http:// is only for this machine, as for cfplan sandbox: http://127.0.0.1:8787/client/v4.`,
		}},
	{Trouble: BadID, Kind: Rejected, Retry: Never, Sure: Own, Source: "cfplan looked at it",
		Title:   "That is not a Cloudflare ID",
		Meaning: `Zones and records are known by 32 hexadecimal digits.`,
		Causes:  []string{`The id of the zone block is cut short, or is a name.`},
		Steps: []string{
			`Correct id in the zone block (the zone's Overview page shows it under API), or leave it out: cfplan then looks the zone up by name.`,
			again,
		}},
	{Trouble: BadPatch, Kind: Rejected, Retry: Never, Sure: Documented, Source: "Cloudflare's list of API deprecations, June 2026",
		Title:   "The record cannot be changed so in place",
		Meaning: `Cloudflare does not change the type of a record that exists.`,
		Causes:  []string{`A change of the type was asked for in one operation.`},
		Steps:   []string{`Delete the record and create the new one; both may be in the same plan.`, again}},
	rateLimited(Entry{Trouble: Limited, Sure: Measured, Source: "the header Ratelimit or Retry-After of an answer"}),
}

// malformedToken completes an entry about a token that cannot be one.
func malformedToken(e Entry) Entry {
	e.Kind, e.Retry, e.credential = Refused, Never, true
	e.Title = "The API token is malformed"
	e.Meaning = `What was sent as API token cannot be one, so that Cloudflare does not even look it up.`
	e.Causes = []string{
		`What was sent as API token cannot be one: it is cut short, has quotes, spaces or a placeholder in it, or is a global API key, which is not a token.`,
		`In CI, a secret that does not exist comes as an empty or a literal text.`,
	}
	e.Steps = newToken(
		`Look at the length and the ends of CLOUDFLARE_API_TOKEN without printing it: printf %s "$CLOUDFLARE_API_TOKEN" | wc -c. Tokens have 40 characters, newer ones 50 and more. cfplan doctor looks at it as well.`,
		`If it is a global API key, set CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL instead and unset CLOUDFLARE_API_TOKEN; a token is the better choice. Otherwise copy the token again, or make a new one:`)
	return e
}

// malformedKey completes an entry about a key that cannot be one.
func malformedKey(e Entry) Entry {
	e.Kind, e.Retry, e.credential = Refused, Never, true
	e.Title = "The global API key is malformed"
	e.Meaning = `What was sent as X-Auth-Key cannot be a global API key, so that Cloudflare does not even look it up.`
	e.Causes = []string{`What was sent as X-Auth-Key is cut short, has quotes or spaces in it, or is an API token, which goes into CLOUDFLARE_API_TOKEN.`}
	e.Steps = newToken(
		`If the value is an API token, set CLOUDFLARE_API_TOKEN to it and unset CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL.`,
		`Otherwise copy the key again from My Profile → API Tokens → Global API Key, or better make a token that can do no more than it has to:`)
	return e
}
