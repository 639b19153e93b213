package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Probe checks that the lock would hold: that the server has advisory locks, and that this connection keeps a
// session of its own. It writes nothing. If the role may only read, the error is [fs.ErrPermission].
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
	if err := b.tryLock(ctx, conn, key, pid); err != nil {
		return err
	}

	return b.mayWrite(ctx, conn)
}

// tryLock takes a lock that no other program uses, checks that the session holds it, and releases it.
func (b *Backend) tryLock(ctx context.Context, conn *pgconn.PgConn, key int64, pid string) error {
	row, err := queryRow(ctx, conn, `SELECT pg_backend_pid(), pg_try_advisory_lock($1::bigint)`,
		columns{asText, asText}, key)
	if err != nil {
		return b.explain(err)
	}

	taker := string(row[0])
	rows, err := query(ctx, conn, `SELECT l.pid FROM pg_locks l WHERE l.pid = pg_backend_pid() AND `+held,
		columns{asText}, key)
	if err != nil {
		return b.explain(err)
	}

	err = b.release(ctx, conn, key, taker)
	if taker != pid || len(rows) != 1 || string(rows[0][0]) != pid || errors.Is(err, errElsewhere) {
		return fmt.Errorf("the server granted a lock that the session does not hold: %w", b.shared(nil))
	}

	return err
}

// mayWrite checks whether this role may write to the tables, if there are any.
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
		return fmt.Errorf("%s: the role may read the tables of the schema %s, but not write to them: %w", b.server(),
			b.schema, fs.ErrPermission)
	}

	return nil
}
