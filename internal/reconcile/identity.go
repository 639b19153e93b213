package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
)

// rightZone keeps a wrong ID in the configuration from pointing the plan at
// another zone, all of whose records would then seem to be too many. Where the
// records do not tell, a zone that is seen for the first time is asked for its
// name. An ID that may not be asked for it gets the benefit of the doubt.
func (r *Reconciler) rightZone(ctx context.Context, s sighting) error {
	name := s.name
	for _, record := range s.zone.Records {
		if !inside(record.Name, s.name) {
			name = record.Name
		}
	}
	telling := telling(s.zone.Records, s.name) && s.declared.Policy.Ownership != dns.Exclusive
	if name == s.name && s.pinned && !s.seen && !telling {
		if z, err := r.API.GetZone(ctx, s.id); err == nil {
			name = z.Name
		}
	}
	if name == s.name {
		return nil
	}
	return &ZoneError{Zone: s.name, Summary: "Zone ID belongs to another zone", Detail: fmt.Sprintf(
		"the zone with the ID %s is not %s: it has %s. Correct the id in its zone block, or leave it out.", s.zone.ID, s.name, name)}
}

// telling reports whether records that are all inside of the zone can only be its
// own: those of a zone below it have one label in common.
func telling(records []dns.Record, zone string) bool {
	labels := map[string]bool{}
	for _, r := range records {
		rest := strings.TrimSuffix(strings.TrimSuffix(r.Name, zone), ".")
		labels[rest[strings.LastIndexByte(rest, '.')+1:]] = true
	}
	return labels[""] || len(labels) > 1
}

func inside(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// movedPin refuses a pinned ID where the state knows records of ours in a zone with
// another ID: they would be out of reach, unseen.
func movedPin(t target) error {
	if !t.pinned || t.ownedUnder == "" || t.ownedUnder == t.id {
		return nil
	}
	return &ZoneError{Zone: t.name, Summary: "Zone ID differs from the state's", Detail: fmt.Sprintf(
		"the zone block has the ID %s, and the state knows records of cfplan's in the zone with the ID %s. If that zone is gone, "+
			"or its records are not cfplan's any more, run cfplan state rm %s: equal records are adopted again. Otherwise correct the id.",
		t.id, t.ownedUnder, t.name)}
}

// foundAgain looks a remembered zone up by name where its ID is no more: it was
// removed and added again, which gives it a new one.
func (r *Reconciler) foundAgain(ctx context.Context, s *sighting, err error) bool {
	if s.pinned || s.id == "" || s.zone.ID != s.id || !noSuchZone(err) {
		return false
	}
	found, err := r.API.FindZones(ctx, []string{s.name})
	if err != nil || len(found[s.name]) != 1 || found[s.name][0].ID == s.id {
		return false
	}
	s.zone = found[s.name][0]
	return true
}

func noSuchZone(err error) bool {
	var e *cloudflare.Error
	return errors.As(err, &e) && e.NoSuchZone()
}
