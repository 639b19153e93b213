package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// errOther means that the lock has another ID.
var errOther = errors.New("it is another lock")

// ForceUnlock implements [state.Backend]. It ends the session that holds the lock. The server allows that
// to the session's own role, to members of pg_signal_backend, and to superusers.
func (b *Backend) ForceUnlock(ctx context.Context, id string) error {
	err := b.use(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		h, pid, err := b.heldBy(ctx, conn)
		switch {
		case err != nil:
			return err
		case pid == "":
			return fmt.Errorf("%s: %w", b.Place(state.DocState), state.ErrNotLocked)
		case h.ID == "":
			return fmt.Errorf("%s: the lock does not name its holder: %w; make sure that no cfplan is running, "+
				"then end "+
				"its session with SELECT pg_terminate_backend(%s)", b.server(), errOther, pid)
		case h.ID != id:
			return fmt.Errorf("%s: the ID of the lock is %s, not %s: %w, held by %s", b.server(), h.ID, id, errOther,
				h.Who)
		}

		return b.end(ctx, conn, pid)
	})
	if isMissing(err) {
		return fmt.Errorf("%s: %w", b.Place(state.DocState), state.ErrNotLocked)
	}

	return err
}

// end ends the session that holds the lock, if it still is the server's process pid, and waits until it has
// ended. The row of the lock is not consulted, because another program may have written it.
func (b *Backend) end(ctx context.Context, conn *pgconn.PgConn, pid string) error {
	_, err := query(ctx, conn, `SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.pid::text = $2 AND `+held,
		columns{asText}, b.lockKey(), pid)
	if code(err) == insufficientRight {
		next := fmt.Sprintf("role %s may not end the session that holds the lock (process %s of the server), because "+
			"the session belongs to another role: break the lock as that role, or grant pg_signal_backend",
			b.config.User, pid)
		return &explained{b.server(), next, err}
	}

	if err != nil {
		return b.failed(ctx, conn, err)
	}

	for {
		_, now, err := b.heldBy(ctx, conn)
		if err != nil || now != pid {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: the session that holds the lock (process %s) was ended, but still runs: %w",
				b.server(), pid, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
