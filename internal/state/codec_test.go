package state_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// version1 is the fixture of the format's first version. It never changes: what
// is in it is in the files of users.
const version1 = "testdata/version1.json"

func TestFixtureOfEachVersionIsReadAndWritten(t *testing.T) {
	data, err := os.ReadFile(version1)
	if err != nil {
		t.Fatal(err)
	}
	want := statetest.Sample()
	want.Lineage, want.Serial = "5d3a1c0e-8f44-4c0b-9b53-0a8d2d1f6e77", 42
	got, err := state.Decode(data)
	if err != nil {
		t.Fatalf("Decode(%s): %v", version1, err)
	}
	if d := statetest.Diff(want, got); d != "" {
		t.Errorf("Decode(%s) (-want +got):\n%s", version1, d)
	}
	if got := encode(t, want); !bytes.Equal(got, data) {
		t.Errorf("Encode = %s, want %s: %s", got, version1, data)
	}
}

func TestAChangeToOneRecordIsAChangeToOneLine(t *testing.T) {
	s := large(100)
	before := strings.Split(string(encode(t, s)), "\n")
	s.Zone("example.com").Snapshot.Zone.Records[50].Comment = "changed"
	after := strings.Split(string(encode(t, s)), "\n")
	changed := 0
	for i := range before {
		if before[i] != after[i] {
			changed++
		}
	}
	if len(before) != len(after) || changed != 1 {
		t.Errorf("%d of %d lines changed to %d, want 1", changed, len(before), len(after))
	}
}

func TestOrderOfRecordsIsNoPartOfTheDocument(t *testing.T) {
	s := large(50)
	want := encode(t, s)
	records := s.Zone("example.com").Snapshot.Zone.Records
	slices.Reverse(records)
	first := records[0].ID
	if got := encode(t, s); !bytes.Equal(got, want) {
		t.Error("the same records in another order are another document")
	}
	if records[0].ID != first {
		t.Error("Encode changed the order of its input")
	}
}

func TestUnknownKeysArePassedOver(t *testing.T) {
	const doc = `{"later": {"a": [1, {"b": null}]}, "version": 1, "lineage": "l", "serial": 7, "zones": {"example.com": {"id": "1",
		"later": true, "owned": {"r": {"address": "a", "name": "n", "type": "A", "later": 1}},
		"snapshot": {"later": "x", "fetched_at": "2026-11-22T20:04:05+02:00", "zone": {"name": "example.com", "later": {}, "records": [{"name": "n", "type": "A", "later": []}]}}}}}`
	got, err := state.Decode([]byte(doc))
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	want := &state.State{Lineage: "l", Serial: 7, Zones: map[string]*state.Zone{"example.com": {ID: "1",
		Owned: map[string]state.Owned{"r": {Address: "a", Name: "n", Type: "A"}},
		Snapshot: &state.Snapshot{FetchedAt: time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC),
			Zone: dns.Zone{Name: "example.com", Records: []dns.Record{{Name: "n", Type: "A"}}}}}}}
	if d := statetest.Diff(want, got); d != "" {
		t.Errorf("Decode (-want +got):\n%s", d)
	}
}

