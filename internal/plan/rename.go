package plan

import (
	"cmp"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Cloudflare can change the name of a record in place, so that the record keeps its ID. This file finds such
// renames: the live record and the declared record have the same block, by its address, and the block has only one
// unpaired record on each side.

// Renames reports whether the change gives a record another name.
func (c Change) Renames() bool { return c.PreviousName != "" }

// BeforeRecord returns the record before the change. The change must not be an add.
func (c Change) BeforeRecord() dns.Record {
	return c.Before.Record(cmp.Or(c.PreviousName, c.Name), c.Type)
}

// AfterRecord returns the record after the change. The change must not be a destroy.
func (c Change) AfterRecord() dns.Record { return c.After.Record(c.Name, c.Type) }

// names returns the name of the record, and its previous name if the change renames it.
func (c Change) names() []string {
	if c.Renames() {
		return []string{c.Name, c.PreviousName}
	}
	return []string{c.Name}
}

// WithoutRename returns a rename as two changes: a destroy at the previous name and an add at the new name. It
// returns any other change unchanged.
func (c Change) WithoutRename() []Change {
	if !c.Renames() {
		return []Change{c}
	}
	gone, arrived := c, c
	gone.Action, gone.Name, gone.PreviousName, gone.After = Destroy, c.PreviousName, "", nil
	arrived.Action, arrived.PreviousName, arrived.RecordID, arrived.Before = Add, "", "", nil
	return []Change{gone, arrived}
}

// home is what a renamed record keeps: the address of its block, its type, and in the first round its content. In the
// second round, content is empty.
type home struct {
	address string
	typ     dns.Type
	content string
}

// renaming is a pair of indices: of a declared record, and of the live record that gets its name.
type renaming struct{ desired, seen int }

// matchRenamed pairs the remaining records of each address and type if it is certain which live record becomes which
// declared record. It first pairs records with the same content, and then the only record that is left on each side.
func (d *differ) matchRenamed() {
	pairs := d.findRenamed(func(r dns.Record) string { return r.Content })
	pairs = append(pairs, d.findRenamed(func(dns.Record) string { return "" })...)

	waiting, doubled := d.waiting(pairs), d.doubled(pairs)
	for _, p := range pairs {
		if waiting[p] || doubled[p] {
			d.met[p.desired], d.taken[p.seen] = false, false
			continue
		}
		d.renamed[p.desired] = true
		d.compare(d.desired[p.desired], d.seen[p.seen])
	}
}

// findRenamed returns the pairs of records with the same address, type and content if there is only one such
// record on each side. It marks them as paired.
func (d *differ) findRenamed(content func(dns.Record) string) []renaming {
	free, wanted := map[home][]int{}, map[home][]int{}
	for j, have := range d.seen {
		if !d.taken[j] && d.renamable(have) {
			h := home{d.in.Owned[have.ID], have.Type, content(have)}
			free[h] = append(free[h], j)
		}
	}
	if len(free) == 0 {
		return nil
	}

	for i, want := range d.desired {
		if !d.met[i] && d.takesName(want) {
			h := home{addressOf(want), want.Type, content(want)}
			wanted[h] = append(wanted[h], i)
		}
	}

	var out []renaming
	for i, want := range d.desired {
		h := home{addressOf(want), want.Type, content(want)}
		if w, f := wanted[h], free[h]; len(w) == 1 && w[0] == i && len(f) == 1 && d.seen[f[0]].Name != want.Name {
			d.met[i], d.taken[f[0]] = true, true
			out = append(out, renaming{i, f[0]})
		}
	}
	return out
}

// renamable reports whether cfplan may rename a record in place. Its old name loses the record, so everything that
// forbids to destroy the record also forbids to rename it. Delegations cannot be renamed either; see delegates.
func (d *differ) renamable(have dns.Record) bool {
	owner := d.in.Owned[have.ID]
	if owner == "" || d.standing(have) != ours || d.ignored(have) || d.in.Reclaim[have.ID] || d.givesUp(have) {
		return false
	}
	return !d.delegates(have) && !d.protects(have, owner)
}

// takesName reports whether a live record may be renamed to become the declared record.
func (d *differ) takesName(want dns.Record) bool {
	if addressOf(want) == "" || d.ignored(want) || d.delegates(want) {
		return false
	}
	return !slices.Contains(want.Declared.IgnoreChanges, dns.AttrAll)
}

// delegates reports whether a record must not be renamed because it is part of a delegation: a DS, an NS record
// beside a DS, or an NS record of the zone itself. A DS needs its NS records at every moment.
func (d *differ) delegates(r dns.Record) bool {
	if r.Type != dns.NS {
		return r.Type == dns.DS
	}
	if d.signed == nil {
		d.signed = map[string]bool{d.zone.Name: true}
		for _, s := range slices.Concat(d.seen, d.desired) {
			if s.Type == dns.DS {
				d.signed[s.Name] = true
			}
		}
	}
	return d.signed[r.Name]
}

// protects reports whether lifecycle.prevent_destroy forbids to destroy a record.
func (d *differ) protects(have dns.Record, owner string) bool {
	if d.protector == nil {
		p := newProtector(d.in.Desired, slices.Concat(d.in.Desired.Records, d.in.Protected)...)
		d.protector = &p
	}
	c := Change{Action: Destroy, Address: owner, Type: have.Type, Name: have.Name, Before: ValuesOf(have)}
	if _, protected := d.protector.guardianOf(c, owner); protected {
		return true
	}
	_, protected := d.protector.replacerOf(c, owner)
	return protected
}

// waiting returns the pairs whose new name is still taken by a record that is renamed too, and that conflicts with
// the arriving record. Cloudflare carries out changes in place one after the other, and may refuse such a pair.
// matchRenamed turns it into a destroy and an add, which come before and after all changes in place.
func (d *differ) waiting(pairs []renaming) map[renaming]bool {
	leaving := map[string][]dns.Type{}
	for _, p := range pairs {
		have := d.seen[p.seen]
		if !slices.Contains(leaving[have.Name], have.Type) {
			leaving[have.Name] = append(leaving[have.Name], have.Type)
		}
	}

	out := map[renaming]bool{}
	for _, p := range pairs {
		want := d.desired[p.desired]
		if slices.ContainsFunc(leaving[want.Name], func(t dns.Type) bool {
			return dns.ConflictAt(want.Name, d.zone.Name, want.Type, t) != dns.NoConflict
		}) {
			out[p] = true
		}
	}
	return out
}

// doubled returns the pairs whose record would get the name, type and content of another record; Cloudflare
// refuses that. It can happen only if ignore_changes keeps a content that is not declared: declared records differ
// from each other, and matchKeys has already paired a live record that equals a declared one.
func (d *differ) doubled(pairs []renaming) map[renaming]bool {
	result := func(p renaming) dns.Record { return keepIgnored(d.desired[p.desired], d.seen[p.seen]) }
	keeps := func(p renaming) bool { return result(p).Content != d.desired[p.desired].Content }
	if !slices.ContainsFunc(pairs, keeps) {
		return nil
	}

	there := map[dns.Key]int{}
	for _, r := range slices.Concat(d.seen, d.desired) {
		there[r.Key()]++
	}
	for _, p := range pairs {
		if keeps(p) {
			there[result(p).Key()]++
		}
	}

	out := map[renaming]bool{}
	for _, p := range pairs {
		if keeps(p) && there[result(p).Key()] > 1 {
			out[p] = true
		}
	}
	return out
}

// groups joins keys that belong together (union-find). A key that was never joined is a group of its own. The map
// must not be nil if join is called.
type groups map[string]string

// of returns the key that represents the group of a key.
func (g groups) of(key string) string {
	for {
		next, joined := g[key]
		if !joined {
			return key
		}
		if after, more := g[next]; more {
			g[key] = after // so that the next search is shorter
		}
		key = next
	}
}

// join merges the groups of the keys. There must be at least one key.
func (g groups) join(keys ...string) {
	for _, key := range keys[1:] {
		if a, b := g.of(keys[0]), g.of(key); a != b {
			g[b] = a
		}
	}
}
