package sandbox

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"
	"pgregory.net/rapid"
)

// resolver asks one name server over real sockets.
type resolver struct {
	t       testing.TB
	ns      *NameServer
	address string
}

func nameServer(zones ...Zone) *NameServer {
	return New(Options{Seed: Seed{Zones: zones}}).NameServer()
}

func served(t testing.TB, zones ...Zone) resolver {
	t.Helper()
	return listening(t, nameServer(zones...))
}

func listening(t testing.TB, ns *NameServer) resolver {
	t.Helper()
	address, err := ns.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ns.Close(); err != nil {
			t.Error(err)
		}
	})
	return resolver{t, ns, address}
}

func asking(name, typ string) *mdns.Msg {
	return new(mdns.Msg).SetQuestion(mdns.Fqdn(name), mdns.StringToType[typ])
}

func (r resolver) exchange(network string, q *mdns.Msg) *mdns.Msg {
	r.t.Helper()
	a, _, err := (&mdns.Client{Net: network}).Exchange(q, r.address)
	if err != nil {
		r.t.Fatalf("%v: %v", q.Question, err)
	}
	return a
}

// ask returns the answer over UDP. It fails the test if TCP gives another answer.
func (r resolver) ask(name, typ string) string {
	r.t.Helper()
	q := asking(name, typ)
	over := map[string]string{}
	for _, network := range []string{"udp", "tcp"} {
		over[network] = told(r.exchange(network, q))
	}
	if over["udp"] != over["tcp"] {
		r.t.Errorf("%s %s: got %s over UDP and %s over TCP, want the same answer", name, typ, over["udp"], over["tcp"])
	}
	return over["udp"]
}

// told returns an answer as one line with its code, flags and records.
func told(m *mdns.Msg) string {
	head := mdns.RcodeToString[m.Rcode]
	for _, bit := range []struct {
		set  bool
		name string
	}{{m.Authoritative, "aa"}, {m.RecursionAvailable, "ra"}, {m.Truncated, "tc"}} {
		if bit.set {
			head += " " + bit.name
		}
	}
	parts := append([]string{head}, lines("", m.Answer)...)
	parts = append(parts, lines("authority ", m.Ns)...)
	return strings.Join(append(parts, lines("additional ", m.Extra)...), " | ")
}

func lines(section string, rrs []mdns.RR) []string {
	var out []string
	for _, rr := range rrs {
		switch rr := rr.(type) {
		case *mdns.OPT:
			continue
		case *mdns.SOA:
			out = append(out, section+"SOA of "+rr.Hdr.Name)
			continue
		}
		out = append(out, section+strings.ReplaceAll(strings.ReplaceAll(rr.String(), "\tIN\t", " "), "\t", " "))
	}
	return out
}

type question struct{ name, typ, want string }

func (r resolver) table(qs []question) {
	r.t.Helper()
	for _, q := range qs {
		if got := r.ask(q.name, q.typ); got != q.want {
			r.t.Errorf("%s %s\n got %s\nwant %s", q.name, q.typ, got, q.want)
		}
	}
}

const (
	nodata   = "NOERROR aa | authority SOA of example.com."
	nxdomain = "NXDOMAIN aa | authority SOA of example.com."
)

func com(rs ...Record) Zone {
	servers := []string{"anna.ns.cloudflare.com", "bert.ns.cloudflare.com"}
	return Zone{Name: "example.com", Plan: "enterprise", NameServers: servers, Records: rs}
}

func TestNameServerServesOnlyItsZones(t *testing.T) {
	served(t, com(Record{Type: "A", Name: "www", Content: "192.0.2.1"}),
		Zone{Name: "sub.example.com", Records: []Record{{Type: "A", Name: "@", Content: "192.0.2.2", TTL: 60}}},
		Zone{Name: "inside.example", Type: "internal", Records: []Record{{Type: "A", Name: "@", Content: "192.0.2.3"}}},
		Zone{Name: "waits.example", Status: "pending", Records: []Record{{Type: "A", Name: "@", Content: "192.0.2.4"}}},
	).table([]question{
		{"www.example.com", "A", "NOERROR aa | www.example.com. 300 A 192.0.2.1"},
		{"wWw.eXample.COM", "A", "NOERROR aa | wWw.eXample.COM. 300 A 192.0.2.1"},
		{"www.example.com", "AAAA", nodata},
		{"nothing.example.com", "A", nxdomain},
		{"sub.example.com", "A", "NOERROR aa | sub.example.com. 60 A 192.0.2.2"},
		{"x.sub.example.com", "A", "NXDOMAIN aa | authority SOA of sub.example.com."},
		{"waits.example", "A", "NOERROR aa | waits.example. 300 A 192.0.2.4"},
		{"inside.example", "A", "REFUSED"},
		{"example.org", "A", "REFUSED"},
		{"com", "NS", "REFUSED"},
		{".", "NS", "REFUSED"},
		{`www\.example.com`, "A", "REFUSED"},
		{"example.com", "AXFR", "REFUSED"},
	})
}

