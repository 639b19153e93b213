package dns

import "net/netip"

// privateNetworks lists the networks for whose addresses Cloudflare sets private_routing by itself.
var privateNetworks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("fc00::/7"),
}

// PrivatelyRouted reports whether Cloudflare sets private_routing by itself for the address of a proxied record. It does
// so only in accounts that have the feature; in others, it refuses to proxy such an address.
func PrivatelyRouted(content string) bool {
	a, err := netip.ParseAddr(content)
	if err != nil {
		return false
	}

	for _, p := range privateNetworks {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Stored returns the record as Cloudflare stores it: a proxied record has the automatic TTL, is not flattened, and is
// routed privately if its address is private. Callers compare declared and live records in this form.
func (r Record) Stored() Record {
	if !r.Proxied {
		return r
	}

	r.TTL = AutoTTL
	r.Settings.FlattenCNAME = false
	if (r.Type == A || r.Type == AAAA) && PrivatelyRouted(r.Content) {
		r.PrivateRouting = true
	}
	return r
}
