package nameserver

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// Limits for questions. A server that answers at all does so within a fraction of a second. UDP loses
// packets, so each question is asked at least twice.
const (
	questionTimeout = 2 * time.Second
	leastTries      = 2
	atATime         = 32
	discoverTimeout = 5 * time.Second
)

// patience returns the time limit for the questions about one zone. It is enough for a zone of ordinary
// size, with some more time for each question of a large one.
func patience(questions int) time.Duration {
	return 10*time.Second + time.Duration(questions)*5*time.Millisecond
}

// Resolver resolves names outside of the zone: its servers, and the targets of aliases. [net.Resolver] is one.
type Resolver interface {
	LookupNS(ctx context.Context, name string) ([]*net.NS, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Client asks name servers. The zero value asks each zone's own servers, which it finds through the
// system's resolver. It is safe for concurrent use.
type Client struct {
	// Servers, if set, are asked for everything, as host:port, and no resolver is used.
	Servers []string
	// Resolver replaces the system's resolver, which is used if Resolver is nil.
	Resolver Resolver
	// Timeout is the time limit for one question to one server; 0 means two seconds.
	Timeout time.Duration
}

func (c *Client) resolver() Resolver {
	if c.Resolver == nil {
		return net.DefaultResolver
	}
	return c.Resolver
}

func (c *Client) timeout() time.Duration {
	if c.Timeout == 0 {
		return questionTimeout
	}
	return c.Timeout
}
