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
	kept := d.unmanaged()
	if len(kept) == 0 {
		return
	}
	for i, want := range d.desired {
		for _, have := range kept[want.Name] {
			conflict := dns.ConflictAt(want.Name, d.zone.Name, want.Type, have.Type)
			if !d.met[i] && conflict != dns.NoConflict {
				d.fail(want, "Record collides with an unmanaged one", fmt.Sprintf(
					"%s cannot stand beside %s, which exists in the zone and is not cfplan's%s.",
					d.sensitive.describe(want), have.describe(d.sensitive), d.wayOut(have.Record)))
			}
		}
	}
}

// unmanagedSet are the records of one name and type that cfplan may not remove: the first, and how many more there are.
type unmanagedSet struct {
	dns.Record
	more int
}

// unmanaged returns the records that cfplan may not remove, by name. A record collides with all of one type or with
// none: each of thousands with each of thousands would be millions of errors.
func (d *differ) unmanaged() map[string][]*unmanagedSet {
	kept := map[string][]*unmanagedSet{}
	for j, r := range d.seen {
		if d.taken[j] || d.standing(r) == ours && !d.ignored(r) {
			continue
		}
		sets := kept[r.Name]
		if i := slices.IndexFunc(sets, func(s *unmanagedSet) bool { return s.Type == r.Type }); i >= 0 {
			sets[i].more++
			continue
		}
		kept[r.Name] = append(sets, &unmanagedSet{Record: r})
	}
	return kept
}

func (s unmanagedSet) describe(masked sensitivity) string {
	if s.more == 0 {
		return masked.describe(s.Record)
	}
	return fmt.Sprintf("%s and %d more of its type", masked.describe(s.Record), s.more)
}

func (d *differ) wayOut(have dns.Record) string {
	if have.ManagedBy != "" {
		return fmt.Sprintf(" but kept by %s. Turn %s off for this name, or remove the declaration", have.ManagedBy, have.ManagedBy)
	}
	return ". Delete it in the dashboard, or declare it as it is so that cfplan adopts it and change it then"
}