func TestNameServerAnswersForTheApex(t *testing.T) {
	r := served(t, com(Record{Type: "NS", Name: "@", Content: "ns.elsewhere.example"}),
		Zone{Name: "copy.example", Type: "secondary", NameServers: []string{"anna.ns.cloudflare.com"},
			Records: []Record{{Type: "NS", Name: "@", Content: "ns.elsewhere.example", TTL: 600}}},
		Zone{Name: "none.example", NameServers: []string{}})

	r.table([]question{
		{"example.com", "NS", "NOERROR aa | example.com. 86400 NS anna.ns.cloudflare.com. | example.com. 86400 NS bert.ns.cloudflare.com."},
		{"copy.example", "NS", "NOERROR aa | copy.example. 86400 NS anna.ns.cloudflare.com. | copy.example. 600 NS ns.elsewhere.example."},
		{"none.example", "NS", "NOERROR aa | authority SOA of none.example."},
		{"example.com", "SOA", "NOERROR aa | SOA of example.com."},
		{"example.com", "A", nodata},
		{"x.example.com", "SOA", nxdomain},
	})

	soa := func() *mdns.SOA { return r.exchange("udp", asking("example.com", "SOA")).Answer[0].(*mdns.SOA) }
	first := soa()
	want := fmt.Sprintf("example.com.\t1800\tIN\tSOA\tanna.ns.cloudflare.com. dns.cloudflare.com. %d 10000 2400 604800 1800", first.Serial)
	if first.String() != want {
		t.Errorf("SOA = %s, want %s", first, want)
	}

	put, err := r.ns.server.PutRecord("example.com", Record{Type: "TXT", Name: "new", Content: "x"})
	if err != nil {
		t.Fatal(err)
	}

	second := soa()
	r.ns.server.DeleteRecord("example.com", put.ID)
	if third := soa(); first.Serial >= second.Serial || second.Serial >= third.Serial {
		t.Errorf("serials = %d, %d, %d, want each greater than the one before", first.Serial, second.Serial, third.Serial)
	}
}

func TestNameServerAnswersProxiedNamesWithCloudflaresAddresses(t *testing.T) {
	const (
		four = " 300 A 104.16.132.229 | %[1]s 300 A 104.16.133.229"
		six  = " 300 AAAA 2606:4700::6810:84e5 | %[1]s 300 AAAA 2606:4700::6810:85e5"
	)

	front := func(name, addresses string) string { return fmt.Sprintf("NOERROR aa | %[1]s"+addresses, name) }
	records := []Record{
		{Type: "A", Name: "@", Content: "192.0.2.1", Proxied: true},
		{Type: "CNAME", Name: "www", Content: "origin.elsewhere.example", Proxied: true},
		{Type: "TXT", Name: "www", Content: "beside"},
		{Type: "A", Name: "mixed", Content: "192.0.2.1", Proxied: true},
		{Type: "A", Name: "mixed", Content: "192.0.2.2"},
		{Type: "A", Name: "four", Content: "192.0.2.1", Proxied: true, Settings: map[string]bool{"ipv4_only": true}},
		{Type: "AAAA", Name: "six", Content: "2001:db8::1", Proxied: true, Settings: map[string]bool{"ipv6_only": true}},
		{Type: "A", Name: "*.wild", Content: "192.0.2.1", Proxied: true},
		{Type: "CNAME", Name: "alias", Content: "www.example.com", TTL: 60},
	}

	paused := Zone{Name: "paused.example", Paused: true, Records: slices.Clone(records)}
	served(t, com(records...), paused).table([]question{
		{"example.com", "A", front("example.com.", four)},
		{"example.com", "AAAA", front("example.com.", six)},
		{"www.example.com", "A", front("www.example.com.", four)},
		{"www.example.com", "CNAME", nodata},
		{"www.example.com", "HTTPS", nodata},
		{"www.example.com", "TXT", `NOERROR aa | www.example.com. 300 TXT "beside"`},
		{"mixed.example.com", "A", front("mixed.example.com.", four)},
		{"four.example.com", "A", front("four.example.com.", four)},
		{"four.example.com", "AAAA", nodata},
		{"six.example.com", "A", nodata},
		{"six.example.com", "AAAA", front("six.example.com.", six)},
		{"a.b.wild.example.com", "AAAA", front("a.b.wild.example.com.", six)},
		{"alias.example.com", "A", "NOERROR aa | alias.example.com. 60 CNAME www.example.com. | www.example.com." + fmt.Sprintf(four, "www.example.com.")},
		{"paused.example", "A", "NOERROR aa | paused.example. 300 A 192.0.2.1"},
		{"paused.example", "AAAA", "NOERROR aa | authority SOA of paused.example."},
		{"www.paused.example", "A", "NOERROR aa | www.paused.example. 300 CNAME origin.elsewhere.example."},
	})
}

