package guidance

import (
	"slices"
	"strings"
)

// The dashboard's pages of API tokens. ":account" stands in the address itself: the dashboard asks which account it is.
const (
	UserTokens    = "https://dash.cloudflare.com/profile/api-tokens"
	AccountTokens = "https://dash.cloudflare.com/?to=/:account/api-tokens"
)

// Links that open the form for a new token with everything filled in that cfplan needs, for all zones (Cloudflare's
// documentation of template URLs). accountId is "*", written as %2A so that no Markdown takes it for emphasis.
const (
	NewUserToken    = UserTokens + "?permissionGroupKeys=" + permissionKeys + "&accountId=%2A&zoneId=all&name=cfplan"
	NewAccountToken = AccountTokens + "&permissionGroupKeys=" + permissionKeys + "&name=cfplan"
)

// permissionKeys is [{"key":"dns","type":"edit"},{"key":"zone","type":"read"}], URL-encoded.
const permissionKeys = "%5B%7B%22key%22%3A%22dns%22%2C%22type%22%3A%22edit%22%7D%2C" +
	"%7B%22key%22%3A%22zone%22%2C%22type%22%3A%22read%22%7D%5D"

const (
	again   = `Run cfplan plan again.`
	inDoubt = `If it is not clear what is wrong, run cfplan doctor: it tests one thing after the other.`
)

// newToken returns steps that begin with first, which is a quick fix, and go on with how to make a token that can do
// what cfplan needs. They name what the older and the newer form of the dashboard show.
func newToken(first ...string) []string {
	return slices.Concat(first, []string{
		`To make a token, open {new token}. The link fills in the name, the permissions and the zones.`,
		`Without the link: open {token pages}. Choose Create Token and the template "Edit zone DNS". It grants ` +
			`Zone → DNS → Edit and nothing else, so add Zone → Zone → Read too ("+ Add more"; in the newer form, another permission of the ` +
			`same policy, of the type Zone). In the API these are "DNS Write" and "Zone Read".`,
		`Choose the zones that cfplan is to read or change (Zone Resources; in the newer form, the resource rules of the policy).`,
		`Leave Client IP Address Filtering empty, or let it contain the address that this machine has on the Internet{(address)}. ` +
			`Note when the token expires.`,
		`Give the token to cfplan: export CLOUDFLARE_API_TOKEN=… in the shell, or a CI secret that sets this variable, ` +
			`or a file that CLOUDFLARE_API_TOKEN_FILE names. Never write the token itself into the configuration.`,
		again,
	})
}

// permission returns steps that begin with first and go on with how to give a token what it lacks.
func permission(first ...string) []string {
	return slices.Concat(first, []string{
		`Give the token the permission {needs}, for this zone.`,
		`To do so, open {token pages}, and edit the token that cfplan uses. "+ Add more" adds a permission; in the newer form it ` +
			`stands in a policy of the type Zone.`,
		`Include the zone (Zone Resources; in the newer form, the resource rules of the policy): a token for other zones ` +
			`of the account does not see this one.`,
		`All that cfplan needs is Zone → Zone → Read and Zone → DNS → Edit. Zone → DNS → Read instead of Edit is enough ` +
			`for plan, not for apply. With id in the zone block nothing is looked up by name, and Zone → DNS → Edit alone is enough.`,
		`Make sure that the environment has this token and not an older one: CLOUDFLARE_API_TOKEN in your shell, or the ` +
			`CI secret of that name.`,
		again,
	})
}

const (
	userPages    = UserTokens + " (My Profile → API Tokens)"
	accountPages = AccountTokens + " (Manage Account → Account API Tokens)"
	// accountMakers says who can make a token of an account.
	accountMakers = "an Administrator or Super Administrator of the account can make it"
)

// tokenPlaces fills in where tokens are made and edited. An account's token is not on the user's page, so its own
// page comes first.
func tokenPlaces(account bool) *strings.Replacer {
	if account {
		return strings.NewReplacer(
			"{new token}", NewAccountToken+" (for a token of the account; "+accountMakers+"), or "+NewUserToken+
				" (for a token of your user)",
			"{token pages}", accountPages+", or "+userPages+" for a token of your user",
		)
	}
	return strings.NewReplacer(
		"{new token}", NewUserToken+" (for a token of your user), or "+NewAccountToken+" (for a token of the account; "+
			accountMakers+")",
		"{token pages}", userPages+", or "+accountPages+" for a token of the account",
	)
}
