package state_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// The fixtures never change, because users have files in these formats.
const (
	version1 = "testdata/version1.json" // with the snapshots inside
	version2 = "testdata/version2.json"
)

// sample returns the state that all fixtures contain.
func sample() *state.State {
	s := statetest.Sample()
	s.Lineage, s.Serial = "5d3a1c0e-8f44-4c0b-9b53-0a8d2d1f6e77", 42
	return s
}

func TestFixtureOfEachVersionIsRead(t *testing.T) {
	for _, path := range []string{version1, version2} {
		got, err := state.Decode(fixture(t, path))
		if err != nil {
			t.Fatalf("Decode(%s): %v", path, err)
		}
		if d := statetest.Diff(sample(), got); d != "" {
			t.Errorf("Decode(%s) (-want +got):\n%s", path, d)
		}
	}
}

func TestFixtureOfTheNewestVersionIsWritten(t *testing.T) {
	if got, want := encode(t, sample()), fixture(t, version2); !bytes.Equal(got, want) {
		t.Errorf("Encode = %s, want %s: %s", got, version2, want)
	}
}

func fixture(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAChangeToOneRecordChangesOneLine(t *testing.T) {
	s := large(100)
	before := strings.Split(string(encode(t, s)), "\n")
	owned := s.Zone("example.com").Owned
	id := fmt.Sprintf("%032x", 50)
	o := owned[id]
	o.Address = "changed"
	owned[id] = o
	after := strings.Split(string(encode(t, s)), "\n")
	changed := 0
	for i := range before {
		if before[i] != after[i] {
			changed++
		}
	}

	if len(before) != len(after) || changed != 1 {
		t.Errorf("a change to one record changed %d lines (%d lines before, %d after), want 1", changed, len(before), len(after))
	}
}

func TestUnknownKeysAreIgnored(t *testing.T) {
	const doc = `{"later": {"a": [1, {"b": null}]}, "version": 2, "lineage": "l", "serial": 7, "zones": {"example.com": {"id": "1",
		"later": true, "applied_at": "2026-11-22T20:04:05+02:00", "owned": {"r": {"address": "a", "name": "n", "type": "A", "later": 1}}}}}`

	got, err := state.Decode([]byte(doc))
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}

	want := &state.State{Lineage: "l", Serial: 7, Zones: map[string]*state.Zone{"example.com": {ID: "1",
		AppliedAt: time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC),
		Owned:     map[string]state.Owned{"r": {Address: "a", Name: "n", Type: "A"}}}}}

	if d := statetest.Diff(want, got); d != "" {
		t.Errorf("Decode (-want +got):\n%s", d)
	}
}

// damaged returns documents that must be refused, each with a part of the error. The tests give them to
// Decode and, as files, to the local store.
func damaged(t *testing.T) map[string]struct{ doc, says string } {
	whole := string(fixture(t, version2))
	in := func(whole, old, new string) string {
		out := strings.Replace(whole, old, new, 1)
		if out == whole {
			t.Fatalf("the fixture has no %q", old)
		}
		return out
	}

	with := func(old, new string) string { return in(whole, old, new) }
	former := func(old, new string) string { return in(string(fixture(t, version1)), old, new) }
	const record = `"owned": {`

	return map[string]struct{ doc, says string }{
		"empty":                     {"", "it is empty"},
		"blank":                     {" \n\t\n", "it is empty"},
		"cut short":                 {whole[:len(whole)/2], "cut short"},
		"without its last bracket":  {whole[:len(whole)-2], "cut short"},
		"filled with zeroes":        {strings.Repeat("\x00", 4096), "not JSON: line 1"},
		"HTML":                      {"<html></html>", "not JSON: line 1"},
		"conflict markers of git":   {with("\n  \"serial\"", "\n<<<<<<< HEAD\n  \"serial\""), "not JSON: line 4"},
		"two documents":             {whole + whole, "not JSON"},
		"a bracket too many":        {whole + "}", "not JSON"},
		"a list":                    {"[]", "not a cfplan state file"},
		"null":                      {"null", "not a cfplan state file"},
		"a number":                  {"1", "not a cfplan state file"},
		"an empty object":           {"{}", "not a cfplan state file"},
		"another program's":         {`{"name": "left-pad", "version": "1.3.0"}`, "not a cfplan state file"},
		"no lineage":                {`{"version": 1}`, "not a cfplan state file"},
		"no version":                {`{"lineage": "x", "serial": 1}`, "not a cfplan state file"},
		"version 0":                 {with(`"version": 2`, `"version": 0`), "not a cfplan state file"},
		"Terraform's":               {`{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "resources": []}`, "Terraform"},
		"a newer version":           {with(`"version": 2`, `"version": 3`), "made by a newer cfplan: state version 3, but this cfplan reads at most 2"},
		"a newer, other shape":      {`{"applied": {}, "lineage": "x", "version": 9, "zones": []}`, "made by a newer cfplan: state version 9"},
		"an empty lineage":          {with("5d3a1c0e-8f44-4c0b-9b53-0a8d2d1f6e77", ""), "no lineage"},
		"a negative serial":         {with(`"serial": 42`, `"serial": -1`), "line 4"},
		"a huge serial":             {with(`"serial": 42`, `"serial": 18446744073709551615`), "too large"},
		"a key twice":               {with(`"serial": 42,`, `"serial": 42, "serial": 43,`), `"serial" occurs twice`},
		"a zone twice":              {with(`"example.org": {`, `"example.com": {`), `"example.com" occurs twice`},
		"an owned record twice":     {with(record, record+`"372e67954025e0ba6aaa6d586b9e0b59": {"name": "x", "type": "A"},`), "occurs twice"},
		"a record twice":            {former(`{"id":"9c1b"`, `{"id":"5a7805061c76ada191ed06f989cc3dac"`), "two records with the ID"},
		"a record without a name":   {former(`"name":"www.example.com","type":"A","content"`, `"name":"","type":"A","content"`), "no name"},
		"a record without a type":   {former(`"type":"TXT"`, `"type":""`), "no type"},
		"a null for a record":       {former(`{"id":"9c1b"`, `null, {"id":"9c1b"`), "no name"},
		"a record of another shape": {former(`"ttl":300`, `"ttl":"300"`), "line "},
		"an owned one, no name":     {with(record, record+`"x": {},`), `owned record "x"`},
		"an owned one, no ID":       {with(record, record+`"": {"name": "x", "type": "A"},`), "no ID"},
		"a zone without a name":     {with(`"example.org": {`, `"": {`), "not a zone name"},
		"another zone's snapshot":   {former(`"example.com": {`, `"example.net": {`), `for the zone "example.com"`},
		"a snapshot without a time": {former(`"fetched_at": "2026-11-22T18:04:05.000000678Z",`, ""), "has no time"},
		"a time without a date":     {former(`"2026-11-22T18:04:05.000000678Z"`, `"yesterday"`), "line "},
		"zones as a list":           {`{"version": 1, "lineage": "x", "serial": 1, "zones": []}`, "line 1"},
		"an unknown key cut off":    {`{"version": 1, "lineage": "x", "serial": 1, "later": {`, "cut short"},
		"nested too deeply":         {`{"version": 1, "lineage": "x", "later": ` + strings.Repeat("[", 20_000), "not JSON"},
	}
}

