package plan

import (
	"errors"
	"slices"
)

// A plan with minimal refresh compares each zone with its snapshot first, and reads live only the zones in which that
// shows something to do. The others are in the plan as their snapshots have them. They do not make it read-only: the
// plan changes nothing there.

// NotRefreshed reports whether the zone was not read, because its snapshot shows nothing to do.
func (z Zone) NotRefreshed() bool { return z.Summary.NotRefreshed > 0 }

// HasNothingToDo reports whether the plan of the zone consists of counts alone: no change, no note for the state, no
// drift, no risk, and nothing that a selection leaves out.
func (z Zone) HasNothingToDo() bool {
	return len(z.Changes)+len(z.Moved)+len(z.Marked)+len(z.Drift)+len(z.Risks)+z.LeftOut == 0
}

// mayBeLive reports whether a plan that has the zone may be applied, as far as the zone's source goes.
func (z Zone) mayBeLive() bool {
	return z.Source.Kind == SourceLive || z.NotRefreshed() && z.HasNothingToDo()
}

// notRefreshedWellFormed returns why a zone that calls itself not refreshed cannot be one.
func (z Zone) notRefreshedWellFormed() error {
	switch n := z.Summary.NotRefreshed; {
	case n == 0:
		return nil
	case n != 1:
		return errors.New("its summary does not count the zone once")
	case z.Source.Kind != SourceCache:
		return errors.New("it calls itself not refreshed, but was not compared with a snapshot")
	case !z.HasNothingToDo():
		return errors.New("it calls itself not refreshed, but there is something to do in it")
	}
	return nil
}

// ZonesNotRefreshed returns the zones that were not read because their snapshots show nothing to do, in order.
func (p *Plan) ZonesNotRefreshed() []Zone {
	return slices.DeleteFunc(slices.Clone(p.Zones), func(z Zone) bool { return !z.NotRefreshed() })
}
