package statetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

func looksRoundTrip(t *testing.T, s *state.Store) {
	if got := looks(t, s); len(got.Zones()) != 0 {
		t.Errorf("there are snapshots of %v where nothing was stored", got.Zones())
	}
	saveLook(t, s, SampleLook())
	if d := DiffLooks(SampleLook(), looks(t, s).Of("example.com")); d != "" {
		t.Errorf("what was read is not what was stored (-want +got):\n%s", d)
	}
	if st := read(t, s); st.Serial != 0 {
		t.Errorf("saving a snapshot made the serial of the state %d", st.Serial)
	}
}

func looksMerge(t *testing.T, s *state.Store) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	saveLook(t, s, SampleLook())
	stale := looks(t, s)
	saveLook(t, s, state.NewSnapshot(at, dns.Zone{Name: "new.example", ID: "new"}))
	err := s.UpdateSnapshots(t.Context(), stale, func(all *state.Snapshots) bool {
		return all.Set(state.NewSnapshot(at.Add(-time.Hour), dns.Zone{Name: "new.example", ID: "old"}))
	})
	if err != nil {
		t.Fatalf("UpdateSnapshots from an old reading: %v", err)
	}
	all := looks(t, s)
	if got := all.Of("new.example"); got == nil || got.Head().ID != "new" {
		t.Errorf("the snapshot is %+v, want the newer one", got)
	}
	if d := DiffLooks(SampleLook(), all.Of("example.com")); d != "" {
		t.Errorf("the other zone's snapshot has changed (-want +got):\n%s", d)
	}
}

func looksApart(t *testing.T, s *state.Store) {
	st, all := read(t, s), looks(t, s)
	replace(t, s, st)
	if err := s.UpdateSnapshots(t.Context(), all, func(all *state.Snapshots) bool { return all.Set(SampleLook()) }); err != nil {
		t.Errorf("UpdateSnapshots after a Replace = %v", err)
	}
	if err := s.Replace(t.Context(), st); err != nil {
		t.Errorf("Replace after UpdateSnapshots = %v", err)
	}
	if st.Serial != 2 {
		t.Errorf("the serial is %d, want 2", st.Serial)
	}
}

func looksSideBySide(t *testing.T, s *state.Store) {
	const workers = 8
	var g sync.WaitGroup
	for w := range workers {
		g.Go(func() {
			saveLook(t, s, state.NewSnapshot(time.Unix(1, 0), dns.Zone{Name: fmt.Sprintf("%d.example", w)}))
		})
	}
	g.Wait()
	if got := looks(t, s).Zones(); len(got) != workers {
		t.Errorf("there are snapshots of %v, want %d", got, workers)
	}
}

func looks(t *testing.T, s *state.Store) *state.Snapshots {
	t.Helper()
	all, err := s.Snapshots(t.Context())
	if err != nil {
		t.Fatalf("Snapshots: %v", err)
	}
	return all
}

func saveLook(t *testing.T, s *state.Store, look *state.Snapshot) {
	t.Helper()
	if err := s.UpdateSnapshots(t.Context(), nil, func(all *state.Snapshots) bool { return all.Set(look) }); err != nil {
		t.Errorf("UpdateSnapshots: %v", err)
	}
}
