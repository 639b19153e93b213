package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// Before a request is sent, the zone's journal in the state says what the request is about to do;
// afterwards, it says what it did. If a run ends in between, the journal stays open. The next apply
// settles it: it reads the zone and works out what became of the request. Nothing else is called
// settling.

// Settled says what became of a request whose outcome was not recorded.
type Settled struct {
	Zone string
	// At and Who are the time and the name of the run that sent it.
	At  time.Time
	Who string
	// Took and Missed count its changes that took effect and that did not.
	Took, Missed int
	// Err is set if the zone could not be read, so that the request is left for another run.
	Err error
}

// settleJournals settles everything that earlier runs left open. The caller holds the lock, so the
// runs that opened the journals are no longer working on them.
func settleJournals(ctx context.Context, clients clients, desired []dns.Zone, store *state.Store) ([]Settled, error) {
	st, err := store.Read(ctx)
	if err == nil && st.LogIsOpen() {
		// If the run that wrote the log is still working, it sends nothing more after this update.
		st, err = store.Update(ctx, func(*state.State) (bool, error) { return true, nil })
	}
	if err != nil {
		return nil, err
	}

	var out []Settled
	live := map[string][]dns.Record{}
	for _, name := range slices.Sorted(maps.Keys(st.Zones)) {
		z := st.Zones[name]
		if z.Journal == nil {
			continue
		}

		s := Settled{Zone: name, At: z.Journal.At, Who: z.Journal.Who}
		var records []dns.Record
		api, err := clients.ofJournal(name, z, desired)
		if err == nil {
			records, err = api.Records(ctx, z.ID)
		}
		if err == nil {
			err = insideOf(name, z.ID, records)
		}
		if s.Err = err; err == nil {
			live[name] = records
			took, missed := settleJournal(copied(z), records)
			s.Took, s.Missed = len(took), missed
		}
		out = append(out, s)
	}
	if len(live) == 0 {
		return out, nil
	}

	_, err = store.Update(ctx, func(st *state.State) (bool, error) {
		for name, records := range live {
			if z := st.Zones[name]; z != nil && z.Journal != nil {
				took, _ := settleJournal(z, records)
				st.RecordMade(name, digestsOf(took))
			}
		}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("nothing was changed: what an earlier run left open could not be recorded: %w", err)
	}
	return out, nil
}

// ofJournal returns the client that reads a zone with an open request: the client of the account in
// which the request was sent or, if that account is no longer declared, of the zone's current
// account.
func (c clients) ofJournal(name string, z *state.Zone, desired []dns.Zone) (*cloudflare.Client, error) {
	if api := c.of(z.Account); api != nil {
		return api, nil
	}
	for _, d := range desired {
		if d.Name == name {
			return c.of(d.Policy.Account), c.checkAccount(name, d.Policy.Account)
		}
	}
	return nil, c.checkAccount(name, z.Account)
}

// asSettled returns a zone of the state as it will be once its journal is settled. A plan does not
// settle the journal in the state: it holds no lock, and another run may be in the middle of the
// request.
func asSettled(z *state.Zone, seen observation) *state.Zone {
	if !canSettle(z, seen) {
		return z
	}
	z = copied(z)
	settleJournal(z, seen.zone.Records)
	return z
}

// canSettle reports whether an observation shows what became of the zone's open request.
func canSettle(z *state.Zone, seen observation) bool {
	return z != nil && z.Journal != nil && seen.source.Kind == plan.SourceLive && seen.zone.ID == z.ID
}

// allSettled returns the state as it will be once the journals of the observed zones are settled.
func allSettled(st *state.State, seen []observation) *state.State {
	out := *st
	out.Zones = maps.Clone(st.Zones)
	out.CopyBegun()
	for _, s := range seen {
		if z := out.Zones[s.name]; canSettle(z, s) {
			z = copied(z)
			took, _ := settleJournal(z, s.zone.Records)
			out.Zones[s.name] = z
			out.RecordMade(s.name, digestsOf(took))
		}
	}
	return &out
}

// openJournal returns a warning about a request whose outcome is not recorded.
func openJournal(z *state.Zone, name string) []plan.Diagnostic {
	if z == nil || z.Journal == nil {
		return nil
	}
	return []plan.Diagnostic{{Severity: dns.Warning, Summary: "An apply has not recorded the end " +
		"of its last request", Detail: fmt.Sprintf(
		"%s: the run of %s sent %s at %s. It is still running, or was cut off; the next apply reads the zone, "+
			"records what took effect, and goes on.",
		name, z.Journal.Who, english.Count(len(z.Journal.Operations), "change"), english.Second(z.Journal.At))}}
}

// copied returns a copy of a zone that can be changed without changing the state.
func copied(z *state.Zone) *state.Zone {
	out := *z
	out.Owned = maps.Clone(z.Owned)
	if out.Owned == nil {
		out.Owned = map[string]state.Owned{}
	}
	return &out
}

// settleJournal gives a zone the ownership that results from its open request, as the live records
// show it, and closes the journal. took are the operations that took effect; missed counts the
// others.
func settleJournal(z *state.Zone, live []dns.Record) (took []state.Operation, missed int) {
	byID, byKey := map[string]dns.Record{}, map[dns.Key]dns.Record{}
	for _, r := range live {
		byID[r.ID], byKey[r.Key()] = r, r
	}

	for _, o := range z.Journal.Operations {
		action := plan.Action(o.Action)
		now, exists := byID[o.Record.ID]
		if action == plan.Add {
			now, exists = byKey[o.Record.Key()]
		}

		switch {
		case action == plan.Destroy && exists, action == plan.Add && !exists:
			missed++
			continue
		case !exists: // destroyed by the request, or outside of cfplan
			delete(z.Owned, o.Record.ID)
			if action == plan.Update {
				missed++
				continue
			}
		case now.Equal(o.Record) && o.Forget:
			delete(z.Owned, now.ID)
		case now.Equal(o.Record):
			z.Owned[now.ID] = state.Owned{
				Address:   o.Address,
				Name:      now.Name,
				Type:      now.Type,
				Last:      state.Remember(o.Record),
				Sensitive: o.Sensitive,
				LetGo:     o.LetGo,
			}
		default:
			missed++
			continue
		}
		took = append(took, o)
	}

	if len(took) > 0 && z.Journal.At.After(z.AppliedAt) {
		z.AppliedAt = z.Journal.At
	}
	z.Journal = nil
	return took, missed
}
