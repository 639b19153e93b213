package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// stored is what the store has at the beginning of an operation.
type stored struct {
	state     *state.State
	snapshots *state.Snapshots
	// warnings are about data that could not be read but is not needed.
	warnings []plan.Diagnostic
}

// readStored reads the state and the snapshots. If snapshots cannot be read, there is a warning,
// and none are used.
func readStored(ctx context.Context, store *state.Reader, log *slog.Logger) (stored, error) {
	st, err := store.Read(ctx)
	if err != nil {
		return stored{}, err
	}

	out := stored{state: st}
	out.snapshots, err = store.Snapshots(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return stored{}, interrupted()
	case err != nil:
		log.Warn("the snapshots could not be read", "state", store.String(), "error", err)
		out.warnings = []plan.Diagnostic{{Severity: dns.Warning, Summary: "Snapshots could not be read", Detail: fmt.Sprintf(
			"if Cloudflare refuses, there is nothing to fall back on: %v. Ownership is not affected.", err)}}
	}
	return out, nil
}

// storedZone is what is stored of one zone; both may be nil.
type storedZone struct {
	zone     *state.Zone
	snapshot *state.Snapshot
}

func (s stored) of(zone string) storedZone {
	return storedZone{s.state.Zones[zone], s.snapshots.Of(zone)}
}

// id returns the zone's ID as it was when the zone was last read or changed.
func (z storedZone) id() string {
	if z.snapshot != nil && (z.zone == nil || z.zone.ID == "" || !z.snapshot.FetchedAt.Before(z.zone.AppliedAt)) {
		return z.snapshot.Head().ID
	}
	if z.zone == nil {
		return ""
	}
	return z.zone.ID
}

// only returns what is stored about the given zones, so that no other zone is observed.
func (s stored) only(zones []dns.Zone) stored {
	st := *s.state
	st.Zones = map[string]*state.Zone{}
	for _, z := range zones {
		if known := s.state.Zones[z.Name]; known != nil {
			st.Zones[z.Name] = known
		}
	}
	s.state = &st
	return s
}

// lineage returns the lineage of a stored state; a new state has none yet.
func lineage(st *state.State) string {
	if st.Serial == 0 {
		return ""
	}
	return st.Lineage
}

// owned returns the addresses of the records that cfplan owns in a zone, by record ID.
func owned(z *state.Zone) map[string]string {
	if z == nil {
		return nil
	}
	out := make(map[string]string, len(z.Owned))
	for id, o := range z.Owned {
		out[id] = o.Address
	}
	return out
}

// lastOf returns a function that finds an owned record of the zone as cfplan last wrote it.
func lastOf(z *state.Zone) func(id string) (dns.Record, bool) {
	return func(id string) (dns.Record, bool) {
		if z == nil {
			return dns.Record{}, false
		}
		return z.Owned[id].Last.Record()
	}
}

// createState stores a state that has never been stored. Its lineage then distinguishes plans made with it
// from plans made with another state. It takes no lock: if another run was faster, its state is returned. It
// does not change a stored state, and creates none if no zone was seen live.
func createState(ctx context.Context, store *state.Observer, st *state.State, seen []observation) (*state.State, error) {
	if st.Serial > 0 || !slices.ContainsFunc(seen, observation.live) {
		return st, nil
	}
	return store.Create(ctx, st)
}

// saveSnapshots saves what was seen live, with the digests of the pending changes of each zone;
// pending is nil if these are not known. It takes no lock and does not touch the state: snapshots
// are merged, and the newer one wins.
func saveSnapshots(
	ctx context.Context, store *state.Observer, known *state.Snapshots, seen []observation, pending map[string][]string,
) error {
	return store.UpdateSnapshots(ctx, known, func(all *state.Snapshots) bool {
		changed := false
		for _, o := range seen {
			if !o.live() {
				continue
			}

			snapshot := state.NewSnapshot(o.source.FetchedAt, o.zone)
			if changes, planned := pending[o.name]; planned {
				snapshot.SetPending(changes)
			}
			changed = all.Set(snapshot) || changed
		}
		return changed
	})
}

// warnUnsaved logs that the snapshots could not be saved. Ownership is not affected.
func warnUnsaved(log *slog.Logger, store fmt.Stringer, err error) {
	log.Warn("the snapshots could not be saved", "state", store.String(), "error", err)
}
