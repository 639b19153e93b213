package postgres

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// SetPatience limits one use of a connection to d.
func (b *Backend) SetPatience(d time.Duration) { b.patience = d }

// SetPingAfter sets how long a connection may be idle before its next use begins with a ping.
func (b *Backend) SetPingAfter(d time.Duration) { b.pingAfter = d }

// SetAliveInterval sets how often a lock uses its connection.
func (b *Backend) SetAliveInterval(d time.Duration) { b.aliveInterval = d }

// CountSent returns a counter of the messages that are sent to the server from now on. It counts messages
// that fit into a packet.
func (b *Backend) CountSent() *atomic.Int64 {
	sent, dial := &atomic.Int64{}, b.config.DialFunc
	b.config.DialFunc = pgconn.DialFunc(func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		return counting{c, sent}, err
	})
	return sent
}

type counting struct {
	net.Conn
	sent *atomic.Int64
}

func (c counting) Write(p []byte) (int, error) {
	c.sent.Add(1)
	return c.Conn.Write(p)
}

// LockUnseen tries to lock without checking the connection first, as if a pooler began to share sessions
// after the check.
func (b *Backend) LockUnseen(ctx context.Context, who state.Holder) error {
	conn, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	pid, err := b.backendPID(ctx, conn)
	if err != nil {
		return err
	}
	_, _, err = (&lock{backend: b, holder: who, pid: pid, conn: conn}).try(ctx, "{}")
	return err
}

// Run runs a statement in the session that holds the lock.
func Run(l state.Lock, sql string) error {
	return simple(context.Background(), l.(*lock).conn, sql)
}

// Mislead makes a lock believe that the server's process pid holds it.
func Mislead(l state.Lock, pid string) { l.(*lock).pid = pid }

// Ended reports whether the lock has noticed that its session ended.
func Ended(l state.Lock) bool {
	held := l.(*lock)
	held.mu.Lock()
	defer held.mu.Unlock()
	return held.cut != nil
}
