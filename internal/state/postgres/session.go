package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

var errShared = errors.New("a pooler in between hands one session to several clients, so each of them would believe " +
	"that it holds the lock: connect to the server itself, or to a pool in session mode")

// openSession opens a connection that is used only for the lock, and makes sure that the tables exist.
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

// sessionLooks is how often ownSession checks that a connection through a pooler keeps its session.
const sessionLooks = 4

// ownSession returns the server's process of the session, after it has checked that no second connection gets
// the same session, and that this connection keeps it. Some poolers hand out the session that was used last,
// others each in turn. Without a pooler, the process is the one that was announced when the connection was
// made, and nothing else is checked.
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

// shared explains err. If err is nil, it returns an error which says that the session is shared.
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

// keepOpen asks the server to leave an idle session open, and to end it if the other machine has not
// answered for 80 seconds, which makes 90 seconds at most. A server that lacks one of the settings is not
// asked for it.
func (b *Backend) keepOpen(ctx context.Context, conn *pgconn.PgConn) error {
	_, err := query(ctx, conn, `SELECT set_config(s.name, w.value, false) FROM pg_settings s JOIN (VALUES
		('idle_session_timeout', '0'), ('tcp_keepalives_idle', '20'), ('tcp_keepalives_interval', '10'),
		('tcp_keepalives_count', '6'), ('tcp_user_timeout', '80000')) w (name, value) ON w.name = s.name`,
		columns{asText})
	return b.explain(err)
}

var (
	errElsewhere = errors.New("the pooler in between no longer leads to the session that holds it")
	errNotHeld   = errors.New("the session no longer held it")
)

// mostReleases limits how often release asks a pool for the session.
const mostReleases = 100

// release releases the lock that the server's process pid has taken. A pooler may lead to another session, so
// release tries again until it reaches the right one, up to mostReleases times: a lock that stays in a pool
// blocks every run for as long as its session lives.
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
