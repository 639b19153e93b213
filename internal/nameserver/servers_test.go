package nameserver_test

import (
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/nameserver"
)

func TestParseServers(t *testing.T) {
	for list, want := range map[string][]string{
		"":                               nil,
		"192.0.2.53":                     {"192.0.2.53:53"},
		"192.0.2.53,127.0.0.1:5353":      {"192.0.2.53:53", "127.0.0.1:5353"},
		"2001:db8::1 [2001:db8::2]:5353": {"[2001:db8::1]:53", "[2001:db8::2]:5353"},
		"ns.example.com, [2001:db8::3]":  {"ns.example.com:53", "[2001:db8::3]:53"},
	} {
		if got, err := nameserver.ParseServers(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("ParseServers(%q) = %q, %v, want %q", list, got, err, want)
		}
	}

	for _, list := range []string{"https://ns.example.com", "192.0.2.53:port", "192.0.2.53:99999", ":53", "192.0.2.53,[]"} {
		if got, err := nameserver.ParseServers(list); err == nil {
			t.Errorf("ParseServers(%q) = %q, want an error", list, got)
		}
	}
}
