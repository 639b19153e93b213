package nameserver_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/plan"
)

// declare parses a record from words: [proxied] [auto] TYPE NAME VALUE.
func declare(t *testing.T, text string) dns.Record {
	t.Helper()
	r := dns.Record{TTL: 300}
	words := strings.Fields(text)
	for ; ; words = words[1:] {
		switch words[0] {
		case "proxied":
			r.Proxied, r.TTL = true, dns.AutoTTL
			continue
		case "auto":
			r.TTL = dns.AutoTTL
			continue
		case "flat":
			r.Settings.FlattenCNAME = true
			continue
		}
		break
	}

	name, problem := dns.AbsoluteName(words[1], "example.com")
	v, problem2 := dns.ParseContent(dns.Type(words[0]), strings.Join(words[2:], " "))
	if problem != nil || problem2 != nil {
		t.Fatalf("declare(%q): %v, %v", text, problem, problem2)
	}

	r.Type, r.Name, r.Content, r.Priority = dns.Type(words[0]), name, v.Content, v.Priority
	r.Comment = "not in DNS"
	r.Declared = &dns.Declaration{Address: "example.com/" + words[0] + "/" + words[1]}
	return r
}

// diff returns the changes of a plan that compares the zone with the view, one line for each.
func diff(desired dns.Zone, v *nameserver.View) []string {
	z, _ := plan.Diff(plan.Input{Desired: desired, Seen: dns.Zone{Name: desired.Name, Records: v.Records}, Owned: v.Owned})
	var out []string
	for _, c := range z.Changes {
		line := fmt.Sprintf("%s %s %s", c.Action, c.Type, dns.RelativeName(c.Name, "example.com"))
		if c.Before != nil {
			line += " " + c.Before.Content
		}
		if c.Action == plan.Update {
			line += " " + strings.Trim(fmt.Sprint(c.Changed()), "[]")
		}
		out = append(out, line)
	}
	return out
}

