package importer

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Matched is the result of Match: the records of a source with their live counterparts.
type Matched struct {
	Pairs []Pair
	// Left are records that cannot be taken over, because a Cloudflare product keeps the live record, or
	// because the live record with the ID has another type.
	Left []Left
	// Others counts the live records that the source does not describe.
	Others int
}

// Pair is a record of a source and its live counterpart.
type Pair struct {
	// Record is the record to declare. For attributes on which the source is silent, it has the live values.
	Record Record
	// Live is the live counterpart, or nil if there is none.
	Live *dns.Record
}

// Differs returns the attributes in which the live record differs from the record of the source. It returns
// nil if there is no live record.
func (p Pair) Differs() []dns.Attribute {
	if p.Live == nil {
		return nil
	}
	return dns.Changed(p.Record.Record, *p.Live)
}

// Match finds the live counterpart of each record of a source. It tries three rules in this order: a live
// record with the same ID, name, type and content; one with the same name, type and content; one with the
// same ID. This order ensures that a record which already exists as described is not changed or destroyed for
// the sake of another record. No live record is the counterpart of two records. Match does not modify its
// inputs.
func Match(records []Record, live []dns.Record) Matched {
	m := newMatcher(records, live)
	m.sameIDs()
	m.sameKeys()
	m.changed()
	return m.result()
}

// none stands for the missing counterpart of a record that is not live.
const none = -1

type matcher struct {
	records []Record
	live    []dns.Record
	byID    map[string]int
	byKey   map[dns.Key][]int
	// kept maps the live records that cfplan must leave alone to the product that keeps them.
	kept  map[dns.Key]string
	taken []bool
	// counterparts has, for each record of the source, the index of its live record, or none.
	counterparts []int
	// reasons has, for each record of the source, the reason to leave it out, or "".
	reasons []string
}

func newMatcher(records []Record, live []dns.Record) *matcher {
	m := &matcher{
		records:      records,
		live:         live,
		byID:         make(map[string]int, len(live)),
		byKey:        make(map[dns.Key][]int, len(live)),
		kept:         map[dns.Key]string{},
		taken:        make([]bool, len(live)),
		counterparts: make([]int, len(records)),
		reasons:      make([]string, len(records)),
	}
	for i := range records {
		m.counterparts[i] = none
	}
	for j, r := range live {
		if keeper := r.Keeper(); keeper != "" {
			m.kept[r.Key()] = keeper
			continue
		}
		m.byID[r.ID] = j
		m.byKey[r.Key()] = append(m.byKey[r.Key()], j)
	}
	return m
}

func (m *matcher) match(i, j int) { m.counterparts[i], m.taken[j] = j, true }

// ofID returns the index of the live record with the ID of r, unless the live record is already matched.
func (m *matcher) ofID(r Record) (j int, ok bool) {
	j, ok = m.byID[r.Record.ID]
	return j, ok && r.Record.ID != "" && !m.taken[j]
}

func (m *matcher) sameIDs() {
	for i, r := range m.records {
		if j, ok := m.ofID(r); ok && m.live[j].Key() == r.Record.Key() {
			m.match(i, j)
		}
	}
}

func (m *matcher) sameKeys() {
	for i, r := range m.records {
		if m.counterparts[i] != none {
			continue
		}
		key := r.Record.Key()
		equal := m.byKey[key]
		for len(equal) > 0 && m.taken[equal[0]] {
			equal = equal[1:]
		}
		m.byKey[key] = equal
		if len(equal) > 0 {
			m.match(i, equal[0])
		} else if keeper := m.kept[key]; keeper != "" {
			m.reasons[i] = "kept by " + keeper
		}
	}
}

// changed matches the remaining records by ID; their live name or content differs.
func (m *matcher) changed() {
	for i, r := range m.records {
		j, ok := m.ofID(r)
		switch {
		case !ok || m.counterparts[i] != none || m.reasons[i] != "":
		case m.live[j].Type == r.Record.Type:
			m.match(i, j)
		default:
			m.reasons[i] = fmt.Sprintf("the live record with its ID has another type, %s", m.live[j].Type)
		}
	}
}

func (m *matcher) result() Matched {
	var out Matched
	for i, r := range m.records {
		switch j := m.counterparts[i]; {
		case m.reasons[i] != "":
			out.Left = append(out.Left, leave(r, m.reasons[i]))
		case j == none:
			out.Pairs = append(out.Pairs, Pair{Record: r})
		default:
			live := m.live[j]
			out.Pairs = append(out.Pairs, Pair{Record: completed(r, live), Live: &live})
		}
	}
	for j, r := range m.live {
		if !m.taken[j] && r.Keeper() == "" {
			out.Others++
		}
	}
	return out
}

// completed returns r with the live values of the attributes on which its source is silent.
func completed(r Record, live dns.Record) Record {
	for _, a := range r.Silent {
		switch a {
		case dns.AttrTTL:
			r.Record.TTL = live.TTL
		case dns.AttrProxied:
			r.Record.Proxied = live.Proxied
		case dns.AttrComment:
			r.Record.Comment = live.Comment
		case dns.AttrTags:
			r.Record.Tags = slices.Clone(live.Tags)
		case dns.AttrSettings:
			r.Record.Settings = live.Settings
		case dns.AttrPrivateRouting:
			r.Record.PrivateRouting = live.PrivateRouting
		default:
			r.Record = completedValue(r.Record, live, a)
		}
	}
	if r.Record.Proxied {
		r.Record.TTL = dns.AutoTTL
	}
	return r
}

// completedValue returns r with the live value of one part of its value: the priority, or a field such as
// weight.
func completedValue(r, live dns.Record, field dns.Attribute) dns.Record {
	if r.Type == dns.MX && field == dns.AttrPriority {
		r.Priority = live.Priority
		return r
	}
	data := r.Data()
	value, ok := live.Data()[string(field)]
	if data == nil || !ok {
		return r
	}
	data[string(field)] = value
	if v, problems := dns.ParseData(r.Type, data); len(problems) == 0 {
		r.Content = v.Content
	}
	return r
}

// AsLive returns a declared zone with only the records that are live, each with its live values. With that
// zone, cfplan can take ownership of records that differ from their declarations without changing them.
// AsLive leaves out pairs whose records the zone does not declare.
func AsLive(declared dns.Zone, pairs []Pair) dns.Zone {
	declarations := make(map[dns.Key]*dns.Declaration, len(declared.Records))
	for _, r := range declared.Records {
		declarations[r.Key()] = r.Declared
	}

	out := declared
	out.Records = nil
	for _, p := range pairs {
		key := p.Record.Record.Key()
		d := declarations[key]
		if p.Live == nil || d == nil {
			continue
		}
		delete(declarations, key) // so that a second, equal record does not use the declaration again
		live := *p.Live
		live.Declared = d
		out.Records = append(out.Records, live)
	}
	return out
}
