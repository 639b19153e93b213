package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// An apply without a plan file reads its zone once and writes it once. The read can be reused only
// for five seconds, so the test is skipped on a slower machine.
func TestApplyWithoutAFileReadsItsZoneOnce(t *testing.T) {
	dir := t.TempDir()
	api := sandbox.New(sandbox.Options{Seed: sandbox.Seed{Zones: []sandbox.Zone{{Name: "example.com"}}}})
	server := httptest.NewServer(api)
	defer server.Close()
	env := []string{"CLOUDFLARE_API_TOKEN=token", "CFPLAN_NAMESERVERS=127.0.0.1:9", "CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4"}
	source := []byte("zone \"example.com\" {\n  record \"A\" \"www\" { content = \"192.0.2.1\" }\n}\n")
	if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), source, 0o600); err != nil {
		t.Fatal(err)
	}
	cfplan(t, env, "-chdir="+dir, "plan") // finds the zone by its name
	api.ResetRequests()

	start := time.Now()
	cfplan(t, env, "-chdir="+dir, "apply", "-auto-approve")

	if took := time.Since(start); took > 5*time.Second {
		t.Skipf("apply took %v", took)
	}
	if requests := api.Requests(); len(requests) != 2 {
		t.Errorf("apply made %d requests, want a read and a write: %v", len(requests), requests)
	}
}
