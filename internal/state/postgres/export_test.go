package postgres

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// SetPatience bounds one use of a connection by d.
func (b *Backend) SetPatience(d time.Duration) { b.patience = d }

// SetPingAfter makes a connection that was idle for longer than d be asked first.
func (b *Backend) SetPingAfter(d time.Duration) { b.pingAfter = d }

// SetAliveInterval makes a lock use its connection every d.
func (b *Backend) SetAliveInterval(d time.Duration) { b.aliveInterval = d }

// CountSent returns what counts the messages that are sent to the server from now on,
// as far as they fit into a packet.
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

// LockUnseen tries to lock without a look at the connection before, as where a pooler
// begins to share sessions after that.
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

// Run runs a statement in the session that has the lock.
func Run(l state.Lock, sql string) error {
	return simple(context.Background(), l.(*lock).conn, sql)
}

// Mislead makes a lock think that the server's process pid has it.
func Mislead(l state.Lock, pid string) { l.(*lock).pid = pid }

// Ended reports whether the lock has found its session to have ended.
func Ended(l state.Lock) bool {
	held := l.(*lock)
	held.mu.Lock()
	defer held.mu.Unlock()
	return held.cut != nil
}
