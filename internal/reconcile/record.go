package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// record saves what the given changes, now made, mean for ownership, and closes the
// journal. created are the records that the API returned for the adds.
func (z *zoneApply) record(ctx context.Context, changes []plan.Change, created []dns.Record) error {
	fence := z.apply.fence
	ids := identify(changes, created)
	z.live.Records = after(z.live.Records, changes, ids)
	at := z.apply.now().UTC()
	last := fence.made(len(changes))

	_, err := z.apply.store.Update(ctx, func(st *state.State) (bool, error) {
		if z.journal.openedAt.IsZero() { // only adoptions: no request has passed the fence yet
			if err := fence.enter(st); err != nil {
				return false, err
			}
		}

		known := st.EnsureZone(z.zone.Name, z.zone.ID)
		own(known, changes, ids)
		if at.Sub(known.AppliedAt) > lag {
			disown(known, z.live.Records)
		}
		known.AppliedAt = at
		z.journal.close(known)

		if last {
			fence.finish(st)
		}
		return true, nil
	})
	if err == nil {
		fence.passed()
		if last {
			fence.finished.Store(true)
		}
	}

	z.recordedAt, z.made = at, append(z.made, digests(changes)...)
	if err != nil {
		return err
	}
	return allIdentified(changes, ids)
}

// snapshot is the zone's new snapshot: what was to be changed in the one before and is done is not pending any
// more.
func (z *zoneApply) snapshot(before *state.Snapshot) *state.Snapshot {
	out := state.NewSnapshot(z.recordedAt, z.live)
	if before != nil && before.Pending != nil {
		done := func(digest string) bool { return slices.Contains(z.made, digest) }
		out.SetPending(slices.DeleteFunc(slices.Clone(before.Pending), done))
	}
	return out
}

// lag is for how long a list may not show yet what was written. Nothing that a list
// lacks is given up within that time.
const lag = time.Minute

var errUnidentified = errors.New("the answer of Cloudflare does not show a record that it says was created")

// allIdentified returns an error if the answer does not show a record that it says was created: it is about
// something else.
func allIdentified(changes []plan.Change, ids map[dns.Key]string) error {
	for _, c := range changes {
		if c.Action == plan.Add && ids[c.After.Record(c.Name, c.Type).Key()] == "" {
			return fmt.Errorf("%w: %s %s", errUnidentified, c.Type, c.Name)
		}
	}
	return nil
}

// identify finds the IDs of the records that were added. The order of an answer
// is no promise, so they are identified by their key. A record that came back
// with other content is taken for the next of its name and type, because the batch
// succeeded as a whole.
func identify(changes []plan.Change, created []dns.Record) map[dns.Key]string {
	exact := make(map[dns.Key]string, len(created))
	for _, r := range created {
		exact[r.Key()] = r.ID
	}
	ids := make(map[dns.Key]string, len(created))
	var unmet []dns.Key
	for _, c := range changes {
		if c.Action != plan.Add {
			continue
		}
		key := c.After.Record(c.Name, c.Type).Key()
		if id, ok := exact[key]; ok {
			ids[key] = id
			delete(exact, key)
		} else {
			unmet = append(unmet, key)
		}
	}
	for _, key := range unmet {
		for _, r := range created {
			if _, free := exact[r.Key()]; free && r.Name == key.Name && r.Type == key.Type {
				ids[key] = r.ID
				delete(exact, r.Key())
				break
			}
		}
	}
	return ids
}

// after returns the records of a zone once the changes are made.
func after(records []dns.Record, changes []plan.Change, ids map[dns.Key]string) []dns.Record {
	byID := map[string]plan.Change{}
	for _, c := range changes {
		if c.RecordID != "" {
			byID[c.RecordID] = c
		}
	}
	out := make([]dns.Record, 0, len(records)+len(ids))
	for _, r := range records {
		switch c, ok := byID[r.ID]; {
		case !ok:
			out = append(out, r)
		case c.Action == plan.Forget:
			out = append(out, r)
		case c.Action != plan.Destroy:
			changed := c.After.Record(c.Name, c.Type)
			changed.ID = r.ID
			out = append(out, changed)
		}
	}
	for _, c := range changes {
		if c.Action == plan.Add {
			added := c.After.Record(c.Name, c.Type)
			added.ID = ids[added.Key()]
			out = append(out, added)
		}
	}
	slices.SortFunc(out, dns.Compare)
	return out
}

// own takes and gives up ownership as the changes say.
func own(z *state.Zone, changes []plan.Change, ids map[dns.Key]string) {
	for _, c := range changes {
		id := c.RecordID
		if c.Action == plan.Add {
			id = ids[c.After.Record(c.Name, c.Type).Key()]
		}
		switch {
		case c.Action == plan.Destroy, c.Action == plan.Forget, c.Forget:
			delete(z.Owned, id)
		case id != "":
			z.Owned[id] = state.Owned{
				Address: c.Address,
				Name:    c.Name,
				Type:    c.Type,
				Last:    state.Remember(c.After.Record(c.Name, c.Type)),
			}
		}
	}
}

// move gives records the addresses of the blocks that declare them now.
func move(st *state.State, zones []plan.Zone) (moved bool) {
	for _, z := range zones {
		known := st.Zones[z.Name]
		for _, m := range z.Moved {
			if !known.Owns(m.RecordID) || known.Owned[m.RecordID].Address != m.From {
				continue // another run has changed it since
			}
			o := known.Owned[m.RecordID]
			o.Address = m.To
			known.Owned[m.RecordID], moved = o, true
		}
	}
	return moved
}

// disown forgets records that no longer exist: they were deleted outside of cfplan.
func disown(z *state.Zone, records []dns.Record) {
	exists := make(map[string]bool, len(records))
	for _, r := range records {
		exists[r.ID] = true
	}
	for id := range z.Owned {
		if !exists[id] {
			delete(z.Owned, id)
		}
	}
}
