package importer

import (
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Matched are the records of a source with what is live of them.
type Matched struct {
	Pairs []Pair
	// Left are records whose ID belongs to a live record of another type.
	Left []Left
}

// Pair is a record of a source and its live counterpart.
type Pair struct {
	// Record is the record as it is to be declared: what the source has no way to express is as it
	// is live.
	Record Record
	// Live is the counterpart, or nil if the record does not exist.
	Live *dns.Record
}

// Differs lists the attributes in which the live record is not as the source describes it. It is empty
// if there is no live record.
func (p Pair) Differs() []dns.Attribute {
	if p.Live == nil {
		return nil
	}
	return dns.Changed(p.Record.Record, *p.Live)
}

// Match finds the live record of each record of a source. A record with an ID is matched by it, whatever
// the live one says; others, and those whose ID does not exist any more, by name, type and content. No live
// record is the counterpart of two. Records that a Cloudflare product keeps have no counterpart. Inputs
// are not modified.
func Match(records []Record, live []dns.Record) Matched {
	m := matcher{
		live:  live,
		byID:  make(map[string]int, len(live)),
		byKey: make(map[dns.Key][]int, len(live)),
		taken: make([]bool, len(live)),
		at:    make([]int, len(records)),
	}
	for i, r := range live {
		if r.Keeper() != "" {
			continue
		}
		m.byID[r.ID] = i
		m.byKey[r.Key()] = append(m.byKey[r.Key()], i)
	}
	m.matchIDs(records)
	m.matchKeys(records)
	return m.result(records)
}

// none is the place of a live record that does not exist, and elsewhere that of one of another type.
const (
	none      = -1
	elsewhere = -2
)

type matcher struct {
	live  []dns.Record
	byID  map[string]int
	byKey map[dns.Key][]int
	taken []bool
	// at is the live record of each record of the source.
	at []int
}

func (m *matcher) matchIDs(records []Record) {
	for i, r := range records {
		m.at[i] = none
		j, ok := m.byID[r.Record.ID]
		switch {
		case r.Record.ID == "" || !ok || m.taken[j]:
		case m.live[j].Type != r.Record.Type:
			m.at[i] = elsewhere
		default:
			m.at[i], m.taken[j] = j, true
		}
	}
}

func (m *matcher) matchKeys(records []Record) {
	for i, r := range records {
		if m.at[i] != none {
			continue
		}
		free := m.byKey[r.Record.Key()]
		k := slices.IndexFunc(free, func(j int) bool { return !m.taken[j] })
		if k < 0 {
			continue
		}
		j := free[k]
		m.byKey[r.Record.Key()] = free[k+1:]
		m.at[i], m.taken[j] = j, true
	}
}

func (m *matcher) result(records []Record) Matched {
	var out Matched
	for i, r := range records {
		switch j := m.at[i]; j {
		case elsewhere:
			out.Left = append(out.Left, leave(r, "its ID is now that of a record of another type"))
		case none:
			out.Pairs = append(out.Pairs, Pair{Record: r})
		default:
			live := m.live[j]
			out.Pairs = append(out.Pairs, Pair{Record: completed(r, live), Live: &live})
		}
	}
	return out
}

// completed gives a record the live values of what its source has no way to express.
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
		}
	}
	if r.Record.Proxied {
		r.Record.TTL = dns.AutoTTL
	}
	return r
}
