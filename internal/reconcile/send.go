package reconcile

import (
	"context"
	"errors"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// send sends the batch and returns the IDs of the records that it added. If no answer arrives, it
// finds out whether the batch took effect. It sends the batch a second time only after reading the
// zone has shown that nothing of it took effect.
func (z *zoneApply) send(ctx context.Context, changes []plan.Change) (map[dns.Key]string, error) {
	for attempt := 1; ; attempt++ {
		result, err := z.api().ApplyBatch(ctx, z.zone.ID, z.request(changes))
		if err == nil {
			return z.created(context.WithoutCancel(ctx), changes, result.Created)
		}
		var failure *cloudflare.Error
		if (!errors.As(err, &failure) || !failure.InDoubt) && attempt == 1 {
			return nil, err
		}

		ids, done, readErr := z.outcome(context.WithoutCancel(ctx), changes)
		switch {
		case readErr != nil:
			return nil, z.inDoubt(errors.Join(err, readErr))
		case done:
			return ids, nil
		case attempt == 2:
			// The first request may still take effect, or may have done so without being seen.
			return nil, z.inDoubt(err)
		}
	}
}

func (z *zoneApply) inDoubt(err error) error {
	return &WriteError{Zone: z.zone.Name, InDoubt: true, Err: err}
}

// created returns the IDs of the records that a successful request added. If the IDs in its answer
// cannot be right, the zone's list decides.
func (z *zoneApply) created(
	ctx context.Context, changes []plan.Change, answer []dns.Record,
) (map[dns.Key]string, error) {
	ids, complete := idsFromAnswer(changes, answer, z.before)
	if complete {
		return ids, nil
	}

	now, err := z.read(ctx)
	if err != nil {
		return nil, z.inDoubt(errors.Join(errUnidentified, err))
	}
	ids = idsFromList(changes, now.zone.Records, answer, z.before)
	if err := allIdentified(changes, ids); err != nil {
		return nil, z.inDoubt(err)
	}
	return ids, nil
}

// outcome reads the zone after a write in doubt. The write took effect as a whole or not at all;
// anything else means that the zone was changed outside of this run, which is an error.
func (z *zoneApply) outcome(
	ctx context.Context, changes []plan.Change,
) (ids map[dns.Key]string, done bool, err error) {
	now, err := z.read(ctx)
	if err != nil {
		return nil, false, err
	}

	stale := z.stale(changes, now)
	switch {
	case len(stale) == 0:
		z.before.add(now.zone.Records)
		return nil, false, nil
	case plan.AllDone(plan.Zone{Changes: changes}, stale):
		ids = idsFromList(changes, now.zone.Records, nil, z.before)
		return ids, true, allIdentified(changes, ids)
	default:
		return nil, false, &StaleError{Zones: []StaleZone{{Name: z.zone.Name, Changes: stale}}, Started: true}
	}
}

// request translates changes into the operations of one request.
func (z *zoneApply) request(changes []plan.Change) cloudflare.Batch {
	b := cloudflare.Batch{Before: z.ready}
	for _, c := range changes {
		switch c.Action {
		case plan.Destroy:
			b.Deletes = append(b.Deletes, c.RecordID)
		case plan.Add:
			b.Posts = append(b.Posts, c.AfterRecord())
		default:
			after := c.AfterRecord()
			after.ID = c.RecordID
			b.Patches = append(b.Patches, cloudflare.Patch{Record: after, Changed: c.Changed()})
		}
	}
	return b
}

// givenUp reports whether a request was abandoned before it was sent because the run was
// interrupted while it waited.
func givenUp(ctx context.Context, err error) bool {
	var e *cloudflare.Error
	return ctx.Err() != nil && errors.As(err, &e) && e.NotSent()
}
