package doctor

import (
	"context"
	"fmt"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/interrupt"
)

// zoneExam tests what the credentials may do with one zone.
type zoneExam struct {
	api     *cloudflare.Client
	writing *interrupt.Section
	found   *findings
	zone    dns.Zone
	// tokenPage is the dashboard page that shows the token.
	tokenPage string
}

// run makes the checks of the zone. Each check needs the one before it.
func (e zoneExam) run(ctx context.Context, write bool) {
	id := e.visible(ctx)
	if id == "" || !e.readable(ctx, id) || !write {
		return
	}
	e.writable(ctx, id)
}

// visible finds the zone and returns its ID, or "" if the zone cannot be tested further.
func (e zoneExam) visible(ctx context.Context) (id string) {
	s := e.found.step("zone", e.zone.Name)
	if id = e.zone.ID; id == "" {
		if id = e.lookUp(ctx, s); id == "" {
			return ""
		}
	}

	info, err := e.api.ZoneInfo(ctx, id)
	if err != nil {
		s.refused(err)
		return ""
	}
	if info.Name != e.zone.Name {
		s.fail("The ID in the zone block belongs to "+info.Name+".", "Correct id in the zone block, or leave it out.")
		return ""
	}

	served(s, info)
	return id
}

// lookUp returns the ID of the zone with the name. If the credentials do not see exactly one, it ends the step and
// returns "".
func (e zoneExam) lookUp(ctx context.Context, s step) (id string) {
	found, err := e.api.FindZones(ctx, []string{e.zone.Name})
	switch matches := found[e.zone.Name]; {
	case err != nil:
		s.refused(err)
	case len(matches) == 0:
		s.fail("The credentials see no zone of that name: the account does not have the zone, or they may not see it.",
			"Check at https://dash.cloudflare.com that the zone exists and that its name is spelt like this.",
			"Give the token the permission Zone → Zone → Read (in the API: \"Zone Read\") and include the zone in its "+
				"Zone Resources (in the newer form, the resource rules of the policy): "+e.tokenPage+".")
	case len(matches) > 1:
		s.fail(fmt.Sprintf("The credentials see %d zones of that name.", len(matches)),
			"Choose one with id = \"…\" in the zone block; the zone's Overview page shows the ID.")
	default:
		return matches[0].ID
	}

	return ""
}

// served ends the step of a visible zone. It warns if Cloudflare does not serve the records that cfplan
// would write.
func served(s step, info cloudflare.ZoneInfo) {
	detail := fmt.Sprintf("Visible (ID %s, %s plan).", info.ID, orUnknown(info.Tier))
	warn := func(finding, fix string) { s.as(finding).warn(detail+" "+finding, fix) }
	switch {
	case info.Status != "" && info.Status != "active":
		warn("Its status is "+info.Status+": its records are not served yet.",
			"Set the zone's name servers at the registrar to "+english.List(info.NameServers, "and")+".")
	case info.Paused:
		warn("It is paused: nothing is proxied.",
			"Unless this is intended, enable Cloudflare again on the zone's Overview page.")
	case info.Type == "secondary":
		warn("It is a secondary zone: its records come from another primary and cannot be changed here.",
			"Change the records at the primary, or convert the zone.")
	default:
		s.as("Visible.").ok(detail)
	}
}

func orUnknown(tier dns.Tier) string {
	if tier == "" {
		return "unknown"
	}
	return string(tier)
}

func (e zoneExam) readable(ctx context.Context, id string) bool {
	s := e.found.step("read records", e.zone.Name)
	records, err := e.api.Records(ctx, id)
	if err != nil {
		s.refused(err)
		return false
	}
	s.as("They can be read.").ok(english.Count(len(records), "record") + ".")
	return true
}
