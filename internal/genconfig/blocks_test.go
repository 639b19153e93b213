package genconfig_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
)

func TestBlocksAreIndentedForTheInsideOfAZone(t *testing.T) {
	records := []dns.Record{
		{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300, Comment: "theirs"},
		{Name: "www.example.com", Type: dns.A, Content: "192.0.2.2", TTL: 300, Comment: "theirs"},
		{Name: "www.example.com", Type: dns.TXT, Content: `"${x}"`, TTL: 1},
		{Name: "www.example.com", Type: dns.MX, Content: "mx.example.net", TTL: 1, ManagedBy: "Email Routing"},
	}
	want := `  record "A" "www" {
    content = ["192.0.2.1", "192.0.2.2"]
    ttl     = 300
    comment = "theirs"
  }

  record "TXT" "www" {
    content = "$${x}"
  }`
	if got := genconfig.Blocks("example.com", dns.Policy{}, records); got != want {
		t.Errorf("Blocks =\n%s\nwant\n%s", got, want)
	}
	if got := genconfig.Blocks("example.com", dns.Policy{}, records[3:]); got != "" {
		t.Errorf("Blocks of records that cannot be declared = %q, want nothing", got)
	}
}

func TestBlocksSetAttributesThatTheZoneHasDefaultsFor(t *testing.T) {
	records := []dns.Record{
		{Name: "a.example.com", Type: dns.A, Content: "192.0.2.1", TTL: dns.AutoTTL},
		{Name: "c.example.com", Type: dns.CNAME, Content: "t.example.net", TTL: dns.AutoTTL},
		{Name: "p.example.com", Type: dns.CNAME, Content: "t.example.net", TTL: dns.AutoTTL, Proxied: true, Comment: "shop"},
	}
	want := `  record "A" "a" {
    content = "192.0.2.1"
    ttl     = "auto"
    proxied = false
    comment = ""
    tags    = []
  }

  record "CNAME" "c" {
    content = "t.example.net"
    ttl     = "auto"
    proxied = false
    comment = ""
    tags    = []

    settings {
      flatten_cname = false
    }
  }

  record "CNAME" "p" {
    content = "t.example.net"
    proxied = true
    comment = "shop"
    tags    = []

    settings {
      ipv4_only = false
      ipv6_only = false
    }
  }`
	if got := genconfig.Blocks("example.com", dns.Policy{Defaults: true}, records); got != want {
		t.Errorf("Blocks =\n%s\nwant\n%s", got, want)
	}
}
