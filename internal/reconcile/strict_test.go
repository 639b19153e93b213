package reconcile_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// declared returns a record as in a configuration.
func declared(t *testing.T, typ dns.Type, name, content string) dns.Record {
	t.Helper()
	v, problem := dns.ParseContent(typ, content)
	if problem != nil {
		t.Fatal(problem)
	}
	return dns.Record{Name: name, Type: typ, Content: v.Content, TTL: 300,
		Declared: &dns.Declaration{Address: "example.com/" + string(typ) + "/x", File: "dns.cf.hcl", Line: 7}}
}

// Cloudflare accepts what validate accepts, and stores it unchanged.
func TestUnusualValuesAreStoredAsDeclared(t *testing.T) {
	t.Parallel()
	commented := declared(t, dns.A, "b.example.com", "192.0.2.1")
	commented.Comment = strings.Repeat("ü", 100)
	for name, r := range map[string]dns.Record{
		"a semicolon in SvcParams":         declared(t, dns.HTTPS, "k.example.com", `1 rel.example.com key65280="a;b"`),
		"parentheses in SvcParams":         declared(t, dns.SVCB, "k.example.com", `1 . key65280="a(b);c" port=443`),
		"a comment of 100 characters":      commented,
		"a record of 4,096 bytes":          declared(t, dns.TXT, "t.example.com", strings.Repeat("x", 4080)),
		"a semicolon and a quote in a CAA": declared(t, dns.CAA, "c.example.com", `0 issue "ca.example.net; validationmethods=dns-01"`),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "example.com", Plan: "free"})
			desired := dns.Zone{Name: "example.com", Records: []dns.Record{r}}
			w.apply(t, w.plan(t, desired))
			w.converged(t, desired)
		})
	}
}

func TestADelegationToTheZonesOwnServersIsAnErrorOfThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "example.com", NameServers: []string{"amy.ns.cloudflare.com", "bob.ns.cloudflare.com"}})
	desired := dns.Zone{Name: "example.com", Records: []dns.Record{declared(t, dns.NS, "sub.example.com", "amy.ns.cloudflare.com")}}
	count := func() (n int) {
		for _, d := range w.plan(t, desired).Diagnostics {
			if d.Severity == dns.Error && d.Address == "example.com/NS/x" && d.Position.Line == 7 {
				n++
			}
		}
		return n
	}

	for range 2 { // the second plan knows the servers only from a snapshot, so it asks for them
		if n := count(); n != 1 {
			t.Errorf("%d errors at the record, want 1", n)
		}
	}
	if _, err := w.api.PutRecord("example.com", sandbox.Record{Type: "NS", Name: "sub", Content: "amy.ns.cloudflare.com", TTL: 300}); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 0 {
		t.Errorf("%d errors for a record that Cloudflare has, want none", n)
	}
}
