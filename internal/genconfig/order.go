package genconfig

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// typeOrder is the order of types at one name: addresses and aliases, services, mail, texts, and then the
// rare types.
var typeOrder = []dns.Type{dns.A, dns.AAAA, dns.CNAME, dns.HTTPS, dns.SVCB, dns.MX, dns.TXT, dns.NS, dns.DS, dns.CAA,
	dns.SRV, dns.URI, dns.NAPTR, dns.PTR, dns.TLSA, dns.SMIMEA, dns.SSHFP, dns.OPENPGPKEY, dns.CERT, dns.DNSKEY, dns.LOC}

// compareNamed orders records as Write writes them. Equal records are ordered by the suggestions of their
// source.
func compareNamed(a, b Named, zone string) int {
	return cmp.Or(
		compareRecords(a.Record, b.Record, zone),
		natural(a.Label, b.Label),
		natural(a.Key, b.Key),
		slices.Compare(a.Notes, b.Notes),
	)
}

// compareRecords orders records as Write writes them. It compares all attributes, so that the order of the
// input does not matter.
func compareRecords(a, b dns.Record, zone string) int {
	return cmp.Or(
		compareNames(a.Name, b.Name, zone),
		cmp.Compare(slices.Index(typeOrder, a.Type), slices.Index(typeOrder, b.Type)),
		strings.Compare(string(a.Type), string(b.Type)),
		cmp.Compare(a.Priority, b.Priority),
		natural(a.Content, b.Content),
		strings.Compare(manner(a), manner(b)),
		strings.Compare(a.ManagedBy, b.ManagedBy),
		strings.Compare(a.ID, b.ID),
	)
}

// compareNames puts the apex first and names with an underscore, which are mostly services, last. The names
// below a name follow it.
func compareNames(a, b, zone string) int {
	return cmp.Or(
		cmp.Compare(class(a, zone), class(b, zone)),
		slices.CompareFunc(labels(a), labels(b), natural),
	)
}

func class(name, zone string) int {
	switch {
	case name == zone:
		return 0
	case strings.HasPrefix(name, "_") || strings.Contains(name, "._"):
		return 2
	}
	return 1
}

// labels returns the labels of a name from right to left.
func labels(name string) []string {
	out := strings.Split(name, ".")
	slices.Reverse(out)
	return out
}

// natural compares texts, but digits in them as numbers: host-2 comes before host-10.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		n, m := digits(x), digits(y)
		if n == 0 || m == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		if c := compareNumbers(x[:n], y[:m]); c != 0 {
			return c
		}
		x, y = x[n:], y[m:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits returns the number of digits at the start of s.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
