package sandbox

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

// absoluteName returns the full name of a record. "@" is the apex, a name that ends in the zone's name is
// already full, and any other name is relative. ok is false if the name is not valid in the zone.
func absoluteName(name, zone string) (full string, ok bool) {
	if name == "" {
		return "", false
	}
	if name == "@" {
		return zone, true
	}

	rooted := strings.HasSuffix(name, ".")
	full, ok = asciiName(strings.TrimSuffix(name, "."))
	if !ok {
		return "", false
	}
	if full != zone && !strings.HasSuffix(full, "."+zone) {
		if rooted {
			return "", false // the name is full and outside of the zone
		}
		full += "." + zone
	}
	return full, validName(full)
}

// asciiName converts a name to lower case and punycode. It does so label by label, because labels such as
// _dmarc and * must not be checked by IDNA's rules. The profile is a guess: IDNA 2008, non-transitional.
func asciiName(name string) (string, bool) {
	labels := strings.Split(name, ".")
	for i, l := range labels {
		if isASCII(l) {
			labels[i] = strings.ToLower(l)
			continue
		}
		a, err := idnaProfile.ToASCII(l)
		if err != nil {
			return "", false
		}
		labels[i] = a
	}
	return strings.Join(labels, "."), true
}

var idnaProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func isASCII(s string) bool {
	for _, b := range []byte(s) {
		if b >= 0x80 {
			return false
		}
	}
	return true
}

// unicodeName returns a name in Unicode. A name that is not an IDN stays unchanged.
func unicodeName(name string) string {
	u, err := idna.ToUnicode(name)
	if err != nil {
		return name
	}
	return u
}

// validName reports whether a full record name is valid: RFC 1035's lengths, letters, digits, hyphens and
// underscores, and a wildcard only as the whole first label.
func validName(name string) bool {
	return len(name) <= 253 && validLabels(strings.TrimPrefix(name, "*."))
}

func validLabels(name string) bool {
	// Labels such as 0/25 delegate a part of a reverse zone (RFC 2317).
	reverse := strings.HasSuffix(strings.ToLower(name), ".arpa")
	bad := func(r rune) bool { return notInLabel(r) && (r != '/' || !reverse) }
	for l := range strings.SplitSeq(name, ".") {
		if l == "" || len(l) > 63 || strings.IndexFunc(l, bad) >= 0 {
			return false
		}
	}
	return true
}

func notInLabel(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// hostName normalizes a host name in a content: punycode, lower case, no final dot. An address is not a
// host name.
func hostName(s, zone string, q Quirks) (string, bool) {
	if s == "@" {
		return zone, true
	}
	sent := strings.TrimSuffix(s, ".")
	host, ok := asciiName(sent)
	if !ok || host == "" || len(host) > 253 || !validLabels(host) || isAddress(host) {
		return "", false
	}
	if q.KeepHostCase && isASCII(sent) {
		return sent, true
	}
	return host, true
}

func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// dottedHost normalizes a target but keeps its final dot as written; "." means no target.
func dottedHost(s, zone string, q Quirks) (string, bool) {
	if s == "." {
		return s, true
	}
	h, ok := hostName(s, zone, q)
	if strings.HasSuffix(s, ".") {
		h += "."
	}
	return h, ok
}

// rootedHost is like hostName but also accepts the root, which a null MX has (RFC 7505), and an SRV for "no
// such service" (RFC 2782).
func rootedHost(s, zone string, q Quirks) (string, bool) {
	if s == "." {
		return s, true
	}
	return hostName(s, zone, q)
}

// ipv4 parses an IPv4 address. netip refuses leading zeros, as Cloudflare presumably does.
func ipv4(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Is4()
}

func ipv6(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Is6() && a.Zone() == ""
}
