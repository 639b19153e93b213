package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"
)

// asked returns the queries so far, one on each line.
func asked(ns *NameServer) []string {
	var out []string
	for _, q := range ns.Queries() {
		line := fmt.Sprintf("%s %s %s %s", q.Transport, q.Name, q.Type, orText(q.Rcode, "unanswered"))
		if q.Truncated {
			line += " tc"
		}
		out = append(out, line)
	}
	return out
}

func TestNameServerFailsOnRequest(t *testing.T) {
	r := served(t, com(Record{Type: "A", Name: "www", Content: "192.0.2.1"}))
	const good, failed, cut = "NOERROR aa | www.example.com. 300 A 192.0.2.1", "SERVFAIL", "NOERROR aa tc"
	once := func(network, name string) string { return told(r.exchange(network, asking(name, "A"))) }
	for _, tt := range []struct {
		what  string
		fault QueryFault
		name  string
		want  []string // over UDP, and then over TCP
	}{
		{"for all", ServerFailure(), "www.example.com", []string{failed, failed}},
		{"for the next one", ServerFailure().Repeat(1), "www.example.com", []string{failed, good}},
		{"for the one after the next", QueryFault{Rcode: mdns.RcodeRefused, Skip: 1}, "www.example.com", []string{good, "REFUSED"}},
		{"for the name", ServerFailure().For("WWW.example.com."), "www.example.com", []string{failed, failed}},
		{"for another name", ServerFailure().For("example.com"), "www.example.com", []string{good, good}},
		{"for another type", QueryFault{Rcode: mdns.RcodeServerFailure, Type: "AAAA"}, "www.example.com", []string{good, good}},
		{"for the type", QueryFault{Rcode: mdns.RcodeServerFailure, Type: "a"}, "www.example.com", []string{failed, failed}},
		{"truncated", TruncateQueries(), "www.example.com", []string{cut, good}},
	} {
		r.ns.ClearFaults()
		r.ns.Fail(tt.fault)
		if got := []string{once("udp", tt.name), once("tcp", tt.name)}; !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
}

// A dropped query gets no answer, but the next query on the same socket does.
func TestNameServerDropsQueries(t *testing.T) {
	r := served(t, com(Record{Type: "A", Name: "www", Content: "192.0.2.1"}))
	drop := DropQueries()
	drop.Type = "A"
	r.ns.Fail(drop)
	for _, network := range []string{"udp", "tcp"} {
		conn, err := mdns.Dial(network, r.address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		first, second := asking("www.example.com", "A"), asking("www.example.com", "AAAA")
		if err := errors.Join(conn.WriteMsg(first), conn.WriteMsg(second)); err != nil {
			t.Fatal(err)
		}
		a, err := conn.ReadMsg()
		if err != nil || a.Id != second.Id {
			t.Errorf("over %s, the first answer is %v (%v), want the answer to the second query", network, a, err)
		}
	}

	// Queries are answered in parallel over UDP and one by one over TCP.
	got := slices.DeleteFunc(asked(r.ns), func(line string) bool { return strings.HasPrefix(line, "udp") })
	if want := []string{"tcp www.example.com A unanswered", "tcp www.example.com AAAA NOERROR"}; !slices.Equal(got, want) {
		t.Errorf("queries over TCP = %q, want %q", got, want)
	}
}

func TestNameServerLogsQueries(t *testing.T) {
	r := served(t, com())
	r.ask("Example.COM", "SOA")
	r.ns.Fail(TruncateQueries())
	r.exchange("udp", asking("x.example.com", "TXT"))
	r.exchange("udp", new(mdns.Msg).SetQuestion(".", 65280))
	want := []string{
		"udp example.com SOA NOERROR",
		"tcp example.com SOA NOERROR",
		"udp x.example.com TXT NOERROR tc",
		"udp  TYPE65280 NOERROR tc",
	}
	if got := asked(r.ns); !slices.Equal(got, want) {
		t.Errorf("queries = %q, want %q", got, want)
	}
	r.ns.ResetQueries()
	if got := r.ns.Queries(); len(got) != 0 {
		t.Errorf("after a reset, the queries are %v, want none", got)
	}
}

func TestLogOfQueriesIsBounded(t *testing.T) {
	ns := New(Options{}).NameServer()
	q := asking("example.com", "A")
	for range maxRequests + 5 {
		ns.ServeDNS(&recorder{network: "udp"}, q)
	}
	if got := len(ns.Queries()); got < maxRequests/2 || got > maxRequests {
		t.Errorf("the log has %d queries, want %d to %d", got, maxRequests/2, maxRequests)
	}
}

func TestListenStopsWithTheContextOrWithClose(t *testing.T) {
	ns := New(Options{}).NameServer()
	ctx, cancel := context.WithCancel(t.Context())
	first, err := ns.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	second, err := ns.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ns.Listen(ctx, second); err == nil {
		t.Errorf("Listen(%s) succeeded again, want an error", second)
	}

	cancel()
	if err := ns.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}

	for _, address := range []string{first, second} {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			t.Errorf("%s still accepts connections", address)
		}
		udp, tcp, err := bind(address)
		if err != nil {
			t.Fatalf("%s cannot be used again: %v", address, err)
		}
		_ = errors.Join(udp.Close(), tcp.Close())
	}

	if err := ns.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
}

func TestListenRefusesAnInvalidAddress(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1", "127.0.0.1:port", "192.0.2.1:0"} {
		if got, err := New(Options{}).NameServer().Listen(t.Context(), address); err == nil {
			t.Errorf("Listen(%q) = %s, want an error", address, got)
		}
	}
}
