package genconfig

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// families says which records with keys share a for_each.
type families struct {
	// of has the family of each record, or nil.
	of []*family
	// perZone reports for each record whether its key only names the zone.
	perZone []bool
}

// family is a group of records of one type and label with different keys.
type family struct {
	members []Named
	// round is the number of earlier families with the same type and label. A repeated key begins another
	// family.
	round int
	// apart reports whether each record gets a block of its own, because a map cannot hold the differences.
	apart bool
}

// findFamilies returns the families of sorted records. It leaves out families whose differences a map cannot
// hold.
func findFamilies(zone string, records []Named) families {
	type kin struct {
		typ   dns.Type
		label string
	}
	all := map[kin][]*family{}
	seen := map[kin]map[string]int{}
	out := families{of: make([]*family, len(records)), perZone: make([]bool, len(records))}
	for i, r := range records {
		if !r.Keyed {
			continue
		}
		k := kin{r.Record.Type, r.Label}
		if seen[k] == nil {
			seen[k] = map[string]int{}
		}
		round := seen[k][r.Key]
		seen[k][r.Key]++
		if round == len(all[k]) {
			all[k] = append(all[k], &family{round: round})
		}
		f := all[k][round]
		f.members = append(f.members, r)
		f.apart = f.apart || !mappable(r, f.members[0])
		out.of[i] = f
	}
	for i, f := range out.of {
		if f == nil {
			continue
		}
		out.perZone[i] = len(f.members) == 1 && isZone(f.members[0].Key, zone)
		if f.apart || out.perZone[i] {
			out.of[i] = nil
		}
	}
	return out
}

// isZone reports whether a key is the name of the zone. A source has such keys if it has one record for each
// zone. Such a record needs no key here, because its address begins with the zone's name anyway.
func isZone(key, zone string) bool {
	name, p := dns.CanonicalName(key)
	return p == nil && name == zone
}

// longestMapKey is the length of the longest key that package config accepts, in bytes.
const longestMapKey = 4096

// mappable reports whether r can share a for_each over keys with other.
func mappable(r, other Named) bool {
	return len(r.Key) <= longestMapKey && carried(r.Key) && len(uncarried(r.Record)) == 0 &&
		r.Record.Settings == other.Record.Settings
}

// labelOf returns the label that the source suggests for a record, or "". If a record has a key but shares no
// for_each, the label contains the key.
func (f families) labelOf(i int, r Named) (text string, exact bool) {
	text = asLabel(r.Label)
	if !r.Keyed {
		return text, validLabel(r.Label)
	}
	if text == "" {
		text = strings.ToLower(string(r.Record.Type))
	}
	if f.of[i] != nil || f.perZone[i] {
		return text, validLabel(r.Label)
	}
	if key := asLabel(r.Key); key != "" {
		text = asLabel(text + "-" + key)
	}
	return text, false
}

// column is an attribute of a family with its value for each member, as HCL.
type column struct {
	name   dns.Attribute
	values []string
}

func (c column) varies() bool {
	return slices.ContainsFunc(c.values, func(v string) bool { return v != c.values[0] })
}

// familyEach returns the smallest for_each that holds the differences between the records of a family: a set
// of keys, if the keys are the names or contents; else a map of one attribute, or a map of objects.
func (p *printer) familyEach(b block) each {
	columns := slices.DeleteFunc(p.columns(b.records), func(c column) bool { return !c.varies() })
	e := each{refs: references{}}
	if a := keyAttribute(b.records, p.zoneName); a != "" {
		e.refs[a] = eachKey
		columns = slices.DeleteFunc(columns, func(c column) bool { return c.name == a })
	}
	if len(columns) == 0 && len(e.refs) == 0 && fields(b.records[0].Record) == nil {
		columns = []column{contents(b.records)} // a family of one record has no differences
	}

	switch len(columns) {
	case 0:
		e.set = true
	case 1:
		e.refs[columns[0].name] = eachValue
	default:
		for _, c := range columns {
			e.refs[c.name] = eachValue + "." + string(c.name)
		}
	}
	e.entries = familyEntries(b.records, columns)
	return e
}

