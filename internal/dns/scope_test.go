package dns_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestScope(t *testing.T) {
	shop := dns.Scope{Zones: []string{"example.com"}, Names: []string{"shop", "*.shop"}, Types: []dns.Type{dns.A, dns.CNAME}}
	for _, c := range []struct {
		about string
		scope dns.Scope
		zone  string
		name  string
		typ   dns.Type
		want  bool
	}{
		{"no list restricts nothing", dns.Scope{}, "example.com", "www.example.com", dns.TXT, true},
		{"all three fit", shop, "example.com", "shop.example.com", dns.A, true},
		{"a pattern fits", shop, "example.com", "a.b.shop.example.com", dns.CNAME, true},
		{"another zone", shop, "example.net", "shop.example.net", dns.A, false},
		{"a zone with a longer name", shop, "shop.example.com", "shop.shop.example.com", dns.A, false},
		{"another name", shop, "example.com", "workshop.example.com", dns.A, false},
		{"another type", shop, "example.com", "shop.example.com", dns.TXT, false},
		{"the apex", dns.Scope{Names: []string{"@"}}, "example.com", "example.com", dns.MX, true},
		{"the apex pattern does not match other names", dns.Scope{Names: []string{"@"}}, "example.com", "a.example.com", dns.MX, false},
		{"full names", dns.Scope{Names: []string{"www.example.com"}}, "example.com", "www.example.com", dns.A, true},
		{"full names of another zone", dns.Scope{Names: []string{"www.example.com"}}, "example.net", "www.example.net", dns.A, false},
		{"patterns of zones", dns.Scope{Zones: []string{"*.example"}}, "one.example", "one.example", dns.A, true},
		{"zones in any case, with a dot", dns.Scope{Zones: []string{"Example.COM."}}, "example.com", "example.com", dns.A, true},
		{"zones in their own script", dns.Scope{Zones: []string{"bücher.example"}}, "xn--bcher-kva.example", "xn--bcher-kva.example", dns.A, true},
		{"names in their own script", dns.Scope{Names: []string{"bücher"}}, "example.com", "xn--bcher-kva.example.com", dns.A, true},
		{"an empty list of zones allows no zone", dns.Scope{Zones: []string{}}, "example.com", "example.com", dns.A, false},
		{"an empty list of names allows no name", dns.Scope{Names: []string{}}, "example.com", "example.com", dns.A, false},
		{"an empty list of types allows no type", dns.Scope{Types: []dns.Type{}}, "example.com", "example.com", dns.A, false},
	} {
		if got := c.scope.In(c.zone).Has(dns.Record{Name: c.name, Type: c.typ}); got != c.want {
			t.Errorf("%s: %v, want %v", c.about, got, c.want)
		}
	}
}

func TestHasAllNeedsEveryRecordOfTheName(t *testing.T) {
	for _, c := range []struct {
		scope dns.Scope
		want  bool
	}{
		{dns.Scope{}, true},
		{dns.Scope{Names: []string{"www"}}, true},
		{dns.Scope{Names: []string{"mail"}}, false},
		{dns.Scope{Types: []dns.Type{dns.A}}, false},
		{dns.Scope{Zones: []string{}}, false},
	} {
		if got := c.scope.In("example.com").HasAll("www.example.com"); got != c.want {
			t.Errorf("HasAll(www) of the scope %+v = %v, want %v", c.scope, got, c.want)
		}
	}
}
