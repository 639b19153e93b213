// Package hosts compares servers that settings name.
//
// Two spellings of a server count as equal only if both certainly lead to the same place, because this
// comparison decides where credentials are sent. The package does not resolve names.
package hosts

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Server is a host with a port. For a Unix socket, the host is the path of its directory.
type Server struct {
	Host string
	Port string
}

// New returns a server in canonical form: the host in lower case and without a final dot, and an IP address
// in the form in which netip writes it.
func New(host, port string) Server { return Server{Host: canonical(host), Port: port} }

// OfURL returns the server of a URL. If the URL has no port, OfURL takes the default port of http or https.
func OfURL(u *url.URL) Server {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return New(u.Hostname(), port)
}

// String returns HOST:PORT, or the path of a socket's directory.
func (s Server) String() string {
	if s.socket() {
		return s.Host
	}
	return net.JoinHostPort(s.Host, s.Port)
}

func (s Server) socket() bool { return strings.HasPrefix(s.Host, "/") }

func canonical(host string) string {
	if strings.HasPrefix(host, "/") {
		return host
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.String()
	}

	host = strings.ToLower(host)
	name := strings.TrimSuffix(host, ".")
	if _, err := netip.ParseAddr(name); err == nil || name == "localhost" {
		return host // with the dot, it is a name and not the address
	}
	return name
}

// Loopback reports whether a host is certainly this machine: localhost, 127.0.0.0/8 or ::1, each in its
// usual spelling. Other spellings of these addresses, and names that may resolve to them, do not count.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") { // names below localhost do not count: resolvers may ask other servers for them
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && !a.Is4In6() && a.Zone() == "" && a.IsLoopback()
}

// List is a list of servers that a user wrote.
type List []Server

// ParseList parses a comma-separated list of HOST or HOST:PORT. An entry without a port covers every port of
// the host.
func ParseList(text string) (List, error) {
	var out List
	for _, entry := range strings.Split(text, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		s, ok := parse(entry)
		if !ok {
			return nil, fmt.Errorf("%.80q is not HOST or HOST:PORT", entry)
		}
		out = append(out, s)
	}
	return out, nil
}

func parse(entry string) (Server, bool) {
	host, port := entry, ""
	switch {
	case strings.HasPrefix(entry, "/"):
		return New(entry, ""), true
	case strings.HasPrefix(entry, "[") && strings.HasSuffix(entry, "]"):
		host = entry[1 : len(entry)-1]
	case strings.Count(entry, ":") == 1 || strings.HasPrefix(entry, "["):
		var err error
		if host, port, err = net.SplitHostPort(entry); err != nil || port == "" {
			return Server{}, false
		}
	}

	if strings.Contains(host, ":") {
		if _, err := netip.ParseAddr(host); err != nil {
			return Server{}, false
		}
	}

	valid := host != "" && !strings.ContainsAny(host, "/@*?#[] ") && strings.Trim(port, "0123456789") == ""
	return New(host, port), valid
}

// Has reports whether the list contains a server.
func (l List) Has(s Server) bool {
	for _, entry := range l {
		if entry.Host == s.Host && (entry.Port == "" || entry.Port == s.Port) {
			return true
		}
	}
	return false
}
