package plan

import (
	"cmp"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// A record keeps its ID if its name changes, because Cloudflare can change the name in place. Such a change is found by
// the address of the block: it is the same, and only one record is left there on each side.

// Renames reports whether the change gives a record another name.
func (c Change) Renames() bool { return c.PreviousName != "" }

// BeforeRecord returns the record as it was. There must be one.
func (c Change) BeforeRecord() dns.Record {
	return c.Before.Record(cmp.Or(c.PreviousName, c.Name), c.Type)
}

// AfterRecord returns the record as it will be. There must be one.
func (c Change) AfterRecord() dns.Record { return c.After.Record(c.Name, c.Type) }

// names are the names that the change concerns.
func (c Change) names() []string {
	if c.Renames() {
		return []string{c.Name, c.PreviousName}
	}
	return []string{c.Name}
}

// WithoutRename returns what a change means for the two names of a record that it renames: one name loses it as by a
// destroy, the other gets it as by an add. It returns any other change alone.
func (c Change) WithoutRename() []Change {
	if !c.Renames() {
		return []Change{c}
	}
	gone, arrived := c, c
	gone.Action, gone.Name, gone.PreviousName, gone.After = Destroy, c.PreviousName, "", nil
	arrived.Action, arrived.PreviousName, arrived.RecordID, arrived.Before = Add, "", "", nil
	return []Change{gone, arrived}
}

// home is what a record keeps if its name changes. content is empty if it does not count.
type home struct {
	address string
	typ     dns.Type
	content string
}

// renaming is a declared record and the one that gets its name.
type renaming struct{ desired, seen int }

// matchRenamed pairs what is left of each address and type if there is no doubt about which record becomes which: the
// records of one content first, then those that are alone.
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

// findRenamed returns the pairs of one address, type and content, and marks them as met.
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

// renamable reports whether the name of a record may change in place. Its old name loses it, so that what keeps a record
// from being destroyed keeps it from being renamed. A DS needs its delegation at each moment.
func (d *differ) renamable(have dns.Record) bool {
	owner := d.in.Owned[have.ID]
	if owner == "" || d.standing(have) != ours || d.ignored(have) || d.in.Reclaim[have.ID] || d.givesUp(have) {
		return false
	}
	return !d.delegates(have) && !d.protects(have, owner)
}

// takesName reports whether a declared record may be one that had another name until now.
func (d *differ) takesName(want dns.Record) bool {
	if addressOf(want) == "" || d.ignored(want) || d.delegates(want) {
		return false
	}
	return !slices.Contains(want.Declared.IgnoreChanges, dns.AttrAll)
}

// delegates reports whether a record is one of a delegation: the zone's own, or one that is signed.
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

// protects reports whether lifecycle.prevent_destroy would keep a record from being destroyed.
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

// waiting returns the pairs that would have to wait for another one: Cloudflare carries out changes in place one after the
// other, and refuses a name that a record is about to leave and that cannot have both. Such a record is destroyed and
// added instead, before and after all changes in place.
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

// doubled returns the pairs whose record would be equal to another one if it got the name. Cloudflare refuses two records
// of one name, type and content. This happens only if ignore_changes keeps a content that is not declared: declared
// records differ, and one that exists is met already.
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

// groups joins keys that belong together. The zero value is not usable.
type groups map[string]string

// of returns the key that stands for the group of a key.
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

// join makes the groups of some keys one.
func (g groups) join(keys ...string) {
	for _, key := range keys[1:] {
		if a, b := g.of(keys[0]), g.of(key); a != b {
			g[b] = a
		}
	}
}
