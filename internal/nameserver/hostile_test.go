package nameserver_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/nameserver"
)

// rawServer answers each question over UDP and TCP with the bytes that reply returns; nil means no answer. It
// leaves TCP connections open.
func rawServer(t *testing.T, reply func(q *mdns.Msg, tcp bool) []byte) string {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	streams, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		t.Skipf("the TCP port of the same number is in use: %v", err)
	}
	t.Cleanup(func() { _, _ = packets.Close(), streams.Close() })

	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := packets.ReadFrom(buf)
			if err != nil {
				return
			}
			q := new(mdns.Msg)
			if q.Unpack(buf[:n]) != nil {
				continue
			}
			if wire := reply(q, false); wire != nil {
				_, _ = packets.WriteTo(wire, from)
			}
		}
	}()
	go func() {
		for {
			conn, err := streams.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go answerStream(conn, reply)
		}
	}()
	return packets.LocalAddr().String()
}

func answerStream(conn net.Conn, reply func(q *mdns.Msg, tcp bool) []byte) {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return
	}
	buf := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, buf); err != nil {
		return
	}
	q := new(mdns.Msg)
	if q.Unpack(buf) == nil {
		_, _ = conn.Write(reply(q, true))
	}
}

func packed(m *mdns.Msg) []byte {
	wire, err := m.Pack()
	if err != nil {
		panic(err) // the test has built an invalid message
	}
	return wire
}

func rr(text string) mdns.RR {
	out, err := mdns.NewRR(text)
	if err != nil {
		panic(err) // the test has an invalid record
	}
	return out
}

// honest answers like a server of the zone that has only an SOA.
func honest(q *mdns.Msg) *mdns.Msg {
	m := new(mdns.Msg).SetReply(q)
	m.Authoritative = true
	if q.Question[0].Qtype == mdns.TypeSOA {
		m.Answer = append(m.Answer, rr("example.com. 300 SOA ns1.example.com. root.example.com. 1 2 3 4 5"))
	}
	return m
}

func isSOA(q *mdns.Msg) bool { return q.Question[0].Qtype == mdns.TypeSOA }

// viewOf asks a server about one record. It fails the test if that takes more than eight seconds.
func viewOf(t *testing.T, addr string) (*nameserver.View, dns.Zone, error) {
	t.Helper()
	start := time.Now()
	c := &nameserver.Client{Servers: []string{addr}, Timeout: 200 * time.Millisecond}
	desired := dns.Zone{Name: "example.com", Records: []dns.Record{declare(t, "A www 192.0.2.1")}}
	v, err := c.View(t.Context(), desired, nil)
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("View took %s, want at most 8s", took)
	}
	return v, desired, err
}

// Messages that are damaged, do not answer the question, or never end must give an error in time. The error
// must not show their raw content.
func TestBrokenMessagesGiveAnErrorInTime(t *testing.T) {
	for name, c := range map[string]struct {
		reply func(q *mdns.Msg, tcp bool) []byte
		want  string
	}{
		"another ID": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			m.Id++
			return packed(m)
		}, "no answer in time"},
		"another question": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			m.Question[0].Name = "\x1b[31m.example.net."
			return packed(m)
		}, "belongs to another question"},
		"no question": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			m.Question = nil
			return packed(m)
		}, "belongs to another question"},
		"a pointer to itself": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			m.Answer = nil
			wire := packed(m)
			binary.BigEndian.PutUint16(wire[6:], 1) // one answer
			at := uint16(len(wire))
			return append(wire, byte(0xc0|at>>8), byte(at), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1)
		}, "127.0.0.1"},
		"a code without a name": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			m.Rcode = 14
			return packed(m)
		}, "the server answers with the code 14"},
		"cut short without end": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			m.Truncated = true
			return packed(m)
		}, "127.0.0.1"},
		"a stream that stops after its first byte": {func(q *mdns.Msg, tcp bool) []byte {
			if tcp {
				return []byte{0xff}
			}
			m := honest(q)
			m.Truncated = true
			return packed(m)
		}, "no answer in time"},
		"a stream that announces more than it sends": {func(q *mdns.Msg, tcp bool) []byte {
			if tcp {
				return []byte{0xff, 0xff, 1, 2, 3}
			}
			m := honest(q)
			m.Truncated = true
			return packed(m)
		}, "no answer in time"},
		"an SOA of another zone": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			if isSOA(q) {
				m.Answer = []mdns.RR{rr("com. 300 SOA a.example.net. b.example.net. 1 2 3 4 5")}
			}
			return packed(m)
		}, "no SOA record for the zone"},
		"a zone that does not exist": {func(q *mdns.Msg, _ bool) []byte {
			m := honest(q)
			m.Answer, m.Rcode = nil, mdns.RcodeNameError
			return packed(m)
		}, "no SOA record for the zone"},
		"silence except for the SOA": {func(q *mdns.Msg, _ bool) []byte {
			if isSOA(q) {
				return packed(honest(q))
			}
			return nil
		}, "no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, _, err := viewOf(t, rawServer(t, c.reply))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("View = %+v, %v, want an error with %q", v, err, c.want)
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("the error is %q, want no control characters in it", err)
			}
		})
	}
}

