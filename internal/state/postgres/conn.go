package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// usePatience is how long one use of a connection may take, the making of it and a
// document of [state.MaxSize] included, which a line of 8 Mbit/s carries in that
// time. A write is not cut short by its caller, so that this alone ends one whose
// server or network no longer answers.
const usePatience = 5 * time.Minute

// idleFor is how long a connection is kept for the next use. An apply writes the
// state after each request, and a new connection takes several round trips; one
// that is left open for longer may be cut by what is on the way.
const idleFor = 10 * time.Second

// pingAfter is how long a connection may have been idle before it is asked whether
// it still is there; within that, the question would be half of all that an apply
// sends. An answer takes pingPatience at most.
const (
	pingAfter    = time.Second
	pingPatience = 10 * time.Second
)

// idleConn is a connection that nobody uses.
type idleConn struct {
	conn   *pgconn.PgConn
	since  time.Time
	closer *time.Timer
}

// use runs fn with a connection, the last one where it still is there, and with a
// context that ends in time.
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
	if i == nil || !i.closer.Stop() { // else it is about to be closed
		return nil
	}

	if time.Since(i.since) > b.pingAfter && ping(ctx, i.conn) != nil { // what fails now has changed nothing
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
	_ = conn.Close(ctx) // the server ends the session all the same
}