func TestAttributesThatDNSDoesNotShowAreNotChanges(t *testing.T) {
	const cf4, cf6 = "104.16.1.1", "2606:4700::1"
	for name, c := range map[string]struct {
		zone     string // records of the servers
		declared []string
		want     []string // changes
		notShown string   // part of the sentences about what DNS does not show
	}{
		"equal":                    {"www A 192.0.2.1\nwww A 192.0.2.2", []string{"A www 192.0.2.1", "A www 192.0.2.2"}, nil, "comments"},
		"automatic TTL":            {"www A 192.0.2.1", []string{"auto A www 192.0.2.1"}, nil, ""},
		"other TTL":                {"www 60 A 192.0.2.1", []string{"A www 192.0.2.1"}, []string{"change A www 192.0.2.1 ttl"}, ""},
		"missing":                  {"", []string{"A www 192.0.2.1"}, []string{"add A www"}, ""},
		"other content":            {"www A 192.0.2.9", []string{"A www 192.0.2.1"}, []string{"change A www 192.0.2.9 content"}, ""},
		"one more than declared":   {"www A 192.0.2.1\nwww A 192.0.2.9", []string{"A www 192.0.2.1"}, nil, "other records of the zone are not known"},
		"one less":                 {"www A 192.0.2.1", []string{"A www 192.0.2.1", "A www 192.0.2.2"}, []string{"add A www"}, ""},
		"IPv6":                     {"www AAAA 2001:db8:0::1", []string{"AAAA www 2001:db8::1"}, nil, ""},
		"alias":                    {"www CNAME Host.example.net.", []string{"CNAME www host.example.net"}, nil, ""},
		"alias elsewhere":          {"www CNAME other.example.net.", []string{"CNAME www host.example.net"}, []string{"change CNAME www other.example.net content"}, ""},
		"alias became address":     {"www CNAME other.example.net.", []string{"A www 192.0.2.1"}, []string{"destroy CNAME www other.example.net", "add A www"}, ""},
		"address became alias":     {"www A 192.0.2.1", []string{"CNAME www host.example.net"}, []string{"destroy A www 192.0.2.1", "add CNAME www"}, ""},
		"mail":                     {"@ MX 10 mx1.example.net.", []string{"MX @ 10 mx1.example.net"}, nil, ""},
		"mail priority":            {"@ MX 5 mx1.example.net.", []string{"MX @ 10 mx1.example.net"}, []string{"change MX @ mx1.example.net priority"}, ""},
		"text in pieces":           {`@ TXT "v=spf1 " "-all"`, []string{`TXT @ "v=spf1 -all"`}, nil, ""},
		"text with escapes":        {`@ TXT "a\"b\\c\200"`, []string{`TXT @ "a\"b\\c\200"`}, nil, ""},
		"service":                  {"_sip._tcp SRV 10 5 5060 sip.example.com.", []string{"SRV _sip._tcp 10 5 5060 sip.example.com"}, nil, ""},
		"authority":                {`@ CAA 0 issue "letsencrypt.org"`, []string{`CAA @ 0 issue "letsencrypt.org"`}, nil, ""},
		"https":                    {`@ HTTPS 1 . alpn=h2,h3`, []string{`HTTPS @ 1 . alpn="h2,h3"`}, nil, ""},
		"proxied":                  {"www A " + cf4, []string{"proxied A www 192.0.2.1", "proxied A www 192.0.2.2"}, nil, "Cloudflare's own addresses"},
		"proxied alias":            {"www A " + cf4 + "\nwww AAAA " + cf6, []string{"proxied CNAME www host.example.net"}, nil, "1 name is answered"},
		"proxied IPv6":             {"www AAAA " + cf6, []string{"proxied AAAA www 2001:db8::1"}, nil, ""},
		"to be proxied":            {"www A 192.0.2.1", []string{"proxied A www 192.0.2.1"}, []string{"change A www 192.0.2.1 ttl proxied"}, ""},
		"no longer proxied":        {"www A " + cf4, []string{"A www 192.0.2.1"}, []string{"change A www 192.0.2.1 ttl proxied"}, ""},
		"declared as Cloudflare's": {"www A " + cf4, []string{"A www " + cf4}, nil, ""},
		"flattened apex":           {"@ A 192.0.2.7\nhost A 192.0.2.7", []string{"CNAME @ host.example.com"}, nil, "flattened: its target has"},
		"flattened, far target":    {"@ A 192.0.2.7", []string{"CNAME @ host.example.net"}, nil, "was not found to have"},
		"flattened to the proxy":   {"@ A " + cf4, []string{"CNAME @ site.pages.dev"}, nil, "was not found to have"},
		"flattened by setting":     {"www A 192.0.2.7", []string{"flat CNAME www host.example.net"}, nil, "flattened"},
		"flattened to nothing":     {"www TXT \"x\"", []string{"flat CNAME www host.example.net"}, nil, "was not found to have"},
		"flattened, but missing":   {"", []string{"flat CNAME www host.example.net"}, []string{"add CNAME www"}, ""},
		"wildcard answers":         {"* A 192.0.2.1", []string{"A www 192.0.2.9"}, []string{"add A www"}, ""},
		"wildcard answers alike":   {"* A 192.0.2.1", []string{"A www 192.0.2.1"}, nil, "as the wildcard above it"},
		"own beside a wildcard":    {"* A 192.0.2.1\nwww A 192.0.2.2", []string{"A www 192.0.2.9"}, []string{"change A www 192.0.2.2 content"}, ""},
		"wildcard alias":           {"* CNAME host.example.net.", []string{"A www 192.0.2.9"}, []string{"add A www"}, ""},
		"the wildcard itself":      {"* A 192.0.2.1", []string{"A * 192.0.2.9"}, []string{"change A * 192.0.2.1 content"}, ""},
		"delegation":               {"sub NS ns1.example.net.", []string{"NS sub ns1.example.net"}, nil, ""},
		"delegation elsewhere":     {"sub NS ns2.example.net.", []string{"NS sub ns1.example.net"}, []string{"change NS sub ns2.example.net content"}, ""},
		"below a delegation":       {"sub NS ns1.example.net.", []string{"A www.sub 192.0.2.1", "TXT sub \"x\""}, nil, "2 records are at or below a delegation"},
		"DS at the delegation":     {"sub NS ns1.example.net.\nsub DS 1 13 2 " + strings.Repeat("AB", 32), []string{"DS sub 1 13 2 " + strings.Repeat("ab", 32)}, nil, ""},
		"underscore and wildcard":  {"*.a_b A 192.0.2.1", []string{"A *.a_b 192.0.2.1"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desired := dns.Zone{Name: "example.com"}
			for _, text := range c.declared {
				desired.Records = append(desired.Records, declare(t, text))
			}

			v, err := serve(t, c.zone).client().View(context.Background(), desired, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := diff(desired, v); !slices.Equal(got, c.want) {
				t.Errorf("changes = %q, want %q\nseen: %+v\nowned: %v", got, c.want, v.Records, v.Owned)
			}
			if notShown := strings.Join(v.NotShown, "\n"); !strings.Contains(notShown, c.notShown) {
				t.Errorf("NotShown = %q, want %q in it", notShown, c.notShown)
			}
		})
	}
}

func TestRecordsThatAreNoLongerDeclaredAreFound(t *testing.T) {
	v, err := serve(t, "old A 192.0.2.1\nalso MX 10 mx.example.net.").client().View(context.Background(), dns.Zone{Name: "example.com"},
		[]nameserver.Known{{Address: "a", Name: "old.example.com", Type: dns.A}, {Address: "b", Name: "gone.example.com", Type: dns.A}})
	if err != nil {
		t.Fatal(err)
	}
	got := diff(dns.Zone{Name: "example.com"}, v)
	if want := []string{"destroy A old 192.0.2.1"}; !slices.Equal(got, want) {
		t.Errorf("changes = %q, want %q", got, want)
	}
}

func TestClientRepeatsATruncatedQuestionOverTCP(t *testing.T) {
	a := serveOddly(t, "www A 192.0.2.1", func(q *mdns.Msg, tcp bool) *mdns.Msg {
		if tcp {
			return nil
		}
		m := new(mdns.Msg)
		m.SetReply(q)
		m.Authoritative, m.Truncated = true, true
		return m
	})

	desired := dns.Zone{Name: "example.com", Records: []dns.Record{declare(t, "A www 192.0.2.1")}}
	v, err := a.client().View(context.Background(), desired, nil)
	if err != nil || len(v.Records) != 1 {
		t.Fatalf("View = %+v, %v; want one record", v, err)
	}
}

// refuse answers every question with the code, except the question for the zone's SOA if spareSOA is set.
func refuse(code int, spareSOA bool) func(*mdns.Msg, bool) *mdns.Msg {
	return func(q *mdns.Msg, _ bool) *mdns.Msg {
		if spareSOA && q.Question[0].Qtype == mdns.TypeSOA {
			return nil
		}
		return new(mdns.Msg).SetRcode(q, code)
	}
}

// If a server refuses, does not know the zone or is silent, the client asks another one.
func TestClientAsksAnotherServerAfterAFailure(t *testing.T) {
	good := serve(t, "www A 192.0.2.1")
	refusing := serveOddly(t, "", refuse(mdns.RcodeRefused, false))
	foreign := serveOddly(t, "", refuse(mdns.RcodeSuccess, false)) // not authoritative
	flaky := serveOddly(t, "", refuse(mdns.RcodeServerFailure, true))
	c := &nameserver.Client{
		Servers: []string{silent(t).addr, refusing.addr, flaky.addr, foreign.addr, good.addr},
		Timeout: 200 * time.Millisecond,
	}
	desired := dns.Zone{Name: "example.com", Records: []dns.Record{declare(t, "A www 192.0.2.1"), declare(t, "A x 192.0.2.1")}}
	v, err := c.View(context.Background(), desired, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := diff(desired, v); !slices.Equal(got, []string{"add A x"}) {
		t.Errorf("changes = %q, want only the addition of x", got)
	}
}

// A server that refers upwards, or to the zone itself, does not know the zone. If the client took this for a
// delegation, it would assume that everything is as declared.
func TestReferralUpwardsIsNotADelegation(t *testing.T) {
	for _, owner := range []string{".", "com.", "example.com.", "other.example.net.", "x.example.com."} {
		lame := serveOddly(t, "", func(q *mdns.Msg, _ bool) *mdns.Msg {
			m := new(mdns.Msg).SetReply(q)
			rr, err := mdns.NewRR(owner + " 300 NS ns1.example.net.")
			if err != nil {
				t.Error(err)
			}
			m.Ns = append(m.Ns, rr)
			return m
		})

		desired := dns.Zone{Name: "example.com", Records: []dns.Record{declare(t, "A www 192.0.2.1")}}
		v, err := lame.client().View(context.Background(), desired, nil)
		if err == nil || !strings.Contains(err.Error(), "not authoritative") {
			t.Errorf("a referral to %s gives %+v, %v; want an error", owner, v, err)
		}
	}
}

func TestViewFailsIfNoServerAnswers(t *testing.T) {
	failing := serveOddly(t, "", refuse(mdns.RcodeServerFailure, true))
	desired := dns.Zone{Name: "example.com", Records: []dns.Record{declare(t, "A www 192.0.2.1")}}
	for want, c := range map[string]*nameserver.Client{
		"no answer in time":                {Servers: []string{silent(t).addr}, Timeout: 50 * time.Millisecond},
		"www.example.com A":                {Servers: []string{failing.addr}, Timeout: time.Second},
		"SERVFAIL":                         {Servers: []string{failing.addr}, Timeout: time.Second},
		"could not be found: no such host": {Resolver: resolver{}},
		"addresses of the name servers":    {Resolver: resolver{ns: []string{"ns1.example.net."}}},
	} {
		if _, err := c.View(context.Background(), desired, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("View = %v, want an error with %q", err, want)
		}
	}
}

func TestZoneOfAnotherProviderIsRecognized(t *testing.T) {
	for host, want := range map[string]bool{"ada.ns.cloudflare.com": true, "ns1.example.net": false, "x.foundationdns.org": true} {
		z := &nameserver.Zone{Hosts: []string{"bob.ns.cloudflare.com", host}}
		if z.Cloudflares() != want {
			t.Errorf("Cloudflares with %s = %v", host, !want)
		}
	}
}

func TestViewFailsWithACanceledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := &nameserver.Client{Servers: []string{silent(t).addr}}
	if _, err := c.View(ctx, dns.Zone{Name: "example.com"}, nil); err == nil {
		t.Error("View with a canceled context succeeded, want an error")
	}
}

// FuzzAnswer checks that reading a message does not panic, whatever the message contains.
func FuzzAnswer(f *testing.F) {
	m := new(mdns.Msg)
	m.SetQuestion("www.example.com.", mdns.TypeA)
	seed, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}

	f.Add(seed, "A")
	f.Fuzz(func(t *testing.T, wire []byte, typ string) {
		m := new(mdns.Msg)
		if m.Unpack(wire) != nil {
			return
		}
		nameserver.ReadAnswer(m, nameserver.Question{Name: "www.example.com", Type: dns.Type(typ)}, "example.com")
	})
}
