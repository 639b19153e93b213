package nameserver

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// ParseServers reads a list of addresses, with commas or spaces between them, into the
// form that [Client].Servers has. An address without a port gets port 53.
func ParseServers(list string) ([]string, error) {
	var out []string
	for _, server := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		host, port, err := net.SplitHostPort(server)
		if err != nil {
			host, port = strings.Trim(server, "[]"), "53"
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" || strings.ContainsAny(host, "/[]") {
			return nil, fmt.Errorf("%q, which is no server", server)
		}
		out = append(out, net.JoinHostPort(host, port))
	}
	return out, nil
}
