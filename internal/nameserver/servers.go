package nameserver

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// ParseServers parses a list of addresses, separated by commas or spaces, into the form of
// [Client].Servers. An address without a port gets port 53.
func ParseServers(list string) ([]string, error) {
	var out []string
	for _, server := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		host, port, err := net.SplitHostPort(server)
		if err != nil {
			host, port = strings.Trim(server, "[]"), "53"
		}

		if _, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" || strings.ContainsAny(host, "/[]") {
			return nil, fmt.Errorf("%q, which is not the address of a server", server)
		}
		out = append(out, net.JoinHostPort(host, port))
	}
	return out, nil
}
