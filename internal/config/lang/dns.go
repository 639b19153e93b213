package lang

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// dnsFunctions returns the functions that Terraform does not have. They make DNS names and texts.
func dnsFunctions() map[string]fn {
	return map[string]fn{
		"dkim":         textual(func(args ...string) (string, error) { return dkim(args[0]) }, "public_key"),
		"dmarc":        ofObject("tags", dmarc),
		"fqdn":         textual(func(args ...string) (string, error) { return fqdn(args[0], args[1]) }, "name", "zone"),
		"reverse_name": textual(func(args ...string) (string, error) { return reverseName(args[0]) }, "address"),
		"spf":          ofObject("terms", spf),
	}
}

// fqdn returns the canonical full form of a name in a zone.
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

// inSentence returns a problem as an error whose text does not end in a full stop.
func inSentence(p *dns.Problem) error { return errors.New(strings.TrimSuffix(p.Detail, ".")) }

// reverseName returns the name of the PTR record of an address (RFC 1035, section 3.5; RFC 3596, section
// 2.5). For a prefix that ends between two labels, it returns the name of the reverse zone.
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

// reverseLabels returns the labels of an address, with the last part of the address first. bits is the
// number of bits of one label, and tree is the name below which the labels are.
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
