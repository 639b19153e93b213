package genconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// block is one record block.
type block struct {
	typ   dns.Type
	label string
	// name is written as an attribute where the label is not the name; empty
	// otherwise. Names are relative to the zone.
	name string
	// records are what the block declares. All but what each says is alike.
	records []dns.Record
	each    each
}

// each is a block's for_each. The zero value is none.
type each struct {
	entries []entry
	// key and value name the attributes that each.key and each.value are for.
	// An empty value makes the for_each a set.
	key, value dns.Attribute
}

// entry is one element of a for_each, its value written as HCL.
type entry struct{ key, value string }

// set is the records of one name and type.
type set struct {
	name    string // relative to the zone
	typ     dns.Type
	records []dns.Record
	// alone tells that the name has no other type.
	alone bool
}

// arrange makes blocks of records that are in order.
func arrange(zone string, records []dns.Record) []block {
	sets := intoSets(zone, records)
	n := names{zone: zone, taken: map[string]bool{}}
	for _, s := range sets {
		n.taken[string(s.typ)+" "+s.name] = true
	}
	series := findSeries(sets)
	var out []block
	for i, s := range sets {
		switch leader := series[i]; {
		case leader == nil:
			out = append(out, n.split(s)...)
		case leader.members[0] == i:
			out = append(out, n.series(leader, sets))
		}
	}
	return out
}

func intoSets(zone string, records []dns.Record) []set {
	var sets []set
	types := map[string]int{}
	for _, r := range records {
		name := relative(r.Name, zone)
		if n := len(sets); n > 0 && sets[n-1].name == name && sets[n-1].typ == r.Type {
			sets[n-1].records = append(sets[n-1].records, r)
			continue
		}
		types[name]++
		sets = append(sets, set{name: name, typ: r.Type, records: []dns.Record{r}})
	}
	for i := range sets {
		sets[i].alone = types[sets[i].name] == 1
	}
	return sets
}

// relative writes a name as it is written inside the zone. One that would be
// taken for a full name if it were short is written in full:
// example.com.example.com in the zone example.com.
func relative(name, zone string) string {
	short := dns.RelativeName(name, zone)
	if full, p := dns.AbsoluteName(short, zone); p != nil || full != name {
		return name
	}
	return short
}

// manner is all that a record says besides its name, type and content.
func manner(r dns.Record) string {
	return fmt.Sprintf("%d %s", r.Priority, withoutPriority(r))
}

func withoutPriority(r dns.Record) string {
	return fmt.Sprintf("%d %v %q %q %+v %v", ttlOf(r), r.Proxied, r.Comment, r.Tags, r.Settings, r.PrivateRouting)
}

// split makes a block of each part of a set that is alike but for its content.
func (n *names) split(s set) []block {
	parts := alike(s.records, manner)
	if len(parts) > 1 {
		if e := eachOf(s); e.entries != nil {
			return []block{{typ: s.typ, label: s.name, records: s.records, each: e}}
		}
	}
	var out []block
	for i, label := range n.parts(s, parts) {
		b := block{typ: s.typ, label: label, records: parts[i]}
		if label != s.name {
			b.name = s.name
		}
		out = append(out, b)
	}
	return out
}

// alike parts records by what of gives, in the order of their first.
func alike(records []dns.Record, of func(dns.Record) string) [][]dns.Record {
	var out [][]dns.Record
	at := map[string]int{}
	for _, r := range records {
		k := of(r)
		i, ok := at[k]
		if !ok {
			i, at[k] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], r)
	}
	return out
}

const (
	// fewest records of one set that differ in one attribute share a block.
	fewest = 3
	// longestKey keeps keys readable, in bytes.
	longestKey = 64
)

// varied is an attribute that a for_each over contents can give its values to.
type varied struct {
	name  dns.Attribute
	value func(dns.Record) string
	clear func(*dns.Record)
}

var variedAttributes = []varied{
	{dns.AttrPriority, func(r dns.Record) string { return fmt.Sprint(r.Priority) }, func(r *dns.Record) { r.Priority = 0 }},
	{dns.AttrComment, func(r dns.Record) string { return literal(r.Comment) }, func(r *dns.Record) { r.Comment = "" }},
	{dns.AttrTTL, func(r dns.Record) string { return ttlText(ttlOf(r)) }, func(r *dns.Record) { r.TTL = dns.AutoTTL }},
}

// eachOf makes one for_each of a set whose records differ in one attribute
// besides their contents, such as the priorities of several MX.
func eachOf(s set) each {
	if len(s.records) < fewest || slices.ContainsFunc(s.records, awkward) {
		return each{}
	}
	for _, a := range variedAttributes {
		rest := alike(s.records, func(r dns.Record) string {
			a.clear(&r)
			return manner(r)
		})
		if len(rest) > 1 {
			continue
		}
		e := each{key: dns.AttrContent, value: a.name}
		for _, r := range s.records {
			text, _ := contentText(r)
			e.entries = append(e.entries, entry{text, a.value(r)})
		}
		return e
	}
	return each{}
}

// awkward records have something that is not to stand in a for_each.
func awkward(r dns.Record) bool {
	text, _ := contentText(r)
	return len(text) > longestKey || len(uncarried(r)) > 0
}

// names hands out labels. A type and a label, which are part of the address,
// are given to one block only.
type names struct {
	zone  string
	taken map[string]bool
}

// parts labels the parts of a set: the first one bears its name; mail exchanges
// are better told apart by their own.
func (n *names) parts(s set, parts [][]dns.Record) []string {
	out := make([]string, len(parts))
	base := s.name
	if base == "@" {
		base = "apex"
	}
	for i, part := range parts {
		host, _, _ := strings.Cut(part[0].Content, ".")
		switch {
		case s.typ == dns.MX && len(parts) > 1 && host != "":
			out[i] = n.free(s.typ, host)
		case i == 0:
			out[i] = s.name
		default:
			out[i] = n.free(s.typ, fmt.Sprintf("%s-%d", base, i+1))
		}
	}
	return out
}

// free returns the wanted label, or the next one with a number that nobody has.
func (n *names) free(t dns.Type, wanted string) string {
	label := wanted
	for i := 2; n.taken[string(t)+" "+label]; i++ {
		label = fmt.Sprintf("%s-%d", wanted, i)
	}
	n.taken[string(t)+" "+label] = true
	return label
}
