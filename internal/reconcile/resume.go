package reconcile

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// begin notes in the state which plan is being carried out. It goes along with the
// first thing that is written there: some stores take one write a second.
//
// It is also the fence. Where somebody else has written to the state since the plan
// was confirmed, the lock was lost on the way and another run is, or was, at work:
// nothing more may be sent then, however late this run notices.
func (r *run) begin(st *state.State) error {
	mine := state.Applied{Hash: r.whole.Hash, At: r.at, Who: r.Who}
	switch {
	case r.whole.Hash == "": // made and carried out in one go, by tests alone
	case st.Begun != nil && st.Begun.Hash == mine.Hash && st.Begun.Who == mine.Who && st.Begun.At.Equal(mine.At):
	case r.concluding.Load() && r.applied(st):
		// The last change has been recorded before this one, which was made beside it.
	case r.begun.Load() || st.Serial != r.serial:
		return fmt.Errorf("%w: another run has changed the state", state.ErrLockLost)
	default:
		st.Begun = &mine
	}
	return nil
}

// applied reports whether this run has noted that the plan is done.
func (r *run) applied(st *state.State) bool {
	done, ok := st.WasApplied(r.whole.Hash)
	return ok && done.Who == r.Who && !done.At.Before(r.at)
}

// finish notes that the plan is done, and which blocks declare what is owned by now.
// It goes along with the last thing that is written, and reports whether there was
// anything to note.
func (r *run) finish(st *state.State) bool {
	moved := move(st, r.whole.Zones)
	if r.whole.Hash != "" {
		st.RecordApplied(r.whole.Hash, r.Now().UTC(), r.Who)
	}
	return moved || r.whole.Hash != ""
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
