package doctor

import (
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/guidance"
)

// credentials checks the credentials before anything is sent, and reports whether they can be sent.
func (e accountExam) credentials(s step) bool {
	if err := e.API.Usable(); err != nil {
		s.refused(err)
		return false
	}

	kind := e.Credentials.Kind()
	detail := capital(string(kind)) + ", from " + e.Source + "."
	notes := e.Credentials.Observations()

	switch {
	case kind == cloudflare.GlobalKey:
		s.warn(detail+" It can do everything that its user can, in all accounts.",
			"Make a token instead, limited to what cfplan needs. This link fills in the form: "+guidance.NewUserToken,
			e.insteadOfKey())
	case len(notes) > 0:
		s.warn(detail, notes...)
	default:
		s.ok(detail)
	}
	return true
}

// insteadOfKey returns the step that puts a token in the place of the key.
func (a Account) insteadOfKey() string {
	if a.Name != "" {
		return "Set " + guidance.TokenVariable(a.Name) + " to it, and remove api_key and email from the block."
	}
	return "Set CLOUDFLARE_API_TOKEN to it, and unset CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL."
}

// tokenPage returns the dashboard page that shows the token.
func (a Account) tokenPage() string {
	if a.Credentials.Kind() == cloudflare.AccountToken {
		return guidance.AccountTokens + " (Manage Account → Account API Tokens)"
	}
	return guidance.UserTokens + " (for a token of an account: " + guidance.AccountTokens + ")"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
