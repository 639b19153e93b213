package sandbox

import (
	"net/netip"
	"slices"
	"strings"
)

// normalizeProxied checks a record with proxied set, and gives it the automatic TTL.
func (d *draft) normalizeProxied(z Zone, q Quirks) []apiError {
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

// privateNetwork reports whether a record has an address that Cloudflare can reach over a private network, if
// the account has private routing.
func privateNetwork(r Record) bool {
	a, err := netip.ParseAddr(r.Content)
	return err == nil && (r.Type == "A" || r.Type == "AAAA") && (a.IsPrivate() || sharedAddresses.Contains(a))
}

// sharedAddresses is the shared address space of RFC 6598.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// notProxiable returns the error that Cloudflare has sent since 2026, or the older one, which did not name
// the target.
func notProxiable(target string, q Quirks) apiError {
	if q.OldProxyRefusal {
		return apiError{
			Code:    codeNotProxiable,
			Message: "This DNS record cannot be proxied - click the cloud icon to turn it gray to proceed",
		}
	}
	return apiError{Code: codeProxyTarget, Message: "Target " + target + " is not allowed for a proxied record."}
}

func proxiableType(typ string) bool { return typ == "A" || typ == "AAAA" || typ == "CNAME" }

// proxiable reports whether Cloudflare can proxy the record.
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

// Hosts that Cloudflare refuses to proxy, because other services check the DNS answers for them
// (developers.cloudflare.com/dns/proxy-status/limitations).
var (
	unproxiableExactly = []string{
		"dkim2.mcsv.net", "dkim3.mcsv.net", "zmverify.zoho.com", "dkim.infusionmail.com", "dkim.amazonses.com",
	}
	unproxiableBelow = []string{"dkim.amazonses.com", "onmicrosoft.com", "dkim.intercom.io", "acm-validations.aws"}
)

func unproxiableHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	below := func(parent string) bool { return strings.HasSuffix(host, "."+parent) }
	return slices.Contains(unproxiableExactly, host) || slices.ContainsFunc(unproxiableBelow, below)
}

// publicAddress reports whether an address can be proxied. Addresses for documentation can: a recorded answer
// of Cloudflare shows 198.51.100.4 as proxiable and 1.1.1.1 as not.
func publicAddress(a netip.Addr) bool {
	special := a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified()
	if !a.IsValid() || special {
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
