package reconcile

import (
	"context"
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// noteBegun writes into the state which plan is about to be carried out. Where that
// fails, what is about to be done could not be recorded either.
func (r *Reconciler) noteBegun(ctx context.Context, hash string) error {
	_, err := r.Store.Update(ctx, func(st *state.State) (bool, error) {
		st.Begun = nil
		if hash != "" {
			st.Begun = &state.Applied{Hash: hash, At: r.Now().UTC(), Who: r.Who}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("nothing was changed: the state cannot be saved: %w", err)
	}
	return nil
}

// begun reports whether the last apply that was not finished carried this plan out.
// A plan that somebody else made true in part by hand is a stale one.
func begun(st *state.State, p *plan.Plan) bool {
	return p.Hash != "" && st.Begun != nil && st.Begun.Hash == p.Hash
}

// foreign lists the planned adds that are in the zone and not cfplan's: somebody
// else was faster, as an earlier run owns what it added.
func foreign(known *state.Zone, now dns.Zone, stale []plan.Stale) []plan.Stale {
	byKey := map[dns.Key]string{}
	for _, r := range now.Records {
		byKey[r.Key()] = r.ID
	}
	for i, s := range stale {
		if s.Done && s.Change.Action == plan.Add && !known.Owns(byKey[s.Change.After.Record(s.Change.Name, s.Change.Type).Key()]) {
			stale[i].Done, stale[i].Why = false, "it exists now, and is not cfplan's"
		}
	}
	return stale
}
