package httpstate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/cfplan/cfplan/internal/state"
)

// Probe checks that the server returns a state or reports that it has none, and that it gives its lock to
// only one run at a time. If the lock is free, Probe takes it for a moment. If the credentials may not lock,
// the error is [fs.ErrPermission]; reading is enough for a plan.
func (b *Backend) Probe(ctx context.Context) error {
	if _, _, err := b.version(ctx, state.DocState); err != nil {
		return err
	}

	who := state.Holder{ID: "probe-" + rand.Text(), Operation: "init", Who: "cfplan", Path: b.Place(state.DocState)}
	got, _, err := b.take(ctx, who)
	switch {
	case err != nil:
		b.giveUp(ctx, who, err)
		return err
	case !got:
		return nil // the refusal proves that the lock works
	}

	if _, err = b.occupant(ctx); errors.Is(err, state.ErrNotLocked) {
		err = fmt.Errorf("%s: the server gave its lock to two runs at a time: check lock_address and lock_method",
			shown(b.lockAddress))
	}

	ctx, cancel := patient(ctx)
	defer cancel()

	return errors.Join(err, b.release(ctx, who))
}
