package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// An apply reads and guards every zone before it writes to any. A request may be sent much later:
// other zones come first, the rate limit makes it wait, or an earlier request to the same zone
// takes time. It must not overwrite what others have changed meanwhile. So a zone whose read is old
// is read and guarded again right before its request.

// freshFor is how old the read of a zone may be when a request to the zone is sent.
const freshFor = 5 * time.Second

// mostReads bounds how often a zone is read for one request. If reading its list takes longer than
// freshFor, the zone is written right after the last of these reads.
const mostReads = 3

// mostSlowReads bounds how often an apply reads a zone again because the read right before took longer than
// freshFor. Reading again helps if one list is slow. If all lists are slow, it only makes the apply slower.
// So beyond this number, each request follows directly on the first read that was made for it.
const mostSlowReads = 4

// reading is a zone as it was read.
type reading struct {
	zone dns.Zone
	// at is the time at which the list was requested.
	at time.Time
	// oldTier is the field of the same name of the observation.
	oldTier bool
}

// read reads the zone again. It returns an error if the list belongs to another zone.
func (z *zoneApply) read(ctx context.Context) (reading, error) {
	now := reading{zone: dns.Zone{Name: z.zone.Name, ID: z.zone.ID}}
	list, err := z.api().RecordsSince(ctx, z.zone.ID, func() { now.at = z.apply.now() })
	if err == nil {
		err = insideOf(z.zone.Name, z.zone.ID, list.Records)
	}
	now.zone.Records = list.Records
	return now, err
}

// ready returns nil if the zone may be written to now: the lock is held, and what is left to do
// fits a read of the zone that is no older than freshFor. It is called right before each attempt is
// sent.
func (z *zoneApply) ready(ctx context.Context) error {
	for reads := range mostReads + 1 {
		if err := z.apply.lock.Check(ctx); err != nil {
			return err
		}
		if isFresh(z.readAt, z.apply.now()) || reads == mostReads {
			return nil
		}
		if reads > 0 && z.apply.slowReads.Add(1) > mostSlowReads {
			return nil
		}
		if err := z.guardAgain(ctx); err != nil {
			return err
		}
	}
	return nil
}

// isFresh reports whether a read at then is still fresh at now. The wall clock may have been set
// meanwhile, and Go's monotonic clock stands still while a computer sleeps. So the read must be
// fresh by both.
func isFresh(then, now time.Time) bool {
	for _, age := range []time.Duration{now.Sub(then), now.Round(0).Sub(then.Round(0))} {
		if age < 0 || age > freshFor {
			return false
		}
	}
	return true
}

// guardAgain reads the zone, and returns a [StaleError] if what is left to do no longer fits it.
func (z *zoneApply) guardAgain(ctx context.Context) error {
	now, err := z.read(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return ErrInterrupted
	case err != nil:
		return &WriteError{
			Zone: z.zone.Name,
			Err:  fmt.Errorf("the zone could not be read again right before the write: %w", err),
		}
	}

	z.before.add(now.zone.Records)
	stale := z.stale(z.left, now)
	if len(stale) == 0 {
		z.readAt = now.at
		return nil
	}
	return &StaleError{Zones: []StaleZone{{Name: z.zone.Name, Changes: stale}}, Started: true}
}

// stale returns the changes that no longer fit the zone. A list may lag behind a write, so records
// that an earlier request of this run has destroyed do not count.
func (z *zoneApply) stale(changes []plan.Change, now reading) []plan.Stale {
	live := now.zone
	live.Records = slices.DeleteFunc(slices.Clone(live.Records), func(r dns.Record) bool { return z.destroyed[r.ID] })
	return plan.Guard(plan.Zone{Name: z.zone.Name, ID: z.zone.ID, Changes: changes}, live)
}
