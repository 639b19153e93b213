package sandbox

import (
	"net"
	"slices"
	"sync"

	mdns "github.com/miekg/dns"
)

// NameServer answers DNS queries about the zones of a Server as Cloudflare's name servers would. Each answer
// shows the zone at the time of the query. It is authoritative for these zones and refuses everything else.
// It is a dns.Handler of github.com/miekg/dns; [NameServer.Listen] serves it on real sockets. It is safe for
// concurrent use.
//
// A proxied name has two addresses of Cloudflare, whatever its origin is. NameServer does not serve zones of
// type internal, because Cloudflare shows them only to Gateway. If two zones have the same name, it serves
// the first one.
type NameServer struct {
	// Resolve returns the addresses of hosts outside of the sandbox to which flattened CNAMEs point. The host
	// has no final dot; qtype is dns.TypeA or dns.TypeAAAA. If Resolve is nil or returns nothing, the answer
	// has no data. Set Resolve before the first query. Several goroutines may call it.
	Resolve func(host string, qtype uint16) []net.IP
	// SynthesizeHTTPS makes up HTTPS records for proxied names that have none, as Cloudflare does for most
	// zones (blog.cloudflare.com/speeding-up-https-and-http-3-negotiation-with-dns). Set it before the first
	// query.
	SynthesizeHTTPS bool

	server *Server

	mu      sync.Mutex
	faults  []*activeQueryFault
	queries []Query

	listening sync.Mutex // guards listeners
	listeners []*listener
}

// NameServer returns a new name server for the zones of s, with its own faults and its own log.
func (s *Server) NameServer() *NameServer { return &NameServer{server: s} }

// maxUDP is the largest message that Cloudflare sends and accepts over UDP. It follows DNS Flag Day 2020,
// which recommends this size to avoid fragments (dnsflagday.net/2020).
const maxUDP = 1232

// ServeDNS answers a query.
func (n *NameServer) ServeDNS(w mdns.ResponseWriter, q *mdns.Msg) {
	transport := w.LocalAddr().Network()
	met := n.meet(q, transport)
	r := n.respond(q, met)
	fit(r, q, transport)
	n.log(q, r, transport, met.Drop)
	if met.Drop {
		return
	}
	_ = w.WriteMsg(r) // if the write fails, the client asks again
}

// respond returns the complete answer, which may be too long for the transport.
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

// answerable reports whether a question is about a zone's data. Other classes and zone transfers are not.
func answerable(q mdns.Question) bool {
	return q.Qclass == mdns.ClassINET && !slices.Contains([]uint16{mdns.TypeAXFR, mdns.TypeIXFR}, q.Qtype)
}

// fit cuts an answer to the size that the transport and the client accept (RFC 6891, section 6.2.3). It
// sets the TC bit if something was cut.
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

// answer completes r with the answer to its question.
func (n *NameServer) answer(r *mdns.Msg) {
	q := r.Question[0]
	i := inquiry{ns: n, qtype: q.Qtype, msg: r}
	r.Authoritative = true
	i.follow(mdns.Fqdn(q.Name))
	if len(i.seen) == 0 {
		r.Authoritative, r.Rcode = false, mdns.RcodeRefused
	}
}
