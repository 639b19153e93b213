package state

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// ForgetOptions has the options of [Forget].
type ForgetOptions struct {
	// Snapshots are the last snapshots that were read. A zone that has only a snapshot can be forgotten, too.
	Snapshots *Snapshots
	// Force also forgets an open request.
	Force bool
	// Check is called right before the write.
	Check func(context.Context) error
}

// Forget removes names from the stored state: a zone with all that is known about it, or the ownership of the
// records of an address. Then it deletes the snapshots of the zones. The records at Cloudflare are not
// changed. If the state does not have a name, or a zone has an open request and Force is false, the error is
// an *EditError and nothing is stored. The caller holds the lock.
func Forget(ctx context.Context, s *Store, names []string, o ForgetOptions) error {
	_, err := s.Update(ctx, func(st *State) (changed bool, err error) {
		for _, name := range names {
			if err := st.checkSettled(name); err != nil && !o.Force {
				return false, err
			}
			if !st.Forget(name) && o.Snapshots.Of(name) == nil {
				return false, refuse(NothingToForget, "cfplan state list shows the names that it has.",
					"the state has neither a zone nor an address %q", name)
			}
		}
		return true, o.Check(ctx)
	})
	if err != nil {
		return err
	}

	return s.UpdateSnapshots(ctx, o.Snapshots, func(all *Snapshots) (changed bool) {
		for _, name := range names {
			changed = all.Delete(name) || changed
		}
		return changed
	})
}

// Forget removes a zone, or the ownership of the records of one address, and reports whether the state had it.
func (s *State) Forget(name string) (found bool) {
	_, found = s.Zones[name]
	delete(s.Zones, name)

	for _, z := range s.Zones {
		owned := len(z.Owned)
		maps.DeleteFunc(z.Owned, func(_ string, o Owned) bool { return o.Address == name })
		found = found || len(z.Owned) < owned
	}
	return found
}

// checkSettled refuses a zone, or an address in it, while the outcome of a request to the zone is unknown:
// cfplan would not recognize a record that the request created.
func (s *State) checkSettled(name string) error {
	for _, zone := range slices.Sorted(maps.Keys(s.Zones)) {
		journal := s.Zones[zone].Journal
		if journal != nil && (zone == name || strings.HasPrefix(name, zone+"/")) {
			return requestOpen(zone, journal, "-force forgets the request; cfplan then does not own what it created.")
		}
	}
	return nil
}
