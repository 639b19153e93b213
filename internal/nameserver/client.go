package nameserver

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// How long a question may take, and how many are on their way at a time. A server
// that answers at all does so within a fraction of a second; UDP loses packets,
// so that each question is asked at least twice.
const (
	questionTimeout = 2 * time.Second
	leastTries      = 2
	atATime         = 32
	discoverTimeout = 5 * time.Second
)

// patience bounds the questions about one zone: the time for a zone of ordinary
// size, and some more for each question of a large one.
func patience(questions int) time.Duration {
	return 10*time.Second + time.Duration(questions)*5*time.Millisecond
}

// Resolver finds names elsewhere than in the zone: its servers, and what an alias
// points to. [net.Resolver] is one.
type Resolver interface {
	LookupNS(ctx context.Context, name string) ([]*net.NS, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Client asks name servers. The zero value asks each zone's own, which it finds
// through the system's resolver. It is safe for concurrent use.
type Client struct {
	// Servers, as host:port, are asked for everything instead, and no resolver is.
	Servers []string
	// Resolver stands in for the system's; nil for that one.
	Resolver Resolver
	// Timeout of one question to one server; zero is two seconds.
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
