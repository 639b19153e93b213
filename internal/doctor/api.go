package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/guidance"
)

const (
	// mostSkew is how far the clocks may differ before certificates and the ages of snapshots are in doubt.
	mostSkew = 30 * time.Second
	// fewLeft is the number of remaining requests below which a plan of several zones may hit the rate limit.
	fewLeft = 50
)

// reach tests the API and what the credentials may do in general. It reports whether the API answers.
func (e accountExam) reach(ctx context.Context) bool {
	visible, err := e.API.VisibleZones(ctx)
	if !e.reachable(err) {
		return false
	}

	token := tokenExam{Account: e.Account, now: e.doctor.Now, step: e.found.step("token", ""), account: visible.Account}
	token.run(ctx, err == nil)

	e.access(visible, err)
	return true
}

// reachable reports whether the API gave an answer. A refusal is an answer.
func (e accountExam) reachable(err error) bool {
	s := e.found.step("reachable", "")

	var api *cloudflare.Error
	if errors.As(err, &api) && api.Kind == guidance.Unreachable {
		s.refused(err)
		return false
	}

	detail := e.Endpoint + " answers"
	if e.Proxy != "" {
		detail += ", through the proxy " + e.Proxy
	}
	s.ok(detail + ".")
	return true
}

// access reports how many zones the credentials see, and warns if they see more than the configuration declares. It
// cannot report the permissions of a token, because the API has no call that returns them.
func (e accountExam) access(visible cloudflare.Visible, err error) {
	s := e.found.step("access", "")
	declared := e.Declared
	sees := "The credentials see " + english.Count(visible.Zones, "zone")

	switch {
	case err != nil && e.allKnown():
		s.warn("The credentials may not list zones. The tested zones do not need that, because their blocks have an id; " +
			"a zone block without an id does.")
	case err != nil:
		s.refused(err)
	case visible.Zones == 0 && !e.allKnown():
		s.fail("The credentials see no zone at all.",
			"Give the token the permission Zone → Zone → Read (in the API: \"Zone Read\"), and include the zones in its "+
				"Zone Resources (in the newer form, the resource rules of the policy): "+e.tokenPage()+".")
	case declared > 0 && visible.Zones > declared:
		s.warn(fmt.Sprintf("%s; the configuration has %d.", sees, declared),
			"Limit the token to the declared zones (Zone Resources → Include → Specific zone; in the newer form, the "+
				"resource rules of the policy). It can then do less harm.")
	default:
		s.ok(sees + ".")
	}
}

// allKnown reports whether there are zones to test and the configuration has the IDs of all of them.
func (e accountExam) allKnown() bool {
	zones := e.Zones
	return len(zones) > 0 && !slices.ContainsFunc(zones, func(z dns.Zone) bool { return z.ID == "" })
}

// examineHeaders checks the clock and the rate limit with the headers of the answers.
func examineHeaders(v cloudflare.Headers, found *findings) {
	clock, limit := found.step("clock", ""), found.step("rate limit", "")

	switch {
	case !v.Dated:
		clock.skip("No answer had a date.")
	case v.Skew.Abs() > mostSkew:
		clock.warn(fmt.Sprintf("This machine's clock differs from Cloudflare's by %s.", v.Skew.Abs()),
			"Set the clock, for example by NTP: TLS certificates and the ages of snapshots depend on it.")
	default:
		clock.ok("This machine's clock is right.")
	}

	switch {
	case !v.Limited:
		limit.skip("Cloudflare's answers do not say how many requests are left.")
	case v.Left < fewLeft:
		limit.warn(fmt.Sprintf("Only %d requests are left before Cloudflare blocks this user for a while.", v.Left),
			"Look for other tools that use the same user at the same time, or wait five minutes.")
	default:
		limit.ok(fmt.Sprintf("%d requests are left.", v.Left))
	}
}
