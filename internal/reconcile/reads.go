package reconcile

import (
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

// Reads are the live reads that a plan was made from, for [ApplyOptions]. They are not a part of
// the plan, so a saved plan does not have them. The zero value has none.
type Reads struct {
	// lineage and serial identify the state, which was read before the zones were.
	lineage string
	serial  uint64
	// zones are the zones that were read live, by name.
	zones map[string]observation
}

// newReads returns the live reads of a plan. st is the state that was read before them.
func newReads(st *state.State, seen []observation) Reads {
	r := Reads{lineage: lineage(st), serial: st.Serial, zones: make(map[string]observation, len(seen))}
	for _, s := range seen {
		if s.live() {
			r.zones[s.name] = s
		}
	}
	return r
}

// split divides targets into those whose read is still good and those that must be read. All must
// be read if another run has written to the state since: it may have changed any of the zones.
func (r Reads) split(targets []target, st *state.State, now time.Time) (seen []observation, due []target) {
	if r.lineage != lineage(st) || r.serial != st.Serial {
		return nil, targets
	}

	for _, t := range targets {
		read, ok := r.zones[t.name]
		switch {
		case !ok, t.id != "" && t.id != read.zone.ID, !isFresh(read.source.FetchedAt, now):
			due = append(due, t)
		default:
			seen = append(seen, observation{target: t, zone: read.zone, source: read.source, oldTier: read.oldTier})
		}
	}
	return seen, due
}
