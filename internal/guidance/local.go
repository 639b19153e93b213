package guidance

// localEntries are failures before anything is sent.
var localEntries = []Entry{
	{Trouble: NoCredentials, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan found none",
		Title:   "No Cloudflare API token is set",
		Meaning: `cfplan has no credentials to send to Cloudflare, and sent nothing.`,
		Causes: []string{
			`Neither CLOUDFLARE_API_TOKEN nor CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL is set, and no ` +
				`cloudflare block of the configuration gives a value.`,
			`In CI, the job does not receive the secret. Jobs in forks, and jobs for pull requests from forks, often ` +
				`receive no secrets.`,
		},
		Steps: newToken(`If you have a token, set it: export CLOUDFLARE_API_TOKEN=… in the shell. In CI, check in ` +
			`the settings that this job receives the secret. If you have no token, make one:`)},
	{Trouble: BothCredentials, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan found two",
		Title: "Two Cloudflare credentials at once",
		Meaning: `Both an API token and a global API key are set. They may belong to different users, so cfplan ` +
			`uses neither.`,
		Causes: []string{`Both CLOUDFLARE_API_TOKEN and CLOUDFLARE_API_KEY are set, or the cloudflare block or the ` +
			`credentials file contains both.`},
		Steps: []string{
			`Keep the token, because it can do less harm than the key. Remove the key (unset CLOUDFLARE_API_KEY ` +
				`CLOUDFLARE_EMAIL). Check the cloudflare block of the configuration, too.`,
			again,
		}},
	{Trouble: NoEmail, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan found a key alone",
		Title:   "The global API key lacks its email address",
		Meaning: `A global API key is valid only together with the email address of its user.`,
		Causes:  []string{`CLOUDFLARE_API_KEY is set, but CLOUDFLARE_EMAIL is not.`},
		Steps: newToken(`Set CLOUDFLARE_EMAIL to the user's email address. Or better, make a token, which ` +
			`needs no email address:`)},
	{Trouble: BadPlace, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan could not read them",
		Title:   "The credentials cannot be read",
		Meaning: `cfplan found no usable credentials in the place that should hold them.`,
		Causes: []string{
			`The file that CLOUDFLARE_API_TOKEN_FILE names is missing, cannot be read, is empty, or holds ` +
				`something other than credentials. Or the credentials are given in two places at once.`,
		},
		Steps: []string{
			`Run ls -l "$CLOUDFLARE_API_TOKEN_FILE"; the file must exist, and you must be able to read it. It must ` +
				`hold only the token, or JSON with api_token, or JSON with api_key and email.`,
			`Or set CLOUDFLARE_API_TOKEN instead, and unset CLOUDFLARE_API_TOKEN_FILE. Do not set both.`,
			again,
		}},
	malformedToken(Entry{Trouble: BadToken, Sure: Own, Source: "cfplan looked at it"}),
	malformedKey(Entry{Trouble: BadKey, Sure: Own, Source: "cfplan looked at it"}),
	{Trouble: BadBaseURL, Kind: Refused, Retry: Never, Sure: Own, Source: "cfplan looked at it",
		Title: "The base URL may not be used",
		Meaning: `CLOUDFLARE_BASE_URL (or base_url in the cloudflare block) names a place to which cfplan does ` +
			`not send credentials.`,
		Causes: []string{
			`The base URL is not an https:// address, or contains a user name, a password or a query. http:// ` +
				`is allowed only for this machine, because others on the network could read the credentials.`,
		},
		Steps: []string{
			`To use Cloudflare itself (https://api.cloudflare.com/client/v4), unset CLOUDFLARE_BASE_URL.`,
			`To use another endpoint, give an https:// address without user name, password and query. http:// is allowed ` +
				`only for this machine, for example for cfplan sandbox: http://127.0.0.1:8787/client/v4.`,
		}},
	{Trouble: BadID, Kind: Rejected, Retry: Never, Sure: Own, Source: "cfplan looked at it",
		Title:   "The ID is not a Cloudflare ID",
		Meaning: `The ID of a zone or a record has exactly 32 hexadecimal digits; this one does not.`,
		Causes:  []string{`The id in the zone block is incomplete, or is the zone's name.`},
		Steps: []string{
			`Correct id in the zone block (the zone's Overview page shows it under API), or leave it out: ` +
				`cfplan then looks the zone up by name.`,
			again,
		}},
	{Trouble: BadPatch, Kind: Rejected, Retry: Never, Sure: Documented,
		Source:  "Cloudflare's list of API deprecations, June 2026",
		Title:   "The record's type cannot be changed in place",
		Meaning: `Cloudflare does not change the type of an existing record.`,
		Causes:  []string{`A change in place gives the record another type.`},
		Steps:   []string{`Delete the record and create a new one; the same plan can do both.`, again}},
	rateLimited(Entry{Trouble: Limited, Sure: Measured, Source: "the header Ratelimit or Retry-After of an answer"}),
}

// malformedToken completes an entry about a value that cannot be a token.
func malformedToken(e Entry) Entry {
	e.Kind, e.Retry, e.credential = Refused, Never, true
	e.Title = "The API token is malformed"
	e.Meaning = `The value sent as the API token cannot be a token, so Cloudflare does not even look it up.`
	e.Causes = []string{
		`The value sent as the API token cannot be a token: it is incomplete, contains quotes, spaces or a ` +
			`placeholder, or is a global API key.`,
		`In CI, a secret that does not exist arrives as an empty value, or as the literal text that refers to it.`,
	}
	e.Steps = newToken(
		`Run printf %s "$CLOUDFLARE_API_TOKEN" | wc -c; it prints the length of the token, not the token. Tokens have `+
			`40 characters, newer ones 50 or more. cfplan doctor checks the token, too.`,
		`If the value is a global API key, make a token, which is the better choice, or set CLOUDFLARE_API_KEY and `+
			`CLOUDFLARE_EMAIL instead and unset CLOUDFLARE_API_TOKEN. Otherwise copy the token again, or make a new `+
			`one:`)
	return e
}

// malformedKey completes an entry about a value that cannot be a global API key.
func malformedKey(e Entry) Entry {
	e.Kind, e.Retry, e.credential = Refused, Never, true
	e.Title = "The global API key is malformed"
	e.Meaning = `The value sent as X-Auth-Key cannot be a global API key, so Cloudflare does not even look it up.`
	e.Causes = []string{`The value sent as X-Auth-Key is incomplete, contains quotes or spaces, or is an API ` +
		`token, which belongs in CLOUDFLARE_API_TOKEN.`}
	e.Steps = newToken(
		`If the value is an API token, set CLOUDFLARE_API_TOKEN to it and unset CLOUDFLARE_API_KEY and `+
			`CLOUDFLARE_EMAIL.`,
		`Otherwise copy the key again from My Profile → API Tokens → Global API Key. Or better, make a token, `+
			`which can be limited to what cfplan needs:`)
	return e
}
