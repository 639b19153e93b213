package state_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// snapshots1 is the fixture of the first version of the snapshots' document. It never changes.
const snapshots1 = "testdata/snapshots1.json"

func TestFixtureOfSnapshotsIsReadAndWritten(t *testing.T) {
	path := newPath(t)
	write(t, snapshotsPath(path), string(fixture(t, snapshots1)))
	store := state.Open(local.New(path))
	all, err := store.Snapshots(t.Context())
	if err != nil {
		t.Fatalf("Snapshots: %v", err)
	}

	if d := statetest.DiffSnapshots(statetest.SampleSnapshot(), all.Of("example.com")); d != "" {
		t.Errorf("the fixture (-want +got):\n%s", d)
	}

	fresh := newPath(t)
	save(t, state.Open(local.New(fresh)), statetest.SampleSnapshot())
	if got, want := content(t, snapshotsPath(fresh)), string(fixture(t, snapshots1)); got != want {
		t.Errorf("the document is %s, want %s: %s", got, snapshots1, want)
	}
}

func TestRecordsThatWereNotDecodedAreWrittenUnchanged(t *testing.T) {
	path := newPath(t)
	odd := strings.Replace(string(fixture(t, snapshots1)), `"ttl":300,`, `"ttl" : 300, "later":[1],`, 1)
	write(t, snapshotsPath(path), odd)
	save(t, state.Open(local.New(path)), state.NewSnapshot(statetest.SampleSnapshot().FetchedAt,
		dns.Zone{Name: "example.org"}))
	if got := content(t, snapshotsPath(path)); !strings.Contains(got, `"ttl" : 300, "later":[1],`) ||
		!strings.Contains(got, `"example.org"`) {
		t.Errorf("the document is %s, want the records of example.com unchanged, and example.org", got)
	}
}

func TestTheOrderOfRecordsDoesNotChangeTheDocument(t *testing.T) {
	first, second := newPath(t), newPath(t)
	save(t, state.Open(local.New(first)), snapshotOf(50))
	backwards, _ := snapshotOf(50).Zone()
	slices.Reverse(backwards.Records)
	top := backwards.Records[0].ID
	save(t, state.Open(local.New(second)), state.NewSnapshot(snapshotOf(50).FetchedAt, backwards))
	if content(t, snapshotsPath(first)) != content(t, snapshotsPath(second)) {
		t.Error("the same records in another order give another document")
	}
	if backwards.Records[0].ID != top {
		t.Error("saving changed the order of its input")
	}
}

// damagedSnapshots returns documents of snapshots that are ignored, each with a part of the warning.
func damagedSnapshots(t *testing.T) map[string]struct{ doc, says string } {
	whole := string(fixture(t, snapshots1))
	return map[string]struct{ doc, says string }{
		"empty":                 {"", "it is empty"},
		"cut short":             {whole[:len(whole)/2], "it is damaged"},
		"zeroes":                {strings.Repeat("\x00", 100), "it is damaged"},
		"HTML":                  {"<html></html>", "it is damaged: line 1"},
		"another program's":     {`{"name": "left-pad"}`, "not a document of snapshots"},
		"two documents":         {whole + whole, "something follows"},
		"a zone twice":          {strings.Replace(whole, `"snapshots": {`, `"snapshots": {"example.com": {},`, 1), "twice"},
		"a zone without time":   {strings.Replace(whole, `"fetched_at": "2026`, `"later": "2026`, 1), "has no time"},
		"a time that is a word": {strings.Replace(whole, `"2026-11-22T18`, `"yesterday`, 1), "it is damaged: line 6"},
	}
}

// Two configurations that share a place by mistake do not destroy each other's documents.
func TestAStateInThePlaceOfSnapshotsIsLeftAlone(t *testing.T) {
	path := newPath(t)
	replace(t, path, statetest.Sample())
	other := string(encode(t, statetest.Sample()))
	write(t, snapshotsPath(path), other)
	store := state.Open(local.New(path))
	if _, err := store.Snapshots(t.Context()); !errors.Is(err, state.ErrOtherDocument) {
		t.Errorf("Snapshots = %v, want ErrOtherDocument", err)
	}

	err := store.UpdateSnapshots(t.Context(), nil, func(all *state.Snapshots) bool { return all.Set(statetest.SampleSnapshot()) })
	if !errors.Is(err, state.ErrOtherDocument) || content(t, snapshotsPath(path)) != other {
		t.Errorf("UpdateSnapshots = %v, want an error and an unchanged state", err)
	}
}

