package genconfig_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
)

func TestBlocksAreIndentedAsInsideAZone(t *testing.T) {
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
  }
`
	if got := genconfig.Blocks("example.com", records); got != want {
		t.Errorf("Blocks =\n%s\nwant\n%s", got, want)
	}
	if got := genconfig.Blocks("example.com", records[3:]); got != "" {
		t.Errorf("Blocks of what cannot be declared = %q, want nothing", got)
	}
}
