package guidance

import "slices"

// entries in the order in which they are looked through: what happened on this
// side, on the way, then by status, by credential, by request, by record.
var entries = slices.Concat(localEntries, networkEntries, statusEntries, credentialEntries, requestEntries, recordEntries, lastEntries)

func table() []Entry { return entries }

const (
	dashboard = `Open https://dash.cloudflare.com/profile/api-tokens (My Profile → API Tokens; for an account's token: Manage Account → Account API Tokens)`
	again     = `Run cfplan plan again.`
	inDoubt   = `If it is not clear where the fault is, run cfplan doctor: it tests one thing after the other.`
)

// newToken says how one comes by a token that can do what cfplan does.
func newToken(first ...string) []string {
	return slices.Concat(first, []string{
		dashboard + ` and choose Create Token.`,
		`Take the template "Edit zone DNS", or a Custom token with the permissions Zone → DNS → Edit and Zone → Zone → Read (in the API: "DNS Write" and "Zone Read").`,
		`Under Zone Resources include every zone that cfplan is to read or change.`,
		`Leave Client IP Address Filtering empty, or make it contain the address that this machine has on the Internet{(address)}.`,
		`Hand the token to cfplan: export CLOUDFLARE_API_TOKEN=… in the shell, or a CI secret that sets this variable, or a file that CLOUDFLARE_API_TOKEN_FILE names. Never write the token itself into the configuration.`,
		again,
	})
}

// permission says how a good token comes by what it lacks.
func permission(first ...string) []string {
	return slices.Concat(first, []string{
		dashboard + ` and edit the token that cfplan uses.`,
		`Give it the permission {needs}. All that cfplan needs is Zone → Zone → Read with Zone → DNS → Edit; Zone → DNS → Read is enough for plan, not for apply.`,
		`Under Zone Resources include the zone; a token for other zones of the account does not see this one.`,
		`Make sure that the environment has this token and not an older one: CLOUDFLARE_API_TOKEN in your shell, or the CI secret of that name.`,
		again,
	})
}
