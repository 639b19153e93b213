package clienttest

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/go-acme/lego/v5/challenge/dns01"
	"github.com/go-acme/lego/v5/providers/dns/cloudflare"
	"github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// resolver starts a DNS server for lego, which finds the zone of a name by DNS queries before it calls
// Cloudflare.
func resolver(t *testing.T, zone string) string {
	t.Helper()
	listener, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	server := &dns.Server{PacketConn: listener, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if question := q.Question[0]; question.Qtype == dns.TypeSOA && question.Name == zone+"." {
			m.Answer = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: zone + ".", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60},
				Ns: "anna.ns.cloudflare.com.", Mbox: "dns.cloudflare.com.", Refresh: 60}}
		} else if question.Name != zone+"." {
			m.Rcode = dns.RcodeNameError
		}
		_ = w.WriteMsg(m) // if the answer is lost, the test fails anyway
	})}

	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.ActivateAndServe() // returns an error when the listener is closed
	}()

	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})

	return listener.LocalAddr().String()
}

// lego returns lego's provider, configured to use the sandbox and the resolver.
func lego(t *testing.T, alter func(*cloudflare.Config)) *cloudflare.DNSProvider {
	t.Helper()
	before := dns01.DefaultClient()
	dns01.SetDefaultClient(dns01.NewClient(&dns01.Options{RecursiveNameservers: []string{resolver(t, "example.com")}}))
	t.Cleanup(func() { dns01.SetDefaultClient(before) })
	config := cloudflare.NewDefaultConfig()
	alter(config)
	provider, err := cloudflare.NewDNSProviderConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func TestLegoSolvesAChallenge(t *testing.T) {
	for _, tt := range []struct {
		name  string
		alter func(*cloudflare.Config)
	}{
		{"token", func(c *cloudflare.Config) { c.AuthToken = token }},
		{"with a second token for zones", func(c *cloudflare.Config) { c.AuthToken, c.ZoneToken = token, token }},
		{"global key", func(c *cloudflare.Config) { c.AuthEmail, c.AuthKey = email, key }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, base := serve(t, sandbox.Zone{Name: "example.com"})
			provider := lego(t, func(c *cloudflare.Config) { tt.alter(c); c.BaseURL = base })
			for _, domain := range []string{"www.example.com", "example.com"} {
				if err := provider.Present(t.Context(), domain, domain, "key authorization"); err != nil {
					t.Fatal(err)
				}

				rs := s.Records("example.com")
				info := dns01.GetChallengeInfo(t.Context(), domain, "key authorization")
				if len(rs) != 1 || rs[0].Type != "TXT" || rs[0].Name+"." != info.EffectiveFQDN || rs[0].Content != `"`+info.Value+`"` || rs[0].TTL != 120 {
					t.Errorf("Present(%s) left %+v, want the challenge %+v", domain, rs, info)
				}
				if err := provider.CleanUp(t.Context(), domain, domain, "key authorization"); err != nil {
					t.Fatal(err)
				}
				if rs := s.Records("example.com"); len(rs) != 0 {
					t.Errorf("CleanUp(%s) left %+v, want no record", domain, rs)
				}
			}
		})
	}
}

func TestLegoUnderstandsErrors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		zone  string
		fault sandbox.Fault
		want  string
	}{
		{"a token without permission", "example.com", sandbox.AuthenticationError().On(http.MethodPost, ""), "10000: Authentication error"},
		{"a token from another address", "example.com", sandbox.RefuseIP("203.0.113.7"), "9109: Cannot use the access token from location: 203.0.113.7"},
		{"a zone that the token cannot see", "example.org", sandbox.Fault{Path: "nowhere"}, "zone could not be found"},
		{"a gateway error", "example.com", sandbox.GatewayError(502), "502"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, base := serve(t, sandbox.Zone{Name: tt.zone})
			s.Fail(tt.fault)
			provider := lego(t, func(c *cloudflare.Config) { c.AuthToken, c.BaseURL = token, base })
			err := provider.Present(t.Context(), "www.example.com", "t", "key authorization")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Present = %v, want … %s …", err, tt.want)
			}
		})
	}
}