// damaged are documents that are refused, each with words of the refusal. They
// serve for Decode and, as files, for the local store.
func damaged(t *testing.T) map[string]struct{ doc, says string } {
	whole, err := os.ReadFile(version1)
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) string {
		out := strings.Replace(string(whole), old, new, 1)
		if out == string(whole) {
			t.Fatalf("the fixture has no %q", old)
		}
		return out
	}
	const record = `"owned": {`
	return map[string]struct{ doc, says string }{
		"empty":                     {"", "it is empty"},
		"blank":                     {" \n\t\n", "it is empty"},
		"cut short":                 {string(whole[:len(whole)/2]), "cut short"},
		"without its last bracket":  {string(whole[:len(whole)-2]), "cut short"},
		"filled with zeroes":        {strings.Repeat("\x00", 4096), "not JSON: line 1"},
		"HTML":                      {"<html></html>", "not JSON: line 1"},
		"conflict markers of git":   {with("\n  \"serial\"", "\n<<<<<<< HEAD\n  \"serial\""), "not JSON: line 4"},
		"two documents":             {string(whole) + string(whole), "not JSON"},
		"a bracket too many":        {string(whole) + "}", "not JSON"},
		"a list":                    {"[]", "not a state of cfplan"},
		"null":                      {"null", "not a state of cfplan"},
		"a number":                  {"1", "not a state of cfplan"},
		"an empty object":           {"{}", "not a state of cfplan"},
		"another program's":         {`{"name": "left-pad", "version": "1.3.0"}`, "not a state of cfplan"},
		"no lineage":                {`{"version": 1}`, "not a state of cfplan"},
		"no version":                {`{"lineage": "x", "serial": 1}`, "not a state of cfplan"},
		"version 0":                 {with(`"version": 1`, `"version": 0`), "not a state of cfplan"},
		"Terraform's":               {`{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "resources": []}`, "Terraform"},
		"a newer version":           {with(`"version": 1`, `"version": 2`), "made by a newer cfplan: state version 2, this one knows 1"},
		"a newer one, other inside": {`{"applied": {}, "lineage": "x", "version": 9, "zones": []}`, "made by a newer cfplan: state version 9"},
		"an empty lineage":          {with("5d3a1c0e-8f44-4c0b-9b53-0a8d2d1f6e77", ""), "no lineage"},
		"a negative serial":         {with(`"serial": 42`, `"serial": -1`), "line 4"},
		"a huge serial":             {with(`"serial": 42`, `"serial": 18446744073709551615`), "too large"},
		"a key twice":               {with(`"serial": 42,`, `"serial": 42, "serial": 43,`), `"serial" is there twice`},
		"a zone twice":              {with(`"example.org": {`, `"example.com": {`), `"example.com" is there twice`},
		"an owned record twice":     {with(record, record+`"372e67954025e0ba6aaa6d586b9e0b59": {"name": "x", "type": "A"},`), "is there twice"},
		"a record twice":            {with(`{"id":"9c1b"`, `{"id":"5a7805061c76ada191ed06f989cc3dac"`), "two records with the ID"},
		"a record without a name":   {with(`"name":"www.example.com","type":"A","content"`, `"name":"","type":"A","content"`), "no name"},
		"a record without a type":   {with(`"type":"TXT"`, `"type":""`), "no type"},
		"a null for a record":       {with(`{"id":"9c1b"`, `null, {"id":"9c1b"`), "no name"},
		"a record of another shape": {with(`"ttl":300`, `"ttl":"300"`), "line "},
		"an owned one without name": {with(record, record+`"x": {},`), `owned record "x"`},
		"an owned one without ID":   {with(record, record+`"": {"name": "x", "type": "A"},`), "no ID"},
		"a zone without a name":     {with(`"example.org": {`, `"": {`), "no name"},
		"a snapshot elsewhere":      {with(`"example.com": {`, `"example.net": {`), `one of the zone "example.com"`},
		"a snapshot without a time": {with(`"fetched_at": "2026-11-22T18:04:05.000000678Z",`, ""), "when it was fetched"},
		"a time without a date":     {with(`"2026-11-22T18:04:05.000000678Z"`, `"yesterday"`), "line "},
		"zones as a list":           {`{"version": 1, "lineage": "x", "serial": 1, "zones": []}`, "line 1"},
		"an unknown key cut off":    {`{"version": 1, "lineage": "x", "serial": 1, "later": {`, "cut short"},
		"depth without end":         {`{"version": 1, "lineage": "x", "later": ` + strings.Repeat("[", 20_000), "not JSON"},
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, c := range damaged(t) {
		t.Run(name, func(t *testing.T) {
			s, err := state.Decode([]byte(c.doc))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Decode = %v, %v, want an error with %q", s, err, c.says)
			}
		})
	}
}

func TestEncodeRefusesWhatDecodeWould(t *testing.T) {
	for name, spoil := range map[string]func(*state.State){
		"no lineage":                func(s *state.State) { s.Lineage = "" },
		"a zone that is nil":        func(s *state.State) { s.Zones["example.org"] = nil },
		"a zone's name not UTF-8":   func(s *state.State) { s.EnsureZone("\xff", "1") },
		"an owned record's ID too":  func(s *state.State) { s.Zone("example.com").Owned["\xff"] = state.Owned{Name: "x", Type: "A"} },
		"a year with five digits":   func(s *state.State) { s.RecordApplied("x", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "") },
		"another zone's snapshot":   func(s *state.State) { s.Zone("example.com").Snapshot.Zone.Name = "example.org" },
		"a snapshot without a time": func(s *state.State) { s.Zone("example.com").Snapshot.FetchedAt = time.Time{} },
		"a record without a type":   func(s *state.State) { s.Zone("example.com").Snapshot.Zone.Records[1].Type = "" },
	} {
		s := statetest.Sample()
		spoil(s)
		if data, err := state.Encode(s); err == nil {
			t.Errorf("Encode of a state with %s = %s, want an error", name, data)
		}
	}
}

