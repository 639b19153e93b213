package hosts_test

import (
	"net/url"
	"testing"

	"github.com/cfplan/cfplan/internal/hosts"
)

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "127.0.0.1": true, "127.8.9.10": true, "::1": true,
		"0:0:0:0:0:0:0:1": true,

		"": false, "localhost.": false, "api.localhost": false, "localhost.evil.com": false, "127.0.0.1.evil.com": false,
		"127.1": false, "2130706433": false, "0x7f000001": false, "0177.0.0.1": false, "127.0.0.01": false, "127.0.0.1.": false,
		"::ffff:127.0.0.1": false, "::127.0.0.1": false, "::1%lo": false, "0.0.0.0": false, "::": false, "10.0.0.1": false,
		"128.0.0.1": false, "１２７.0.0.1": false,
	} {
		if got := hosts.Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %v, want %v", host, got, want)
		}
	}
}

func TestOfURLReturnsTheCanonicalServer(t *testing.T) {
	for text, want := range map[string]string{
		"https://State.Example.com./x":    "state.example.com:443",
		"http://state.example.com":        "state.example.com:80",
		"https://state.example.com:8443":  "state.example.com:8443",
		"https://[2001:DB8:0::1]/":        "[2001:db8::1]:443",
		"https://127.0.0.1./":             "127.0.0.1.:443",
		"https://LOCALHOST./":             "localhost.:443",
		"https://good.example@evil.test/": "evil.test:443",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := hosts.OfURL(u).String(); got != want {
			t.Errorf("OfURL(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestListHasOnlyItsServersAndPorts(t *testing.T) {
	list, err := hosts.ParseList(
		" State.example.com ,db.example.com:5432,[2001:db8::1]:5432, 2001:db8::2,[2001:db8::3],/run/pg,")
	if err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		host, port string
		want       bool
	}{
		{"state.example.com", "443", true},
		{"STATE.example.com.", "1", true},
		{"x.state.example.com", "443", false},
		{"state.example.com.evil.test", "443", false},
		{"db.example.com", "5432", true},
		{"db.example.com", "5433", false},
		{"2001:db8:0:0::1", "5432", true},
		{"2001:db8::1", "5433", false},
		{"2001:db8::2", "9", true},
		{"2001:db8::3", "9", true},
		{"/run/pg", "5432", true},
		{"/run/pg2", "5432", false},
		{"", "443", false},
	} {
		if got := list.Has(hosts.New(c.host, c.port)); got != c.want {
			t.Errorf("Has(%s %s) = %v, want %v", c.host, c.port, got, c.want)
		}
	}
}

func TestParseListRefusesOtherForms(t *testing.T) {
	for _, text := range []string{
		"https://state.example.com", "*.example.com", "a b", "me@host", "host:", "host:http", "[::1", ":5432", "h:1:2",
		"host/path",
	} {
		if list, err := hosts.ParseList("good.example," + text); err == nil {
			t.Errorf("ParseList(good.example,%s) = %v, want an error", text, list)
		}
	}
}
