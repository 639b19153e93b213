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
		if !d.taken[j] && (d.standing(r) != ours || d.ignored(r) || d.givesUp(r)) {
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

// longestDeclaration bounds the declaration that a message shows, in bytes. Renderings cut long details, and a
// declaration that is cut is of no use.
const longestDeclaration = 1500

func (d *differ) failCollision(want dns.Record, inTheWay []dns.Record) {
	d.fail(want, "Record collides with an unmanaged one", fmt.Sprintf(
		"%s cannot stand beside %s, which cfplan does not manage. %s",
		d.sensitive.describe(want), d.describeSome(inTheWay), d.wayOut(inTheWay)))
}

// describeSome lists records, a few of them by name.
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

// wayOut says how the declared record can be had.
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
			return fmt.Sprintf("%s is cfplan's and is to be given up instead of destroyed (%s), so it would stay. "+
				"Delete it in the dashboard, or have it destroyed: set destroy = true in that block, apply, "+
				"and then make your change.", d.sensitive.describe(have), d.letGo.why(d.in.Owned[have.ID]))
		}
		if have.Keeper() != "" {
			return fmt.Sprintf("Delete %s in the dashboard.", them)
		}
		if d.standing(have) == outside {
			return fmt.Sprintf("%s is outside of the scope%s. Remove the declaration, or have %s deleted outside of this configuration.",
				d.sensitive.describe(have), d.in.Desired.Policy.Scope.Place(), them)
		}
		if d.ignored(have) { // to declare it changes nothing: cfplan would still leave it alone
			return fmt.Sprintf("An ignore block of the zone matches %s. Delete %s in the dashboard, or change the block so that it "+
				"no longer matches.", d.sensitive.describe(have), them)
		}
	}

	if d.in.Release != nil { // a way back: no block declares what it brings back
		return fmt.Sprintf("Delete %s in the dashboard.", them)
	}
	replace := fmt.Sprintf("To replace %s in one step, write this in the record block of yours: lifecycle { adopt = \"replace\" }.", them)
	declaration := d.declarationOf(inTheWay)
	switch {
	case declaration == "":
		return replace
	case len(inTheWay) > mostInTheWay, len(declaration) > longestDeclaration:
		return fmt.Sprintf("%s To keep %s instead, declare %s as they are, in place of your own record. "+
			"To have the declarations written: cfplan import %s -out=-.", replace, them, them, d.zone.Name)
	}
	return fmt.Sprintf("%s To keep %s instead, put this in place of your own record:\n\n%s", replace, them, declaration)
}

// declarationOf returns how the configuration would declare some records as they are. It is empty if one of them cannot
// be declared or must not be shown.
func (d *differ) declarationOf(records []dns.Record) string {
	unfit := func(r dns.Record) bool { return r.Keeper() != "" || len(d.sensitive.of(r, r.ID, d.in.Owned[r.ID])) > 0 }
	if d.in.Declare == nil || slices.ContainsFunc(records, unfit) {
		return ""
	}
	return d.in.Declare(records)
}
