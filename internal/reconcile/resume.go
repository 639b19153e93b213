package reconcile

import (
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// A plan whose apply was cut off can be applied again: cfplan finds out which changes are made
// already, and makes the rest.

// startedBy reports whether the last unfinished apply carried this plan out. If a plan was partly
// carried out by hand instead, it is stale.
func startedBy(p *plan.Plan, st *state.State) bool {
	return p.Hash != "" && st.Begun != nil && st.Begun.Hash == p.Hash
}

// recordedAlready lists the changes of a started plan that only change ownership and that the state
// already has.
func recordedAlready(z plan.Zone, known *state.Zone, stale []plan.Stale) []plan.Stale {
	listed := changeSet{}
	for _, s := range stale {
		listed[idOf(s.Change)] = true
	}

	var out []plan.Stale
	for _, c := range z.Changes {
		if !c.Writes() && !listed.has(c) && known.Owns(c.RecordID) == (c.Action == plan.Adopt) {
			out = append(out, plan.Stale{Change: c, Why: "it is recorded already", Done: true})
		}
	}
	return out
}

// notOurs marks the planned adds whose record is in the zone and not owned. An earlier run of the
// plan would own what it added, so the record was created outside of cfplan.
func notOurs(known *state.Zone, live dns.Zone, stale []plan.Stale) []plan.Stale {
	byKey := map[dns.Key]string{}
	for _, r := range live.Records {
		byKey[r.Key()] = r.ID
	}

	for i, s := range stale {
		if !s.Done || s.Change.Action != plan.Add || s.Change.Forget {
			continue
		}
		if key := s.Change.AfterRecord().Key(); !known.Owns(byKey[key]) {
			stale[i].Done, stale[i].Why = false, "it exists now, and cfplan does not own it"
		}
	}
	return stale
}
