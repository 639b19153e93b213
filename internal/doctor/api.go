package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/guidance"
)

const (
	// expiresSoon is when a token that expires is worth a warning: time enough to
	// make another before a holiday is over.
	expiresSoon = 14 * 24 * time.Hour
	// mostSkew is by how much clocks may differ before certificates and ages of
	// snapshots are in doubt.
	mostSkew = 30 * time.Second
	// fewLeft requests are too few for a plan of some zones.
	fewLeft = 50
)

// credentials reports whether there are some that can be sent.
func (e *examination) credentials() bool {
	const name = "credentials"
	if err := e.API.Usable(); err != nil {
		e.refused(name, "", err)
		for _, zone := range e.Zones {
			e.skip("zone", zone.Name, "Nothing can be asked without credentials.")
		}
		return false
	}
	kind := e.Credentials.Kind()
	detail := capital(string(kind)) + ", from " + e.Source + "."
	notes := e.Credentials.Observations()
	switch {
	case kind == cloudflare.GlobalKey:
		e.warn(name, "", detail+" It can do everything that its user can, in all accounts.",
			`Make a token instead that can do no more than it has to: https://dash.cloudflare.com/profile/api-tokens, Create Token, template "Edit zone DNS".`,
			`Set CLOUDFLARE_API_TOKEN to it, and unset CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL.`)
	case len(notes) > 0:
		e.warn(name, "", detail, notes...)
	default:
		e.ok(name, "", detail)
	}
	return true
}

// cloudflare makes the checks that need the API. Where it cannot be reached at
// all, the rest is skipped.
func (e *examination) cloudflare(ctx context.Context) {
	visible, err := e.API.VisibleZones(ctx)
	if !e.reachable(err) {
		for _, zone := range e.Zones {
			e.skip("zone", zone.Name, "The API could not be reached.")
		}
		return
	}
	e.account = visible.Account
	e.token(ctx, err == nil)
	e.access(visible, err)
	for _, zone := range e.Zones {
		e.zone(ctx, zone)
	}
}

// reachable reports whether any answer of the API came: a refusal is one.
func (e *examination) reachable(err error) bool {
	const name = "reachable"
	var api *cloudflare.Error
	if errors.As(err, &api) && api.Kind == guidance.Unreachable {
		e.refused(name, "", err)
		return false
	}
	detail := e.Endpoint + " answers"
	if e.Proxy != "" {
		detail += ", through the proxy " + e.Proxy
	}
	e.ok(name, "", detail+".")
	return true
}

// token asks what becomes of the token. The answer is no proof that it works, and
// a refusal no proof that it does not.
func (e *examination) token(ctx context.Context, works bool) {
	const name = "token"
	if e.Credentials.Kind() == cloudflare.GlobalKey {
		e.skip(name, "", "A global API key cannot be verified; whether it works shows below.")
		return
	}
	token, err := e.verify(ctx)
	switch {
	case err != nil && works:
		e.skip(name, "", "It could not be verified, though it works: an account's token is known to its account alone.")
	case err != nil:
		e.refused(name, "", err)
	case token.Status != "active":
		e.fail(name, "", "Cloudflare says that the token is "+token.Status+".",
			"Make a new one, or enable it again, at https://dash.cloudflare.com/profile/api-tokens (for an account's token: Manage Account → Account API Tokens).")
	default:
		e.expiry(name, token)
	}
}

// verify asks the user's endpoint, and the account's where that does not know the
// token.
func (e *examination) verify(ctx context.Context) (cloudflare.Token, error) {
	if e.Credentials.Kind() == cloudflare.AccountToken && e.account != "" {
		return e.API.VerifyToken(ctx, e.account)
	}
	token, err := e.API.VerifyToken(ctx, "")
	if err != nil && e.account != "" {
		if of, accountErr := e.API.VerifyToken(ctx, e.account); accountErr == nil {
			return of, nil
		}
	}
	return token, err
}

func (e *examination) expiry(name string, token cloudflare.Token) {
	left := token.ExpiresOn.Sub(e.Now())
	switch {
	case token.NotBefore.After(e.Now()):
		e.fail(name, "", "The token is valid only from "+english.Day(token.NotBefore)+" on.", "Wait until then, or change its TTL in the dashboard.")
	case token.ExpiresOn.IsZero():
		e.ok(name, "", "Active; it does not expire. (This says nothing of its IP filter and its permissions.)")
	case left < expiresSoon:
		e.warn(name, "", "Active, but it expires on "+english.Day(token.ExpiresOn)+".",
			"Roll it or make a new one in time, at https://dash.cloudflare.com/profile/api-tokens, and hand it to every job that uses it.")
	default:
		e.ok(name, "", "Active until "+english.Day(token.ExpiresOn)+". (This says nothing of its IP filter and its permissions.)")
	}
}

// access says what the credentials see, and warns where that is more than is
// declared. Which permissions a token has, no call tells.
func (e *examination) access(visible cloudflare.Visible, err error) {
	const name = "access"
	switch {
	case err != nil && e.allKnown():
		e.warn(name, "", "The credentials may not list zones. The zones asked for are known by their IDs, so that nothing here needs it; a new zone would.")
	case err != nil:
		e.refused(name, "", err)
	case visible.Zones == 0 && !e.allKnown():
		e.fail(name, "", "The credentials see no zone at all.",
			"Include the zones in the token's Zone Resources, with the permission Zone → Zone → Read (in the API: \"Zone Read\"): https://dash.cloudflare.com/profile/api-tokens.")
	case e.Declared > 0 && visible.Zones > e.Declared:
		e.warn(name, "", fmt.Sprintf("The credentials see %s; the configuration has %d.", english.Count(visible.Zones, "zone"), e.Declared),
			"A token that is made for the declared zones alone (Zone Resources → Include → Specific zone) can do less harm.")
	default:
		e.ok(name, "", fmt.Sprintf("The credentials see %s.", english.Count(visible.Zones, "zone")))
	}
}

// allKnown reports whether there are zones to test, and each has its ID.
func (e *examination) allKnown() bool {
	return len(e.Zones) > 0 && !slices.ContainsFunc(e.Zones, func(z dns.Zone) bool { return z.ID == "" })
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// vitals looks at what the answers said besides their content.
func (e *examination) vitals() {
	v := e.API.Vitals()
	switch {
	case !v.Dated:
		e.skip("clock", "", "No answer had a date.")
	case v.Skew.Abs() > mostSkew:
		e.warn("clock", "", fmt.Sprintf("This machine's clock differs from Cloudflare's by %s.", v.Skew.Abs()),
			"Set the clock, for instance by NTP: TLS certificates and the ages of snapshots depend on it.")
	default:
		e.ok("clock", "", "This machine's clock is right.")
	}
	switch {
	case !v.Limited:
		e.skip("rate limit", "", "No answer told what is left of it.")
	case v.Left < fewLeft:
		e.warn("rate limit", "", fmt.Sprintf("Only %d requests are left before Cloudflare blocks this user for a while.", v.Left),
			"Look for other tools that use the same user at the same time, or wait five minutes.")
	default:
		e.ok("rate limit", "", fmt.Sprintf("%d requests are left.", v.Left))
	}
}
