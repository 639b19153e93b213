package nameserver

import (
	"net/netip"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// ranges are the addresses with which Cloudflare answers for proxied records, as published at
// https://www.cloudflare.com/ips/ (unchanged since 2021).
var ranges = prefixes(
	"173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18",
	"108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17",
	"162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22",
	"2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32",
	"2a06:98c0::/29", "2c0f:f248::/32",
)

// notPublic are addresses that do not lead to a machine on the internet, in addition to those that netip
// knows: "this network", shared and reserved addresses, and addresses that contain an IPv4 address to which a
// gateway would forward.
var notPublic = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16", "fec0::/10",
)

// public reports whether the client may ask an address that it got from DNS. The owner of a zone, who may be
// an attacker, controls the addresses of its name servers. These addresses must not lead into the network in
// which cfplan runs.
func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() &&
		!slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(a) })
}

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// cloudflares reports whether there is at least one record and all of them are addresses of Cloudflare's
// proxy.
func cloudflares(records []dns.Record) bool {
	return len(records) > 0 && !slices.ContainsFunc(records, func(r dns.Record) bool {
		a, err := netip.ParseAddr(r.Content)
		return err != nil || !slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
	})
}
