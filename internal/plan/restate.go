package plan

import (
	"cmp"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Restate returns one zone's plan with the information about its changes (ownership, counts, addresses, positions
// and reasons) taken from the bounds instead of from the plan, because a plan file may be forged. It leaves out
// drift and all risks except that of the zone's limit. The changes themselves stay the same.
func Restate(z Zone, b Bounds) Zone {
	i := newInspector(z, b)
	z.ID, z.Account, z.Tier = b.Live.ID, b.Declared.Policy.Account, b.Live.Tier
	z.Drift, z.KeptBy, z.Risks = nil, nil, nil
	if !i.exclusive() {
		z.Ownership = dns.Managed
	}

	changes := make([]Change, len(z.Changes))
	for n, c := range z.Changes {
		changes[n] = i.restate(c)
	}
	z.Changes = changes
	z.Marked = i.marks(z)

	z.Summary = Summary{}
	i.countOthers(&z)
	z = z.recounted()
	if risk, beyond := i.limit(); beyond {
		z.Risks = []Risk{risk}
	}
	return z
}

// restate returns a change with the information about it taken from the bounds.
func (i *inspector) restate(c Change) Change {
	c.Risks, c.Reason, c.Pending, c.DeclaredAt = []Risk{}, "", false, nil
	c.Replaces, c.Address = false, i.addressFor(c)

	if c.Before != nil {
		c.Before = ValuesOf(c.BeforeRecord())
	}
	if c.After != nil {
		after := c.AfterRecord()
		c.After = ValuesOf(after)
		if r, declared := i.declared[after.Key()]; declared && !i.bounds.Rollback {
			c.DeclaredAt = position(r)
		}
	}

	if c.Action == Destroy && !i.bounds.Rollback && !i.bounds.Destroy {
		c.Reason = whyDestroyed(i.bounds.Owned[c.RecordID] != "")
	}
	if c.Action == Forget && !i.bounds.Rollback {
		c.Reason = i.letGo.why(i.bounds.Owned[c.RecordID])
	}

	c.LetGo = i.letGoFor(c)
	c.Sensitive = i.sensitiveIn(c)
	return i.restateReplacement(c)
}

// sensitiveIn returns the attributes of a change that must not be shown. If the plan says that an attribute is
// sensitive, sensitiveIn believes it, except for the name: a forged plan must not hide which record it changes.
func (i *inspector) sensitiveIn(c Change) []dns.Attribute {
	said := slices.DeleteFunc(slices.Clone(c.Sensitive), func(a dns.Attribute) bool { return a == dns.AttrName })
	if back, leads := i.back[backIDOf(c)]; i.bounds.Rollback && leads {
		return dns.JoinSensitive(said, back.Sensitive)
	}

	about := dns.Record{Name: c.Name, Type: c.Type}
	if c.After != nil {
		if r, declared := i.declared[c.AfterRecord().Key()]; declared {
			about = r
		}
	}
	said = dns.JoinSensitive(said, i.sensitive.of(about, c.RecordID, c.Address, i.bounds.Owned[c.RecordID]))
	if c.Renames() {
		said = dns.JoinSensitive(said, i.sensitive.of(c.BeforeRecord(), c.RecordID))
	}
	return said
}

// marks returns the plan's marks with the sensitive attributes and lifecycle.destroy taken from the configuration. It
// leaves out records that the configuration does not declare.
func (i *inspector) marks(z Zone) []Mark {
	if len(z.Marked) == 0 {
		return nil
	}

	declared := map[string][]dns.Attribute{}
	for _, r := range i.bounds.Declared.Records {
		if r.Declared != nil {
			declared[r.Declared.Address] = dns.JoinSensitive(declared[r.Declared.Address], r.Declared.Sensitive)
		}
	}

	moved := map[string]string{}
	for _, m := range z.Moved {
		moved[m.RecordID] = m.To
	}

	var out []Mark
	for _, m := range z.Marked {
		address := cmp.Or(moved[m.RecordID], i.bounds.Owned[m.RecordID])
		if len(i.addresses[address]) > 0 && !i.bounds.Rollback && !i.bounds.Destroy {
			out = append(out, Mark{
				RecordID:  m.RecordID,
				Sensitive: orEmpty(declared[address]),
				LetGo:     i.letGo.declared[address],
			})
		}
	}
	return out
}

// addressFor returns the address of the block that declares the result of the change, or else of the block that
// declared the record last. If there is neither, it returns the address in the plan if that is valid, and
// otherwise the address of a record that no block declares.
func (i *inspector) addressFor(c Change) string {
	if back, leads := i.back[backIDOf(c)]; i.bounds.Rollback && leads {
		return back.Address
	}
	if c.After != nil && !i.bounds.Rollback {
		if r, declared := i.declared[c.AfterRecord().Key()]; declared && addressOf(r) != "" {
			return addressOf(r)
		}
	}
	if owner := i.bounds.Owned[c.RecordID]; owner != "" {
		return owner
	}

	record := dns.Record{Name: c.Name, Type: c.Type}
	_, typ, inside := i.zone.addressParts(c.Address)
	switch {
	case c.Before != nil && !i.bounds.Rollback && !slices.Contains(i.addresses[c.Address], place{c.Name, c.Type}):
		return Address(i.zone.Name, record)
	case !inside || typ != string(c.Type):
		return Address(i.zone.Name, record)
	}
	return c.Address
}

// countOthers counts the records that the plan does not touch.
func (i *inspector) countOthers(z *Zone) {
	for _, r := range i.bounds.Live.Records {
		if i.changes[r.ID] > 0 {
			continue
		}

		ours := r.Keeper() == "" && i.scope.Has(r) && !i.ignored(r) && i.foreign(r) == ""
		if ours || i.declares(r) && i.scope.Has(r) && !i.bounds.Destroy {
			z.Summary.Unchanged++
			continue
		}

		z.Summary.Unmanaged++
		if keeper := r.Keeper(); keeper != "" {
			if z.KeptBy == nil {
				z.KeptBy = map[string]int{}
			}
			z.KeptBy[keeper]++
		}
	}
}