func TestDecodeUndoesEncode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyState(t)
		data := encode(t, want)
		got, err := state.Decode(data)
		if err != nil {
			t.Fatalf("Decode of what Encode wrote: %v\n%s", err, data)
		}
		if d := statetest.Diff(ordered(want), got); d != "" {
			t.Fatalf("Decode(Encode(s)) (-s +got):\n%s", d)
		}
		if again := encode(t, got); !bytes.Equal(again, data) {
			t.Fatalf("Encode of the same state = %s, before %s", again, data)
		}
	})
}

func FuzzDecode(f *testing.F) {
	whole, err := os.ReadFile(version1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"version":1,"lineage":"x","serial":1,"zones":{"a":{"id":"1","owned":{},"snapshot":{"fetched_at":"9999-12-31T23:59:59-01:00"}}}}`))
	f.Add([]byte(`{"version":2,"lineage":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := state.Decode(data)
		if err != nil {
			return
		}
		first, err := state.Encode(s)
		if err != nil {
			t.Fatalf("what Decode took, Encode refuses: %v", err)
		}
		again, err := state.Decode(first)
		if err != nil {
			t.Fatalf("what Encode wrote, Decode refuses: %v\n%s", err, first)
		}
		if d := statetest.Diff(ordered(s), again); d != "" {
			t.Fatalf("a second reading differs (-first +second):\n%s", d)
		}
	})
}

func encode(t interface{ Fatalf(string, ...any) }, s *state.State) []byte {
	data, err := state.Encode(s)
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	return data
}

// ordered puts the records of the snapshots, in place, into the document's order.
func ordered(s *state.State) *state.State {
	for _, z := range s.Zones {
		if z.Snapshot != nil {
			slices.SortStableFunc(z.Snapshot.Zone.Records, dns.Compare)
		}
	}
	return s
}

// anyState draws a state, with texts of all kinds.
func anyState(t *rapid.T) *state.State {
	s := state.New()
	s.Serial = rapid.Uint64Range(0, 1<<53).Draw(t, "serial")
	for _, name := range rapid.SliceOfNDistinct(nonEmpty(), 0, 3, rapid.ID[string]).Draw(t, "zones") {
		z := s.EnsureZone(name, rapid.String().Draw(t, "id"))
		z.Owned = rapid.MapOfN(nonEmpty(), rapid.Custom(anyOwned), 0, 4).Draw(t, "owned")
		if rapid.Bool().Draw(t, "was applied") {
			z.AppliedAt = anyTime(t)
		}
		if rapid.Bool().Draw(t, "has snapshot") {
			z.SetSnapshot(anyTime(t), dns.Zone{Name: name, ID: rapid.String().Draw(t, "snapshot's id"), Tier: rapid.String().Draw(t, "tier"),
				NameServers: rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "name servers"),
				Records:     rapid.SliceOfNDistinct(rapid.Custom(anyRecord), 0, 5, func(r dns.Record) string { return r.ID }).Draw(t, "records")})
			if rapid.Bool().Draw(t, "has pending") {
				z.Snapshot.SetPending(rapid.SliceOfN(nonEmpty(), 0, 3).Draw(t, "pending"))
			}
		}
	}
	for i := range rapid.IntRange(0, 25).Draw(t, "applied") {
		s.RecordApplied(fmt.Sprint(i), anyTime(t), rapid.String().Draw(t, "who"))
	}
	return s
}

func nonEmpty() *rapid.Generator[string] { return rapid.StringN(1, 12, -1) }

func anyTime(t *rapid.T) time.Time {
	zone := time.FixedZone("", rapid.IntRange(-12, 12).Draw(t, "hours from UTC")*3600)
	return time.Unix(rapid.Int64Range(0, 1<<36).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).In(zone)
}

func anyOwned(t *rapid.T) state.Owned {
	return state.Owned{Address: rapid.String().Draw(t, "address"), Name: nonEmpty().Draw(t, "name"), Type: dns.Type(nonEmpty().Draw(t, "type"))}
}

func anyRecord(t *rapid.T) dns.Record {
	text := rapid.String()
	return dns.Record{ID: text.Draw(t, "id"), Name: nonEmpty().Draw(t, "name"), Type: rapid.SampledFrom(dns.Types()).Draw(t, "type"),
		Content: text.Draw(t, "content"), Priority: rapid.Uint16().Draw(t, "priority"), TTL: rapid.Int().Draw(t, "ttl"),
		Proxied: rapid.Bool().Draw(t, "proxied"), Comment: text.Draw(t, "comment"), Tags: rapid.SliceOfN(text, 0, 3).Draw(t, "tags"),
		Settings:  dns.Settings{FlattenCNAME: rapid.Bool().Draw(t, "flatten"), IPv4Only: rapid.Bool().Draw(t, "4"), IPv6Only: rapid.Bool().Draw(t, "6")},
		ManagedBy: text.Draw(t, "managed by")}
}
