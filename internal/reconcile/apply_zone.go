package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// zoneApply is the part of an apply that belongs to one zone.
type zoneApply struct {
	apply   *apply
	zone    plan.Zone
	journal *zoneJournal

	// live is the zone after the changes made so far.
	live dns.Zone
	// oldTier is true if the tier of live is from a snapshot.
	oldTier bool
	// readAt is the time of the read with which left was last compared.
	readAt time.Time
	// left are the changes that are still to be made, including those of the request under way.
	left []plan.Change
	// before are the records that cannot be new: a list has shown them, or this run has added them.
	before idSet
	// destroyed are the records that this run has destroyed.
	destroyed idSet
	// made are the digests of what was done.
	made []string
	// recordedAt is the time at which a change was last recorded; zero if none was.
	recordedAt time.Time
}

func newZoneApply(a *apply, z plan.Zone, live reading) *zoneApply {
	return &zoneApply{
		apply:     a,
		zone:      z,
		journal:   &zoneJournal{log: a.journal, zone: z, digests: a.digests, who: a.who, now: a.now},
		live:      live.zone,
		oldTier:   live.oldTier,
		readAt:    live.at,
		left:      z.Changes,
		before:    idsOf(live.zone.Records),
		destroyed: idSet{},
	}
}

// api returns the client of the zone's account.
func (z *zoneApply) api() *cloudflare.Client { return z.apply.clients.of(z.zone.Account) }

// run carries out the changes of the zone, batch by batch.
func (z *zoneApply) run(ctx context.Context) error {
	tally := z.apply.tally
	err := tally.mayGoOn(ctx, z.zone.Name)
	if err == nil {
		err = z.adopt(ctx)
	} else {
		tally.leave(adoptions(z.zone))
	}

	batches := plan.Batches(z.zone, z.batchLimit(ctx))
	for i, batch := range batches {
		z.left = slices.Concat(batches[i:]...)
		if err == nil {
			err = tally.mayGoOn(ctx, z.zone.Name)
		}
		if err != nil {
			tally.leave(batch)
			continue
		}
		err = z.batch(ctx, batch)
	}
	return err
}

// adopt takes and gives up ownership of the records that need no request.
func (z *zoneApply) adopt(ctx context.Context) error {
	equal := adoptions(z.zone)
	if len(equal) == 0 {
		return nil
	}

	if err := z.ready(ctx); err != nil {
		z.apply.tally.leave(equal)
		return z.named(err)
	}
	if err := z.record(context.WithoutCancel(ctx), equal, nil); err != nil {
		z.apply.tally.leave(equal) // an adoption happens only in the state
		return fmt.Errorf("%s: nothing was adopted or changed, because the state could not be saved: %w",
			z.zone.Name, err)
	}
	z.count(equal)
	return nil
}

// adoptions returns the changes that need no request, because they only change ownership.
func adoptions(z plan.Zone) []plan.Change {
	return slices.DeleteFunc(slices.Clone(z.Changes), plan.Change.Writes)
}

// batchLimit returns how many operations a request may hold. It asks Cloudflare for the zone's plan only if
// the plan matters and no answer in this run had it. If the plan is not known, the smallest limit is safe.
func (z *zoneApply) batchLimit(ctx context.Context) int {
	writes := len(z.zone.Changes) - len(adoptions(z.zone))
	if writes <= plan.FreeBatchLimit {
		return plan.FreeBatchLimit
	}
	if z.live.Tier.Known() && !z.oldTier {
		return plan.BatchLimit(z.live.Tier)
	}

	now, err := z.api().GetZone(ctx, z.zone.ID)
	if err != nil {
		return plan.FreeBatchLimit
	}
	z.live.Tier, z.live.NameServers = now.Tier, now.NameServers
	return plan.BatchLimit(now.Tier)
}

// batch sends one request and records what it did. What has been sent is finished
// and recorded, whatever happens to ctx.
func (z *zoneApply) batch(ctx context.Context, changes []plan.Change) error {
	tally := z.apply.tally
	if err := z.openJournal(context.WithoutCancel(ctx), changes); err != nil {
		tally.leave(changes)
		tally.halt()
		if errors.Is(err, state.ErrLockLost) {
			return fmt.Errorf("%s: %w", z.zone.Name, err)
		}
		return fmt.Errorf("%s: nothing more was changed, because the state could not be saved: %w", z.zone.Name, err)
	}

	ids, err := z.send(ctx, changes)
	if err != nil {
		tally.leave(changes)
		return z.failed(ctx, changes, err)
	}

	err = z.record(context.WithoutCancel(ctx), changes, ids)
	z.count(changes)
	if err != nil {
		tally.halt()
		return &UnsavedError{Zone: z.zone.Name, Done: changes, Err: err}
	}
	return nil
}

func (z *zoneApply) openJournal(ctx context.Context, changes []plan.Change) error {
	err := z.journal.open(ctx, changes, z.apply.fence.enter)
	if err == nil {
		z.apply.fence.passed()
	}
	return err
}

// count counts changes that were made.
func (z *zoneApply) count(changes []plan.Change) {
	z.apply.tally.count(changes)
	z.apply.steps.add(z.zone.Name, len(changes))
}

// failed turns the error of a request that did not take effect into an error of the zone. If it is
// not certain that nothing took effect, the journal stays open for the next run.
func (z *zoneApply) failed(ctx context.Context, changes []plan.Change, err error) error {
	if givenUp(ctx, err) {
		err = ErrInterrupted
	}
	ctx = context.WithoutCancel(ctx)
	switch {
	case errors.Is(err, state.ErrLockLost), errors.Is(err, ErrInterrupted):
		err = z.named(err)
	default:
		z.apply.refused.note(z.zone.Name, err, "none")
		err = z.writeError(ctx, changes, err)
	}

	var write *WriteError
	if errors.As(err, &write) && write.InDoubt {
		return err
	}
	if saveErr := z.journal.withdraw(ctx); saveErr != nil {
		z.apply.tally.halt()
		err = errors.Join(err, fmt.Errorf("%s: the state could not be saved: %w", z.zone.Name, saveErr))
	}
	return err
}

// writeError turns a refused batch, of which nothing took effect, into an error that names the
// records that may have caused it.
func (z *zoneApply) writeError(ctx context.Context, changes []plan.Change, err error) error {
	if namesZone(err) {
		return err
	}
	return &WriteError{Zone: z.zone.Name, Suspects: z.suspects(ctx, changes, err), Err: err}
}

// named prefixes an error with the zone's name, unless it has the name already.
func (z *zoneApply) named(err error) error {
	if namesZone(err) {
		return err
	}
	return fmt.Errorf("%s: %w", z.zone.Name, err)
}

func namesZone(err error) bool {
	var write *WriteError
	var stale *StaleError
	return errors.As(err, &write) || errors.As(err, &stale)
}
