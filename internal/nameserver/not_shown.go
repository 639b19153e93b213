package nameserver

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cfplan/cfplan/internal/dns"
)

// result completes the view with sentences about the facts that DNS does not show.
func (v *viewer) result(z *Zone) *View {
	v.out.Servers = z.Hosts
	if len(z.Hosts) == 0 {
		v.out.Servers = slices.Clone(z.servers)
	}

	add := func(n int, one, many string) {
		switch {
		case n == 1:
			v.out.NotShown = append(v.out.NotShown, one)
		case n > 1:
			v.out.NotShown = append(v.out.NotShown, fmt.Sprintf(many, n))
		}
	}

	if !z.Cloudflares() {
		v.out.NotShown = append(v.out.NotShown, fmt.Sprintf("The zone is not served by Cloudflare, but by %s: "+
			"the answers do not show the zone at Cloudflare.", strings.Join(z.Hosts, ", ")))
	}

	add(v.counts.proxied,
		"1 name is answered with Cloudflare's own addresses: the content of its record is assumed to be as declared.",
		"%d records are answered with Cloudflare's own addresses: their content is assumed to be as declared.")
	add(v.counts.flattened-v.counts.unlikeTarget,
		"1 CNAME is flattened: its target has the served addresses.",
		"%d CNAMEs are flattened: their targets have the served addresses.")
	add(v.counts.unlikeTarget,
		"1 CNAME is flattened, but its target was not found to have the served addresses: "+
			"it is assumed to be as declared.",
		"%d CNAMEs are flattened, but their targets were not found to have the served addresses: "+
			"they are assumed to be as declared.")
	add(v.counts.wildcard,
		"1 name has the same answer as the wildcard above it: it may have no record of its own.",
		"%d names have the same answers as the wildcards above them: they may have no records of their own.")
	add(v.counts.delegated,
		"1 record is at or below a delegation, so DNS does not show it: it is assumed to be as declared.",
		"%d records are at or below a delegation, so DNS does not show them: they are assumed to be as declared.")
	v.out.NotShown = append(v.out.NotShown,
		"DNS does not show comments, tags and settings: they are assumed to be as declared.", v.unasked())

	return &v.out
}

// unasked returns a sentence about the records that are not in the view because the client did not ask for
// them.
func (v *viewer) unasked() string {
	if v.zone.Policy.Ownership == dns.Exclusive {
		return "Only the declared names were asked for: records of other names, " +
			"which the exclusive zone would lose, are not known."
	}
	return "Only the declared names were asked for: other records of the zone are not known. " +
		"DNS does not show who owns a record either."
}

// targets returns the addresses of the targets of aliases. A target that cannot be resolved has no addresses.
func (z *Zone) targets(ctx context.Context, hosts []string) map[string][]dns.Record {
	ctx, cancel := context.WithTimeout(ctx, patience(len(hosts)))
	defer cancel()

	var mu sync.Mutex
	out := make(map[string][]dns.Record, len(hosts))
	inParallel(len(hosts), func(i int) {
		found := z.addresses(ctx, hosts[i])

		mu.Lock()
		defer mu.Unlock()
		out[hosts[i]] = found
	})
	return out
}

// addresses returns the addresses of a host. It asks the zone's own servers if the name is inside the zone.
// If the user named the servers, it asks only those.
func (z *Zone) addresses(ctx context.Context, host string) []dns.Record {
	if len(z.client.Servers) == 0 && host != z.Name && !strings.HasSuffix(host, "."+z.Name) {
		return z.resolve(ctx, host)
	}

	answers, err := z.Ask(ctx, []Question{{host, dns.A}, {host, dns.AAAA}})
	if err != nil {
		return nil
	}

	var out []dns.Record
	for _, a := range answers {
		out = append(out, a.Records...)
	}
	return out
}

func (z *Zone) resolve(ctx context.Context, host string) []dns.Record {
	found, err := z.client.resolver().LookupNetIP(ctx, "ip", host+".")
	if err != nil {
		return nil
	}
	out := make([]dns.Record, len(found))
	for i, a := range found {
		out[i] = dns.Record{Content: a.Unmap().String()}
	}
	return out
}