func TestNameServerMakesUpHTTPSForProxiedNamesIfAsked(t *testing.T) {
	ns := nameServer(com(
		Record{Type: "A", Name: "@", Content: "192.0.2.1", Proxied: true},
		Record{Type: "A", Name: "own", Content: "192.0.2.1", Proxied: true},
		Record{Type: "HTTPS", Name: "own", Data: map[string]any{"priority": 1, "target": "."}},
		Record{Type: "A", Name: "plain", Content: "192.0.2.1"}))
	ns.SynthesizeHTTPS = true
	listening(t, ns).table([]question{
		{"example.com", "HTTPS", `NOERROR aa | example.com. 300 HTTPS 1 . alpn="h3,h2" ipv4hint="104.16.132.229,104.16.133.229" ipv6hint="2606:4700::6810:84e5,2606:4700::6810:85e5"`},
		{"own.example.com", "HTTPS", "NOERROR aa | own.example.com. 300 HTTPS 1 ."},
		{"plain.example.com", "HTTPS", nodata},
	})
}

func TestNameServerFollowsCNAMEs(t *testing.T) {
	served(t, com(
		Record{Type: "CNAME", Name: "out", Content: "host.elsewhere.example", TTL: 60},
		Record{Type: "CNAME", Name: "in", Content: "host.example.net", TTL: 60},
		Record{Type: "CNAME", Name: "twice", Content: "in.example.com", TTL: 60},
		Record{Type: "CNAME", Name: "gone", Content: "gone.example.net", TTL: 60},
		Record{Type: "CNAME", Name: "empty", Content: "host.example.net", TTL: 60},
		Record{Type: "CNAME", Name: "deep", Content: "host.lab.example.com", TTL: 60},
		Record{Type: "CNAME", Name: "*.wild", Content: "host.example.net", TTL: 60},
		Record{Type: "NS", Name: "lab", Content: "ns.lab.example.org", TTL: 60},
		Record{Type: "CNAME", Name: "a", Content: "b.example.com", TTL: 60},
		Record{Type: "CNAME", Name: "b", Content: "a.example.com", TTL: 60},
		Record{Type: "TXT", Name: "a", Content: "beside", TTL: 60},
	), Zone{Name: "example.net", Records: []Record{{Type: "A", Name: "host", Content: "192.0.2.9"}}}).table([]question{
		{"out.example.com", "A", "NOERROR aa | out.example.com. 60 CNAME host.elsewhere.example."},
		{"out.example.com", "CNAME", "NOERROR aa | out.example.com. 60 CNAME host.elsewhere.example."},
		{"out.example.com", "TXT", "NOERROR aa | out.example.com. 60 CNAME host.elsewhere.example."},
		{"in.example.com", "A", "NOERROR aa | in.example.com. 60 CNAME host.example.net. | host.example.net. 300 A 192.0.2.9"},
		{"twice.example.com", "A", "NOERROR aa | twice.example.com. 60 CNAME in.example.com. | in.example.com. 60 CNAME host.example.net. | host.example.net. 300 A 192.0.2.9"},
		{"empty.example.com", "TXT", "NOERROR aa | empty.example.com. 60 CNAME host.example.net. | authority SOA of example.net."},
		{"gone.example.com", "A", "NXDOMAIN aa | gone.example.com. 60 CNAME gone.example.net. | authority SOA of example.net."},
		{"deep.example.com", "A", "NOERROR aa | deep.example.com. 60 CNAME host.lab.example.com. | authority lab.example.com. 60 NS ns.lab.example.org."},
		{"x.wild.example.com", "A", "NOERROR aa | x.wild.example.com. 60 CNAME host.example.net. | host.example.net. 300 A 192.0.2.9"},
		{"a.example.com", "TXT", "NOERROR aa | a.example.com. 60 CNAME b.example.com. | b.example.com. 60 CNAME a.example.com."},
	})
}

