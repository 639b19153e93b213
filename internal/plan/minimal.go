package plan

import (
	"errors"
	"slices"
)

// A plan with minimal refresh first compares each zone with its snapshot, and reads only the zones live in which
// that comparison shows something to do. The plan of the other zones comes from their snapshots. These zones do
// not make the plan read-only, because the plan changes nothing in them.

// NotRefreshed reports whether the zone was not read because its snapshot shows nothing to do.
func (z Zone) NotRefreshed() bool { return z.Summary.NotRefreshed > 0 }

// HasNothingToDo reports whether the plan of the zone has only counts: no change, no update of the state, no
// drift, no risk, and nothing that a selection leaves out.
func (z Zone) HasNothingToDo() bool {
	return len(z.Changes)+len(z.Moved)+len(z.Marked)+len(z.Drift)+len(z.Risks)+z.LeftOut == 0
}

// mayBeLive reports whether the zone's source allows the plan to be applied.
func (z Zone) mayBeLive() bool {
	return z.Source.Kind == SourceLive || z.NotRefreshed() && z.HasNothingToDo()
}

// notRefreshedWellFormed says why a zone that is marked as not refreshed contradicts that mark, or returns nil.
func (z Zone) notRefreshedWellFormed() error {
	switch n := z.Summary.NotRefreshed; {
	case n == 0:
		return nil
	case n != 1:
		return errors.New("its summary does not count the zone once")
	case z.Source.Kind != SourceCache:
		return errors.New("it calls itself not refreshed, but was not compared with a snapshot")
	case !z.HasNothingToDo():
		return errors.New("it calls itself not refreshed, but it has something to do")
	}
	return nil
}

// ZonesNotRefreshed returns the zones that were not read because their snapshots show nothing to do, in order.
func (p *Plan) ZonesNotRefreshed() []Zone {
	return slices.DeleteFunc(slices.Clone(p.Zones), func(z Zone) bool { return !z.NotRefreshed() })
}
