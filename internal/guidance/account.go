package guidance

import "strings"

const (
	tokenVariable = "CLOUDFLARE_API_TOKEN"
	fileSuffix    = "_FILE"
)

// TokenVariable returns the name of the environment variable that holds the token of an account. The
// default account has the name "".
func TokenVariable(account string) string {
	if account == "" {
		return tokenVariable
	}
	return tokenVariable + "_" + strings.ToUpper(strings.ReplaceAll(account, "-", "_"))
}

// TokenFileVariable returns the name of the environment variable that names a file with the token of an
// account.
func TokenFileVariable(account string) string { return TokenVariable(account) + fileSuffix }

// variablesOf returns a replacer that replaces the variables of the default account by the account's own.
func variablesOf(account string) *strings.Replacer {
	if account == "" {
		return strings.NewReplacer()
	}
	return strings.NewReplacer(
		"Neither CLOUDFLARE_API_TOKEN nor CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL is set, and no cloudflare block of "+
			"the configuration gives a value.",
		"Neither "+TokenVariable(account)+" nor "+TokenFileVariable(account)+" is set, and the block cloudflare \""+
			account+"\" gives no value.",
		tokenVariable, TokenVariable(account),
	)
}
