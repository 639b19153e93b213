package state

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// sampleEntry returns an entry that uses every field.
func sampleEntry(zone string) Entry {
	at := time.Date(2026, 11, 27, 8, 0, 0, 5, time.UTC)
	last := dns.Record{Name: "a." + zone, Type: dns.A, Comment: "<&>"}
	added := Operation{Action: Add, Address: zone + "/A/www", Record: dns.Record{Name: "www." + zone, Type: dns.A}}

	return Entry{
		Zone:      zone,
		ZoneID:    "z1",
		Open:      &Journal{At: at, Who: "job 1", Operations: []Operation{added}},
		Closed:    &Request{At: at, Who: "job 0"},
		Owned:     map[string]Owned{"r1": {Address: zone + "/A/a", Name: last.Name, Type: dns.A, Last: Remember(last)}},
		GivenUp:   []string{"r2"},
		Made:      []string{"sha256:1"},
		AppliedAt: at,
	}
}

func sampleState() *State {
	s := New()
	z := s.EnsureZone("one.example", "z1")
	z.Owned["r2"] = Owned{Address: "one.example/A/b", Name: "b.one.example", Type: dns.A}
	z.Journal = &Journal{At: sampleEntry("one.example").Closed.At, Who: "job 0"}
	s.Begun = &Applied{Who: "job 1"}
	return s
}

func TestAPartKeepsTheEntries(t *testing.T) {
	want := part{
		Log:     "journal-a-000000000001",
		Number:  2,
		Entries: []Entry{sampleEntry("one.example"), {Zone: "two.example"}},
	}
	data, err := encodePart(want)
	if err != nil {
		t.Fatal(err)
	}

	got, err := parsePart(data, want.Log, 2)
	if err != nil {
		t.Fatal(err)
	}

	direct, replayed := sampleState(), sampleState()
	replayed.Lineage = direct.Lineage
	for i := range want.Entries {
		want.Entries[i].Apply(direct)
		got.Entries[i].Apply(replayed)
	}

	if !same(direct, replayed) {
		a, _ := Encode(direct)
		b, _ := Encode(replayed)
		t.Errorf("after a replay the state is\n%s\nwant the state after the entries\n%s", b, a)
	}

	z := direct.Zones["one.example"]
	if z.Owns("r2") || !z.Owns("r1") || z.Journal.Who != "job 1" ||
		!slices.Equal(direct.Begun.Made["one.example"], []string{"sha256:1"}) {
		t.Errorf("the entry changed the zone to %+v", z)
	}
}

func TestAnEntryClosesItsOwnJournalOnly(t *testing.T) {
	e := sampleEntry("one.example")
	e.Open, e.Closed.Who = nil, "another job"
	s := sampleState()
	e.Apply(s)
	if s.Zones["one.example"].Journal == nil {
		t.Error("the entry closed the journal of another run")
	}
}

func TestParsePartRefusesOtherDocuments(t *testing.T) {
	const log = "journal-a-000000000001"
	good, err := encodePart(part{Log: log, Number: 3, Entries: []Entry{sampleEntry("one.example")}})
	if err != nil {
		t.Fatal(err)
	}

	edited := func(from, to string) string { return strings.Replace(string(good), from, to, 1) }
	for _, c := range []struct{ name, text, says string }{
		{"empty", "", "damaged"},
		{"cut short", string(good[:len(good)/2]), "damaged"},
		{"not JSON", "<html>", "damaged"},
		{"something else", `{"plan": {}}`, "not a part of a log"},
		{"of another log", edited("000000000001", "000000000002"), "another log"},
		{"of another number", edited(`"number":3`, `"number":4`), "another log"},
		{"of a newer cfplan", edited(`"version":1`, `"version":2`), "newer cfplan"},
		{"encrypted", `{"encrypted": "age", "data": ""}`, "has no encryption block"},
		{"a zone without a name", edited(`"zone":"one.example"`, `"zone":""`), "not a zone name"},
		{"a record without a name", edited(`"name":"a.one.example"`, `"name":""`), "no ID, no name or no type"},
		{"an unknown operation", edited(`"action":"add"`, `"action":"sell"`), "is unknown"},
		{"an empty ID", edited(`"given_up":["r2"]`, `"given_up":[""]`), "has no name"},
	} {
		if _, err := parsePart([]byte(c.text), log, 3); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: parsePart = %v, want an error that says %q", c.name, err, c.says)
		}
	}

	if _, err := encodePart(part{Entries: []Entry{{Zone: ""}}}); err == nil {
		t.Error("an entry that would not be read back was accepted")
	}
}

func TestPartsOfKeepsSealsAndRecentLogs(t *testing.T) {
	names := []string{
		"apply-0a1b2c3d-000000000003",
		"journal-0a1b2c3d-000000000003-000001",
		"journal-0a1b2c3d-000000000005-000001",
		"journal-0a1b2c3d-000000000005-000002",
		"journal-0a1b2c3d-000000000007-000009",
		"journal-0a1b2c3d-000000000007-000010",
		"journal-0a1b2c3d-7-1",
		"journal-ffffffff-000000000001-000001",
	}

	const lineage = "0a1b2c3d-0000-4000-8000-000000000000"
	for _, c := range []struct {
		serial, oldest uint64
		want           Parts
	}{
		{9, 0, Parts{1, []string{names[2], names[4]}}},
		{9, 5, Parts{1, []string{names[1], names[2], names[4]}}},
		{9, 8, Parts{1, names[1:6]}},
		{7, 0, Parts{11, []string{names[2], names[4]}}}, // a state that was restored
	} {
		got := PartsOf(names, lineage, c.serial, c.oldest)
		if got.First != c.want.First || !slices.Equal(got.Old, c.want.Old) {
			t.Errorf("PartsOf(serial %d, oldest %d) = %+v, want %+v", c.serial, c.oldest, got, c.want)
		}
	}

	if got := PartsOf(nil, lineage, 1, 0); got.First != 1 || len(got.Old) > 0 {
		t.Errorf("PartsOf nothing = %+v", got)
	}
}

func FuzzParsePart(f *testing.F) {
	const log = "journal-a-000000000001"
	for _, p := range []part{
		{Log: log, Number: 1},
		{Log: log, Number: 1, Sealed: true},
		{Log: log, Number: 1, Entries: []Entry{sampleEntry("one.example")}},
	} {
		data, err := encodePart(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}

	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parsePart(data, log, 1)
		if err != nil {
			return
		}

		s := New()
		s.Begun = &Applied{}
		for _, e := range p.Entries {
			e.Apply(s)
		}

		if _, err := Encode(s); err != nil {
			t.Errorf("a state with the entries of a valid part can't be written: %v", err)
		}

		if again, err := encodePart(p); err != nil {
			t.Errorf("a valid part can't be written: %v", err)
		} else if _, err := parsePart(again, log, 1); err != nil {
			t.Errorf("a part can't be read back: %v", err)
		}
	})
}

func FuzzParseLogDocument(f *testing.F) {
	f.Add([]byte(`{"version":1,"lineage":"a","serial":3,"log":"journal-a-000000000001","first":1,"parts":[{"version":1}]}`))
	f.Add([]byte(`{"version":1,"serial":18446744073709551615,"first":-1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := parseLogDocument(data); err == nil && (d.First < 1 || d.Version != partVersion ||
			d.Serial > maxSerial) {
			t.Errorf("the document was accepted as %+v", d)
		}
	})
}