func TestDamagedSnapshotsAreIgnoredAndReplaced(t *testing.T) {
	for name, c := range damagedSnapshots(t) {
		path := newPath(t)
		replace(t, path, statetest.Sample())
		write(t, snapshotsPath(path), c.doc)
		store := state.Open(local.New(path))
		all, err := store.Snapshots(t.Context())
		var u *state.UnreadableError
		if !errors.As(err, &u) || u.Place != snapshotsPath(path) || !strings.Contains(err.Error(), c.says) ||
			len(all.Zones()) != 0 {
			t.Errorf("%s: Snapshots = %v, %v; want none and an *UnreadableError with %q", name, all.Zones(), err,
				c.says)
		}

		replace(t, path, read(t, path))
		if err := store.UpdateSnapshots(t.Context(), all, func(all *state.Snapshots) bool { return all.Set(statetest.SampleSnapshot()) }); err != nil {
			t.Errorf("%s: UpdateSnapshots = %v, want the damaged document replaced", name, err)
		}
		if all, err := store.Snapshots(t.Context()); err != nil || len(all.Zones()) != 1 {
			t.Errorf("%s: afterwards there are snapshots of %v, %v; want one", name, all.Zones(), err)
		}
	}
}

func TestNewerSnapshotsAreLeftAlone(t *testing.T) {
	path := newPath(t)
	newer := strings.Replace(string(fixture(t, snapshots1)), `"version": 1`, `"version": 2`, 1)
	write(t, snapshotsPath(path), newer)
	store := state.Open(local.New(path))
	all, err := store.Snapshots(t.Context())
	if err == nil || !strings.Contains(err.Error(), "upgrade cfplan") || len(all.Zones()) != 0 {
		t.Errorf("Snapshots = %v, %v; want none, and what to do", all.Zones(), err)
	}

	for _, known := range []*state.Snapshots{nil, all} {
		if err := store.UpdateSnapshots(t.Context(), known, func(all *state.Snapshots) bool { return all.Set(snapshotOf(1)) }); err == nil {
			t.Error("snapshots of a newer version were replaced")
		}
	}

	if got := content(t, snapshotsPath(path)); got != newer {
		t.Errorf("the document is now %s, want %s", got, newer)
	}
}

func TestDamageInOneZoneDoesNotAffectAnother(t *testing.T) {
	for damage, says := range map[string]string{
		`"type":"TXT"|"type":""`:                                "no type",
		`"ttl":300|"ttl":"300"`:                                 "cannot unmarshal",
		`{"id":"9c1b"|{"id":"5a7805061c76ada191ed06f989cc3dac"`: "two records with the ID",
		`{"id":"9c1b"|null, {"id":"9c1b"`:                       "no name",
	} {
		path := newPath(t)
		save(t, state.Open(local.New(path)), statetest.SampleSnapshot())
		save(t, state.Open(local.New(path)), state.NewSnapshot(statetest.SampleSnapshot().FetchedAt,
			dns.Zone{Name: "example.org", ID: "2"}))
		old, new, _ := strings.Cut(damage, "|")
		write(t, snapshotsPath(path), strings.Replace(content(t, snapshotsPath(path)), old, new, 1))
		all, err := state.Open(local.New(path)).Snapshots(t.Context())
		if err != nil {
			t.Fatalf("%s: Snapshots = %v", damage, err)
		}

		if z, err := all.Of("example.com").Zone(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: Zone = %+v, %v; want an error with %q", damage, z, err, says)
		}
		if z, err := all.Of("example.org").Zone(); err != nil || z.ID != "2" {
			t.Errorf("%s: the other zone = %+v, %v", damage, z, err)
		}
	}
}

func TestLosingTheSnapshotsLosesNothingElse(t *testing.T) {
	path := newPath(t)
	replace(t, path, statetest.Sample())
	save(t, state.Open(local.New(path)), statetest.SampleSnapshot())
	if err := os.Remove(snapshotsPath(path)); err != nil {
		t.Fatal(err)
	}

	want := statetest.Sample()
	got := read(t, path)
	want.Lineage, want.Serial = got.Lineage, got.Serial
	if d := statetest.Diff(want, got); d != "" {
		t.Errorf("the state without its snapshots (-want +got):\n%s", d)
	}
}

