package guidance

import (
	"slices"
	"strings"
)

// UserTokens and AccountTokens are the addresses of the dashboard's pages of API tokens. ":account" stays in the
// address as it is: the dashboard then asks which account to open.
const (
	UserTokens    = "https://dash.cloudflare.com/profile/api-tokens"
	AccountTokens = "https://dash.cloudflare.com/?to=/:account/api-tokens"
)

// NewUserToken and NewAccountToken open a form for a new token in which the permissions that cfplan needs, and
// all zones, are already filled in. Cloudflare documents such addresses as template URLs. accountId is "*",
// written as %2A so that Markdown does not read it as emphasis.
const (
	NewUserToken    = UserTokens + "?permissionGroupKeys=" + permissionKeys + "&accountId=%2A&zoneId=all&name=cfplan"
	NewAccountToken = AccountTokens + "&permissionGroupKeys=" + permissionKeys + "&name=cfplan"
)

// permissionKeys is [{"key":"dns","type":"edit"},{"key":"zone","type":"read"}], URL-encoded.
const permissionKeys = "%5B%7B%22key%22%3A%22dns%22%2C%22type%22%3A%22edit%22%7D%2C" +
	"%7B%22key%22%3A%22zone%22%2C%22type%22%3A%22read%22%7D%5D"

const (
	again   = `Run cfplan plan again.`
	inDoubt = `If it is not clear what is wrong, run cfplan doctor, which checks one thing after another.`
)

// newToken returns first, the quick fixes, followed by the steps that make a token with the permissions that
// cfplan needs. The steps name the controls of both the older and the newer form of the dashboard.
func newToken(first ...string) []string {
	return slices.Concat(first, []string{
		`To make a token, open {new token}. The link fills in the name, the permissions and the zones.`,
		`Without the link: open {token pages}. Choose Create Token and the template "Edit zone DNS". It grants ` +
			`Zone → DNS → Edit and nothing else, so add Zone → Zone → Read too ("+ Add more"; in the newer ` +
			`form, another permission of the ` +
			`same policy, of the type Zone). In the API these are "DNS Write" and "Zone Read".`,
		`Choose the zones that cfplan will read or change (Zone Resources; in the newer form, the resource ` +
			`rules of the policy).`,
		`Leave Client IP Address Filtering empty, or add this machine's address on the Internet{(address)}. ` +
			`Note the day on which the token expires.`,
		`Give the token to cfplan in one of three ways: export CLOUDFLARE_API_TOKEN=… in the shell, a CI secret ` +
			`that sets this variable, or a file that CLOUDFLARE_API_TOKEN_FILE names. Never write the token itself ` +
			`into the configuration.`,
		again,
	})
}

// permission returns first, followed by the steps that give a token the permission that it lacks.
func permission(first ...string) []string {
	return slices.Concat(first, []string{
		`Give the token the permission {needs}, for this zone.`,
		`To do so, open {token pages}, and edit the token that cfplan uses. "+ Add more" adds a permission; in ` +
			`the newer form, a permission is part of a policy of the type Zone.`,
		`Include the zone (Zone Resources; in the newer form, the resource rules of the policy): a token for ` +
			`other zones of the account does not see this one.`,
		`The token needs only Zone → Zone → Read and Zone → DNS → Edit. To plan without applying, Zone → DNS → ` +
			`Read is enough in place of Edit. If the zone block has an id, cfplan looks nothing up by name, and Zone ` +
			`→ DNS → Edit alone is enough.`,
		`Make sure that the environment has this token and not an older one: check CLOUDFLARE_API_TOKEN in your ` +
			`shell, or the CI secret of that name.`,
		again,
	})
}

const (
	userPages    = UserTokens + " (My Profile → API Tokens)"
	accountPages = AccountTokens + " (Manage Account → Account API Tokens)"
	// accountMakers names the roles that can make a token of an account.
	accountMakers = "only an Administrator or Super Administrator of the account can make one"
)

// tokenPlaces returns a replacer that fills in the pages on which tokens are made and edited. The user's page
// does not show an account's token, so if the token belongs to an account, the account's page comes first.
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
