package reconcile

import (
	"context"
	"errors"
	"slices"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// send sends the batch, and finds out what became of it if no answer says so.
// It is sent a second time only after reading the zone has shown that nothing
// of it took effect.
func (z *zoneApply) send(ctx context.Context, changes []plan.Change) ([]dns.Record, error) {
	for attempt := 1; ; attempt++ {
		result, err := z.apply.api.ApplyBatch(ctx, z.zone.ID, z.request(changes))
		var failure *cloudflare.Error
		if err == nil || (!errors.As(err, &failure) || !failure.InDoubt) && attempt == 1 {
			return result.Created, err
		}

		created, done, readErr := z.outcome(context.WithoutCancel(ctx), changes)
		switch {
		case readErr != nil:
			return nil, &WriteError{Zone: z.zone.Name, InDoubt: true, Err: errors.Join(err, readErr)}
		case done:
			return created, nil
		case attempt == 2:
			// The first one may still take effect, or have done so unseen.
			return nil, &WriteError{Zone: z.zone.Name, InDoubt: true, Err: err}
		}
	}
}

// outcome reads the zone after a write in doubt. Either the write took effect as a whole, or not
// at all, or the zone was changed outside of this run, which is an error.
func (z *zoneApply) outcome(ctx context.Context, changes []plan.Change) (created []dns.Record, done bool, err error) {
	records, err := z.apply.api.Records(ctx, z.zone.ID)
	if err != nil {
		return nil, false, err
	}

	part := plan.Zone{Name: z.zone.Name, Changes: changes}
	stale := plan.Guard(part, dns.Zone{Name: z.zone.Name, Records: records})
	switch {
	case len(stale) == 0:
		return nil, false, nil
	case plan.AllDone(part, stale):
		return addedAmong(changes, records), true, nil
	default:
		return nil, false, &StaleError{Zones: []StaleZone{{Name: z.zone.Name, Changes: stale}}}
	}
}

func addedAmong(changes []plan.Change, records []dns.Record) []dns.Record {
	wanted := map[dns.Key]bool{}
	for _, c := range changes {
		if c.Action == plan.Add {
			wanted[c.After.Record(c.Name, c.Type).Key()] = true
		}
	}
	return slices.DeleteFunc(records, func(r dns.Record) bool { return !wanted[r.Key()] })
}

// request translates changes into the operations of one request, which is sent only
// while the lock is held: the journal, and rate limits, may have taken their time.
func (z *zoneApply) request(changes []plan.Change) cloudflare.Batch {
	b := cloudflare.Batch{Before: z.apply.lock.Check}
	for _, c := range changes {
		switch c.Action {
		case plan.Destroy:
			b.Deletes = append(b.Deletes, c.RecordID)
		case plan.Add:
			b.Posts = append(b.Posts, c.After.Record(c.Name, c.Type))
		default:
			after := c.After.Record(c.Name, c.Type)
			after.ID = c.RecordID
			b.Patches = append(b.Patches, cloudflare.Patch{Record: after, Changed: c.Changed()})
		}
	}
	return b
}

// givenUp reports whether a request was given up before it was sent because the
// run was asked to stop while it waited.
func givenUp(ctx context.Context, err error) bool {
	var e *cloudflare.Error
	return ctx.Err() != nil && errors.As(err, &e) && e.NotSent()
}
