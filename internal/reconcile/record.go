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
func (w *zoneRun) record(ctx context.Context, changes []plan.Change, created []dns.Record) error {
	ids := identify(changes, created)
	w.now.Records = after(w.now.Records, changes, ids)
	at := w.Now().UTC()
	last := w.undone.Add(-int64(len(changes))) == 0
	if last {
		w.concluding.Store(true)
	}
	_, err := w.Store.Update(ctx, func(st *state.State) (bool, error) {
		if w.announced.IsZero() { // nothing but adoptions: no request has been announced
			if err := w.begin(st); err != nil {
				return false, err
			}
		}
		z := st.EnsureZone(w.plan.Name, w.plan.ID)
		own(z, changes, ids)
		if at.Sub(z.AppliedAt) > lag {
			disown(z, w.now.Records)
		}
		z.AppliedAt = at
		w.closeJournal(z)
		if last {
			w.finish(st)
		}
		return true, nil
	})
	if err == nil {
		w.begun.Store(true)
	}
	if last && err == nil {
		w.finished.Store(true)
	}
	w.at, w.made = at, append(w.made, digests(changes)...)
	if err == nil {
		err = allIdentified(changes, ids)
	}
	return err
}

// lag is for how long a list may not show yet what was written: nothing that it
// lacks is given up within that time.
const lag = time.Minute

var errUnidentified = errors.New("the answer of Cloudflare does not show a record that it says was created")

// allIdentified: an answer that does not show a record which it says was created
// is one about something else.
func allIdentified(changes []plan.Change, ids map[dns.Key]string) error {
	for _, c := range changes {
		if c.Action == plan.Add && ids[c.After.Record(c.Name, c.Type).Key()] == "" {
			return fmt.Errorf("%w: %s %s", errUnidentified, c.Type, c.Name)
		}
	}
	return nil
}

// snapshots saves the zones as they are after what was done, which is not to be done
// any more. They are saved once for all: until then, a run that falls back on an older
// snapshot sees in the state that the zone was changed since.
func (r *run) snapshots(ctx context.Context, zones []*zoneRun) {
	zones = slices.DeleteFunc(zones, func(w *zoneRun) bool { return w == nil || w.at.IsZero() })
	if len(zones) == 0 {
		return
	}
	err := r.Store.UpdateSnapshots(ctx, nil, func(all *state.Snapshots) (changed bool) {
		for _, w := range zones {
			changed = all.Set(w.snapshot(all.Of(w.plan.Name))) || changed
		}
		return changed
	})
	if err != nil {
		r.unsaved(err)
	}
}

// snapshot is the zone's, after the one before.
func (w *zoneRun) snapshot(before *state.Snapshot) *state.Snapshot {
	look := state.NewSnapshot(w.at, w.now)
	if before != nil && before.Pending != nil {
		look.SetPending(slices.DeleteFunc(slices.Clone(before.Pending), func(d string) bool { return slices.Contains(w.made, d) }))
	}
	return look
}

// identify finds the IDs of the records that were added. The order of an answer
// is no promise, so they are told apart by what they say; one that came back
// saying something else is taken for the next of its name and type, as the batch
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
			z.Owned[id] = state.Owned{Address: c.Address, Name: c.Name, Type: c.Type, Last: state.Remember(c.After.Record(c.Name, c.Type))}
		}
	}
}

// move gives records the addresses of the blocks that declare them by now.
func move(st *state.State, zones []plan.Zone) (moved bool) {
	for _, z := range zones {
		known := st.Zones[z.Name]
		for _, m := range z.Moved {
			if !known.Owns(m.RecordID) || known.Owned[m.RecordID].Address != m.From {
				continue // somebody else's doing since
			}
			o := known.Owned[m.RecordID]
			o.Address = m.To
			known.Owned[m.RecordID], moved = o, true
		}
	}
	return moved
}

// disown forgets records that exist no more: somebody else deleted them.
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

func (w *zoneRun) countDone(changes []plan.Change) {
	w.mu.Lock()
	for _, c := range changes {
		switch c.Action {
		case plan.Add:
			w.done.Add++
		case plan.Update:
			w.done.Change++
		case plan.Destroy:
			w.done.Destroy++
		case plan.Adopt:
			w.done.Adopt++
		case plan.Forget:
			w.done.Forget++
		}
	}
	w.mu.Unlock()
	w.steps.add(w.plan.Name, len(changes))
}

// failed turns a refused batch into an error that names the records it can be
// about. Nothing of the batch took effect.
func (w *zoneRun) failed(ctx context.Context, changes []plan.Change, err error) error {
	var known *WriteError
	var stale *StaleError
	if errors.As(err, &known) || errors.As(err, &stale) {
		return err
	}
	return &WriteError{Zone: w.plan.Name, Suspects: w.suspects(ctx, changes, err), Err: err}
}
