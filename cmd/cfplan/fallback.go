package main

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/plan"
)

// fallbackChain reads the value of -fallback: what may stand in for a zone that
// Cloudflare refuses, in order.
func fallbackChain(value string) ([]plan.SourceKind, error) {
	if value == "none" {
		return []plan.SourceKind{}, nil
	}
	known := []plan.SourceKind{plan.SourceCache, plan.SourceDNS, plan.SourceSample}
	var chain []plan.SourceKind
	for _, word := range strings.Split(value, ",") {
		kind := plan.SourceKind(strings.TrimSpace(word))
		switch {
		case !slices.Contains(known, kind):
			return nil, usage("-fallback=%s: there is no fallback %q; there are cache, dns and sample, or none alone", value, word)
		case slices.Contains(chain, kind):
			return nil, usage("-fallback=%s: %s is there twice", value, kind)
		}
		chain = append(chain, kind)
	}
	return chain, nil
}

// nameServers asks zones' own servers, or those of CFPLAN_NAMESERVERS: a network
// may let nobody through to port 53 but to its own servers, and a sandbox has a
// server of its own.
func (a *app) nameServers() (*nameserver.Client, error) {
	given := a.getenv("CFPLAN_NAMESERVERS")
	c := &nameserver.Client{}
	for _, server := range strings.FieldsFunc(given, func(r rune) bool { return r == ',' || r == ' ' }) {
		host, port, err := net.SplitHostPort(server)
		if err != nil {
			host, port = strings.Trim(server, "[]"), "53"
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" || strings.ContainsAny(host, "/[]") {
			return nil, usage("CFPLAN_NAMESERVERS has %q, which is no server; write addresses with commas between them, such as 192.0.2.53,127.0.0.1:5353", server)
		}
		c.Servers = append(c.Servers, net.JoinHostPort(host, port))
	}
	return c, nil
}
