package postgres

import (
	"context"
	"fmt"
	"time"
)

// Probe proves that the lock would hold: that the server has advisory locks, and
// that this connection keeps a session of its own. It writes nothing, and a role
// that may only read passes.
func (b *Backend) Probe(ctx context.Context) error {
	conn, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	pid, err := b.ownSession(ctx, conn)
	if err != nil {
		return err
	}
	if err := b.wantLayout(ctx, conn); err != nil && !isMissing(err) {
		return err
	}
	key := lockKey("probe", b.schema, b.key, pid, time.Now().String())
	if _, err = query(ctx, conn, `SELECT pg_try_advisory_lock($1::bigint)`, columns{asText}, key); err != nil {
		return b.explain(err)
	}
	rows, err := query(ctx, conn, `SELECT l.pid FROM pg_locks l WHERE `+held, columns{asText}, key)
	if err != nil {
		return b.explain(err)
	}
	if len(rows) != 1 || string(rows[0][0]) != pid {
		return fmt.Errorf("%s: a lock that was taken is not held: %w", b.server(), errShared)
	}
	return nil
}
