package main

import (
	"net"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/nameserver"
)

// nameServers returns a client that asks the zones' own servers, or those of
// CFPLAN_NAMESERVERS: some networks only let queries through to their own servers, and a
// sandbox has a server of its own.
func nameServers(env environment) (*nameserver.Client, error) {
	given := env.get("CFPLAN_NAMESERVERS")
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
