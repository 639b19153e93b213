package lint

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

// drawnZone draws a zone with few names, so that records conflict often.
func drawnZone(t *rapid.T) dns.Zone {
	names := []string{
		"example.com", "a.example.com", "b.example.com", "c.example.com", "d.a.example.com",
		"*.example.com", "*.a.example.com",
	}
	types := []dns.Type{
		dns.A, dns.AAAA, dns.CNAME, dns.CNAME, dns.MX, dns.NS, dns.TXT, dns.DS, dns.SRV, dns.HTTPS,
	}
	name := rapid.SampledFrom(names)
	host := rapid.SampledFrom(append(names[:5:5], "example.net"))
	z := dns.Zone{Name: "example.com", Tier: rapid.SampledFrom([]dns.Tier{"", "free", "pro"}).Draw(t, "tier")}
	if rapid.Bool().Draw(t, "exclusive") {
		z.Policy.Ownership = dns.Exclusive
	}

	for range rapid.IntRange(0, 15).Draw(t, "records") {
		r := dns.Record{Name: name.Draw(t, "name"), TTL: rapid.SampledFrom([]int{1, 30, 300}).Draw(t, "ttl")}
		switch r.Type = rapid.SampledFrom(types).Draw(t, "type"); r.Type {
		case dns.A:
			r.Content = rapid.SampledFrom([]string{"192.0.2.1", "192.0.2.2"}).Draw(t, "address")
		case dns.AAAA:
			r.Content = "2001:db8::1"
		case dns.DS:
			r.Content = "1 13 2 " + sha256Hex
		case dns.SRV:
			r.Content = "1 1 1 " + host.Draw(t, "host")
		case dns.HTTPS:
			r.Content = rapid.SampledFrom([]string{"0 ", "1 "}).Draw(t, "priority") + host.Draw(t, "host")
		case dns.TXT:
			r.Content = `"v=spf1 include:` + host.Draw(t, "host") + ` -all"`
		default:
			r.Content = host.Draw(t, "host")
		}
		r.Proxied = r.Type.Proxiable() && rapid.Bool().Draw(t, "proxied")
		z.Records = append(z.Records, r)
	}
	return z
}

func TestZoneProblemsNameTheirCheckAndRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := drawnZone(t)
		before := slices.Clone(z.Records)
		problems := Zone(z)
		if !reflect.DeepEqual(z.Records, before) {
			t.Fatal("Zone modified its input")
		}

		for _, p := range problems {
			c, ok := FindCheck(p.Rule)
			if !ok || c.Severity != p.Severity {
				t.Fatalf("the %s %s is not in the list of checks", p.Severity, p.Rule)
			}
			if len(p.Records) == 0 && p.Rule != "tier-records" {
				t.Fatalf("%s names no record, want at least one", p.Rule)
			}

			seen := map[int]bool{}
			for _, i := range p.Records {
				if i < 0 || i >= len(z.Records) || seen[i] {
					t.Fatalf("%s names the records %v, want different indices below %d", p.Rule, p.Records, len(z.Records))
				}
				seen[i] = true
			}
		}
	})
}

// The same checks must report problems in a zone and in the reversed zone. The test skips zones with several CNAMEs
// or SPF records at one name, because Zone follows only the first of them.
func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	names := func(z dns.Zone) map[string]bool {
		out := map[string]bool{}
		for _, p := range Zone(z) {
			out[p.Rule] = true
		}
		return out
	}

	rapid.Check(t, func(t *rapid.T) {
		z := drawnZone(t)
		forwards := names(z)
		if forwards["cname-alone"] || forwards["duplicate"] || forwards["spf-several"] {
			return
		}

		z.Records = slices.Clone(z.Records)
		slices.Reverse(z.Records)
		if backwards := names(z); !reflect.DeepEqual(backwards, forwards) {
			t.Fatalf("checks that report the zone: %v, the reversed zone: %v", forwards, backwards)
		}
	})
}

// The test compares Zone with a simple algorithm, which follows each alias for as many steps as there are aliases.
func TestZoneFindsCirclesAndLongChains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		name := func(i int) string { return fmt.Sprintf("n%d.example.com", i) }
		z := dns.Zone{Name: "example.com"}
		next := make([]int, n)
		for i := range n {
			next[i] = rapid.IntRange(0, n).Draw(t, "next") // n is not an alias
			z.Records = append(z.Records, dns.Record{Name: name(i), Type: dns.CNAME, Content: name(next[i]), TTL: 1})
		}

		want, long := map[int]bool{}, map[int]bool{}
		for i := range n {
			j, steps := next[i], 1
			for ; j != i && j != n && steps <= n; steps++ {
				j = next[j]
			}
			if j == i && steps > 1 {
				want[i] = true
			}
			if j == n && steps == maxChain+1 {
				long[i] = true
			}
		}

		got, gotLong := map[int]bool{}, map[int]bool{}
		for _, p := range Zone(z) {
			for _, i := range p.Records {
				switch p.Rule {
				case "cname-loop":
					if got[i] {
						t.Fatalf("the circle of %d is reported twice", i)
					}
					got[i] = true
				case "cname-chain":
					gotLong[i] = true
				}
			}
		}
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotLong, long) {
			t.Fatalf("aliases %v: in circles %v, want %v; in long chains %v, want %v", next, got, want, gotLong, long)
		}
	})
}

func TestProxiedAliasEndsAChain(t *testing.T) {
	text := ""
	for i := range 12 {
		mark := ""
		if i == 6 {
			mark = "!"
		}
		text += fmt.Sprintf("c%d CNAME%s c%d.example.com\n", i, mark, i+1)
	}
	if p := problemsByRule(zone(t, text))["cname-chain"]; p != nil {
		t.Errorf("Zone reports %v, but resolvers get addresses at c6 and follow only the first six aliases", p)
	}
}

func TestDelegationHidesRecords(t *testing.T) {
	for _, tt := range []struct {
		title, zone string
		want        []int // hidden records, then the name servers; nil for none
	}{
		{"a host below", "sub NS a.net\nsub NS b.net\nwww.sub A 192.0.2.1", []int{2, 0, 1}},
		{"texts and mail at the name, which are an error", "sub NS a.net\nsub NS b.net\nsub TXT x\nsub MX 10 a.net", nil},
		{"a delegation below a delegation", "sub NS a.net\nsub NS b.net\nx.sub NS a.net\nx.sub NS b.net", []int{2, 3, 0, 1}},
		{"addresses of a name server", "sub NS ns.sub.example.com\nsub NS b.net\nns.sub A 192.0.2.1", nil},
		{"a text at a name server", "sub NS ns.sub.example.com\nsub NS b.net\nns.sub A 192.0.2.1\nns.sub TXT x", []int{3, 0, 1}},
		{"addresses of another delegation's name server", "sub NS ns.two.example.com\nsub NS b.net\ntwo NS ns.two.example.com\ntwo NS b.net\nns.two A 192.0.2.1", nil},
		{"a name that only ends like the delegated one", "sub NS a.net\nsub NS b.net\nxsub A 192.0.2.1", nil},
		{"the zone's own servers", "@ NS a.net\n@ NS b.net\nwww A 192.0.2.1", nil},
		{"NS records at a wildcard", "* NS a.net\n* NS b.net\nwww A 192.0.2.1", nil},
	} {
		var got []int
		for _, p := range Zone(zone(t, tt.zone)) {
			if p.Rule == "delegation-hides" {
				got = append(got, p.Records...)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: delegation-hides reports the records %v, want %v", tt.title, got, tt.want)
		}
	}
}
