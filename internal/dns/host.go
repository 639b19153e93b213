package dns

import (
	"net/netip"
	"strings"
)

// canonicalTarget returns the name of a host that a record points at in lower case and punycode,
// without a final dot.
func canonicalTarget(s string, attr Attribute) (string, *Problem) {
	if why := notHost(s); why != "" {
		return "", invalidTarget(s, attr, why)
	}

	host, why := canonicalHost(strings.TrimSuffix(s, "."), reverse(s))
	if why != "" {
		return "", invalidTarget(s, attr, "It is not a host name: "+why+".")
	}
	if allDigits(host[strings.LastIndexByte(host, '.')+1:]) {
		return "", invalidTarget(s, attr, "It is not a host name: the part after the last dot cannot be a number.")
	}
	return host, nil
}

// canonicalRooted is like canonicalTarget, but accepts a lone dot. In a null MX (RFC 7505) and an SRV
// (RFC 2782), the dot means that there is no target; in an HTTPS (RFC 9460), the record's own name.
func canonicalRooted(s string, attr Attribute) (string, *Problem) {
	if s == "." {
		return s, nil
	}
	return canonicalTarget(s, attr)
}

// notHost recognizes common mistakes, such as a URL instead of a host name, and returns advice. It
// returns "" for anything else.
func notHost(s string) string {
	switch {
	case s == "":
		return "It is empty."
	case s == ".":
		return "A lone dot is not the name of a host."
	case s == "@":
		return "Targets are full names: write the zone's own name in place of @."
	case address(s) != "":
		return "It is an IP address, but a host name is needed here. " +
			"For an address, use an " + address(s) + " record."
	case strings.Contains(s, "://"):
		return "It is a URL: write only the host name, such as www.example.com."
	case strings.Contains(s, "@"):
		return "It looks like a mail address: write a host name, such as mail.example.com."
	case strings.ContainsAny(s, " \t\r\n"):
		return "It has white space in it: write one host name, such as www.example.com."
	case strings.Contains(s, "*"):
		return "A wildcard cannot be a target."
	}
	return ""
}

// address returns the record type (A or AAAA) for a literal IP address, or "" for anything else.
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

// HostFault says why a text is not a host name, as the end of a sentence. It returns "" if the text
// is a host name. A wildcard is not a host name.
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