func TestNameServerFlattensCNAMEs(t *testing.T) {
	flat := map[string]bool{"flatten_cname": true}
	ns := nameServer(com(
		Record{Type: "CNAME", Name: "@", Content: "host.example.net"},
		Record{Type: "MX", Name: "@", Content: "mx.example.net", Priority: 5},
		Record{Type: "CNAME", Name: "in", Content: "way.example.net", TTL: 600, Settings: flat},
		Record{Type: "CNAME", Name: "out", Content: "away.example.net", TTL: 600, Settings: flat},
		Record{Type: "CNAME", Name: "nowhere", Content: "no.elsewhere.example", Settings: flat},
		Record{Type: "CNAME", Name: "gone", Content: "gone.example.net", Settings: flat},
		Record{Type: "CNAME", Name: "to", Content: "fro.example.com", Settings: flat},
		Record{Type: "CNAME", Name: "fro", Content: "to.example.com", Settings: flat},
	), Zone{Name: "example.net", Records: []Record{
		{Type: "A", Name: "host", Content: "192.0.2.9", TTL: 120},
		{Type: "CNAME", Name: "way", Content: "host.example.net", TTL: 60},
		{Type: "CNAME", Name: "away", Content: "host.elsewhere.example"},
	}})

	ns.Resolve = func(host string, _ uint16) []net.IP {
		switch host {
		case "host.elsewhere.example":
			return []net.IP{net.ParseIP("198.51.100.1"), net.ParseIP("2001:db8::1"), nil}
		case "no.elsewhere.example":
			return nil
		}
		panic("Resolve was called with an unexpected host: " + host)
	}

	listening(t, ns).table([]question{
		{"example.com", "A", "NOERROR aa | example.com. 120 A 192.0.2.9"},
		{"example.com", "AAAA", nodata},
		{"example.com", "CNAME", nodata},
		{"example.com", "TXT", nodata},
		{"example.com", "MX", "NOERROR aa | example.com. 300 MX 5 mx.example.net."},
		{"in.example.com", "A", "NOERROR aa | in.example.com. 120 A 192.0.2.9"},
		{"in.example.com", "CNAME", nodata},
		{"gone.example.com", "A", nodata},
		{"to.example.com", "A", nodata},
		{"out.example.com", "A", "NOERROR aa | out.example.com. 600 A 198.51.100.1"},
		{"out.example.com", "AAAA", "NOERROR aa | out.example.com. 600 AAAA 2001:db8::1"},
		{"nowhere.example.com", "A", nodata},
	})
}

func TestNameServerFlattensOnlyTargetsThatItCanResolve(t *testing.T) {
	served(t, com(Record{Type: "CNAME", Name: "@", Content: "host.elsewhere.example"})).table([]question{
		{"example.com", "A", nodata},
		{"example.com", "CNAME", nodata},
	})
}

// The zone and the questions come from RFC 4592, section 2.2.1.
func TestNameServerKnowsWildcards(t *testing.T) {
	ns := nameServer(com(
		Record{Type: "TXT", Name: "*", Content: "this is a wildcard", TTL: 3600},
		Record{Type: "MX", Name: "*", Content: "host1.example.com", Priority: 10, TTL: 3600},
		Record{Type: "A", Name: "host1", Content: "192.0.2.1", TTL: 3600},
		Record{Type: "SRV", Name: "_ssh._tcp.host1", TTL: 3600, Data: map[string]any{"priority": 0, "weight": 0, "port": 22, "target": "host1.example.com"}},
		Record{Type: "NS", Name: "subdel", Content: "ns.elsewhere.example", TTL: 3600},
	))

	// The API would refuse this name, so the test stores the record directly.
	ns.server.zone("example.com").put(Record{ID: "1", Type: "TXT", Name: "sub.*.example.com", Content: "this is not a wildcard", TTL: 3600})
	listening(t, ns).table([]question{
		{"host3.example.com", "MX", "NOERROR aa | host3.example.com. 3600 MX 10 host1.example.com."},
		{"host3.example.com", "A", nodata},
		{"foo.bar.example.com", "TXT", `NOERROR aa | foo.bar.example.com. 3600 TXT "this is a wildcard"`},
		{"host1.example.com", "MX", nodata},
		{"sub.*.example.com", "MX", nodata},
		{"_telnet._tcp.host1.example.com", "SRV", nxdomain},
		{"_tcp.host1.example.com", "TXT", nodata},
		{"host.subdel.example.com", "A", "NOERROR | authority subdel.example.com. 3600 NS ns.elsewhere.example."},
		{"ghost.*.example.com", "MX", nxdomain},
		{"*.example.com", "TXT", `NOERROR aa | *.example.com. 3600 TXT "this is a wildcard"`},
	})
}

