package postgres

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// SetPatience bounds one use of a connection by d.
func (b *Backend) SetPatience(d time.Duration) { b.patience = d }

// SetPingAfter makes a connection that was idle for longer than d be asked first.
func (b *Backend) SetPingAfter(d time.Duration) { b.pingAfter = d }

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