// View ignores records of other names or classes, and counts repeated records once.
func TestUnrelatedAndRepeatedRecordsDoNotCount(t *testing.T) {
	for name, records := range map[string][]string{
		"other names":           {"other.example.com. 60 A 192.0.2.9", "www.example.net. 60 A 192.0.2.9", ". 60 A 192.0.2.9"},
		"another class":         {"www.example.com. 60 CH A \\# 4 c0000209"},
		"a circle of names":     {"a.example.com. 60 CNAME b.example.com.", "b.example.com. 60 CNAME a.example.com."},
		"the same record twice": {"www.example.com. 300 A 192.0.2.1", "WWW.example.com. 300 A 192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, desired, err := viewOf(t, rawServer(t, func(q *mdns.Msg, _ bool) []byte {
				m := honest(q)
				if !isSOA(q) {
					m.Answer = []mdns.RR{rr("www.example.com. 300 A 192.0.2.1")}
					for _, text := range records {
						m.Answer = append(m.Answer, rr(text))
						m.Ns, m.Extra = append(m.Ns, rr(text)), append(m.Extra, rr(text))
					}
				}
				return packed(m)
			}))

			if err != nil || len(v.Records) != 1 || len(diff(desired, v)) > 0 {
				t.Errorf("View = %+v, %v; want one record", v, err)
			}
		})
	}
}

// The client does not follow an alias that leads back to itself.
func TestAliasesInACircleAreNotFollowed(t *testing.T) {
	var asked atomic.Int32
	v, desired, err := viewOf(t, rawServer(t, func(q *mdns.Msg, _ bool) []byte {
		asked.Add(1)
		m := honest(q)
		if !isSOA(q) {
			m.Answer = []mdns.RR{rr("www.example.com. 300 CNAME x.example.com."), rr("x.example.com. 300 CNAME www.example.com.")}
		}
		return packed(m)
	}))

	if err != nil || !slices.Equal(diff(desired, v), []string{"destroy CNAME www x.example.com", "add A www"}) {
		t.Errorf("View = %+v, %v; want the alias to x.example.com", v, err)
	}
	if n := asked.Load(); n > 10 {
		t.Errorf("View asked %d questions for one record, want at most 10", n)
	}
}

// A server that fills every answer must not fill the memory.
func TestHugeAnswersGiveAnError(t *testing.T) {
	if testing.Short() {
		t.Skip("a large answer: not with -short")
	}

	var full []mdns.RR
	for i := range 240 {
		text := strings.Repeat(fmt.Sprintf("%03d", i), 80)
		full = append(full, &mdns.TXT{Hdr: mdns.RR_Header{Rrtype: mdns.TypeTXT, Class: mdns.ClassINET, Ttl: 60}, Txt: []string{text}})
	}
	addr := rawServer(t, func(q *mdns.Msg, tcp bool) []byte {
		m := honest(q)
		if isSOA(q) {
			wire := packed(m)
			if tcp {
				return append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...)
			}
			return wire
		}
		if !tcp {
			m.Truncated = true
			return packed(m)
		}
		m.Compress = true
		for _, r := range full {
			r = mdns.Copy(r)
			r.Header().Name = q.Question[0].Name
			m.Answer = append(m.Answer, r)
		}
		wire := packed(m)
		return append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...)
	})

	desired := dns.Zone{Name: "example.com"}
	for i := range 2000 {
		desired.Records = append(desired.Records, declare(t, fmt.Sprintf(`TXT h%d "v"`, i)))
	}
	c := &nameserver.Client{Servers: []string{addr}, Timeout: 5 * time.Second}
	_, err := c.View(t.Context(), desired, nil)
	if err == nil || !strings.Contains(err.Error(), "larger than those of any zone") {
		t.Errorf("View = %v, want an error about the size", err)
	}
}

// The owner of a zone controls the addresses of its name servers. The client must not ask addresses that lead
// into the network in which cfplan runs, and must look up only a few of thousands of names.
func TestNameServersInsideThisNetworkAreNotAsked(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "::1", "10.0.0.53", "172.16.0.1", "192.168.1.1", "169.254.169.254", "fe80::1", "fd00::1",
		"0.0.0.0", "::", "100.64.0.1", "224.0.0.251", "255.255.255.255", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "fec0::1"} {
		ctx, cancel := context.WithCancel(t.Context())
		c := &nameserver.Client{Resolver: lastLookUp{cancel, resolver{
			ns:    []string{"ns1.example.net."},
			hosts: map[string][]netip.Addr{"ns1.example.net.": {netip.MustParseAddr(address)}},
		}}}
		_, err := c.View(ctx, dns.Zone{Name: "example.com"}, nil)
		if err == nil || !strings.Contains(err.Error(), "not a public address") || !strings.Contains(err.Error(), "CFPLAN_NAMESERVERS") {
			t.Errorf("name servers at %s: %v, want an error", address, err)
		}
	}
}

// lastLookUp cancels the context after the first look-up of an address, so that the test does not send a
// question to that address.
type lastLookUp struct {
	end context.CancelFunc
	resolver
}

func (r lastLookUp) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	r.end()
	return r.resolver.LookupNetIP(ctx, network, host)
}

// countingResolver counts the look-ups of host names.
type countingResolver struct {
	ns     []string
	lookUp *atomic.Int32
}

func (r countingResolver) LookupNS(ctx context.Context, name string) ([]*net.NS, error) {
	return resolver{ns: r.ns}.LookupNS(ctx, name)
}

func (r countingResolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	r.lookUp.Add(1)
	return nil, nil
}

func TestOnlyAFewNameServersAreLookedUp(t *testing.T) {
	var lookUps atomic.Int32
	r := countingResolver{lookUp: &lookUps, ns: []string{".", "\x1b]0;x\x07.example.net.", "a\nb.example.net."}}
	for i := range 3000 {
		r.ns = append(r.ns, fmt.Sprintf("ns%d.example.net.", i))
	}
	_, err := (&nameserver.Client{Resolver: r}).View(t.Context(), dns.Zone{Name: "example.com"}, nil)
	if err == nil || lookUps.Load() > 20 {
		t.Errorf("View = %v after looking up %d names; want an error after a few", err, lookUps.Load())
	}
}
