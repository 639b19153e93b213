package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// usePatience limits one use of a connection, including the time to connect. It is enough for a document of
// [state.MaxSize] over a line of 8 Mbit/s. A write is not interrupted by its caller's context, so only this
// limit ends a write if the server or the network no longer answers.
const usePatience = 5 * time.Minute

// idleFor is how long a connection is kept for the next use. An apply writes the state after each request,
// and a new connection takes several round trips. A connection that stays open for longer may be cut by a
// device on the way.
const idleFor = 10 * time.Second

// pingAfter is how long a connection may be idle before its next use begins with a ping. If it were shorter,
// half of the messages of an apply would be pings. A ping takes pingPatience at most.
const (
	pingAfter    = time.Second
	pingPatience = 10 * time.Second
)

// idleConn is an open connection that is not in use.
type idleConn struct {
	conn   *pgconn.PgConn
	since  time.Time
	closer *time.Timer
}

// use runs fn with a connection and with a context that has a deadline. It takes the last connection if
// that one is still open.
func (b *Backend) use(ctx context.Context, fn func(context.Context, *pgconn.PgConn) error) error {
	ctx, cancel := context.WithTimeout(ctx, b.patience)
	defer cancel()

	conn := b.takeIdle(ctx)
	if conn == nil {
		var err error
		if conn, err = b.connect(ctx); err != nil {
			return err
		}
	}

	err := fn(ctx, conn)
	b.giveBack(conn)
	return err
}

func (b *Backend) connect(ctx context.Context) (*pgconn.PgConn, error) {
	conn, err := pgconn.ConnectConfig(ctx, b.config)
	if err != nil {
		return nil, b.explain(err)
	}
	return conn, nil
}

func (b *Backend) takeIdle(ctx context.Context) *pgconn.PgConn {
	b.mu.Lock()
	i := b.idle
	b.idle = nil
	b.mu.Unlock()
	if i == nil || !i.closer.Stop() { // otherwise it is about to be closed
		return nil
	}

	if time.Since(i.since) > b.pingAfter && ping(ctx, i.conn) != nil { // a failure here has changed nothing
		hangUp(i.conn)
		return nil
	}

	return i.conn
}

func ping(ctx context.Context, conn *pgconn.PgConn) error {
	ctx, cancel := context.WithTimeout(ctx, pingPatience)
	defer cancel()
	return conn.Ping(ctx)
}

func (b *Backend) giveBack(conn *pgconn.PgConn) {
	b.mu.Lock()
	defer b.mu.Unlock()

	if conn.IsClosed() || b.idle != nil {
		go hangUp(conn)
		return
	}

	i := &idleConn{conn: conn, since: time.Now()}
	i.closer = time.AfterFunc(idleFor, func() {
		b.mu.Lock()
		if b.idle == i {
			b.idle = nil
		}
		b.mu.Unlock()
		hangUp(conn)
	})

	b.idle = i
}

// hangUp ends a session.
func hangUp(conn *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = conn.Close(ctx) // the server ends the session anyway
}
