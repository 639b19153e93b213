package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// record saves the ownership that follows from the given changes, which have been made, and closes
// the journal. ids are the IDs of the added records.
func (z *zoneApply) record(ctx context.Context, changes []plan.Change, ids map[dns.Key]string) error {
	z.note(changes, ids)
	z.live.Records = after(z.live.Records, changes, ids)
	o := &outcome{
		of:      z,
		changes: changes,
		ids:     ids,
		at:      z.apply.now().UTC(),
		digests: z.apply.digests.digests(changes),
	}

	write := z.apply.journal.Record
	if o.adopts() {
		write = z.apply.journal.Announce
	}
	err := write(ctx, o.entry)
	if err == nil {
		z.apply.fence.passed()
		if o.last {
			z.apply.fence.finished.Store(true)
		}
	}

	z.recordedAt, z.made = o.at, append(z.made, o.digests...)
	return err
}

// outcome is what is about to be recorded about changes that were made.
type outcome struct {
	of      *zoneApply
	changes []plan.Change
	ids     map[dns.Key]string
	at      time.Time
	digests []string

	// counted is true once the changes count as made. last is true if they were the last ones of
	// the plan.
	counted, last bool
}

// adopts reports whether there are only adoptions, so that no request has passed the fence yet.
func (o *outcome) adopts() bool { return o.of.journal.openedAt.IsZero() }

// entry returns what the outcome changes in the state. Entries are made one after another, so the
// one that finds no change left is the last one and ends the apply.
func (o *outcome) entry(st *state.State) (state.Entry, error) {
	fence, zone := o.of.apply.fence, o.of.zone
	e := state.Entry{Zone: zone.Name, ZoneID: zone.ID, Account: zone.Account, AppliedAt: o.at}
	if o.adopts() {
		if err := fence.enter(st); err != nil {
			return e, err
		}
	} else {
		e.Closed = o.of.journal.request()
	}

	own(&e, o.changes, o.ids)
	if known := st.Zone(zone.Name); known != nil && o.at.Sub(known.AppliedAt) > lag {
		disown(&e, known, o.of.live.Records)
	}
	if st.HasBegun(fence.applied()) { // if the lock was broken, Begun may be another run's
		e.Made = o.digests
	}

	if !o.counted {
		o.counted, o.last = true, fence.made(len(o.changes))
	}
	if o.last {
		e.Finish = func(st *state.State) { fence.finish(st) }
	}
	return e, nil
}

// note remembers which records the changes added and destroyed.
func (z *zoneApply) note(changes []plan.Change, ids map[dns.Key]string) {
	for _, id := range ids {
		z.before[id] = true
	}
	for _, c := range changes {
		if c.Action == plan.Destroy {
			z.destroyed[c.RecordID] = true
		}
	}
}

// snapshot returns the zone's new snapshot. Changes that the former snapshot had as pending and
// that are done are no longer pending.
func (z *zoneApply) snapshot(before *state.Snapshot) *state.Snapshot {
	out := state.NewSnapshot(z.recordedAt, z.live)
	if before != nil && before.Pending != nil {
		done := func(digest string) bool { return slices.Contains(z.made, digest) }
		out.SetPending(slices.DeleteFunc(slices.Clone(before.Pending), done))
	}
	return out
}

// lag is how long a list may lack what was just written. Within that time, cfplan does not give up a record
// because a list lacks it.
const lag = time.Minute

// after returns the records of a zone after the changes.
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
			changed := c.AfterRecord()
			changed.ID = r.ID
			out = append(out, changed)
		}
	}
	for _, c := range changes {
		if c.Action == plan.Add {
			added := c.AfterRecord()
			added.ID = ids[added.Key()]
			out = append(out, added)
		}
	}
	slices.SortFunc(out, dns.Compare)
	return out
}

// own takes and gives up ownership as the changes require.
func own(e *state.Entry, changes []plan.Change, ids map[dns.Key]string) {
	e.Owned = map[string]state.Owned{}
	for _, c := range changes {
		id := c.RecordID
		if c.Action == plan.Add {
			id = ids[c.AfterRecord().Key()]
		}
		switch {
		case c.Action == plan.Destroy, c.Action == plan.Forget, c.Forget:
			e.GivenUp = append(e.GivenUp, id)
		case id != "":
			e.Owned[id] = state.Owned{
				Address:   c.Address,
				Name:      c.Name,
				Type:      c.Type,
				Last:      state.Remember(c.AfterRecord()),
				Sensitive: c.Sensitive,
				LetGo:     c.LetGo,
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

// disown gives up ownership of records that no longer exist: they were deleted outside of cfplan.
func disown(e *state.Entry, known *state.Zone, records []dns.Record) {
	exists := make(map[string]bool, len(records))
	for _, r := range records {
		exists[r.ID] = true
	}
	for id := range known.Owned {
		if !exists[id] {
			e.GivenUp = append(e.GivenUp, id)
		}
	}
	slices.Sort(e.GivenUp)
}
