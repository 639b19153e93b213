package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

const (
	// lockPause is the least time between two attempts; the most is twice that.
	lockPause = 150 * time.Millisecond
	// answerTimeout limits each step with the lock. The caller's context does not interrupt a step: the driver
	// would close the connection, and the lock would be lost with it.
	answerTimeout = 30 * time.Second
	// aliveInterval is how often the connection of the lock is used while its holder does not need it. Proxies
	// and firewalls cut an idle connection, some of them after half a minute.
	aliveInterval = 20 * time.Second
	maxHolder     = 64 << 10 // bytes
)

// lockKey returns the number that identifies an advisory lock of PostgreSQL. Another program in the same
// database uses the same 64-bit number with a probability of 1 in 2^64; then the two programs would wait for
// each other.
func lockKey(kind string, names ...string) int64 {
	h := sha256.New()
	fmt.Fprintf(h, "cfplan %s %q", kind, names)
	return int64(binary.BigEndian.Uint64(h.Sum(nil))) //nolint:gosec // any number is good
}

func (b *Backend) lockKey() int64 { return lockKey("state", b.schema, b.key) }

// held is the condition for a row of pg_locks: it is the lock with number $1, and a session holds it.
const held = `l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
	AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND l.classid::bigint = ($1::bigint >> 32) & 4294967295 AND l.objid::bigint = $1::bigint & 4294967295`

// lock is a session that holds the advisory lock.
type lock struct {
	backend *Backend
	holder  state.Holder
	pid     string // the server's process of the session

	mu    sync.Mutex // a connection does one thing at a time
	conn  *pgconn.PgConn
	done  bool
	cut   error         // the error that revealed the end of the connection, or nil
	ended chan struct{} // closed by Unlock
}

// Lock implements [state.Backend].
func (b *Backend) Lock(ctx context.Context, who state.Holder, wait time.Duration) (state.Lock, error) {
	info, err := json.Marshal(who)
	if err != nil {
		return nil, err
	}

	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("the state was not locked: %w", err)
	}

	conn, pid, err := b.openSession(ctx)
	if err != nil {
		return nil, fmt.Errorf("the state can't be locked: %w", err)
	}

	l := &lock{backend: b, holder: who, pid: pid, conn: conn, ended: make(chan struct{})}
	held, err := state.AwaitLock(ctx, wait, lockPause, func(ctx context.Context) (state.Lock, error) {
		switch got, other, err := l.try(ctx, string(info)); {
		case err != nil:
			return nil, fmt.Errorf("the state can't be locked: %w", err)
		case !got:
			return nil, &state.LockedError{Holder: other}
		}
		go l.keepAlive()
		return l, nil
	})
	if err != nil {
		hangUp(conn)
	}

	return held, err
}

// try takes the lock if it is free. Otherwise it returns its holder.
func (l *lock) try(ctx context.Context, info string) (got bool, other state.Holder, err error) {
	ctx, cancel := patient(ctx)
	defer cancel()

	b, key := l.backend, l.backend.lockKey()
	// A session can take its lock twice. If it has the lock already, another client was given the same
	// session.
	row, err := queryRow(ctx, l.conn, `SELECT pg_backend_pid(), CASE
		WHEN EXISTS (SELECT FROM pg_locks l WHERE `+held+` AND l.pid = pg_backend_pid()) THEN 'shared'
		WHEN pg_try_advisory_lock($1::bigint) THEN 'got' ELSE 'held' END`, columns{asText, asText}, key)
	if err != nil {
		return false, other, b.explain(err)
	}

	switch string(row[1]) {
	case "shared":
		return false, other, b.shared(nil)
	case "held":
		other, _, err = b.heldBy(ctx, l.conn)
		return false, other, err
	}

	taker := string(row[0])
	if err := l.confirm(ctx, taker, info); err != nil {
		return false, other, l.undo(ctx, taker, err)
	}

	return true, other, nil
}

// confirm stores who holds the lock, and checks that the following statements reach the session that has taken
// it.
func (l *lock) confirm(ctx context.Context, taker, info string) error {
	b := l.backend
	_, err := query(ctx, l.conn, b.sql(`INSERT INTO SCHEMA.locks (key, pid, id, holder) VALUES ($1, $2::integer, $3, $4)
		ON CONFLICT (key) DO UPDATE SET pid = EXCLUDED.pid, id = EXCLUDED.id, holder = EXCLUDED.holder`), nil, b.key,
		l.pid, l.holder.ID, info)
	if err != nil {
		return b.failed(ctx, l.conn, err)
	}
	pid, id, err := l.inspect(ctx)
	if err != nil || taker != l.pid || pid != l.pid || id != l.holder.ID {
		return b.shared(err)
	}
	return nil
}

