package plan

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Describe names a record for people: type, name and value.
func Describe(r dns.Record) string {
	value := r.Content
	if r.Type == dns.MX {
		value = fmt.Sprintf("%d %s", r.Priority, value)
	}
	return fmt.Sprintf("%s %s %s", r.Type, r.Name, value)
}

// checkCollisions finds declared records that cannot be created because of one
// that cfplan may not remove. Cloudflare would refuse them in the middle of an
// apply.
func (d *differ) checkCollisions() {
	kept := map[string][]dns.Record{}
	for j, r := range d.seen {
		if !d.taken[j] && (d.standing(r) != ours || d.ignored(r)) {
			kept[r.Name] = append(kept[r.Name], r)
		}
	}
	if len(kept) == 0 {
		return
	}
	for i, want := range d.desired {
		for _, have := range kept[want.Name] {
			conflict := dns.ConflictAt(want.Name, d.zone.Name, want.Type, have.Type)
			if !d.met[i] && conflict != dns.NoConflict {
				d.fail(want, "Record collides with an unmanaged one", fmt.Sprintf(
					"%s cannot stand beside %s, which exists in the zone and is not cfplan's%s.",
					Describe(want), Describe(have), d.wayOut(have)))
			}
		}
	}
}

func (d *differ) wayOut(have dns.Record) string {
	if have.ManagedBy != "" {
		return fmt.Sprintf(" but kept by %s. Turn %s off for this name, or remove the declaration", have.ManagedBy, have.ManagedBy)
	}
	return ". Delete it in the dashboard, or declare it as it is so that cfplan adopts it and change it then"
}

// checkPreventDestroy refuses destroys of records whose block forbids them.
func (d *differ) checkPreventDestroy() {
	type place struct {
		name string
		typ  dns.Type
	}
	forbidden, itself := map[place]dns.Record{}, map[dns.Key]dns.Record{}
	addresses := map[string]dns.Record{}
	for _, r := range slices.Concat(d.in.Desired.Records, d.in.Protected) {
		if r.Declared != nil && r.Declared.PreventDestroy {
			forbidden[place{r.Name, r.Type}] = r
			addresses[r.Declared.Address] = r
			itself[r.Key()] = r
		}
	}
	for _, c := range d.zone.Changes {
		by, ok := addresses[c.Address]
		if d.in.Owned[c.RecordID] == "" {
			// No block is known to have declared it: name and type have to do.
			by, ok = forbidden[place{c.Name, c.Type}]
		}
		if c.Action == Destroy && !ok {
			// Its block may have been renamed.
			by, ok = itself[c.Before.Record(c.Name, c.Type).Key()]
		}
		if ok && c.Action == Destroy {
			d.failAnyway(by, "Record cannot be destroyed", fmt.Sprintf(
				"%s has lifecycle.prevent_destroy set, but the plan calls for %s to be destroyed. "+
					"Keep the value, or disable prevent_destroy.", by.Declared.Address, Describe(c.Before.Record(c.Name, c.Type))))
		}
	}
}
