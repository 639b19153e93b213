package plan

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// Describe names a record in messages: by its type, name and value.
func Describe(r dns.Record) string {
	value := r.Content
	if r.Type == dns.MX {
		value = r.PriorityText() + " " + value
	}
	return fmt.Sprintf("%s %s %s", r.Type, r.Name, value)
}

// checkCollisions reports declared records that cannot be created, because they conflict with records that cfplan
// may not remove. Otherwise Cloudflare would refuse them in the middle of an apply.
func (d *differ) checkCollisions() {
	kept := map[string][]dns.Record{}
	for j, r := range d.seen {
		if !d.taken[j] && (d.standing(r) != ours || d.ignored(r) || d.givesUp(r)) {
			kept[r.Name] = append(kept[r.Name], r)
		}
	}
	if len(kept) == 0 {
		return
	}

	reported := map[place]bool{} // one block may declare many records of a type at a name
	for i, want := range d.desired {
		if d.met[i] && !d.renamed[i] || reported[place{want.Name, want.Type}] {
			continue
		}
		if inTheWay := d.colliding(want, kept[want.Name]); len(inTheWay) > 0 {
			reported[place{want.Name, want.Type}] = true
			d.failCollision(want, inTheWay)
		}
	}
}

// colliding returns the kept records at the name that conflict with a declared record.
func (d *differ) colliding(want dns.Record, kept []dns.Record) []dns.Record {
	var out []dns.Record
	for _, have := range kept {
		if dns.ConflictAt(want.Name, d.zone.Name, want.Type, have.Type) != dns.NoConflict {
			out = append(out, have)
		}
	}
	return out
}

// mostInTheWay bounds the number of records that a message names.
const mostInTheWay = 5

// longestDeclaration bounds the declaration that a message shows, in bytes. Package render cuts long details, and
// a cut declaration is useless.
const longestDeclaration = 1500

func (d *differ) failCollision(want dns.Record, inTheWay []dns.Record) {
	d.fail(want, "Record collides with an unmanaged one", fmt.Sprintf(
		"%s cannot stand beside %s, which cfplan does not manage. %s",
		d.sensitive.describe(want), d.describeSome(inTheWay), d.wayOut(inTheWay)))
}

// describeSome names the first few records and counts the others.
func (d *differ) describeSome(records []dns.Record) string {
	var names []string
	for _, r := range records[:min(len(records), mostInTheWay)] {
		names = append(names, d.sensitive.describe(r))
	}
	if more := len(records) - mostInTheWay; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return english.List(names, "and")
}

// wayOut says how to resolve a collision.
func (d *differ) wayOut(inTheWay []dns.Record) string {
	them := "it"
	if len(inTheWay) > 1 {
		them = "them"
	}

	for _, have := range inTheWay {
		if product := have.ManagedBy; product != "" {
			return fmt.Sprintf("%s keeps it: turn %s off for this name, or remove the declaration.", product, product)
		}

		if d.givesUp(have) {
			return fmt.Sprintf("cfplan owns %s, but would give it up instead of destroying it (%s), so it would stay. "+
				"Delete it in the dashboard, or let cfplan destroy it: set destroy = true in that block, apply, "+
				"and then make your change.", d.sensitive.describe(have), d.letGo.why(d.in.Owned[have.ID]))
		}

		if have.Keeper() != "" {
			return fmt.Sprintf("Delete %s in the dashboard.", them)
		}

		if d.standing(have) == outside {
			return fmt.Sprintf("%s is outside of the scope%s. "+
				"Remove the declaration, or delete %s outside of this configuration.",
				d.sensitive.describe(have), d.in.Desired.Policy.Scope.Place(), them)
		}

		// Declaring the record would not help: cfplan would still leave it alone.
		if d.ignored(have) {
			return fmt.Sprintf("An ignore block of the zone matches %s. Delete %s in the dashboard, "+
				"or change the block so that it no longer matches.", d.sensitive.describe(have), them)
		}
	}

	// A rollback brings back records that no block declares, so there is no block to edit.
	if d.in.Release != nil {
		return fmt.Sprintf("Delete %s in the dashboard.", them)
	}

	replace := fmt.Sprintf("To replace %s in one step, write this in your record block: "+
		"lifecycle { adopt = \"replace\" }.", them)
	declaration := d.declarationOf(inTheWay)
	switch {
	case declaration == "":
		return replace
	case len(inTheWay) > mostInTheWay, len(declaration) > longestDeclaration:
		return fmt.Sprintf("%s To keep %s instead, declare %s as they are, in place of your own record. "+
			"This command writes the declarations: cfplan import %s -out=-.", replace, them, them, d.zone.Name)
	}
	return fmt.Sprintf("%s To keep %s instead, put this in place of your own record:\n\n%s", replace, them, declaration)
}

// declarationOf returns the configuration that declares the records as they are. It returns "" if one of them
// cannot be declared or must not be shown.
func (d *differ) declarationOf(records []dns.Record) string {
	unfit := func(r dns.Record) bool {
		return r.Keeper() != "" || len(d.sensitive.of(r, r.ID, d.in.Owned[r.ID])) > 0
	}
	if d.in.Declare == nil || slices.ContainsFunc(records, unfit) {
		return ""
	}
	return d.in.Declare(records)
}
