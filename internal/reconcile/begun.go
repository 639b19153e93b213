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

// recorded lists the changes of a begun plan that are nothing but what is owned, and
// that the state knows by now.
func recorded(z plan.Zone, known *state.Zone, stale []plan.Stale) []plan.Stale {
	told := map[string]bool{}
	for _, s := range stale {
		told[s.Change.Digest()] = true
	}
	var out []plan.Stale
	for _, c := range z.Changes {
		if !c.Writes() && !told[c.Digest()] && known.Owns(c.RecordID) == (c.Action == plan.Adopt) {
			out = append(out, plan.Stale{Change: c, Why: "it is recorded already", Done: true})
		}
	}
	return out
}

// foreign marks the planned adds that are in the zone and not cfplan's: somebody
// else was faster, as an earlier run owns what it added.
func foreign(known *state.Zone, now dns.Zone, stale []plan.Stale) []plan.Stale {
	byKey := map[dns.Key]string{}
	for _, r := range now.Records {
		byKey[r.Key()] = r.ID
	}
	for i, s := range stale {
		if s.Done && s.Change.Action == plan.Add && !s.Change.Forget && !known.Owns(byKey[s.Change.After.Record(s.Change.Name, s.Change.Type).Key()]) {
			stale[i].Done, stale[i].Why = false, "it exists now, and is not cfplan's"
		}
	}
	return stale
}
