package reconcile

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// rewind is a zone in a rollback: what it should contain once the applies are undone.
type rewind struct {
	name, id string
	// ours are the records that cfplan should own, by key; keys are their keys by ID.
	ours map[dns.Key]ownedRecord
	keys map[string]dns.Key
	// others are the records that exist and are not owned, by ID; taken are their
	// keys.
	others map[string]dns.Record
	taken  map[dns.Key]bool
	// adopted are the records of ours that cfplan did not own before the applies and should not own
	// again.
	adopted map[dns.Key]bool
	ignore  *dns.Patterns
	scope   *dns.ZoneScope
	// reclaimed are the IDs of the records of ours that were given up.
	reclaimed map[string]bool
	// letGo has the addresses whose records were given up instead of destroyed.
	letGo map[string]bool
	// restored are the keys of records that come back after they were destroyed, those of the
	// newest apply first.
	restored []dns.Key
}

// ownedRecord is a record with the address of its block.
type ownedRecord struct {
	dns.Record
	address string
	// sensitive are the attributes that are sensitive according to the undone changes.
	sensitive []dns.Attribute
}

// newRewind returns the zone as it is. In an exclusive zone, cfplan owns all records except those
// that the zone ignores and those outside of the scope.
func newRewind(seen observation, known *state.Zone) *rewind {
	z := &rewind{
		name:      seen.name,
		id:        seen.zone.ID,
		ours:      map[dns.Key]ownedRecord{},
		keys:      map[string]dns.Key{},
		others:    map[string]dns.Record{},
		taken:     map[dns.Key]bool{},
		adopted:   map[dns.Key]bool{},
		ignore:    dns.NewPatterns(seen.declared.Policy.Ignore, seen.name),
		scope:     seen.declared.Policy.Scope.In(seen.name),
		reclaimed: map[string]bool{},
		letGo:     map[string]bool{},
	}
	if known != nil {
		for _, o := range known.Owned {
			z.letGo[o.Address] = z.letGo[o.Address] || o.LetGo
		}
	}

	exclusive := seen.declared.Policy.Ownership == dns.Exclusive
	for _, r := range seen.zone.Records {
		delegation := r.Type == dns.NS && r.Name == seen.name
		inExclusive := exclusive && r.ManagedBy == "" && !delegation
		if (inExclusive || known.Owns(r.ID)) && !z.leftAlone(r) {
			z.put(r, addressIn(known, r, seen.name), nil)
		} else {
			z.others[r.ID], z.taken[r.Key()] = r, true
		}
	}
	return z
}

// leftAlone reports whether the zone's policy excludes the record now.
func (z *rewind) leftAlone(r dns.Record) bool { return z.ignore.Match(r) || !z.scope.Has(r) }

func addressIn(known *state.Zone, r dns.Record, zone string) string {
	if known.Owns(r.ID) {
		return known.Owned[r.ID].Address
	}
	return plan.Address(zone, r)
}

// put adds a record to ours.
func (z *rewind) put(r dns.Record, address string, sensitive []dns.Attribute) {
	z.ours[r.Key()] = ownedRecord{r, address, sensitive}
	if r.ID != "" {
		z.keys[r.ID] = r.Key()
	}
}

func (z *rewind) remove(r ownedRecord) {
	delete(z.ours, r.Key())
	delete(z.keys, r.ID)
}

// undo undoes the applies, newest first. What was applied to a former zone of the same name is left
// alone.
func (z *rewind) undo(applies []Applied) {
	for _, a := range applies {
		for _, applied := range a.Plan.Zones {
			if applied.Name == z.name && applied.ID == z.id {
				z.undoChanges(applied.Changes)
			}
		}
	}
	z.keepOldest()
}

// keepOldest leaves out records that would come back beside something older with which they cannot
// share a name: others created them between two of the applies, and the second apply replaced them.
func (z *rewind) keepOldest() {
	kept := map[string][]dns.Type{} // by name, each type once
	for _, key := range slices.Backward(z.restored) {
		r, there := z.ours[key]
		if !there || r.ID != "" {
			continue
		}
		if slices.ContainsFunc(kept[key.Name], func(t dns.Type) bool {
			return dns.ConflictAt(key.Name, z.name, t, key.Type) != dns.NoConflict
		}) {
			z.remove(r)
			delete(z.adopted, key)
			continue
		}
		if !slices.Contains(kept[key.Name], key.Type) {
			kept[key.Name] = append(kept[key.Name], key.Type)
		}
	}
}

