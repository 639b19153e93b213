package plan

import (
	"fmt"

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
					d.sensitive.describe(want), d.sensitive.describe(have), d.wayOut(have)))
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
