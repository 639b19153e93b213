package nameserver_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/nameserver"
)

// authority is a name server on loopback, over UDP and TCP, for the records of a master file. It supports
// wildcards and delegations only as far as these tests need them.
type authority struct {
	records []mdns.RR
	// odd, if not nil, may replace an answer. If it returns nil, the server gives its normal answer; if it
	// returns an empty message, the server gives no answer.
	odd  func(q *mdns.Msg, tcp bool) *mdns.Msg
	addr string
}

func serve(t *testing.T, text string) *authority { return serveOddly(t, text, nil) }

// silent starts a server that reads questions and does not answer.
func silent(t *testing.T) *authority {
	return serveOddly(t, "", func(*mdns.Msg, bool) *mdns.Msg { return &mdns.Msg{} })
}

func serveOddly(t *testing.T, text string, odd func(q *mdns.Msg, tcp bool) *mdns.Msg) *authority {
	t.Helper()
	a := &authority{odd: odd}
	p := mdns.NewZoneParser(strings.NewReader("$ORIGIN example.com.\n$TTL 300\n@ SOA ns1 root 1 2 3 4 5\n"+text), "", "")
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		a.records = append(a.records, rr)
	}

	if err := p.Err(); err != nil {
		t.Fatal(err)
	}

	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	a.addr = packets.LocalAddr().String()
	streams, err := net.Listen("tcp", a.addr)
	if err != nil {
		t.Skipf("the TCP port of the same number is in use: %v", err)
	}

	for _, s := range []*mdns.Server{{PacketConn: packets, Handler: a}, {Listener: streams, Handler: a}} {
		ready := make(chan struct{})
		s.NotifyStartedFunc = func() { close(ready) }
		go func() { _ = s.ActivateAndServe() }()
		<-ready
		t.Cleanup(func() { _ = s.Shutdown() })
	}

	return a
}

func (a *authority) ServeDNS(w mdns.ResponseWriter, q *mdns.Msg) {
	_, tcp := w.RemoteAddr().(*net.TCPAddr)
	m := a.answer(q)
	if a.odd != nil {
		if other := a.odd(q, tcp); other != nil {
			m = other
		}
	}
	if len(m.Question) > 0 {
		_ = w.WriteMsg(m)
	}
}

func (a *authority) answer(q *mdns.Msg) *mdns.Msg {
	m := new(mdns.Msg)
	m.SetReply(q)
	m.Authoritative = true
	name := strings.ToLower(q.Question[0].Name)
	if cut := a.cut(name); cut != nil && q.Question[0].Qtype != mdns.TypeDS {
		m.Authoritative, m.Ns = false, cut
		return m
	}

	for _, owner := range []string{name, "*" + name[strings.Index(name, "."):]} {
		if a.fill(m, owner, name, q.Question[0].Qtype) {
			return m
		}
	}

	m.Rcode = mdns.RcodeNameError
	return m
}

// fill adds the records of owner to the answer and reports whether owner has any records.
func (a *authority) fill(m *mdns.Msg, owner, name string, t uint16) (exists bool) {
	for _, rr := range a.records {
		if rr.Header().Name != owner {
			continue
		}
		exists = true
		if got := rr.Header().Rrtype; got == t || got == mdns.TypeCNAME {
			rr = mdns.Copy(rr)
			rr.Header().Name = name
			m.Answer = append(m.Answer, rr)
		}
	}
	return exists
}

func (a *authority) cut(name string) (ns []mdns.RR) {
	for _, rr := range a.records {
		owner := rr.Header().Name
		if rr.Header().Rrtype == mdns.TypeNS && owner != "example.com." && (name == owner || strings.HasSuffix(name, "."+owner)) {
			ns = append(ns, rr)
		}
	}
	return ns
}

func (a *authority) client() *nameserver.Client {
	return &nameserver.Client{Servers: []string{a.addr}, Timeout: time.Second}
}

// resolver is a Resolver with fixed answers.
type resolver struct {
	ns    []string
	hosts map[string][]netip.Addr
}

func (r resolver) LookupNS(context.Context, string) ([]*net.NS, error) {
	var out []*net.NS
	for _, host := range r.ns {
		out = append(out, &net.NS{Host: host})
	}
	if len(out) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: "example.com.", Server: "192.0.2.53:53", IsNotFound: true}
	}
	return out, nil
}

func (r resolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if found := r.hosts[host]; found != nil {
		return found, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}
