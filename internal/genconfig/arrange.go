package genconfig

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// block is one record block.
type block struct {
	typ   dns.Type
	label string
	// name is written as an attribute if the label is not the name; it is empty otherwise. Names are relative
	// to the zone.
	name string
	// records are the records that the block declares. They differ only in content or in the attributes of
	// the field each, except in a family.
	records []Named
	each    each
	// family reports whether the for_each is over the keys of the records. In this case, the printer computes
	// each when it writes the block.
	family bool
}

// set is a group of records that share a block if they are alike enough: the records with the same name, type
// and label, or the records of a family.
type set struct {
	name    string // relative to the zone; empty for a family
	typ     dns.Type
	records []Named
	// alone reports whether the name has no records of another type.
	alone bool
	// label is the valid label that the source suggests, or "". exact reports whether it is the source's
	// label unchanged.
	label string
	exact bool
	// family reports whether the records are one family, whose differences a map can hold.
	family bool
}

// arrange turns sorted records into blocks.
func arrange(zone string, records []Named) []block {
	sets := intoSets(zone, records)
	n := newNames(sets)
	series := findSeries(sets)
	var out []block
	for i, s := range sets {
		switch leader := series[i]; {
		case s.family:
			slices.SortStableFunc(s.records, func(a, b Named) int { return natural(a.Key, b.Key) })
			out = append(out, block{typ: s.typ, label: n.labelOf(i, s), records: s.records, family: true})
		case s.label != "":
			out = append(out, n.labeled(i, s, zone))
		case leader == nil:
			out = append(out, n.split(s)...)
		case leader.members[0] == i:
			out = append(out, n.series(leader, sets))
		}
	}
	return out
}

// membership has the properties that the records of a set have in common.
type membership struct {
	typ         dns.Type
	name, label string
	// manner is set only for records with a label. split later divides the other records by their manner.
	manner string
	family bool
	// round distinguishes families that have the same label and repeat keys.
	round int
}

func intoSets(zone string, records []Named) []set {
	families := findFamilies(zone, records)
	var sets []set
	at := map[membership]int{}
	types := map[string]int{}
	for i, r := range records {
		name := relative(r.Record.Name, zone)
		label, exact := families.labelOf(i, r)
		m := membership{typ: r.Record.Type, name: name, label: label}
		switch {
		case families.of[i] != nil:
			m.name, m.family, m.round = "", true, families.of[i].round
		case label != "":
			m.manner = manner(r.Record)
		}

		n, known := at[m]
		if known {
			sets[n].records = append(sets[n].records, r)
			continue
		}
		at[m] = len(sets)
		sets = append(sets, set{
			name:    m.name,
			typ:     m.typ,
			records: []Named{r},
			label:   label,
			exact:   exact,
			family:  m.family,
		})
		if label == "" {
			types[name]++
		}
	}
	for i := range sets {
		sets[i].alone = types[sets[i].name] == 1
	}
	return sets
}

// relative returns a name relative to the zone. If the relative form would be read as a full name, it returns
// the full name: example.com.example.com in the zone example.com.
func relative(name, zone string) string {
	short := dns.RelativeName(name, zone)
	if full, p := dns.AbsoluteName(short, zone); p != nil || full != name {
		return name
	}
	return short
}

// manner returns a text of all attributes of a record except its name, type and content.
func manner(r dns.Record) string {
	return fmt.Sprintf("%d %d %v %q %q %+v %v",
		r.Priority, ttlOf(r), r.Proxied, r.Comment, r.Tags, r.Settings, r.PrivateRouting)
}

// split returns the blocks of a set without a label. Records that differ only in content share a block.
func (n *names) split(s set) []block {
	parts := alike(s.records, manner)
	if len(parts) > 1 {
		if e := eachOf(s); e.entries != nil {
			return []block{n.named(block{typ: s.typ, label: n.own(s), records: s.records, each: e}, s)}
		}
	}
	var out []block
	for i, label := range n.parts(s, parts) {
		out = append(out, n.named(block{typ: s.typ, label: label, records: parts[i]}, s))
	}
	return out
}

// named sets the name of the block if the label is not the name.
func (n *names) named(b block, s set) block {
	if b.label != s.name {
		b.name = s.name
	}
	return b
}

// labeled returns the block of a set with a label.
func (n *names) labeled(i int, s set, zone string) block {
	b := block{typ: s.typ, label: n.labelOf(i, s), records: s.records}
	if full, p := dns.AbsoluteName(b.label, zone); p != nil || full != s.records[0].Record.Name {
		b.name = s.name
	}
	return b
}

// alike groups the records by the result of of. The groups are in the order of their first records.
func alike(records []Named, of func(dns.Record) string) [][]Named {
	var out [][]Named
	at := map[string]int{}
	for _, r := range records {
		k := of(r.Record)
		i, ok := at[k]
		if !ok {
			i, at[k] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], r)
	}
	return out
}
