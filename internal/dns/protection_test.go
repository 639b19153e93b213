package dns_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestShape(t *testing.T) {
	for _, c := range []struct {
		shape dns.Shape
		text  string
		match bool
	}{
		{dns.Shape{"www"}, "www", true},
		{dns.Shape{"www"}, "www2", false},
		{dns.Shape{"*"}, "www", false}, // in a shape, an asterisk stands for itself
		{dns.Shape{"*"}, "*", true},
		{dns.AnyShape(), "", true},
		{dns.AnyShape(), "anything", true},
		{dns.Shape{"host-", ""}, "host-1", true},
		{dns.Shape{"host-", ""}, "host", false},
		{dns.Shape{"", ".example"}, "a.example", true},
		{dns.Shape{"", ".example"}, "a.example.net", false},
		{dns.Shape{"a", "b", "c"}, "a-b-c", true},
		{dns.Shape{"a", "b", "c"}, "a-c", false},
		{dns.Shape{"ab", "ba"}, "aba", false}, // pieces do not overlap
		{nil, "", true},
		{nil, "a", false},
	} {
		if got := c.shape.Match(c.text); got != c.match {
			t.Errorf("%q.Match(%q) = %v, want %v", c.shape, c.text, got, c.match)
		}
	}
}

func TestShapeJoin(t *testing.T) {
	for _, c := range []struct {
		a, b dns.Shape
		want string
	}{
		{dns.Shape{"a"}, dns.Shape{"b"}, "ab"},
		{dns.Shape{"a-"}, dns.AnyShape(), "a-*"},
		{dns.AnyShape(), dns.Shape{".b"}, "*.b"},
		{nil, dns.Shape{"b"}, "b"},
	} {
		if got := c.a.Join(c.b).String(); got != c.want {
			t.Errorf("%q.Join(%q) = %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestCoverageCoversTheInstancesOfABlock(t *testing.T) {
	www := dns.Protection{Zone: dns.Shape{"example.com"}, Type: dns.Shape{"A"}, Label: dns.Shape{"www"}}
	hosts := dns.Protection{Zone: dns.Shape{"", ".example"}, Type: dns.Shape{"A"}, Label: dns.Shape{"host-", ""}}
	slash := dns.Protection{Zone: dns.Shape{"0/25.2.0.192.in-addr.arpa"}, Type: dns.Shape{"PTR"}, Label: dns.Shape{"1/2"}}
	for _, c := range []struct {
		protection    dns.Protection
		zone, address string
		covers        bool
	}{
		{www, "example.com", "example.com/A/www", true},
		{www, "example.com", `example.com/A/www["eu"]`, true},
		{www, "example.com", "example.com/A/www[3]", true},
		{www, "example.com", `example.com/A/www["a]["]`, true},
		{www, "example.com", "example.com/A/www2", false},
		{www, "example.com", "example.com/AAAA/www", false},
		{www, "example.net", "example.net/A/www", false},
		{www, "example.com", "example.net/A/www", false},
		{hosts, "a.example", "a.example/A/host-1", true},
		{hosts, "a.example", `a.example/A/host-1["x"]`, true},
		{hosts, "a.example", "a.example/A/other", false},
		{hosts, "a.test", "a.test/A/host-1", false},
		{slash, "0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa/PTR/1/2[0]", true},
	} {
		coverage := dns.NewCoverage([]dns.Protection{c.protection}, c.zone)
		if _, got := coverage.First(c.address); got != c.covers {
			t.Errorf("%s covers %s of %s: %v, want %v", c.protection.Address(), c.address, c.zone, got, c.covers)
		}
	}
}

func TestCoverageReturnsTheFirstBlock(t *testing.T) {
	block := func(typ string, label ...string) dns.Protection {
		return dns.Protection{Zone: dns.Shape{"example.com"}, Type: dns.Shape{typ}, Label: label}
	}
	blocks := []dns.Protection{
		block("AAAA", "", ""),
		block("A", "host-", ""),
		block("A", "host-1"),
		block("A", "", "-1"),
		block("A", "host-1"),
	}
	for _, c := range []struct {
		first   int
		address string
		want    int
	}{
		{0, "example.com/A/host-1", 1},
		{2, "example.com/A/host-1", 2},
		{3, `example.com/A/host-1["x"]`, 3},
		{4, `example.com/A/host-1["x"]`, 4},
		{0, "example.com/AAAA/host-1", 0},
		{1, "example.com/A/other", -1},
	} {
		coverage := dns.NewCoverage(blocks[c.first:], "example.com")
		got, ok := coverage.First(c.address)
		if got += c.first; !ok {
			got = -1
		}
		if got != c.want {
			t.Errorf("First(%s) of the blocks from %d on is %d, want %d", c.address, c.first, got, c.want)
		}
	}
}
