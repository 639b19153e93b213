package doctor

import (
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/guidance"
)

// examineCredentials looks at the credentials before anything is sent, and reports
// whether they can be sent at all.
func examineCredentials(d *Doctor, s step) bool {
	if err := d.API.Usable(); err != nil {
		s.refused(err)
		return false
	}

	kind := d.Credentials.Kind()
	detail := capital(string(kind)) + ", from " + d.Source + "."
	notes := d.Credentials.Observations()

	switch {
	case kind == cloudflare.GlobalKey:
		s.warn(detail+" It can do everything that its user can, in all accounts.",
			"Make a token instead that can do no more than it has to. This link fills in the form: "+guidance.NewUserToken,
			`Set CLOUDFLARE_API_TOKEN to it, and unset CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL.`)
	case len(notes) > 0:
		s.warn(detail, notes...)
	default:
		s.ok(detail)
	}
	return true
}

// tokenPage is where the dashboard has the token.
func (d *Doctor) tokenPage() string {
	if d.Credentials.Kind() == cloudflare.AccountToken {
		return guidance.AccountTokens + " (Manage Account → Account API Tokens)"
	}
	return guidance.UserTokens + " (for a token of an account: " + guidance.AccountTokens + ")"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
