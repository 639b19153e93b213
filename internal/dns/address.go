package dns

import (
	"net/netip"
	"strings"
)

// canonicalIPv4 parses a dotted quad. It refuses leading zeros, because some programs read 010 as
// eight.
func canonicalIPv4(s string) (string, *Problem) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return "", fault("ipv4", AttrContent, "Invalid IPv4 address",
			"%s is not an IPv4 address. %s", Show(s), ipv4Advice(s, err))
	}
	return s, nil // every address has only one spelling
}

// canonicalIPv6 parses an IPv6 address in any spelling and writes it in the form of RFC 5952.
func canonicalIPv6(s string) (string, *Problem) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is6() || a.Zone() != "" || a.Is4In6() {
		return "", fault("ipv6", AttrContent, "Invalid IPv6 address",
			"%s is not an IPv6 address for an AAAA record. %s", Show(s), ipv6Advice(s, a, err))
	}
	return a.String(), nil
}

func ipv4Advice(s string, err error) string {
	switch {
	case err == nil:
		return "It is an IPv6 address: use an AAAA record."
	case strings.Contains(s, "://"):
		return "It looks like a URL: write only the address, such as 192.0.2.10."
	case leadingZero(s):
		return "Write the numbers without leading zeros, such as 192.0.2.10."
	case hasPortOrPrefix(s):
		return "Write only the address, without a port or a prefix length, such as 192.0.2.10."
	case looksLikeHost(s):
		return "It looks like a host name: use a CNAME record."
	}
	return "Write four numbers from 0 to 255, such as 192.0.2.10."
}

func ipv6Advice(s string, a netip.Addr, err error) string {
	switch {
	case err == nil && a.Is4():
		return "It is an IPv4 address: use an A record."
	case err == nil && a.Zone() != "":
		return "The part after the % names a network interface of one computer: leave it out."
	case err == nil:
		return "It is an IPv4 address in IPv6 notation: use an A record with " + a.Unmap().String() + "."
	case strings.HasPrefix(s, "["):
		return "Write only the address, without brackets or a port, such as 2001:db8::10."
	case hasPortOrPrefix(s):
		return "Write only the address, without a port or a prefix length, such as 2001:db8::10."
	case looksLikeHost(s):
		return "It looks like a host name: use a CNAME record."
	}
	return "Write up to eight groups of hexadecimal digits, such as 2001:db8::10."
}

func leadingZero(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return false
	}

	for i, p := range parts {
		parts[i] = strings.TrimLeft(p, "0")
		if parts[i] == "" && p != "" {
			parts[i] = "0"
		}
	}

	_, err := netip.ParseAddr(strings.Join(parts, "."))
	return err == nil
}

func hasPortOrPrefix(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(s)
	return err == nil
}

// looksLikeHost reports whether s is a valid host name. The last label of a host name is not a
// number.
func looksLikeHost(s string) bool {
	_, p := canonicalTarget(s, AttrContent)
	return p == nil && s != "."
}
