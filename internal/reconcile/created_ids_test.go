package reconcile

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func record(id, name, content string) dns.Record {
	return dns.Record{ID: id, Name: name, Type: dns.A, Content: content, TTL: 300}
}

func adding(name, content string) plan.Change {
	return plan.Change{Action: plan.Add, Type: dns.A, Name: name, After: &plan.Values{Content: content, TTL: 300}}
}

func TestIDsFromAnswerTrustsOnlyNewAndUniqueIDs(t *testing.T) {
	t.Parallel()
	changes := []plan.Change{adding("a.example", "192.0.2.1"), adding("b.example", "192.0.2.2")}
	a, b := record("1", "a.example", "192.0.2.1"), record("2", "b.example", "192.0.2.2")
	for name, c := range map[string]struct {
		answer   []dns.Record
		before   idSet
		complete bool
	}{
		"in another order":   {[]dns.Record{b, a}, nil, true},
		"one is missing":     {[]dns.Record{a}, nil, false},
		"one existed before": {[]dns.Record{a, b}, idSet{"2": true}, false},
		"both have one ID":   {[]dns.Record{a, record("1", "b.example", "192.0.2.2")}, nil, false},
		"one comes twice":    {[]dns.Record{a, b, record("3", "a.example", "192.0.2.1")}, nil, false},
		"other content":      {[]dns.Record{a, record("2", "b.example", "192.0.2.9")}, nil, false},
		"a third record too": {[]dns.Record{a, b, record("3", "c.example", "192.0.2.3")}, nil, false},
	} {
		ids, complete := idsFromAnswer(changes, c.answer, c.before)
		if complete != c.complete || complete && (ids[a.Key()] != "1" || ids[b.Key()] != "2") {
			t.Errorf("%s: idsFromAnswer = %v, %v; want complete %v", name, ids, complete, c.complete)
		}
	}
}

func TestIDsFromListFindsOnlyNewRecords(t *testing.T) {
	t.Parallel()
	changes := []plan.Change{adding("a.example", "192.0.2.1"), adding("b.example", "192.0.2.2")}
	key := changes[1].After.Record("b.example", dns.A).Key()
	a := record("1", "a.example", "192.0.2.1")
	spelled := record("2", "b.example", "192.0.2.02")
	for name, c := range map[string]struct {
		list, answer []dns.Record
		before       idSet
		want         string // the ID of b.example
	}{
		"the same key":                      {[]dns.Record{a, record("2", "b.example", "192.0.2.2")}, nil, nil, "2"},
		"the same key, existed before":      {[]dns.Record{a, record("2", "b.example", "192.0.2.2")}, nil, idSet{"2": true}, ""},
		"spelled otherwise, and named":      {[]dns.Record{a, spelled}, []dns.Record{spelled}, nil, "2"},
		"spelled otherwise, not named":      {[]dns.Record{a, spelled}, nil, nil, ""},
		"spelled otherwise, existed before": {[]dns.Record{a, spelled}, []dns.Record{spelled}, idSet{"2": true}, ""},
		"named, and another record of ours": {[]dns.Record{a}, []dns.Record{record("1", "b.example", "x")}, nil, ""},
		"named, under another name":         {[]dns.Record{a, record("2", "c.example", "x")}, []dns.Record{spelled}, nil, ""},
	} {
		if got := idsFromList(changes, c.list, c.answer, c.before)[key]; got != c.want {
			t.Errorf("%s: the ID is %q, want %q", name, got, c.want)
		}
	}
}
