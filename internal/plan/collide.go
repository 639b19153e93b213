package plan

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// Describe names a record for people: type, name and value.
func Describe(r dns.Record) string {
	value := r.Content
	if r.Type == dns.MX {
		value = r.PriorityText() + " " + value
	}
	return fmt.Sprintf("%s %s %s", r.Type, r.Name, value)
}

// checkCollisions finds declared records that cannot be created because of some
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

	reported := map[place]bool{} // one block may declare many records of a type at a name
	for i, want := range d.desired {
		if d.met[i] || reported[place{want.Name, want.Type}] {
			continue
		}
		if inTheWay := d.colliding(want, kept[want.Name]); len(inTheWay) > 0 {
			reported[place{want.Name, want.Type}] = true
			d.failCollision(want, inTheWay)
		}
	}
}

// colliding returns those of the records at its name that a record cannot stand beside.
func (d *differ) colliding(want dns.Record, kept []dns.Record) []dns.Record {
	var out []dns.Record
	for _, have := range kept {
		if dns.ConflictAt(want.Name, d.zone.Name, want.Type, have.Type) != dns.NoConflict {
			out = append(out, have)
		}
	}
	return out
}

// mostInTheWay bounds how many records a message names.
const mostInTheWay = 5

func (d *differ) failCollision(want dns.Record, inTheWay []dns.Record) {
	var names []string
	for _, have := range inTheWay[:min(len(inTheWay), mostInTheWay)] {
		names = append(names, d.sensitive.describe(have))
	}
	if more := len(inTheWay) - mostInTheWay; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	d.fail(want, "Record collides with an unmanaged one", fmt.Sprintf(
		"%s cannot stand beside %s, which cfplan does not manage. %s",
		d.sensitive.describe(want), english.List(names, "and"), d.wayOut(inTheWay)))
}

// wayOut says how the declared record can be had.
func (d *differ) wayOut(inTheWay []dns.Record) string {
	for _, have := range inTheWay {
		if product := have.ManagedBy; product != "" {
			return fmt.Sprintf("%s keeps it: turn %s off for this name, or remove the declaration.", product, product)
		}
	}

	hidden := func(r dns.Record) bool { return len(d.sensitive.of(r, r.ID, d.in.Owned[r.ID])) > 0 }
	declaration := ""
	if d.in.Declare != nil && !slices.ContainsFunc(inTheWay, hidden) {
		declaration = d.in.Declare(inTheWay[:min(len(inTheWay), mostInTheWay)])
	}
	switch {
	case declaration == "" && d.in.Declare != nil:
		return "Delete it in the dashboard."
	case declaration == "":
		return "Delete it in the dashboard, or declare it as it is, apply, and make your change then."
	}
	return "Delete it in the dashboard, or take it over first: declare it as it is, apply, and make your change then.\n\n" +
		declaration
}
