package sandbox

import (
	"net"
	"slices"
	"sync"

	mdns "github.com/miekg/dns"
)

// NameServer answers over DNS what Cloudflare's name servers would answer for
// the zones of a Server, as they are when the query comes. It is authoritative
// for them and refuses all else. It is a dns.Handler of github.com/miekg/dns;
// [NameServer.Listen] serves it on real sockets. It is safe for concurrent use.
//
// Proxied names have two addresses of Cloudflare's, whatever their origins are.
// Zones of type internal are not served: Cloudflare shows them to Gateway alone.
// Of two zones with the same name the first is.
type NameServer struct {
	// Resolve finds the addresses of hosts outside of the sandbox that flattened
	// CNAMEs point to. The host has no final dot; qtype is dns.TypeA or
	// dns.TypeAAAA. Where it is nil or returns none, there is no such data. It may
	// be called from several goroutines, and is to be set before the first query.
	Resolve func(host string, qtype uint16) []net.IP
	// SynthesiseHTTPS answers queries for HTTPS at proxied names that have no such
	// record with one that is made up, as Cloudflare does for most zones
	// (blog.cloudflare.com/speeding-up-https-and-http-3-negotiation-with-dns).
	// It is to be set before the first query.
	SynthesiseHTTPS bool

	server *Server

	mu      sync.Mutex
	faults  []*activeQueryFault
	queries []Query

	listening sync.Mutex // held while listeners come and go
	listeners []*listener
}

// NameServer returns a new name server for the zones of s, with faults and a
// log of its own.
func (s *Server) NameServer() *NameServer { return &NameServer{server: s} }

// maxUDP is the largest message in UDP that Cloudflare sends and offers to take,
// which is DNS Flag Day 2020's advice to avoid fragments (dnsflagday.net/2020).
const maxUDP = 1232

// ServeDNS answers one query.
func (n *NameServer) ServeDNS(w mdns.ResponseWriter, q *mdns.Msg) {
	transport := w.LocalAddr().Network()
	met := n.meet(q, transport)
	r := n.respond(q, met)
	fit(r, q, transport)
	n.log(q, r, transport, met.Drop)
	if met.Drop {
		return
	}
	_ = w.WriteMsg(r) // a client that is gone asks again, if it wants to know
}

// respond makes the whole answer, however long.
func (n *NameServer) respond(q *mdns.Msg, met QueryFault) *mdns.Msg {
	r := new(mdns.Msg).SetReply(q)
	opt := q.IsEdns0()
	if opt != nil {
		r.SetEdns0(maxUDP, opt.Do())
	}
	switch {
	case opt != nil && opt.Version() != 0:
		r.Rcode = mdns.RcodeBadVers
	case q.Opcode != mdns.OpcodeQuery:
		r.Rcode = mdns.RcodeNotImplemented
	case len(q.Question) != 1:
		r.Rcode = mdns.RcodeFormatError
	case met.Rcode != mdns.RcodeSuccess:
		r.Rcode = met.Rcode
	case met.Truncate:
		r.Authoritative, r.Truncated = true, true
	case !answerable(q.Question[0]):
		r.Rcode = mdns.RcodeRefused
	default:
		n.answer(r)
	}
	return r
}

// answerable leaves out what is no question about a zone's data: other classes
// and zone transfers.
func answerable(q mdns.Question) bool {
	return q.Qclass == mdns.ClassINET && !slices.Contains([]uint16{mdns.TypeAXFR, mdns.TypeIXFR}, q.Qtype)
}

// fit cuts an answer to what the transport and the client take (RFC 6891,
// section 6.2.3) and sets the TC bit where something had to go.
func fit(r, q *mdns.Msg, transport string) {
	size := mdns.MaxMsgSize
	if transport == "udp" {
		size = mdns.MinMsgSize
		if opt := q.IsEdns0(); opt != nil {
			size = min(max(int(opt.UDPSize()), size), maxUDP)
		}
	}
	r.Truncate(size)
	r.Compress = true
}

// answer fills in the answer to the one question of r.
func (n *NameServer) answer(r *mdns.Msg) {
	q := r.Question[0]
	i := inquiry{ns: n, qtype: q.Qtype, msg: r}
	r.Authoritative = true
	i.follow(mdns.Fqdn(q.Name))
	if len(i.seen) == 0 {
		r.Authoritative, r.Rcode = false, mdns.RcodeRefused
	}
}
