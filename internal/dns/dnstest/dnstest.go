// Package dnstest makes records for the tests of other packages.
package dnstest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// Records returns one record of example.com for each line of the form "NAME TTL TYPE CONTENT". The
// name is relative, and the TTL may be "auto" or "proxied". The content is canonical, with the
// priority of an MX before it. The IDs are id0, id1 and so on.
func Records(t testing.TB, lines ...string) []dns.Record {
	t.Helper()
	var out []dns.Record
	for i, line := range lines {
		f := strings.SplitN(line, " ", 4)
		if len(f) != 4 {
			t.Fatalf("%q does not have the form NAME TTL TYPE CONTENT", line)
		}
		r := dns.Record{
			ID:      fmt.Sprintf("id%d", i),
			Name:    strings.TrimPrefix(f[0]+".example.com", "@."),
			Type:    dns.Type(f[2]),
			Content: f[3],
			TTL:     dns.AutoTTL,
		}

		switch f[1] {
		case "auto":
		case "proxied":
			r.Proxied = true
		default:
			ttl, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			r.TTL = ttl
		}

		if r.Type == dns.MX {
			priority, host, _ := strings.Cut(r.Content, " ")
			n, err := strconv.ParseUint(priority, 10, 16)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			r.Priority, r.Content = uint16(n), host
		}

		out = append(out, r)
	}
	return out
}
