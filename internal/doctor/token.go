package doctor

import (
	"context"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/english"
)

// expiresSoon is how long before its expiry a token gets a warning. It leaves time to make a new one, even
// during a holiday.
const expiresSoon = 14 * 24 * time.Hour

// tokenExam asks Cloudflare about the token itself.
type tokenExam struct {
	Account
	now  func() time.Time
	step step
	// account is the ID of an account whose zones the credentials see; empty if none is known.
	account string
}

// run verifies the token. works reports whether another call has accepted it. The verification alone proves nothing:
// Cloudflare accepts a token there that its IP filter blocks elsewhere, and the user's endpoint refuses a good token
// of an account.
func (e tokenExam) run(ctx context.Context, works bool) {
	if e.Credentials.Kind() == cloudflare.GlobalKey {
		e.step.skip("A global API key cannot be verified. The checks below show whether it works.")
		return
	}

	token, err := e.verify(ctx)
	switch {
	case err != nil && works:
		e.step.skip("The token works but could not be verified: a token of an account can be verified only through the account.")
	case err != nil:
		e.step.refused(err)
	case token.Status != "active":
		e.step.fail("Cloudflare says that the token is "+token.Status+".",
			"Make a new one, or enable it again, at "+e.tokenPage()+".")
	default:
		e.validity(token)
	}
}

// verify asks the endpoint for users' tokens. If that refuses the token, verify asks the account's endpoint. For a
// token of a known account, it asks only the account's endpoint.
func (e tokenExam) verify(ctx context.Context) (cloudflare.Token, error) {
	api := e.API
	if e.Credentials.Kind() == cloudflare.AccountToken && e.account != "" {
		return api.VerifyToken(ctx, e.account)
	}

	token, err := api.VerifyToken(ctx, "")
	if err != nil && e.account != "" {
		if ofAccount, accountErr := api.VerifyToken(ctx, e.account); accountErr == nil {
			return ofAccount, nil
		}
	}
	return token, err
}

// validity reports from when and until when an active token is valid.
func (e tokenExam) validity(token cloudflare.Token) {
	now := e.now()
	const caveat = " (This check does not cover its IP filter and its permissions.)"

	switch {
	case token.NotBefore.After(now):
		e.step.fail("The token is not valid before "+english.Day(token.NotBefore)+".",
			"Wait until then, or change its TTL in the dashboard.")
	case token.ExpiresOn.IsZero():
		e.step.ok("Active; it does not expire." + caveat)
	case token.ExpiresOn.Sub(now) < expiresSoon:
		e.step.warn("Active, but it expires on "+english.Day(token.ExpiresOn)+".",
			"Roll it or make a new one in time, at "+e.tokenPage()+", and give the new token to every job that uses it.")
	default:
		e.step.ok("Active until " + english.Day(token.ExpiresOn) + "." + caveat)
	}
}
