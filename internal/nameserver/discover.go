package nameserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/dns"
)

const (
	// mostServers is the largest number of addresses that the client asks; a zone may have more.
	mostServers = 6
	// mostHosts is the largest number of host names that the client looks up. A zone at Cloudflare has two to
	// five; a hostile answer can have thousands.
	mostHosts = 12
)

// Zone is a zone with its authoritative servers.
type Zone struct {
	Name string
	// Hosts are the names of the zone's servers. It is empty if the user named the servers.
	Hosts   []string
	servers []string // host:port
	client  *Client
}

// Cloudflares reports whether Cloudflare serves the zone. Servers that the user named count as Cloudflare's.
func (z *Zone) Cloudflares() bool {
	return !slices.ContainsFunc(z.Hosts, func(host string) bool {
		return !slices.ContainsFunc(cloudflareHosts, func(suffix string) bool {
			return strings.HasSuffix(host, suffix)
		})
	})
}

// cloudflareHosts are the endings of the names of Cloudflare's standard and advanced name servers. The names
// of custom name servers, which customers choose, cannot be recognized.
var cloudflareHosts = []string{".ns.cloudflare.com", ".foundationdns.com", ".foundationdns.net", ".foundationdns.org"}

// Zone finds the servers of a zone and keeps those that are authoritative for it. If there are none, it
// returns an error.
func (c *Client) Zone(ctx context.Context, name string) (*Zone, error) {
	z := &Zone{Name: name, servers: c.Servers, client: c}
	if len(z.servers) == 0 {
		if err := z.discover(ctx); err != nil {
			return nil, err
		}
	}
	return z, z.keepAuthoritative(ctx)
}

// discover asks the resolver for the zone's NS records and their addresses.
func (z *Zone) discover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, discoverTimeout)
	defer cancel()

	found, err := z.client.resolver().LookupNS(ctx, z.Name+".")
	if err != nil {
		return fmt.Errorf("the name servers of %s could not be found: %w", z.Name, plainLookup(err))
	}
	z.Hosts = hostsOf(found)

	var refused []string
	for _, host := range z.Hosts {
		addresses, lookupErr := z.client.resolver().LookupNetIP(ctx, "ip", host+".")
		err = lookupErr

		for _, a := range addresses {
			a = a.Unmap().WithZone("")
			if public(a) {
				z.servers = append(z.servers, net.JoinHostPort(a.String(), "53"))
			} else {
				refused = append(refused, a.String())
			}
		}
	}

	switch {
	case len(z.servers) > 0:
	case len(refused) > 0:
		return fmt.Errorf("the name servers of %s are at %s, which is not a public address; cfplan does not ask such an "+
			"address only because DNS names it; to ask it, name it in CFPLAN_NAMESERVERS", z.Name, refused[0])
	case err == nil:
		return fmt.Errorf("the name servers of %s have no addresses", z.Name)
	default:
		return fmt.Errorf("the addresses of the name servers of %s could not be found: %w", z.Name, plainLookup(err))
	}

	// IPv4 comes first: without IPv6 a question fails at once, but with a broken IPv6 route it waits.
	slices.SortStableFunc(z.servers, func(a, b string) int { return strings.Count(a, "[") - strings.Count(b, "[") })
	z.servers = z.servers[:min(len(z.servers), mostServers)]
	return nil
}

// hostsOf returns the valid host names of the servers. If there are too many, it returns only the first ones.
func hostsOf(found []*net.NS) []string {
	var out []string
	for _, ns := range found {
		host := strings.ToLower(strings.TrimSuffix(ns.Host, "."))
		if host != "" && len(host) <= mostHostName && !strings.ContainsFunc(host, oddInHost) {
			out = append(out, host)
		}
	}

	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), mostHosts)]
}

// mostHostName is the length of the longest host name (RFC 1035).
const mostHostName = 253

func oddInHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
}

// plainLookup returns an error without the address of the resolver, which does not help the user.
func plainLookup(err error) error {
	var lookup *net.DNSError
	if !errors.As(err, &lookup) {
		return err
	}
	return errors.New(lookup.Err)
}

// keepAuthoritative asks each server for the zone's SOA. It drops servers that are not authoritative or have
// no SOA for the zone.
func (z *Zone) keepAuthoritative(ctx context.Context) error {
	errs := make([]error, len(z.servers))
	inParallel(len(z.servers), func(i int) {
		var m *mdns.Msg
		m, errs[i] = z.client.exchange(ctx, z.servers[i], z.Name, Question{z.Name, "SOA"})
		if errs[i] == nil && !hasSOA(m, z.Name) {
			errs[i] = fmt.Errorf("%s: the server has no SOA record for the zone", z.servers[i])
		}
	})

	var good []string
	for i, server := range z.servers {
		if errs[i] == nil {
			good = append(good, server)
		}
	}

	if len(good) == 0 {
		return fmt.Errorf("no name server answers for %s: %w", z.Name, firstOf(errs))
	}

	z.servers = good
	return nil
}

func hasSOA(m *mdns.Msg, zone string) bool {
	return m.Rcode == mdns.RcodeSuccess && slices.ContainsFunc(m.Answer, func(rr mdns.RR) bool {
		return rr.Header().Rrtype == mdns.TypeSOA && strings.EqualFold(rr.Header().Name, mdns.Fqdn(zone))
	})
}

// firstOf returns the first error, which stands for all servers because they usually fail in the same way.
func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return errors.New("the zone has no name servers")
}

// qtype returns the number of a record type on the wire.
func qtype(t dns.Type) uint16 { return mdns.StringToType[string(t)] }
