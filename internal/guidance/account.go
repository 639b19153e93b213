package guidance

import "strings"

const (
	tokenVariable = "CLOUDFLARE_API_TOKEN"
	fileSuffix    = "_FILE"
)

// TokenVariable returns the variable of the environment that has the token of an account, by its name in the
// configuration. The default account has no name.
func TokenVariable(account string) string {
	if account == "" {
		return tokenVariable
	}
	return tokenVariable + "_" + strings.ToUpper(strings.ReplaceAll(account, "-", "_"))
}

// TokenFileVariable returns the variable of the environment that names a file with the token of an account.
func TokenFileVariable(account string) string { return TokenVariable(account) + fileSuffix }

// variablesOf replaces the variables of the default account by those of another one.
func variablesOf(account string) *strings.Replacer {
	if account == "" {
		return strings.NewReplacer()
	}
	return strings.NewReplacer(
		"Neither CLOUDFLARE_API_TOKEN nor CLOUDFLARE_API_KEY with CLOUDFLARE_EMAIL is set, and no cloudflare block of the configuration gives a value.",
		"Neither "+TokenVariable(account)+" nor "+TokenFileVariable(account)+" is set, and the block cloudflare \""+account+"\" gives no value.",
		tokenVariable, TokenVariable(account),
	)
}
