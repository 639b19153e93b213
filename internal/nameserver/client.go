package nameserver

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// Limits for questions. A server that answers at all does so within a fraction of a second. UDP loses
// packets, so cfplan asks each question at least twice.
const (
	questionTimeout = 2 * time.Second
	leastTries      = 2
	atATime         = 32
	discoverTimeout = 5 * time.Second
)

// patience returns the time limit for all questions about one zone. The base time is enough for a zone of
// ordinary size; each question adds a little.
func patience(questions int) time.Duration {
	return 10*time.Second + time.Duration(questions)*5*time.Millisecond
}

// Resolver resolves names outside of the zone: the names of its servers, and the targets of aliases.
// [net.Resolver] is a Resolver.
type Resolver interface {
	LookupNS(ctx context.Context, name string) ([]*net.NS, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Client asks name servers. The zero value asks the servers of each zone, which it finds through the system's
// resolver. It is safe for concurrent use.
type Client struct {
	// Servers, if set, are the only servers that the client asks, as host:port. It then uses no resolver.
	Servers []string
	// Resolver, if not nil, replaces the system's resolver.
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
