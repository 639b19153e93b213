package dns

import (
	"net/netip"
	"strings"
)

// canonicalTarget reads the name of a host that a record points at: lower case,
// punycode, no final dot.
func canonicalTarget(s string, attr Attribute) (string, *Problem) {
	if why := notHost(s); why != "" {
		return "", invalidTarget(s, attr, why)
	}
	host, why := canonicalHost(strings.TrimSuffix(s, "."), reverse(s))
	if why != "" {
		return "", invalidTarget(s, attr, "It is not a host name: "+why+".")
	}
	if allDigits(host[strings.LastIndexByte(host, '.')+1:]) {
		return "", invalidTarget(s, attr, "It is not a host name: the part behind the last dot cannot be a number.")
	}
	return host, nil
}

// canonicalRooted is canonicalTarget for fields where a lone dot means "none":
// a null MX (RFC 7505), an SRV without the service (RFC 2782), and the owner's
// own name in an HTTPS (RFC 9460).
func canonicalRooted(s string, attr Attribute) (string, *Problem) {
	if s == "." {
		return s, nil
	}
	return canonicalTarget(s, attr)
}

// notHost recognises what people write instead of a host name.
func notHost(s string) string {
	switch {
	case s == "":
		return "It is empty."
	case s == ".":
		return "A lone dot is not the name of a host."
	case s == "@":
		return "Targets are full names: write the zone's own name in place of @."
	case address(s) != "":
		return "It is an IP address, and this takes the name of a host. For an address use a record of the type " + address(s) + "."
	case strings.Contains(s, "://"):
		return "It is a URL: write the host name alone, such as www.example.com."
	case strings.Contains(s, "@"):
		return "It looks like a mail address: write a host name, such as mail.example.com."
	case strings.ContainsAny(s, " \t\r\n"):
		return "There is white space in it: write one host name, such as www.example.com."
	case strings.Contains(s, "*"):
		return "A wildcard cannot be a target."
	}
	return ""
}

// address tells the type of record for a literal address, empty for anything
// else.
func address(s string) string {
	a, err := netip.ParseAddr(strings.Trim(strings.TrimSuffix(s, "."), "[]"))
	switch {
	case err != nil:
		return ""
	case a.Is4():
		return "A"
	}
	return "AAAA"
}

func invalidTarget(s string, attr Attribute, why string) *Problem {
	return fault("target", attr, "Invalid target", "%s cannot be the target of this record. %s", Show(s), why)
}

// HostFault says why a text is not a host name, as the end of a sentence. It
// returns "" for a host name. Wildcards are not host names.
func HostFault(name string) (why string) {
	_, why = canonicalHost(name, reverse(name))
	return why
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