func TestNameServerRefersToDelegations(t *testing.T) {
	const referral = "NOERROR | authority lab.example.com. 600 NS ns.example.com. | authority lab.example.com. 600 NS ns.lab.example.com. | " +
		"additional ns.example.com. 300 A 192.0.2.54 | additional ns.lab.example.com. 300 A 192.0.2.53"
	const digest = "14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b"
	ds := map[string]any{"key_tag": 2371, "algorithm": 13, "digest_type": 2, "digest": digest}
	r := served(t, com(
		Record{Type: "NS", Name: "lab", Content: "ns.lab.example.com", TTL: 600},
		Record{Type: "NS", Name: "lab", Content: "ns.example.com", TTL: 600},
		Record{Type: "DS", Name: "lab", TTL: 600, Data: ds},
		Record{Type: "A", Name: "ns.lab", Content: "192.0.2.53"},
		Record{Type: "A", Name: "ns", Content: "192.0.2.54"},
		Record{Type: "NS", Name: "deeper.lab", Content: "ns.elsewhere.example"},
		Record{Type: "NS", Name: "child", Content: "ns.example.com"},
		Record{Type: "DS", Name: "child", TTL: 600, Data: ds},
		Record{Type: "NS", Name: "front", Content: "proxied.example.com", TTL: 600},
		Record{Type: "A", Name: "proxied", Content: "192.0.2.55", Proxied: true},
	), Zone{Name: "child.example.com"})

	r.table([]question{
		{"lab.example.com", "A", referral},
		{"lab.example.com", "NS", referral},
		{"x.deeper.lab.example.com", "ANY", referral},
		{"ns.lab.example.com", "A", referral},
		{"x.lab.example.com", "DS", referral},
		{"lab.example.com", "DS", "NOERROR aa | lab.example.com. 600 DS 2371 13 2 " + strings.ToUpper(digest)},
		{"child.example.com", "DS", "NOERROR aa | child.example.com. 600 DS 2371 13 2 " + strings.ToUpper(digest)},
		{"child.example.com", "A", "NOERROR aa | authority SOA of child.example.com."},
		{"front.example.com", "A", "NOERROR | authority front.example.com. 600 NS proxied.example.com."},
	})

	a := r.exchange("udp", asking("X.LAB.example.com", "A"))
	if owner := a.Ns[0].Header().Name; owner != "LAB.example.com." {
		t.Errorf("the delegation is %s, want LAB.example.com. as in the question", owner)
	}
}

func TestNameServerRefusesANY(t *testing.T) {
	served(t, com(Record{Type: "A", Name: "www", Content: "192.0.2.1"})).table([]question{
		{"www.example.com", "ANY", `NOERROR aa | www.example.com. 3789 HINFO "RFC8482" ""`},
		{"no.example.com", "ANY", nxdomain},
	})
}

func TestNameServerTalksEDNS(t *testing.T) {
	r := served(t, com(Record{Type: "A", Name: "www", Content: "192.0.2.1"}))
	if a := r.exchange("udp", asking("www.example.com", "A")); a.IsEdns0() != nil {
		t.Errorf("the answer to a query without EDNS has %v, want no OPT record", a.IsEdns0())
	}
	q := asking("www.example.com", "A").SetEdns0(4096, true)
	opt := r.exchange("udp", q).IsEdns0()
	if opt == nil || opt.UDPSize() != maxUDP || !opt.Do() || opt.Version() != 0 {
		t.Errorf("OPT = %v, want a size of %d and DO as in the question", opt, maxUDP)
	}
	q.IsEdns0().SetVersion(1)
	if a := r.exchange("udp", q); a.Rcode != mdns.RcodeBadVers || len(a.Answer) > 0 {
		t.Errorf("the answer to EDNS version 1 is %s, want only BADVERS", told(a))
	}
}

