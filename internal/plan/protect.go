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
	// blocks have prevent_destroy. An owned record belongs to its block by its address, also if the block no longer has
	// the instance that declared the record. covering finds their numbers.
	blocks   []dns.Protection
	covering *dns.Coverage
	// addresses, places and keys have the declared records with prevent_destroy.
	addresses map[string]dns.Record
	places    map[place]dns.Record
	keys      map[dns.Key]dns.Record
	// labels are the addresses of the same records by their names and their labels, in order.
	labels map[labelAt][]string
}

// labelAt is a label of a block with the name of its record.
type labelAt struct{ name, label string }

// place is a name with a type.
type place struct {
	name string
	typ  dns.Type
}

// newProtector returns what a declared zone protects: by its policy, and by the records that are given.
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

// guardian is what protects a record: an address and its place in the configuration.
type guardian struct {
	address string
	at      *Position
}

// guardianOf returns what protects the record that a change would destroy. owner is the address of the block that
// declared it last, as the state knows it; empty if the record is not owned.
func (p protector) guardianOf(c Change, owner string) (guardian, bool) {
	r, ok := p.addresses[c.Address]
	if owner == "" {
		// No block is known to have declared it: name and type have to do.
		r, ok = p.places[place{c.Name, c.Type}]
	}
	if !ok {
		// Its block may have been renamed.
		r, ok = p.keys[c.Before.Record(c.Name, c.Type).Key()]
	}
	if ok {
		return guardian{r.Declared.Address, position(r)}, true
	}

	i, covered := p.covering.First(owner)
	if !covered {
		return guardian{}, false
	}
	b := p.blocks[i]
	g := guardian{address: b.Address()}
	if b.File != "" {
		g.at = &Position{File: b.File, Line: b.Line}
	}
	return g, true
}

// replacerOf returns the protected record for whose sake a change would destroy another one: its block got another type,
// such as an alias in place of an address. Two such records cannot stand side by side, so that no other block of the
// same label is meant. A way back does not ask: what it destroys was put there by what it takes back.
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

// label returns the label in an address, with the key of the instance; empty if it is none of the zone.
func (p protector) label(address string) string {
	rest, inside := strings.CutPrefix(address, p.zone+"/")
	_, label, ok := strings.Cut(rest, "/")
	if !inside || !ok {
		return ""
	}
	return label
}

// checkPreventDestroy refuses destroys of records whose block forbids them.
func (d *differ) checkPreventDestroy() {
	p := newProtector(d.in.Desired, slices.Concat(d.in.Desired.Records, d.in.Protected)...)
	for _, c := range d.zone.Changes {
		if c.Action != Destroy {
			continue
		}
		g, ok := p.guardianOf(c, d.in.Owned[c.RecordID])
		if !ok {
			g, ok = p.replacerOf(c, d.in.Owned[c.RecordID])
		}
		if ok {
			d.diags = append(d.diags, Diagnostic{
				Severity: dns.Error,
				Summary:  "Record cannot be destroyed",
				Detail: fmt.Sprintf("%s has lifecycle.prevent_destroy set, but the plan calls for %s to be destroyed. "+
					"Keep the value, or the instance that declares it, or disable prevent_destroy.",
					g.address, d.sensitive.describe(c.Before.Record(c.Name, c.Type))),
				Address:  g.address,
				Position: g.at,
			})
		}
	}
}
