package sandbox

import (
	"net/netip"
	"slices"
	"strings"
)

// normaliseProxied checks what asks to be proxied, and gives it the automatic
// TTL.
func (d *draft) normaliseProxied(z Zone, q Quirks) []apiError {
	if !d.Proxied {
		d.PrivateRouting = false
		return nil
	}
	private := privateNetwork(d.Record)
	switch {
	case private && z.PrivateRouting:
		d.PrivateRouting = true
	case !proxiableType(d.Type):
		return []apiError{{Code: codeNotProxiedType, Message: "This record type cannot be proxied."}}
	case !proxiable(d.Record):
		return []apiError{notProxiable(d.Content, q)}
	case q.RefuseProxiedTTL && d.ttl != 1:
		return []apiError{{Code: codeTTL, Message: "Invalid TTL. Must be 1 for automatic on a proxied record."}}
	}
	d.ttl = 1
	return nil
}

// privateNetwork reports an address that Cloudflare reaches over a private network, in the accounts that may.
func privateNetwork(r Record) bool {
	a, err := netip.ParseAddr(r.Content)
	return err == nil && (r.Type == "A" || r.Type == "AAAA") && (a.IsPrivate() || sharedAddresses.Contains(a))
}

// sharedAddresses are those of RFC 6598.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// notProxiable is Cloudflare's answer of 2026; the older one named no target.
func notProxiable(target string, q Quirks) apiError {
	if q.OldProxyRefusal {
		return apiError{Code: codeNotProxiable, Message: "This DNS record cannot be proxied - click the cloud icon to turn it gray to proceed"}
	}
	return apiError{Code: codeProxyTarget, Message: "Target " + target + " is not allowed for a proxied record."}
}

func proxiableType(typ string) bool { return typ == "A" || typ == "AAAA" || typ == "CNAME" }

// proxiable reports whether Cloudflare can stand in front of the record.
func proxiable(r Record) bool {
	switch r.Type {
	case "A", "AAAA":
		a, err := netip.ParseAddr(r.Content)
		return err == nil && publicAddress(a)
	case "CNAME":
		return !unproxiableHost(r.Content)
	}
	return false
}

// Hosts that Cloudflare refuses to stand in front of, because other services
// look at what they answer (developers.cloudflare.com/dns/proxy-status/limitations).
var (
	unproxiableExactly = []string{"dkim2.mcsv.net", "dkim3.mcsv.net", "zmverify.zoho.com", "dkim.infusionmail.com", "dkim.amazonses.com"}
	unproxiableBelow   = []string{"dkim.amazonses.com", "onmicrosoft.com", "dkim.intercom.io", "acm-validations.aws"}
)

func unproxiableHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	below := func(parent string) bool { return strings.HasSuffix(host, "."+parent) }
	return slices.Contains(unproxiableExactly, host) || slices.ContainsFunc(unproxiableBelow, below)
}

// publicAddress leaves the documentation networks in: a recording shows
// 198.51.100.4 as proxiable, 1.1.1.1 as not.
func publicAddress(a netip.Addr) bool {
	if !a.IsValid() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
		return false
	}
	for _, p := range unproxiable {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

var unproxiable = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("1.1.1.1/32"), netip.MustParsePrefix("1.0.0.1/32"),
}
