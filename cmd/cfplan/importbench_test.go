package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// BenchmarkImportTerraform10000 imports 10,000 records from a Terraform state, from the command line to the last printed
// byte, over HTTP. It reports the time as a ratio to a live import of the same zone in the same run.
func BenchmarkImportTerraform10000(b *testing.B) {
	const n = 10000
	zone := sandbox.Zone{ID: fmt.Sprintf("%032x", 0xaa), Name: "big.example", Plan: "enterprise", RecordQuota: 2 * n}
	for i := range n {
		zone.Records = append(zone.Records, sandbox.Record{
			ID:      fmt.Sprintf("%032x", 1000+i),
			Name:    fmt.Sprintf("h%d.big.example", i),
			Type:    "A",
			Content: fmt.Sprintf("192.0.2.%d", i%250+1),
			TTL:     300,
		})
	}
	server := httptest.NewServer(sandbox.New(sandbox.Options{Seed: sandbox.Seed{Zones: []sandbox.Zone{zone}}}))
	defer server.Close()
	env := []string{
		"CLOUDFLARE_API_TOKEN=benchmark", "CFPLAN_NAMESERVERS=127.0.0.1:9",
		"CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4",
	}
	state := filepath.Join(b.TempDir(), "old.tfstate")
	if err := os.WriteFile(state, terraformState(zone), 0o600); err != nil {
		b.Fatal(err)
	}

	var fromState, fromLive time.Duration
	for b.Loop() {
		start := time.Now()
		cfplan(b, env, "-chdir="+b.TempDir(), "import", zone.Name, "-from=terraform", "-in="+state)
		middle := time.Now()
		cfplan(b, env, "-chdir="+b.TempDir(), "import", zone.Name)
		fromState += middle.Sub(start)
		fromLive += time.Since(middle)
	}
	b.ReportMetric(float64(fromState)/float64(fromLive), "x-live")
	b.ReportMetric(float64(fromState.Milliseconds())/float64(b.N), "ms/import")
}

// terraformState writes a state of provider 4 with a resource for each record of a zone.
func terraformState(z sandbox.Zone) []byte {
	var text bytes.Buffer
	text.WriteString(`{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": [`)
	for i, r := range z.Records {
		if i > 0 {
			text.WriteString(",")
		}
		fmt.Fprintf(&text, `
  {"mode": "managed", "type": "cloudflare_record", "name": "h%d",
   "provider": "provider[\"registry.terraform.io/cloudflare/cloudflare\"]",
   "instances": [{"schema_version": 3, "attributes": {"id": %q, "zone_id": %q, "name": "h%d", "hostname": %q, "type": "A",
     "ttl": 300, "content": %q, "proxied": false, "data": [], "tags": []}}]}`, i, r.ID, z.ID, i, r.Name, r.Content)
	}
	text.WriteString("\n]}\n")
	return text.Bytes()
}
