package plan

import (
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// findDrift notes what others did to cfplan's records since cfplan last wrote them. In an exclusive zone to which
// cfplan has written, it also notes new records that the configuration does not declare. Drift is separate from
// the changes, which the configuration asks for. A difference that the configuration now declares is not drift.
func (d *differ) findDrift() {
	// Sources other than live may be older than the last write, or incomplete.
	if d.in.Source.Kind != SourceLive || d.in.Last == nil {
		return
	}

	touched, added := map[string]bool{}, map[string]*Position{}
	for _, c := range d.zone.Changes {
		if touched[c.RecordID] = true; c.Action == Add || c.Action == Adopt {
			added[c.Address] = c.DeclaredAt
		}
	}

	seen, byKey := make(map[string]dns.Record, len(d.seen)), make(map[dns.Key]dns.Record, len(d.seen))
	for j, r := range d.seen {
		seen[r.ID], byKey[r.Key()] = r, r
		_, owned := d.in.Owned[r.ID]
		if len(d.in.Owned) > 0 && !owned && !d.taken[j] && d.standing(r) == ours && !d.ignored(r) {
			d.drifted(Add, r, nil, &r, nil)
		}
	}

	for id, address := range d.in.Owned {
		now, exists := seen[id]
		at, missed := added[address]
		if exists && !touched[id] || !exists && !missed {
			continue
		}

		last, known := d.in.Last(id)
		last.ID = id
		switch {
		case !known, !d.scope.Has(last):
		case !exists:
			if again, made := byKey[last.Key()]; !made || !again.Equal(last) {
				d.drifted(Destroy, last, &last, nil, at)
			}
		case !now.Equal(keepIgnored(d.withIgnored(last), now)):
			d.drifted(Update, now, &last, &now, nil)
		}
	}

	slices.SortStableFunc(d.zone.Drift, compareChanges)
}

// withIgnored returns the record with its declaration if the declaration has ignore_changes.
func (d *differ) withIgnored(last dns.Record) dns.Record {
	last.Declared = d.ignoring[last.ID]
	return last
}

func (d *differ) drifted(a Action, about dns.Record, before, after *dns.Record, at *Position) {
	c := Change{
		Action:     a,
		Address:    d.in.Owned[about.ID],
		Type:       about.Type,
		Name:       about.Name,
		RecordID:   about.ID,
		Risks:      []Risk{},
		DeclaredAt: at,
	}
	if c.Address == "" {
		c.Address = Address(d.zone.Name, about)
	}

	if before != nil {
		c.Before = ValuesOf(*before)
		if before.Name != c.Name {
			c.PreviousName = before.Name
		}
	}
	if after != nil {
		c.After = ValuesOf(*after)
	}

	c.Sensitive = d.sensitive.of(about, c.RecordID, c.Address)
	if d.in.Selection.Matches(d.zone.Name, c.Address, c.Type, c.Name) {
		d.zone.Drift = append(d.zone.Drift, c)
	}
}

// OnlyDrift removes everything except the drift from the plan.
func (p *Plan) OnlyDrift() {
	p.RefreshOnly, p.Diagnostics = true, []Diagnostic{}
	for i := range p.Zones {
		z := &p.Zones[i]
		z.Changes, z.Risks, z.Moved, z.Marked, z.LeftOut = []Change{}, nil, nil, nil, 0
		z.Summary = Summary{Unchanged: z.Summary.Unchanged, Unmanaged: z.Summary.Unmanaged}
	}
	p.Summary = Summary{Unchanged: p.Summary.Unchanged, Unmanaged: p.Summary.Unmanaged}
}

// Drifted returns the number of differences in the drift of all zones.
func (p *Plan) Drifted() int {
	n := 0
	for _, z := range p.Zones {
		n += len(z.Drift)
	}
	return n
}
