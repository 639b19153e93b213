package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

var errShared = errors.New("a pooler in between hands one session to several clients, which would all think that " +
	"they hold the lock: " +
	"connect to the server itself, or to a pool in session mode")

// openSession opens a connection for nothing but the lock, with tables to write to.
func (b *Backend) openSession(ctx context.Context) (conn *pgconn.PgConn, pid string, err error) {
	ctx, cancel := patient(ctx)
	defer cancel()

	if conn, err = b.connect(ctx); err != nil {
		return nil, "", err
	}
	if pid, err = b.ownSession(ctx, conn); err == nil {
		err = b.ready(ctx, conn)
	}
	if err == nil {
		err = b.keepOpen(ctx, conn)
	}

	if err != nil {
		hangUp(conn)
		return nil, "", err
	}

	return conn, pid, nil
}

func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
}

// sessionLooks is how often a connection through a pooler is asked for its session.
const sessionLooks = 4

// ownSession returns the server's process for a session, once it is sure that no
// second connection gets the same, and that this one keeps it: poolers hand out the
// session that was used last, or each in its turn. A pooler gives itself away by a
// process that is another than the one announced when the connection was made.
func (b *Backend) ownSession(ctx context.Context, conn *pgconn.PgConn) (pid string, err error) {
	if pid, err = b.backendPID(ctx, conn); err != nil || pid == strconv.FormatUint(uint64(conn.PID()), 10) {
		return pid, err
	}

	second, err := b.connect(ctx)
	if err != nil {
		return "", err
	}
	defer hangUp(second)

	other, err := b.backendPID(ctx, second)
	if err != nil || other == pid {
		return "", b.shared(err)
	}

	for range sessionLooks {
		if again, err := b.backendPID(ctx, conn); err != nil || again != pid {
			return "", b.shared(err)
		}
	}

	return pid, nil
}

// shared is err, or else that a session is shared.
func (b *Backend) shared(err error) error {
	if err != nil {
		return b.explain(err)
	}
	return fmt.Errorf("%s: %w", b.server(), errShared)
}

func (b *Backend) backendPID(ctx context.Context, conn *pgconn.PgConn) (string, error) {
	row, err := queryRow(ctx, conn, "SELECT pg_backend_pid()", columns{asText})
	if err != nil {
		return "", b.explain(err)
	}
	return string(row[0]), nil
}

// keepOpen asks the server to leave an idle session open, and to end it when the
// other machine has been gone without a word for 80 seconds, so that 90 are the most.
// Settings that it does not have are left out.
func (b *Backend) keepOpen(ctx context.Context, conn *pgconn.PgConn) error {
	_, err := query(ctx, conn, `SELECT set_config(s.name, w.value, false) FROM pg_settings s JOIN (VALUES
		('idle_session_timeout', '0'), ('tcp_keepalives_idle', '20'), ('tcp_keepalives_interval', '10'),
		('tcp_keepalives_count', '6'), ('tcp_user_timeout', '80000')) w (name, value) ON w.name = s.name`,
		columns{asText})
	return b.explain(err)
}

var (
	errElsewhere = errors.New("the pooler in between no longer leads to the session that has it")
	errNotHeld   = errors.New("its session no longer had it")
)

// mostReleases is how often a session that is one of a pool's is asked for.
const mostReleases = 100

// release gives back the lock that the server's process pid has taken. Where a pooler
// leads from one session to another, it goes on until it meets that one, if it does:
// a lock that stays in a pool keeps everybody out for as long as that lasts.
func (b *Backend) release(ctx context.Context, conn *pgconn.PgConn, key int64, pid string) error {
	for range mostReleases {
		row, err := queryRow(ctx, conn, `SELECT CASE WHEN pg_backend_pid()::text <> $2 THEN 'elsewhere'
			ELSE pg_advisory_unlock($1::bigint)::text END`, columns{asText}, key, pid)
		if err != nil {
			return b.explain(err)
		}
		switch string(row[0]) {
		case "true":
			return nil
		case "false":
			return fmt.Errorf("%s: %w", b.server(), errNotHeld)
		}
	}
	return fmt.Errorf("%s: %w; end that session with SELECT pg_terminate_backend(%s)", b.server(), errElsewhere, pid)
}
