package state_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

// large returns a state with one zone of n records, all owned.
func large(n int) *state.State {
	s := state.New()
	z := s.EnsureZone("example.com", "023e105f4ecef8ad9ca31a8372d0c353")
	records := make([]dns.Record, n)
	for i := range records {
		name := fmt.Sprintf("host-%05d.example.com", i)
		records[i] = dns.Record{ID: fmt.Sprintf("%032x", i), Name: name, Type: dns.A, Content: fmt.Sprintf("198.51.%d.%d", i/256, i%256),
			TTL: 300, Proxied: i%3 == 0, Comment: "rack 7, moved in March", Tags: []string{"owner:dns", "prod"}}
		z.Owned[records[i].ID] = state.Owned{Address: "example.com/A/" + name, Name: name, Type: dns.A}
	}
	z.SetSnapshot(time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC), dns.Zone{Name: "example.com", ID: z.ID, Tier: "enterprise", Records: records})
	return s
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
	owned := large(10_000)
	foreign := large(10_000)
	foreign.Zone("example.com").Owned = nil
	for _, c := range []struct {
		name  string
		state *state.State
	}{{"all-owned", owned}, {"none-owned", foreign}} {
		b.Run(c.name, func(b *testing.B) {
			data, err := state.Encode(c.state)
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
		})
	}
}

// BenchmarkUpdate10000 is what each plan pays to save a snapshot: read, change,
// write twice (the backup too) and sync.
func BenchmarkUpdate10000(b *testing.B) {
	store := state.OpenLocal(filepath.Join(b.TempDir(), "state"))
	if err := store.Replace(b.Context(), large(10_000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := state.Update(b.Context(), store, func(*state.State) (bool, error) { return true, nil }); err != nil {
			b.Fatal(err)
		}
	}
}
