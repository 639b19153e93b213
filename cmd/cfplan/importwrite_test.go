package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// If one file of several cannot be written, none is left, and nothing is owned. The name of the second zone is valid, but
// too long for a file's name.
func TestImportWritesAllFilesOrNone(t *testing.T) {
	path := program(t)
	long := strings.Repeat(strings.Repeat("z", 61)+".", 4) + "com"
	seed := sandbox.Seed{}
	for _, zone := range []string{"example.com", long} {
		record := sandbox.Record{Name: zone, Type: "A", Content: "192.0.2.1", TTL: 300}
		seed.Zones = append(seed.Zones, sandbox.Zone{Name: zone, Plan: "pro", Records: []sandbox.Record{record}})
	}
	source := `{"domains": [` +
		`{"name": "example.com", "records": [{"type": "A", "name": "@", "ttl": 300, "target": "192.0.2.1"}]},` +
		`{"name": "` + long + `", "records": [{"type": "A", "name": "@", "ttl": 300, "target": "192.0.2.1"}]}]}`

	p := &site{t: t, program: path, dir: t.TempDir(), api: sandbox.New(sandbox.Options{Seed: seed})}
	server := httptest.NewServer(p.api)
	t.Cleanup(server.Close)
	p.env = append(os.Environ(), "CLOUDFLARE_BASE_URL="+server.URL+"/client/v4", "CLOUDFLARE_API_TOKEN="+secretToken)
	in := filepath.Join(t.TempDir(), "ir.json")
	if err := os.WriteFile(in, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}

	c, out := p.command(t.Context(), "import", "-all", "-from=dnscontrol", "-in="+in)
	err := c.Run()
	if err == nil || !strings.Contains(out.String(), "Removed again: example.com.cf.hcl") ||
		!strings.Contains(out.String(), "Nothing was written, and nothing is owned.") {
		t.Errorf("import = %v, want an error after it has removed the first file:\n%s", err, out)
	}
	if entries, err := os.ReadDir(p.dir); err != nil || len(entries) > 0 {
		t.Errorf("import left %v (%v), want no file", entries, err)
	}
}
