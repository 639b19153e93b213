package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
)

// rightZone returns an error if the zone with the observed ID is not the declared one: a wrong ID would point
// the plan at another zone, and all records of that zone would seem to be unwanted. If the records do not
// show to which zone they belong, and the zone is seen for the first time, rightZone asks for the zone's
// name. If the credentials may not ask for it, rightZone trusts the ID.
func (o *observer) rightZone(ctx context.Context, seen observation) error {
	if err := insideOf(seen.name, seen.zone.ID, seen.zone.Records); err != nil {
		return err
	}

	name := seen.name
	certain := ownZoneOnly(seen.zone.Records, seen.name) && seen.declared.Policy.Ownership != dns.Exclusive
	if seen.pinned && !seen.snapshotted && !certain {
		if z, err := o.clients.of(seen.account()).GetZone(ctx, seen.id); err == nil {
			name = z.Name
		}
	}
	if name == seen.name {
		return nil
	}
	return wrongZone(seen.name, seen.zone.ID, name)
}

// insideOf returns an error if a record that was read by a zone ID is not in the zone.
func insideOf(zone, id string, records []dns.Record) error {
	for _, r := range slices.Backward(records) {
		if !inside(r.Name, zone) {
			return wrongZone(zone, id, r.Name)
		}
	}
	return nil
}

func wrongZone(zone, id, found string) error {
	return &ZoneError{Zone: zone, Summary: "Zone ID belongs to another zone", Detail: fmt.Sprintf(
		"the zone with the ID %s is not %s: it has %s. Correct the id in its zone block, or leave it out.",
		id, zone, found)}
}

// ownZoneOnly reports whether records that are all inside of the zone can only belong to it. The
// records of a zone below it have one more label in common.
func ownZoneOnly(records []dns.Record, zone string) bool {
	labels := map[string]bool{}
	for _, r := range records {
		rest := strings.TrimSuffix(strings.TrimSuffix(r.Name, zone), ".")
		labels[rest[strings.LastIndexByte(rest, '.')+1:]] = true
	}
	return labels[""] || len(labels) > 1
}

func inside(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// movedPin returns an error if an ID is pinned and the state has owned records in a zone with another ID.
// Without the error, these records would silently be out of reach.
func movedPin(t target) error {
	if !t.pinned || t.ownedUnder == "" || t.ownedUnder == t.id {
		return nil
	}
	return &ZoneError{Zone: t.name, Summary: "Zone ID differs from the state's", Detail: fmt.Sprintf(
		"the zone block has the ID %s, and the state has records of cfplan in the zone with the ID %s. If that "+
			"zone is gone, or cfplan no longer manages its records, run cfplan state rm %s: equal records are "+
			"adopted again. Otherwise correct the id.",
		t.id, t.ownedUnder, t.name)}
}

// foundAgain looks up a stored zone by name if its ID no longer exists: a zone that was removed and
// added again has a new ID. It reports whether seen now has the zone that was found.
func (o *observer) foundAgain(ctx context.Context, seen *observation, err error) bool {
	if seen.pinned || seen.id == "" || seen.zone.ID != seen.id || !noSuchZone(err) {
		return false
	}

	found, err := o.clients.of(seen.account()).FindZones(ctx, []string{seen.name})
	if err != nil || len(found[seen.name]) != 1 || found[seen.name][0].ID == seen.id {
		return false
	}
	seen.zone = found[seen.name][0]
	return true
}

func noSuchZone(err error) bool {
	var e *cloudflare.Error
	return errors.As(err, &e) && e.NoSuchZone()
}
