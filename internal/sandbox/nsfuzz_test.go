package sandbox

import (
	"net"
	"testing"

	mdns "github.com/miekg/dns"
)

// recorder stores the answer to one query.
type recorder struct {
	mdns.ResponseWriter
	network string
	answer  *mdns.Msg
}

func (r *recorder) LocalAddr() net.Addr {
	if r.network == "tcp" {
		return &net.TCPAddr{}
	}
	return &net.UDPAddr{}
}

func (r *recorder) WriteMsg(m *mdns.Msg) error {
	r.answer = m
	return nil
}

// FuzzNameServer checks that every message gets an answer that fits the message and its transport, without
// a panic.
func FuzzNameServer(f *testing.F) {
	seed := func(m *mdns.Msg) {
		wire, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}

	for _, name := range []string{".", "example.com.", "WWW.example.com.", "*.preview.example.com.", `a\.b\000.example.com.`,
		"x.lab.example.net.", "cdn.example.org.", "loop.example.com.", "mail._domainkey.example.com."} {
		for _, typ := range []string{"A", "CNAME", "TXT", "NS", "DS", "SOA", "ANY", "HTTPS", "AXFR"} {
			seed(asking(name, typ))
		}
		seed(asking(name, "MX").SetEdns0(1400, true))
	}

	seed(new(mdns.Msg).SetNotify("example.com."))
	seed(new(mdns.Msg)) // it has no question
	two := asking("example.com", "A")
	two.Question = append(two.Question, two.Question...)
	seed(two)
	f.Fuzz(func(t *testing.T, wire []byte) {
		q := new(mdns.Msg)
		if q.Unpack(wire) != nil {
			return
		}
		s := New(Options{Seed: SampleSeed()})
		for name, target := range map[string]string{"loop": "pool.example.com", "pool": "loop.example.com"} {
			if _, err := s.PutRecord("example.com", Record{Type: "CNAME", Name: name, Content: target}); err != nil {
				t.Fatal(err)
			}
		}
		ns := s.NameServer()
		ns.SynthesizeHTTPS = true
		for network, limit := range map[string]int{"udp": maxUDP, "tcp": mdns.MaxMsgSize} {
			r := &recorder{network: network}
			ns.ServeDNS(r, q)
			packed, err := r.answer.Pack()
			if err != nil {
				t.Fatalf("the answer to %s cannot be sent: %v\n%s", q, err, r.answer)
			}
			if len(packed) > limit || r.answer.Id != q.Id || !r.answer.Response {
				t.Errorf("over %s, the answer to %s has %d bytes, want at most %d and the same ID: %s", network, q, len(packed), limit, r.answer)
			}
			if network == "udp" && q.IsEdns0() == nil && len(packed) > mdns.MinMsgSize {
				t.Errorf("the answer over UDP without EDNS has %d bytes, want at most %d", len(packed), mdns.MinMsgSize)
			}
		}
	})
}
