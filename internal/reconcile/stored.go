package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// memory is what the store knows at the beginning of an operation.
type memory struct {
	*state.State
	snapshots *state.Snapshots
	warnings  []plan.Diagnostic
}

// remember reads the state and the snapshots. Snapshots that can't be read are
// none, which is a warning.
func (r *Reconciler) remember(ctx context.Context) (memory, error) {
	st, err := r.Store.Read(ctx)
	if err != nil {
		return memory{}, err
	}
	m := memory{State: st}
	if m.snapshots, err = r.Store.Snapshots(ctx); err != nil {
		if ctx.Err() != nil {
			return memory{}, fmt.Errorf("%w: nothing was changed", ErrInterrupted)
		}
		r.log().Warn("the snapshots could not be read", "state", r.Store.String(), "error", err)
		m.warnings = []plan.Diagnostic{{Severity: dns.Warning, Summary: "Snapshots could not be read", Detail: fmt.Sprintf(
			"there is nothing to fall back on where Cloudflare refuses: %v. What cfplan owns is not concerned.", err)}}
	}
	return m, nil
}

// known is what is remembered of one zone; both may be nil.
type known struct {
	zone     *state.Zone
	snapshot *state.Snapshot
}

func (m memory) of(zone string) known { return known{m.Zones[zone], m.snapshots.Of(zone)} }

// id returns the zone's ID as it was when the zone was read or changed last.
func (k known) id() string {
	if k.snapshot != nil && (k.zone == nil || k.zone.ID == "" || !k.snapshot.FetchedAt.Before(k.zone.AppliedAt)) {
		return k.snapshot.Head().ID
	}
	if k.zone == nil {
		return ""
	}
	return k.zone.ID
}

// only returns a memory of the given zones alone, so that no other is observed.
func (m memory) only(zones []dns.Zone) memory {
	st := *m.State
	st.Zones = map[string]*state.Zone{}
	for _, z := range zones {
		if known := m.Zones[z.Name]; known != nil {
			st.Zones[z.Name] = known
		}
	}
	m.State = &st
	return m
}

// begin stores a state that has never been stored, so that plans made for it can be
// told from those for another. It takes no lock: where another run was faster, that
// one's is taken. One that is stored stays as it is, and none begins where no zone
// was seen live.
func (r *Reconciler) begin(ctx context.Context, st *state.State, seen []sighting) (*state.State, error) {
	if st.Serial > 0 || !slices.ContainsFunc(seen, sighting.live) {
		return st, nil
	}
	err := r.Store.Replace(ctx, st)
	if errors.Is(err, state.ErrConflict) {
		return r.Store.Read(ctx)
	}
	return st, err
}

// saveSnapshots keeps what was seen live, with what was then to be changed; zones
// is nil where that is not known. It takes no lock and does not touch the state:
// snapshots are merged, the newer one winning.
func (r *Reconciler) saveSnapshots(ctx context.Context, m memory, seen []sighting, zones []plan.Zone) error {
	pending := map[string][]string{}
	for _, z := range zones {
		pending[z.Name] = digests(z.Changes)
	}
	return r.Store.UpdateSnapshots(ctx, m.snapshots, func(all *state.Snapshots) bool {
		changed := false
		for _, s := range seen {
			if !s.live() {
				continue
			}
			look := state.NewSnapshot(s.source.FetchedAt, s.zone)
			if changes, planned := pending[s.name]; planned {
				look.SetPending(changes)
			}
			changed = all.Set(look) || changed
		}
		return changed
	})
}

func digests(changes []plan.Change) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = c.Digest()
	}
	return out
}
