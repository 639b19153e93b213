package nameserver

import (
	"strings"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/dns"
)

// fromRR converts a resource record. ok is false if Cloudflare's API does not have the type, or if the value
// is not valid.
func fromRR(rr mdns.RR, name string) (r dns.Record, ok bool) {
	h := rr.Header()
	t := dns.Type(mdns.TypeToString[h.Rrtype])
	if !t.Writable() {
		return r, false
	}

	text := strings.TrimPrefix(rr.String(), h.String())
	v, problem := dns.ParseContent(t, text)
	if problem != nil {
		return r, false
	}
	return dns.Record{Name: name, Type: t, Content: v.Content, Priority: v.Priority, TTL: int(h.Ttl)}, true
}
