package statetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

func snapshotsRoundTrip(t *testing.T, s *state.Store) {
	if got := readSnapshots(t, s); len(got.Zones()) != 0 {
		t.Errorf("there are snapshots of %v, want none", got.Zones())
	}
	saveSnapshot(t, s, SampleSnapshot())
	if d := DiffSnapshots(SampleSnapshot(), readSnapshots(t, s).Of("example.com")); d != "" {
		t.Errorf("the snapshots read back differ from the stored ones (-want +got):\n%s", d)
	}
	if st := read(t, s); st.Serial != 0 {
		t.Errorf("saving a snapshot changed the serial of the state to %d", st.Serial)
	}
}

func snapshotsMerge(t *testing.T, s *state.Store) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	saveSnapshot(t, s, SampleSnapshot())
	stale := readSnapshots(t, s)
	saveSnapshot(t, s, state.NewSnapshot(at, dns.Zone{Name: "new.example", ID: "new"}))
	err := s.UpdateSnapshots(t.Context(), stale, func(all *state.Snapshots) bool {
		return all.Set(state.NewSnapshot(at.Add(-time.Hour), dns.Zone{Name: "new.example", ID: "old"}))
	})
	if err != nil {
		t.Fatalf("UpdateSnapshots from an old reading: %v", err)
	}

	all := readSnapshots(t, s)
	if got := all.Of("new.example"); got == nil || got.Head().ID != "new" {
		t.Errorf("the snapshot is %+v, want the newer one", got)
	}
	if d := DiffSnapshots(SampleSnapshot(), all.Of("example.com")); d != "" {
		t.Errorf("the other zone's snapshot has changed (-want +got):\n%s", d)
	}
}

func snapshotsApart(t *testing.T, s *state.Store) {
	st, all := read(t, s), readSnapshots(t, s)
	replace(t, s, st)
	merge := func(all *state.Snapshots) bool { return all.Set(SampleSnapshot()) }
	if err := s.UpdateSnapshots(t.Context(), all, merge); err != nil {
		t.Errorf("UpdateSnapshots after a Replace = %v", err)
	}
	if err := s.Replace(t.Context(), st); err != nil {
		t.Errorf("Replace after UpdateSnapshots = %v", err)
	}
	if st.Serial != 2 {
		t.Errorf("the serial is %d, want 2", st.Serial)
	}
}

func snapshotsSideBySide(t *testing.T, s *state.Store) {
	const workers = 8
	var g sync.WaitGroup
	for w := range workers {
		g.Go(func() {
			saveSnapshot(t, s, state.NewSnapshot(time.Unix(1, 0), dns.Zone{Name: fmt.Sprintf("%d.example", w)}))
		})
	}
	g.Wait()
	if got := readSnapshots(t, s).Zones(); len(got) != workers {
		t.Errorf("there are snapshots of %v, want %d", got, workers)
	}
}

func readSnapshots(t *testing.T, s *state.Store) *state.Snapshots {
	t.Helper()
	all, err := s.Snapshots(t.Context())
	if err != nil {
		t.Fatalf("Snapshots: %v", err)
	}
	return all
}

func saveSnapshot(t *testing.T, s *state.Store, snapshot *state.Snapshot) {
	t.Helper()
	if err := s.UpdateSnapshots(t.Context(), nil, func(all *state.Snapshots) bool { return all.Set(snapshot) }); err != nil {
		t.Errorf("UpdateSnapshots: %v", err)
	}
}