// keyAttribute returns the attribute that equals the key in all records: the name, the content, or "" if
// neither does.
func keyAttribute(records []Named, zone string) dns.Attribute {
	isName := func(r Named) bool {
		full, p := dns.AbsoluteName(r.Key, zone)
		return p == nil && full == r.Record.Name
	}
	isContent := func(r Named) bool {
		v, p := dns.ParseContent(r.Record.Type, r.Key)
		return p == nil && v.Content == r.Record.Content && !v.HasPriority && fields(r.Record) == nil
	}
	not := func(is func(Named) bool) func(Named) bool { return func(r Named) bool { return !is(r) } }

	switch {
	case !slices.ContainsFunc(records, not(isName)):
		return dns.AttrName
	case !slices.ContainsFunc(records, not(isContent)):
		return dns.AttrContent
	}
	return ""
}

func familyEntries(records []Named, columns []column) []entry {
	out := make([]entry, len(records))
	long := false
	for i, r := range records {
		out[i].key = r.Key
		if len(columns) == 1 {
			out[i].value = columns[0].values[i]
			continue
		}
		out[i].value = row(columns, i, "{ ", ", ", " }")
		long = long || len(out[i].value)+len(r.Key) > maxLine
	}
	if long && len(columns) > 1 {
		for i := range out {
			out[i].value = row(columns, i, "{\n", "\n", "\n}")
		}
	}
	return out
}

func row(columns []column, i int, before, between, after string) string {
	parts := make([]string, len(columns))
	for j, c := range columns {
		parts[j] = string(c.name) + " = " + c.values[i]
	}
	return before + strings.Join(parts, between) + after
}

// columns returns the attributes that the blocks of a family's records would have, in the order of a block.
func (p *printer) columns(records []Named) []column {
	name := func(r dns.Record) string { return literal(relative(r.Name, p.zoneName)) }
	out := append([]column{columnOf(records, dns.AttrName, name)}, values(records)...)
	if p.saysTTL(records) {
		out = append(out, columnOf(records, dns.AttrTTL, func(r dns.Record) string { return ttlText(ttlOf(r)) }))
	}
	return append(out,
		columnOf(records, dns.AttrProxied, func(r dns.Record) string { return strconv.FormatBool(r.Proxied) }),
		columnOf(records, dns.AttrPrivateRouting, func(r dns.Record) string { return strconv.FormatBool(r.PrivateRouting) }),
		columnOf(records, dns.AttrComment, func(r dns.Record) string { return literal(r.Comment) }),
		columnOf(records, dns.AttrTags, func(r dns.Record) string { return tagList(r.Tags) }),
	)
}

func columnOf(records []Named, name dns.Attribute, value func(dns.Record) string) column {
	c := column{name: name, values: make([]string, len(records))}
	for i, r := range records {
		c.values[i] = value(r.Record)
	}
	return c
}

func contents(records []Named) column { return columnOf(records, dns.AttrContent, content) }

// values returns the columns of the records' values: the fields of the type if all records can be written
// with them, otherwise the content.
func values(records []Named) []column {
	if common := commonFields(records); common != nil {
		return common
	}
	out := []column{contents(records)}
	if records[0].Record.Type == dns.MX {
		out = append(out, columnOf(records, dns.AttrPriority, priorityText))
	}
	return out
}

// commonFields returns a column for each field of the structured data, or nil if one of the records must be
// written as content. A field that a record leaves out is null.
func commonFields(records []Named) []column {
	rows := make([]map[dns.Attribute]string, len(records))
	for i, r := range records {
		fs := fields(r.Record)
		if fs == nil {
			return nil
		}
		rows[i] = map[dns.Attribute]string{}
		for _, f := range fs {
			rows[i][f.name] = f.value
		}
	}

	var out []column
	for _, f := range dns.Fields(records[0].Record.Type) {
		c := column{name: dns.Attribute(f.Name)}
		said := false
		for _, row := range rows {
			value, ok := row[c.name]
			if !ok {
				value = "null"
			}
			said = said || ok
			c.values = append(c.values, value)
		}
		if said {
			out = append(out, c)
		}
	}
	return out
}
