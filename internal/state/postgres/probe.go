package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Probe proves that the lock would hold: that the server has advisory locks, and
// that this connection keeps a session of its own. It writes nothing. That a role may
// only read is an error that is [fs.ErrPermission].
func (b *Backend) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
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
	return b.mayWrite(ctx, conn)
}

// mayWrite asks whether this role may write to the tables, where there are any.
func (b *Backend) mayWrite(ctx context.Context, conn *pgconn.PgConn) error {
	_, there, err := b.whatIsThere(ctx, conn)
	if err != nil || !there {
		return err
	}
	const allowed = `SELECT has_table_privilege($1::text, 'INSERT') AND has_table_privilege($1::text, 'UPDATE')`
	rows, err := query(ctx, conn, allowed, columns{asText}, b.sql("SCHEMA.documents"))
	if err != nil {
		return b.explain(err)
	}
	if len(rows) == 1 && string(rows[0][0]) == "f" {
		return fmt.Errorf("%s: the role may read the tables of the schema %s, and not write to them: %w", b.server(), b.schema, fs.ErrPermission)
	}
	return nil
}
