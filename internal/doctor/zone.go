package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// zone makes the checks of one zone, each of which needs the one before.
func (e *examination) zone(ctx context.Context, z dns.Zone) {
	id := e.visible(ctx, z)
	if id == "" {
		return
	}
	if !e.readable(ctx, z.Name, id) || !e.Write {
		return
	}
	e.writable(ctx, z.Name, id)
}

// visible finds the zone and returns its ID.
func (e *examination) visible(ctx context.Context, z dns.Zone) (id string) {
	const name = "zone"
	if id = z.ID; id == "" {
		found, err := e.API.FindZones(ctx, []string{z.Name})
		switch matches := found[z.Name]; {
		case err != nil:
			e.refused(name, z.Name, err)
			return ""
		case len(matches) == 0:
			e.fail(name, z.Name, "The credentials see no zone of that name: there is none in the account, or they may not see it.",
				"Look at https://dash.cloudflare.com whether the zone is there and spelt so.",
				"Give the token the permission Zone → Zone → Read (in the API: \"Zone Read\") and include the zone in its Zone Resources: https://dash.cloudflare.com/profile/api-tokens.")
			return ""
		case len(matches) > 1:
			e.fail(name, z.Name, fmt.Sprintf("The credentials see %d zones of that name.", len(matches)),
				"Say which one is meant, with id = \"…\" in its zone block; the Overview page of the zone shows it.")
			return ""
		default:
			id = matches[0].ID
		}
	}
	info, err := e.API.ZoneInfo(ctx, id)
	if err != nil {
		e.refused(name, z.Name, err)
		return ""
	}
	if info.Name != z.Name {
		e.fail(name, z.Name, "The ID in the zone block is that of "+info.Name+".", "Correct id in the zone block, or leave it out.")
		return ""
	}
	e.served(z.Name, info)
	return id
}

// served tells of a zone whose records nobody is served.
func (e *examination) served(zone string, info cloudflare.ZoneInfo) {
	detail := fmt.Sprintf("Visible (ID %s, %s plan).", info.ID, orUnknown(info.Tier))
	switch {
	case info.Status != "" && info.Status != "active":
		e.warn("zone", zone, detail+" Its status is "+info.Status+": its records are not served yet.",
			"Set the zone's name servers at the registrar to "+strings.Join(info.NameServers, " and ")+".")
	case info.Paused:
		e.warn("zone", zone, detail+" It is paused: nothing is proxied.", "Enable Cloudflare again on the zone's Overview page, if that is not on purpose.")
	case info.Type == "secondary":
		e.warn("zone", zone, detail+" It is a secondary zone: its records come from another primary and cannot be changed here.",
			"Change the records at the primary, or convert the zone.")
	default:
		e.ok("zone", zone, detail)
	}
}

func orUnknown(tier string) string {
	if tier == "" {
		return "unknown"
	}
	return tier
}

func (e *examination) readable(ctx context.Context, zone, id string) bool {
	records, err := e.API.Records(ctx, id)
	if err != nil {
		e.refused("read records", zone, err)
		return false
	}
	e.ok("read records", zone, english.Count(len(records), "record")+".")
	return true
}

// writable creates a record and deletes it again. What was created is deleted
// whatever happens to ctx meanwhile.
func (e *examination) writable(ctx context.Context, zone, id string) {
	const name = "write records"
	probe := dns.Record{Name: "_cfplan-doctor-" + strings.ToLower(rand.Text()) + "." + zone, Type: dns.TXT, TTL: dns.AutoTTL,
		Content: `"A test of cfplan doctor. It may be deleted."`}
	created, err := e.API.ApplyBatch(ctx, id, cloudflare.Batch{Posts: []dns.Record{probe}})
	ctx = context.WithoutCancel(ctx)
	ids := idsOf(created.Created)
	if err != nil {
		// An answer that was lost may belong to a record that is there now.
		if ids = e.find(ctx, id, probe.Name); len(ids) == 0 {
			e.refused(name, zone, err)
			e.mayBeLeft(name, zone, probe.Name, err)
			return
		}
	}
	if _, err := e.API.ApplyBatch(ctx, id, cloudflare.Batch{Deletes: ids}); err != nil {
		e.fail(name, zone, fmt.Sprintf("A test record was created and could not be deleted: %v.", err),
			"Delete the TXT record "+probe.Name+" in the dashboard.")
		return
	}
	e.ok(name, zone, "A test record was created and deleted again.")
}

// mayBeLeft names a record that may have been created although no answer told, and
// no list shows it yet.
func (e *examination) mayBeLeft(name, zone, record string, err error) {
	var api *cloudflare.Error
	if errors.As(err, &api) && api.InDoubt {
		e.warn(name, zone, "It is not known whether the test record was created.",
			"Look for the TXT record "+record+" in the dashboard, and delete it if it is there.")
	}
}

func idsOf(records []dns.Record) []string {
	var out []string
	for _, r := range records {
		out = append(out, r.ID)
	}
	return out
}

// find returns the IDs of the records of that name.
func (e *examination) find(ctx context.Context, zoneID, name string) []string {
	records, err := e.API.Records(ctx, zoneID)
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range records {
		if r.Name == name {
			out = append(out, r.ID)
		}
	}
	return out
}
