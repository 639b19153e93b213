package reconcile

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// past is a zone on its way back.
type past struct {
	name, id string
	// ours are the records that cfplan is to own, by key, and keys theirs by ID.
	ours map[dns.Key]placed
	keys map[string]dns.Key
	// others are the records that exist and are not cfplan's, by ID, and taken their
	// keys.
	others map[string]dns.Record
	taken  map[dns.Key]bool
	// adopted are those of ours that were somebody else's, and are to be again.
	adopted map[dns.Key]bool
	ignore  []dns.Pattern
	// reclaimed are the IDs of those of ours that were given up.
	reclaimed map[string]bool
}

// placed is a record with the address of its block.
type placed struct {
	dns.Record
	address string
}

// newPast is the zone as it is. In an exclusive zone all records are cfplan's but
// for those that it ignores.
func newPast(s sighting, known *state.Zone) *past {
	p := &past{name: s.name, id: s.zone.ID, ours: map[dns.Key]placed{}, keys: map[string]dns.Key{}, others: map[string]dns.Record{},
		taken: map[dns.Key]bool{}, adopted: map[dns.Key]bool{}, reclaimed: map[string]bool{}}
	p.ignore = s.declared.Policy.Ignore
	for _, r := range s.zone.Records {
		delegation := r.Type == dns.NS && r.Name == s.name
		whole := s.declared.Policy.Ownership == dns.Exclusive && r.ManagedBy == "" && !delegation
		if (whole || known.Owns(r.ID)) && !p.ignored(r) {
			p.put(r, addressIn(known, r, s.name))
		} else {
			p.others[r.ID], p.taken[r.Key()] = r, true
		}
	}
	return p
}

// ignored reports whether the zone's policy leaves the record alone by now.
func (p *past) ignored(r dns.Record) bool {
	return slices.ContainsFunc(p.ignore, func(i dns.Pattern) bool { return i.Match(r, p.name) })
}

func addressIn(known *state.Zone, r dns.Record, zone string) string {
	if known.Owns(r.ID) {
		return known.Owned[r.ID].Address
	}
	return plan.Address(zone, r)
}

// put makes a record one of ours.
func (p *past) put(r dns.Record, address string) {
	p.ours[r.Key()] = placed{r, address}
	if r.ID != "" {
		p.keys[r.ID] = r.Key()
	}
}

func (p *past) remove(r placed) {
	delete(p.ours, r.Key())
	delete(p.keys, r.ID)
}

// undo takes the applies back, the newest first. What was applied to a former zone of
// the name is not this one's affair.
func (p *past) undo(applies []Applied) {
	for _, a := range applies {
		for _, z := range a.Plan.Zones {
			if z.Name == p.name && z.ID == p.id {
				p.takeBack(z.Changes)
			}
		}
	}
}

// takeBack undoes changes, whether or not they were made: what is not there as a
// change left it is left alone. First comes what was given up, so that its change is
// undone, too; then goes what arrived, so that there is room for what comes back.
func (p *past) takeBack(changes []plan.Change) {
	for _, c := range changes {
		if c.Action == plan.Forget || c.Forget {
			p.reclaim(c)
		}
	}
	for _, c := range changes {
		switch c.Action {
		case plan.Add, plan.Update:
			p.undoWrite(c)
		case plan.Adopt:
			p.undoAdoption(c)
		}
	}
	for _, c := range changes {
		if c.Action == plan.Destroy {
			p.restore(c.Before.Record(c.Name, c.Type), c.Address)
		}
	}
}

// reclaim makes a record cfplan's again that was given up, if it is the same one and
// as it was then. One that was made anew to be given up is somebody else's for good:
// its ID was not known beforehand.
func (p *past) reclaim(c plan.Change) {
	r, there := p.others[c.RecordID]
	if !there || !r.Equal(c.After.Record(c.Name, c.Type)) {
		return
	}
	delete(p.others, r.ID)
	delete(p.taken, r.Key())
	p.put(r, c.Address)
	p.reclaimed[r.ID] = true
}

func (p *past) undoWrite(c plan.Change) {
	after := c.After.Record(c.Name, c.Type)
	now, there := p.ours[after.Key()]
	if !there || !now.Equal(after) || p.adopted[after.Key()] {
		return // somebody has changed it since, or it never was cfplan's
	}
	p.remove(now)
	if c.Before != nil {
		before := c.Before.Record(c.Name, c.Type)
		before.ID = now.ID
		p.restore(before, now.address)
	}
}

// restore brings back what was, unless there is such a record by now.
func (p *past) restore(r dns.Record, address string) {
	if _, there := p.ours[r.Key()]; !there {
		p.put(r, address)
	}
}

// undoAdoption makes a record somebody else's that was: as it was before, if nobody
// has changed it since.
func (p *past) undoAdoption(c plan.Change) {
	after := c.After.Record(c.Name, c.Type)
	key, there := p.keys[c.RecordID]
	if !there {
		key = after.Key() // it was destroyed since, and is to come back
	}
	now, there := p.ours[key]
	if !there || p.adopted[key] {
		return
	}
	p.remove(now)
	before := now.Record
	if now.Equal(after) {
		before = c.Before.Record(c.Name, c.Type)
		before.ID = now.ID
	}
	if p.reclaimed[now.ID] {
		// It was given up since: it is as it is to be already.
		delete(p.reclaimed, now.ID)
		p.others[now.ID], p.taken[before.Key()] = before, true
		return
	}
	p.put(before, now.address)
	p.adopted[before.Key()] = true
}

// records are what the zone is to have. What somebody else has made again is his.
func (p *past) records() []dns.Record {
	out := make([]dns.Record, 0, len(p.ours))
	for key, o := range p.ours {
		if p.taken[key] || p.ignored(o.Record) {
			continue
		}
		r := o.Record
		r.Declared = &dns.Declaration{Address: o.address}
		r.ID = ""
		out = append(out, r)
	}
	return out
}

// addresses are those of cfplan's records, by ID, with those that it is to own again.
func (p *past) addresses(known *state.Zone) map[string]string {
	out := map[string]string{}
	maps.Copy(out, owned(known))
	for id := range p.reclaimed {
		if key, there := p.keys[id]; there {
			out[id] = p.ours[key].address
		}
	}
	return out
}