func TestDecodeRefusesDamagedDocuments(t *testing.T) {
	for name, c := range damaged(t) {
		t.Run(name, func(t *testing.T) {
			s, err := state.Decode([]byte(c.doc))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Decode = %v, %v, want an error with %q", s, err, c.says)
			}
		})
	}
}

func TestEncodeRefusesWhatDecodeRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*state.State){
		"no lineage":              func(s *state.State) { s.Lineage = "" },
		"a zone that is nil":      func(s *state.State) { s.Zones["example.org"] = nil },
		"a zone's name not UTF-8": func(s *state.State) { s.EnsureZone("\xff", "1") },
		"a record's ID not UTF-8": func(s *state.State) { s.Zone("example.com").Owned["\xff"] = state.Owned{Name: "x", Type: "A"} },
		"a year with five digits": func(s *state.State) { s.RecordApplied("x", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "") },
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
			t.Fatalf("Decode of the output of Encode: %v\n%s", err, data)
		}

		if d := statetest.Diff(want, got); d != "" {
			t.Fatalf("Decode(Encode(s)) (-s +got):\n%s", d)
		}
		if again := encode(t, got); !bytes.Equal(again, data) {
			t.Fatalf("second Encode of the same state = %s, first %s", again, data)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(fixture(f, version1))
	f.Add(fixture(f, version2))
	f.Add([]byte(`{"version":1,"lineage":"x","serial":1,"zones":{"a":{"id":"1","owned":{},"snapshot":{"fetched_at":"9999-12-31T23:59:59-01:00"}}}}`))
	f.Add([]byte(`{"version":3,"lineage":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := state.Decode(data)
		if err != nil {
			return
		}

		first, err := state.Encode(s)
		if err != nil {
			t.Fatalf("Encode refuses a state that Decode accepted: %v", err)
		}

		again, err := state.Decode(first)
		if err != nil {
			t.Fatalf("Decode refuses the output of Encode: %v\n%s", err, first)
		}

		if d := statetest.Diff(s, again); d != "" {
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

// anyState draws a state with texts of all kinds.
func anyState(t *rapid.T) *state.State {
	s := state.New()
	s.Serial = rapid.Uint64Range(0, 1<<53).Draw(t, "serial")

	for _, name := range rapid.SliceOfNDistinct(nonEmpty(), 0, 3, rapid.ID[string]).Draw(t, "zones") {
		z := s.EnsureZone(name, rapid.String().Draw(t, "id"))
		z.Owned = rapid.MapOfN(nonEmpty(), rapid.Custom(anyOwned), 0, 4).Draw(t, "owned")
		if rapid.Bool().Draw(t, "was applied") {
			z.AppliedAt = anyTime(t)
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
	return time.Unix(rapid.Int64Range(0, 1<<36).Draw(t, "seconds"),
		rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).In(zone)
}

func anyOwned(t *rapid.T) state.Owned {
	return state.Owned{
		Address: rapid.String().Draw(t, "address"),
		Name:    nonEmpty().Draw(t, "name"),
		Type:    dns.Type(nonEmpty().Draw(t, "type")),
	}
}
