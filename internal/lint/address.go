package lint

import "net/netip"

// unproxiable lists networks in which Cloudflare cannot reach an origin, besides those that
// netip knows. The documentation networks and 100::/64 are left out: people often use them as
// the origin of records that a Worker or a redirect rule answers for.
var unproxiable = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("240.0.0.0/4"),
}

// publicAddress reports whether an origin may have this address.
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