func TestVersion1IsUpgradedAndKept(t *testing.T) {
	path := newPath(t)
	former := string(fixture(t, version1))
	write(t, path, former)
	store := state.Open(local.New(path))
	inside := version1Snapshot(t)
	all, err := store.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	if d := statetest.DiffSnapshots(inside, all.Of("example.com")); d != "" {
		t.Errorf("the snapshot inside (-want +got):\n%s", d)
	}

	holds(t, path, "cfplan.state.json") // reading changes no file
	st := read(t, path)
	if d := statetest.Diff(sample(), st); d != "" {
		t.Errorf("the state (-want +got):\n%s", d)
	}

	replace(t, path, st)
	holds(t, path, "cfplan.state.json", "cfplan.state.json.backup", "cfplan.state.snapshots.json",
		"cfplan.state.v1.json")
	if got := content(t, path+".backup"); got != former {
		t.Errorf("the backup is %s, want the former state", got)
	}
	if got := content(t, strings.Replace(path, ".json", ".v1.json", 1)); got != former {
		t.Errorf("the copy of the former version is %s, want the former state", got)
	}
	if all, err = store.Snapshots(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := statetest.DiffSnapshots(inside, all.Of("example.com")); d != "" {
		t.Errorf("the snapshot after the upgrade (-want +got):\n%s", d)
	}
	if !bytes.Contains([]byte(content(t, path)), []byte(`"version": 2`)) {
		t.Error("the state is still of version 1")
	}
}

// version1Snapshot returns the snapshot inside of the fixture, which has nothing pending.
func version1Snapshot(t *testing.T) *state.Snapshot {
	zone, err := statetest.SampleSnapshot().Zone()
	if err != nil {
		t.Fatal(err)
	}
	return state.NewSnapshot(statetest.SampleSnapshot().FetchedAt, zone)
}

func TestSnapshotsOfVersion1MoveWithTheFirstSave(t *testing.T) {
	path := newPath(t)
	write(t, path, string(fixture(t, version1)))
	save(t, state.Open(local.New(path)), snapshotOf(1)) // older than the snapshot of the same zone inside, so it is dropped
	all, err := state.Open(local.New(path)).Snapshots(t.Context())
	if err != nil || all.Of("example.com") == nil {
		t.Errorf("Snapshots = %v, %v; want the snapshot of example.com", all.Zones(), err)
	}
	if got := content(t, path); got != string(fixture(t, version1)) {
		t.Error("saving snapshots changed the state")
	}
}

func TestSnapshotsAreReadBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := nonEmpty().Draw(r, "name")
		want := state.NewSnapshot(anyTime(r), dns.Zone{Name: name, ID: rapid.String().Draw(r, "id"),
			Tier:        dns.Tier(rapid.String().Draw(r, "tier")),
			NameServers: rapid.SliceOfN(rapid.String(), 0, 3).Draw(r, "name servers"),
			Records: sortedRecords(rapid.SliceOfNDistinct(rapid.Custom(anyRecord), 0, 5,
				func(r dns.Record) string { return r.ID }).Draw(r, "records"))})

		if rapid.Bool().Draw(r, "has pending") {
			want.SetPending(rapid.SliceOfN(nonEmpty(), 0, 3).Draw(r, "pending"))
		}

		store := state.Open(local.New(newPath(t)))
		save(t, store, want)
		all, err := store.Snapshots(t.Context())
		if err != nil {
			r.Fatal(err)
		}

		if d := statetest.DiffSnapshots(want, all.Of(name)); d != "" {
			r.Fatalf("the snapshot read back differs from the stored one (-want +got):\n%s", d)
		}
	})
}

func sortedRecords(records []dns.Record) []dns.Record {
	slices.SortStableFunc(records, dns.Compare)
	return records
}

func FuzzSnapshots(f *testing.F) {
	f.Add(fixture(f, snapshots1))
	f.Add([]byte(`{"version":1,"snapshots":{"a":{"fetched_at":"9999-12-31T23:59:59-01:00","records":null}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := newPath(t)
		write(t, snapshotsPath(path), string(data))
		store := state.Open(local.New(path))
		all, err := store.Snapshots(t.Context())
		if err != nil && len(all.Zones()) > 0 {
			t.Fatalf("a damaged document has snapshots of %q", all.Zones())
		}

		if err != nil {
			return
		}

		if err := store.UpdateSnapshots(t.Context(), all, func(*state.Snapshots) bool { return true }); err != nil {
			t.Fatalf("the snapshots that were read can't be written: %v", err)
		}

		again, err := store.Snapshots(t.Context())
		if err != nil {
			t.Fatalf("the snapshots that were written can't be read: %v\n%s", err, content(t, snapshotsPath(path)))
		}

		for _, name := range all.Zones() {
			if d := statetest.DiffSnapshots(all.Of(name), again.Of(name)); d != "" {
				t.Fatalf("a second reading of %q differs (-first +second):\n%s", name, d)
			}
		}
	})
}

// snapshotsPath returns the path of the snapshots that belong to the state at path.
func snapshotsPath(path string) string { return state.DocSnapshots.Beside(path) }

func anyRecord(t *rapid.T) dns.Record {
	text := rapid.String()
	return dns.Record{ID: text.Draw(t, "id"), Name: nonEmpty().Draw(t, "name"),
		Type:    rapid.SampledFrom(dns.Types()).Draw(t, "type"),
		Content: text.Draw(t, "content"), Priority: rapid.Uint16().Draw(t, "priority"), TTL: rapid.Int().Draw(t, "ttl"),
		Proxied: rapid.Bool().Draw(t, "proxied"), Comment: text.Draw(t, "comment"),
		Tags: rapid.SliceOfN(text, 0, 3).Draw(t, "tags"),
		Settings: dns.Settings{
			FlattenCNAME: rapid.Bool().Draw(t, "flatten"),
			IPv4Only:     rapid.Bool().Draw(t, "4"),
			IPv6Only:     rapid.Bool().Draw(t, "6"),
		},
		ManagedBy: text.Draw(t, "managed by")}
}
