package reconcile

import (
	"context"
	"time"

	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/state"
)

// A plan with minimal refresh takes a zone from its snapshot only if a plan made from that snapshot has
// nothing to say about the zone. If there is any doubt, it reads the zone live: a request costs less than a
// wrong plan.

// observeMinimal compares every target with its snapshot. It reads live the targets in which there
// is something to do, and those without a snapshot.
func (p *Planner) observeMinimal(ctx context.Context, targets []target, known stored, o PlanOptions) []observation {
	seen := p.compareAll(targets, known, o)

	var due []target
	var places []int
	for i, s := range seen {
		if !s.notRefreshed {
			due, places = append(due, targets[i]), append(places, i)
		}
	}
	for i, live := range p.observer().observe(ctx, due) {
		seen[places[i]] = live
	}
	return seen
}

// compareAll compares the targets with their snapshots, in parallel. Only the observation of a target that
// need not be read live is marked as not refreshed.
func (p *Planner) compareAll(targets []target, known stored, o PlanOptions) []observation {
	seen := make([]observation, len(targets))
	now := p.Now()

	g := parallel.New(max(1, p.Parallelism))
	for i, t := range targets {
		g.Go(func() error {
			seen[i] = compareWithSnapshot(t, known.of(t.name), o, now)
			return nil
		})
	}
	_ = g.Wait() // none fails
	return seen
}

// compareWithSnapshot observes a target by its snapshot. The observation is marked as not refreshed
// if the snapshot is reliable and shows nothing to do.
func compareWithSnapshot(t target, known storedZone, o PlanOptions, now time.Time) observation {
	seen := observation{target: t}
	if !upToDate(known, now) || fromSnapshot(&seen, known.snapshot) != "" {
		return seen
	}

	foreign := insideOf(t.name, seen.zone.ID, seen.zone.Records) != nil
	seen.notRefreshed = !foreign && !ownsUnseen(known.zone, seen) && !showsSomething(seen, known, o)
	return seen
}

// upToDate reports whether there is a snapshot and, as far as the state knows, nothing has happened
// in the zone since. A snapshot with a time in the future is from a machine whose clock is wrong,
// so it may be older than it says.
func upToDate(known storedZone, now time.Time) bool {
	snapshot := known.snapshot
	switch {
	case snapshot == nil || snapshot.Head().ID == "" || snapshot.FetchedAt.After(now):
		return false
	case known.zone == nil:
		return true
	}
	return known.zone.Journal == nil && !known.zone.AppliedAt.After(snapshot.FetchedAt)
}

// ownsUnseen reports whether cfplan owns a record that the snapshot does not have, such as a record
// of a former zone of that name.
func ownsUnseen(known *state.Zone, seen observation) bool {
	if known == nil || len(known.Owned) == 0 {
		return false
	}
	left := len(known.Owned)
	for _, r := range seen.zone.Records {
		if known.Owns(r.ID) {
			left--
		}
	}
	return left > 0
}

// showsSomething reports whether a plan made from the snapshot has anything but counts to say about
// the zone.
func showsSomething(seen observation, known storedZone, o PlanOptions) bool {
	if len(beyondTier(seen)) > 0 {
		return true
	}
	z, diags := planZone(seen, known, o)
	return len(diags) > 0 || !z.HasNothingToDo()
}