// undoChanges undoes changes, whether or not they were made: a record that is not as the change
// left it is left alone. It starts with records that were given up, so that their other changes are
// undone too. Then it removes records that were added, to make room for those that come back.
func (z *rewind) undoChanges(changes []plan.Change) {
	for _, c := range changes {
		if c.Action == plan.Forget || c.Forget {
			z.reclaim(c)
		}
		if c.Action == plan.Forget || c.Action == plan.Destroy {
			z.letGo[c.Address] = c.LetGo
		}
	}

	for _, c := range changes {
		switch c.Action {
		case plan.Add, plan.Update:
			z.undoWrite(c)
		case plan.Adopt:
			z.undoAdoption(c)
		}
	}

	for _, c := range changes {
		if c.Action == plan.Destroy {
			z.undoDestroy(c)
		}
	}
}

// undoDestroy brings a destroyed record back. A record that cfplan did not own, and that was
// replaced, is not owned afterwards.
func (z *rewind) undoDestroy(c plan.Change) {
	before := c.BeforeRecord()
	if !z.restore(before, c.Address, c.Sensitive) {
		return
	}

	z.restored = append(z.restored, before.Key())
	if c.Replaces {
		z.adopted[before.Key()] = true
	}
}

// reclaim takes ownership of a record that was given up, if it is the same record and unchanged
// since. A record that was created in order to be given up stays given up, because its ID was not
// known beforehand.
func (z *rewind) reclaim(c plan.Change) {
	r, there := z.others[c.RecordID]
	if !there || !r.Equal(c.AfterRecord()) {
		return
	}

	delete(z.others, r.ID)
	delete(z.taken, r.Key())
	z.put(r, c.Address, c.Sensitive)
	z.reclaimed[r.ID] = true
}

func (z *rewind) undoWrite(c plan.Change) {
	after := c.AfterRecord()
	live, there := z.ours[after.Key()]
	if !there || !live.Equal(after) || z.adopted[after.Key()] {
		return // the record was changed since, or was never owned
	}

	z.remove(live)
	if c.Before != nil {
		before := knownPriority(c.BeforeRecord(), live.Record)
		before.ID = live.ID
		z.restore(before, live.address, dns.JoinSensitive(live.sensitive, c.Sensitive))
	}
}

// knownPriority returns the record as it was before, with its current priority if the former one is
// not known.
func knownPriority(before, live dns.Record) dns.Record {
	if before.NoPriority {
		before.Priority, before.NoPriority = live.Priority, live.NoPriority
	}
	return before
}

// restore brings a former record back, unless a record with the same key exists now. An MX record whose
// priority is not known cannot be created again: cfplan does not invent one. It reports whether the record
// comes back.
func (z *rewind) restore(r dns.Record, address string, sensitive []dns.Attribute) bool {
	if r.NoPriority && r.ID == "" {
		return false
	}
	if _, there := z.ours[r.Key()]; there {
		return false
	}

	z.put(r, address, sensitive)
	return true
}

// undoAdoption gives up an adopted record. The record gets its values from before the adoption,
// unless it was changed since.
func (z *rewind) undoAdoption(c plan.Change) {
	after := c.AfterRecord()
	key, there := z.keys[c.RecordID]
	if !there {
		key = after.Key() // it was destroyed since, and comes back
	}
	live, there := z.ours[key]
	if !there || z.adopted[key] {
		return
	}

	z.remove(live)
	before := live.Record
	if live.Equal(after) {
		before = knownPriority(c.BeforeRecord(), live.Record)
		before.ID = live.ID
	}

	if z.reclaimed[live.ID] {
		// The record was given up since, so there is nothing to undo.
		delete(z.reclaimed, live.ID)
		z.others[live.ID], z.taken[before.Key()] = before, true
		return
	}
	z.put(before, live.address, dns.JoinSensitive(live.sensitive, c.Sensitive))
	z.adopted[before.Key()] = true
}

// records returns what the zone should contain. A record that was created again outside of cfplan
// stays unmanaged.
func (z *rewind) records() []dns.Record {
	out := make([]dns.Record, 0, len(z.ours))
	for key, o := range z.ours {
		if z.taken[key] || z.leftAlone(o.Record) {
			continue
		}
		r := o.Record
		r.Declared = &dns.Declaration{Address: o.address, LetGo: z.letGo[o.address], Sensitive: dns.JoinSensitive(o.sensitive)}
		r.ID = ""
		out = append(out, r)
	}
	return out
}

// addresses returns the addresses of the owned records by ID, including those that are reclaimed.
func (z *rewind) addresses(known *state.Zone) map[string]string {
	out := map[string]string{}
	maps.Copy(out, owned(known))
	for id := range z.reclaimed {
		if key, there := z.keys[id]; there {
			out[id] = z.ours[key].address
		}
	}
	return out
}