func TestNameServerTruncatesOnlyOverUDP(t *testing.T) {
	var rs []Record
	for n := range 60 {
		rs = append(rs, Record{Type: "TXT", Name: "long", Content: fmt.Sprintf("%02d%s", n, strings.Repeat("x", 100))})
	}

	r := served(t, com(rs...))
	for _, tt := range []struct {
		offer uint16 // the UDP size that the query offers; 0 for no EDNS
		limit int
	}{{0, 512}, {100, 512}, {512, 512}, {900, 900}, {1232, 1232}, {65535, maxUDP}} {
		q := asking("long.example.com", "TXT")
		if tt.offer > 0 {
			q.SetEdns0(tt.offer, false)
		}
		a := r.exchange("udp", q)
		a.Compress = true
		if !a.Truncated || a.Len() > tt.limit || len(a.Answer) == 0 || len(a.Answer) == 60 {
			t.Errorf("with %d offered: %d bytes, %d records, TC %v, want TC and up to %d bytes",
				tt.offer, a.Len(), len(a.Answer), a.Truncated, tt.limit)
		}
		if a = r.exchange("tcp", q); a.Truncated || len(a.Answer) != 60 {
			t.Errorf("over TCP: %d records, TC %v, want all 60", len(a.Answer), a.Truncated)
		}
	}
}

func TestNameServerAnswersOnlyQueries(t *testing.T) {
	r := served(t, com())
	chaos := asking("version.bind", "TXT")
	chaos.Question[0].Qclass = mdns.ClassCHAOS
	notify := new(mdns.Msg).SetNotify("example.com.")
	update := new(mdns.Msg).SetUpdate("example.com.")
	two := asking("example.com", "A")
	two.Question = append(two.Question, two.Question[0])
	none := asking("example.com", "A")
	none.Question = nil
	for _, tt := range []struct {
		what string
		q    *mdns.Msg
		want int
	}{
		{"class CH", chaos, mdns.RcodeRefused}, {"NOTIFY", notify, mdns.RcodeNotImplemented},
		{"UPDATE", update, mdns.RcodeNotImplemented}, {"two questions", two, mdns.RcodeFormatError},
		{"no question", none, mdns.RcodeFormatError},
	} {
		if a := r.exchange("tcp", tt.q); a.Rcode != tt.want || len(a.Answer) > 0 {
			t.Errorf("%s: %s, want %s", tt.what, told(a), mdns.RcodeToString[tt.want])
		}
	}
}

func TestNameServerSeesChangesAtOnce(t *testing.T) {
	r := served(t, com())
	r.table([]question{{"new.example.com", "A", nxdomain}})
	put, err := r.ns.server.PutRecord("example.com", Record{Type: "A", Name: "new", Content: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	r.table([]question{{"new.example.com", "A", "NOERROR aa | new.example.com. 300 A 192.0.2.1"}})
	r.ns.server.DeleteRecord("example.com", put.ID)
	r.table([]question{{"new.example.com", "A", nxdomain}})
	r.ns.server.RemoveZone("example.com")
	r.table([]question{{"new.example.com", "A", "REFUSED"}})
}

// The name server looks up names by counts of the records at and below each name. The counts must be right
// after any changes.
func TestZonesCountWhatTheirNamesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := newZone(Zone{Name: "example.com"}, 0)
		tx := &transaction{zone: z}
		for n := range rapid.IntRange(0, 30).Draw(t, "steps") {
			id := rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, fmt.Sprint("id", n))
			switch rapid.IntRange(0, 3).Draw(t, fmt.Sprint("step", n)) {
			case 0:
				tx.remove(id)
			case 1:
				tx.rollback()
			default:
				names := []string{"example.com", "a.example.com", "b.a.example.com", "c.b.a.example.com", "*.a.example.com"}
				name := rapid.SampledFrom(names)
				tx.put(Record{ID: id, Type: "TXT", Content: "x", Name: name.Draw(t, fmt.Sprint("name", n))})
			}
		}

		want := map[string]int{}
		for _, s := range z.records {
			for _, name := range []string{"example.com", "a.example.com", "b.a.example.com", "c.b.a.example.com", "*.a.example.com"} {
				if s.Name == name || strings.HasSuffix(s.Name, "."+name) {
					want[name]++
				}
			}
		}

		if fmt.Sprint(z.held) != fmt.Sprint(want) {
			t.Fatalf("held = %v, want %v", z.held, want)
		}
	})
}
