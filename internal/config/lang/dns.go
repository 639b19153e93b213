package lang

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// dnsFunctions returns the functions that Terraform does not have: they write DNS names and texts.
func dnsFunctions() map[string]fn {
	return map[string]fn{
		"dkim":         textual(func(args ...string) (string, error) { return dkim(args[0]) }, "public_key"),
		"dmarc":        ofObject("tags", dmarc),
		"fqdn":         textual(func(args ...string) (string, error) { return fqdn(args[0], args[1]) }, "name", "zone"),
		"reverse_name": textual(func(args ...string) (string, error) { return reverseName(args[0]) }, "address"),
		"spf":          ofObject("terms", spf),
	}
}

// fqdn returns the full name of name in a zone, in canonical form.
func fqdn(name, zone string) (string, error) {
	apex, problem := dns.CanonicalName(zone)
	if problem != nil {
		return "", inSentence(problem)
	}
	full, problem := dns.AbsoluteName(name, apex)
	if problem != nil {
		return "", inSentence(problem)
	}
	return full, nil
}

// inSentence returns a problem as an error whose text has no final full stop.
func inSentence(p *dns.Problem) error { return errors.New(strings.TrimSuffix(p.Detail, ".")) }

// reverseName returns the name of the PTR record of an address (RFC 1035, section 3.5; RFC 3596,
// section 2.5), or the name of the zone of a prefix that ends between two labels.
func reverseName(s string) (string, error) {
	p, err := addressOrPrefix(s)
	if err != nil {
		return "", err
	}

	labels, bits, tree := reverseLabels(p.Addr())
	if p.Bits()%bits != 0 {
		return "", fmt.Errorf(
			"the prefix %s does not end between two labels: its length must be a multiple of %d", s, bits)
	}
	return strings.Join(append(labels[len(labels)-p.Bits()/bits:], tree), "."), nil
}

// reverseLabels returns the labels of an address, last part first, the number of bits of each
// label, and the name below which they are.
func reverseLabels(a netip.Addr) (labels []string, bits int, tree string) {
	bytes := a.AsSlice()
	for i := len(bytes) - 1; i >= 0; i-- {
		if a.Is4() {
			labels = append(labels, fmt.Sprint(bytes[i]))
		} else {
			labels = append(labels, fmt.Sprintf("%x", bytes[i]&0xf), fmt.Sprintf("%x", bytes[i]>>4))
		}
	}
	if a.Is4() {
		return labels, 8, "in-addr.arpa"
	}
	return labels, 4, "ip6.arpa"
}