// undo releases the lock after a try that failed with err, as far as it can. If the connection is gone, so
// is its session.
func (l *lock) undo(ctx context.Context, taker string, err error) error {
	b := l.backend
	if l.conn.IsClosed() {
		return err
	}
	// If the role may not write the row, it may not delete it either.
	_, _ = query(ctx, l.conn, b.sql(`DELETE FROM SCHEMA.locks WHERE key = $1 AND id = $2`), nil, b.key, l.holder.ID)
	if left := b.release(ctx, l.conn, b.lockKey(), taker); errors.Is(left, errElsewhere) {
		return fmt.Errorf("%w; the lock was taken in the meantime, and could not be released: %w", err, left)
	}
	return err
}

// keepAlive uses the connection at intervals until Unlock.
func (l *lock) keepAlive() {
	again := time.NewTicker(l.backend.aliveInterval)
	defer again.Stop()
	for {
		select {
		case <-l.ended:
			return
		case <-again.C:
			l.touch()
		}
	}
}

// touch sends a message. Check reports its errors.
func (l *lock) touch() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done || l.conn.IsClosed() {
		return
	}
	ctx, cancel := patient(context.Background())
	defer cancel()
	if _, err := query(ctx, l.conn, "SELECT 1", columns{asText}); l.conn.IsClosed() {
		l.cut = err
	}
}

// heldBy returns who holds the lock, and the server's process of that session. h is empty until the session
// has written its row: before that, the row is the former holder's. pid is empty if no session holds the
// lock.
func (b *Backend) heldBy(ctx context.Context, conn *pgconn.PgConn) (h state.Holder, pid string, err error) {
	rows, err := query(ctx, conn, b.sql(`SELECT l.pid, r.holder FROM pg_locks l
		LEFT JOIN SCHEMA.locks r ON r.key = $2 AND r.pid = l.pid AND length(r.holder) <= $3::bigint WHERE `+held),
		columns{asText, asText}, b.lockKey(), b.key, int64(maxHolder))
	if err != nil || len(rows) == 0 {
		return h, "", b.failed(ctx, conn, err)
	}
	if json.Unmarshal(rows[0][1], &h) != nil {
		h = state.Holder{} // a lock without a readable holder is still a lock
	}
	return h.Printable(), string(rows[0][0]), nil
}

// Holder implements [state.Lock].
func (l *lock) Holder() state.Holder { return l.holder }

// Check implements [state.Lock]. It sends a request on the connection that holds the lock: if the connection is
// gone, so is the lock.
func (l *lock) Check(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()

	if l.done {
		return state.ErrLockLost
	}

	ctx, cancel := patient(ctx)
	defer cancel()

	b := l.backend
	pid, id, err := l.inspect(ctx)
	switch {
	case l.conn.IsClosed():
		if l.cut != nil {
			err = l.cut
		}
		return fmt.Errorf("%w: its session has ended: %w", state.ErrLockLost, b.explain(err))
	case err != nil:
		return fmt.Errorf("the state lock can't be checked: %w", b.explain(err))
	case pid != l.pid:
		return fmt.Errorf("%w: %w", state.ErrLockLost, b.shared(nil))
	case id != l.holder.ID:
		return state.ErrLockLost
	}

	return nil
}

// inspect returns the server's process of the session, and the ID of the lock if that process holds it.
func (l *lock) inspect(ctx context.Context) (pid, id string, err error) {
	b := l.backend
	row, err := queryRow(ctx, l.conn, b.sql(`SELECT pg_backend_pid(), coalesce(
		(SELECT r.id FROM SCHEMA.locks r JOIN pg_locks l ON l.pid = r.pid
		  WHERE r.key = $2 AND r.pid = pg_backend_pid() AND `+held+`), '')`),
		columns{asText, asText}, b.lockKey(), b.key)
	if err != nil {
		return "", "", err
	}
	return string(row[0]), string(row[1]), nil
}

// Unlock implements [state.Lock].
func (l *lock) Unlock() error {
	l.mu.Lock()
	defer l.mu.Unlock()

	if l.done {
		return nil
	}

	l.done = true
	close(l.ended)
	ctx, cancel := patient(context.Background())
	defer cancel()
	defer hangUp(l.conn)

	b := l.backend
	_, rowErr := query(ctx, l.conn, b.sql(`DELETE FROM SCHEMA.locks WHERE key = $1 AND id = $2`), nil, b.key,
		l.holder.ID)
	err := b.release(ctx, l.conn, b.lockKey(), l.pid)
	switch {
	case err == nil:
		return b.explain(rowErr)
	case errors.Is(err, errElsewhere), errors.Is(err, errNotHeld):
		return fmt.Errorf("the state lock was not released: %w", err)
	}

	// The session has ended, or its connection is cut. In the latter case the server may not have noticed, and
	// keeps the lock for a while.
	if err := b.ForceUnlock(ctx, l.holder.ID); err != nil && !errors.Is(err, state.ErrNotLocked) &&
		!errors.Is(err, errOther) {
		return fmt.Errorf("the state lock was not released; it becomes free when the server notices that the "+
			"session has ended: %w", err)
	}

	return nil
}
