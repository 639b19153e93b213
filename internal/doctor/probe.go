package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
)

// writable tests writing: it creates a record and deletes it again. It deletes the record even if ctx ends in
// between.
func (e zoneExam) writable(ctx context.Context, id string) {
	s := e.found.step("write records", e.zone.Name)
	probe := dns.Record{
		Name:    "_cfplan-doctor-" + strings.ToLower(rand.Text()) + "." + e.zone.Name,
		Type:    dns.TXT,
		TTL:     dns.AutoTTL,
		Content: `"A test of cfplan doctor. It may be deleted."`,
	}

	entry, err := e.writing.Enter("The TXT record " + probe.Name + " may still exist. You may delete it.")
	if err != nil {
		s.refused(err)
		return
	}
	defer entry.Leave()

	created, err := e.api.ApplyBatch(ctx, id, cloudflare.Batch{Posts: []dns.Record{probe}})
	ctx = context.WithoutCancel(ctx)
	ids := idsOf(created.Created, probe.Name)
	if err != nil {
		// If only the answer was lost, the record exists.
		if ids = e.find(ctx, id, probe.Name); len(ids) == 0 {
			s.refused(err)
			mayBeLeft(s, probe.Name, err)
			return
		}
	}

	if _, err := e.api.ApplyBatch(ctx, id, cloudflare.Batch{Deletes: ids}); err != nil {
		s.fail(fmt.Sprintf("A test record was created and could not be deleted: %v.", err),
			"Delete the TXT record "+probe.Name+" in the dashboard.")
		return
	}
	s.ok("A test record was created and deleted again.")
}

// mayBeLeft warns of a test record that may exist, although no answer confirmed it and the zone's list does not show
// it yet.
func mayBeLeft(s step, record string, err error) {
	var api *cloudflare.Error
	if errors.As(err, &api) && api.InDoubt {
		s.warn("It is not known whether the test record was created.",
			"Look for the TXT record "+record+" in the dashboard, and delete it if it is there.")
	}
}

// find returns the IDs of the zone's records of that name.
func (e zoneExam) find(ctx context.Context, id, name string) []string {
	records, err := e.api.Records(ctx, id)
	if err != nil {
		return nil
	}
	return idsOf(records, name)
}

func idsOf(records []dns.Record, name string) []string {
	var ids []string
	for _, r := range records {
		if r.Name == name {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
