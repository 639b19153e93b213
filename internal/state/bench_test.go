package state_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// records returns n records of one zone.
func records(n int) []dns.Record {
	out := make([]dns.Record, n)
	for i := range out {
		name := fmt.Sprintf("host-%05d.example.com", i)
		out[i] = dns.Record{ID: fmt.Sprintf("%032x", i), Name: name, Type: dns.A,
			Content: fmt.Sprintf("198.51.%d.%d", i/256, i%256),
			TTL:     300, Proxied: i%3 == 0, Comment: "rack 7, moved in March", Tags: []string{"owner:dns", "prod"}}
	}
	return out
}

// large returns a state that owns n records of one zone.
func large(n int) *state.State {
	s := state.New()
	z := s.EnsureZone("example.com", "023e105f4ecef8ad9ca31a8372d0c353")
	for _, r := range records(n) {
		z.Owned[r.ID] = state.Owned{Address: "example.com/A/" + r.Name, Name: r.Name, Type: dns.A}
	}
	return s
}

// snapshotOf returns a snapshot of n records.
func snapshotOf(n int) *state.Snapshot {
	return state.NewSnapshot(time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC),
		dns.Zone{Name: "example.com", ID: "023e105f4ecef8ad9ca31a8372d0c353", Tier: "enterprise", Records: records(n)})
}

func BenchmarkEncode10000(b *testing.B) {
	s := large(10_000)
	b.ReportAllocs()
	for b.Loop() {
		data, err := state.Encode(s)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(data)))
	}
}

func BenchmarkDecode10000(b *testing.B) {
	data, err := state.Encode(large(10_000))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := state.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSnapshots10000 measures what each plan spends on reading the snapshots without decoding one.
func BenchmarkSnapshots10000(b *testing.B) {
	store := state.Open(local.New(filepath.Join(b.TempDir(), "state")))
	save(b, store, snapshotOf(10_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.Snapshots(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSaveSnapshot10000 measures what each plan spends on saving a snapshot: change, write and sync.
func BenchmarkSaveSnapshot10000(b *testing.B) {
	store := state.Open(local.New(filepath.Join(b.TempDir(), "state")))
	fresh := snapshotOf(10_000)
	save(b, store, fresh)
	for b.Loop() {
		save(b, store, fresh)
	}
}

func save(t testing.TB, store *state.Store, snapshot *state.Snapshot) {
	t.Helper()
	if err := store.UpdateSnapshots(t.Context(), nil, func(all *state.Snapshots) bool { return all.Set(snapshot) }); err != nil {
		t.Fatalf("UpdateSnapshots: %v", err)
	}
}
