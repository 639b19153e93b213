package lint

import "net/netip"

// unproxiable lists networks in which Cloudflare cannot reach an origin, in addition to the ones that
// netip.Addr recognizes. It leaves out the documentation networks and 100::/64, because people often
// use them in records for which a Worker or a redirect rule answers.
var unproxiable = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("240.0.0.0/4"),
}

// publicAddress reports whether an address can be reached from the internet.
func publicAddress(a netip.Addr) bool {
	if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
		return false
	}

	for _, p := range unproxiable {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
