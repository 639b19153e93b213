package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// protector knows what prevent_destroy protects in one zone.
type protector struct {
	zone string
	// blocks has the blocks with prevent_destroy. covering finds the block of an owned record by the record's
	// address, even if the block no longer has the instance that declared the record. It returns an index of
	// blocks.
	blocks   []dns.Protection
	covering *dns.Coverage
	// addresses, places and keys map the address, the place and the key of each declared record with
	// prevent_destroy to the record.
	addresses map[string]dns.Record
	places    map[place]dns.Record
	keys      map[dns.Key]dns.Record
	// labels maps the names and labels of these records to their addresses, sorted.
	labels map[labelAt][]string
}

// labelAt is a label of a block with the name of its record.
type labelAt struct{ name, label string }

// place is a name and a type.
type place struct {
	name string
	typ  dns.Type
}

// newProtector returns a protector for a declared zone's policy and the given declared records.
func newProtector(declared dns.Zone, records ...dns.Record) protector {
	blocks := dns.ProtectionsThat(false, declared.Policy.Protected)
	p := protector{
		zone:      declared.Name,
		blocks:    blocks,
		addresses: map[string]dns.Record{},
		places:    map[place]dns.Record{},
		keys:      map[dns.Key]dns.Record{},
		labels:    map[labelAt][]string{},
		covering:  dns.NewCoverage(blocks, declared.Name),
	}

	for _, r := range records {
		if r.Declared != nil && r.Declared.PreventDestroy {
			p.addresses[r.Declared.Address] = r
			p.places[place{r.Name, r.Type}] = r
			p.keys[r.Key()] = r
		}
	}

	for _, address := range slices.Sorted(maps.Keys(p.addresses)) {
		at := labelAt{p.addresses[address].Name, p.label(address)}
		p.labels[at] = append(p.labels[at], address)
	}
	return p
}

// guardian is the block that protects a record: its address and its position in the configuration.
type guardian struct {
	address string
	at      *Position
}

// guardianOf returns the block that protects the record that a change would destroy. owner is the address in the
// state, which is that of the block that declared the record last; it is "" if the record is not owned. ok is
// false if no block protects the record.
func (p protector) guardianOf(c Change, owner string) (g guardian, ok bool) {
	r, declared := p.addresses[c.Address]
	if owner == "" {
		// The state does not know which block declared the record, so compare name and type.
		r, declared = p.places[place{c.Name, c.Type}]
	}
	if !declared {
		// Its block may have been renamed.
		r, declared = p.keys[c.BeforeRecord().Key()]
	}
	if declared {
		return guardian{r.Declared.Address, position(r)}, true
	}

	i, covered := p.covering.First(owner)
	if !covered {
		return guardian{}, false
	}
	b := p.blocks[i]
	g = guardian{address: b.Address()}
	if b.File != "" {
		g.at = &Position{File: b.File, Line: b.Line}
	}
	return g, true
}

// replacerOf returns the protected record that takes the place of the record that a change would destroy. This
// happens if a block now declares another type, for example an alias instead of an address. The two records
// conflict, so the new record cannot come from another block with the same label. A rollback does not need this
// check: it destroys only records that the undone applies created.
func (p protector) replacerOf(c Change, owner string) (guardian, bool) {
	label := p.label(owner)
	for _, address := range p.labels[labelAt{c.Name, label}] {
		r := p.addresses[address]
		if label != "" && r.Type != c.Type && dns.ConflictAt(c.Name, p.zone, c.Type, r.Type) != dns.NoConflict {
			return guardian{address, position(r)}, true
		}
	}
	return guardian{}, false
}

// label returns the label in an address, including the key of the instance, or "" if the address is not in the zone.
func (p protector) label(address string) string {
	rest, inside := strings.CutPrefix(address, p.zone+"/")
	_, label, ok := strings.Cut(rest, "/")
	if !inside || !ok {
		return ""
	}
	return label
}

// checkPreventDestroy reports destroys of records whose block forbids them.
func (d *differ) checkPreventDestroy() {
	p := newProtector(d.in.Desired, slices.Concat(d.in.Desired.Records, d.in.Protected)...)
	for _, c := range d.zone.Changes {
		if c.Action != Destroy {
			continue
		}

		g, protected := p.guardianOf(c, d.in.Owned[c.RecordID])
		if !protected {
			g, protected = p.replacerOf(c, d.in.Owned[c.RecordID])
		}
		if !protected {
			continue
		}

		d.diags = append(d.diags, Diagnostic{
			Severity: dns.Error,
			Summary:  "Record cannot be destroyed",
			Detail: fmt.Sprintf("%s has lifecycle.prevent_destroy set, but the plan calls for %s to be destroyed. "+
				"Keep the value, or the instance that declares it, or disable prevent_destroy.",
				g.address, d.sensitive.describe(c.BeforeRecord())),
			Address:  g.address,
			Position: g.at,
		})
	}
}
