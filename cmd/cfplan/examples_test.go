package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// Every directory of examples is formatted and valid, applies to empty zones, and
// has nothing left to do then.
func TestExamples(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*")
	if err != nil || len(examples) < 3 {
		t.Fatalf("examples = %v, %v; want at least three", examples, err)
	}
	for _, dir := range examples {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			copied := t.TempDir()
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			api := sandbox.New(sandbox.Options{})
			server := httptest.NewServer(api)
			defer server.Close()
			for _, zone := range declaredZones(t, copied) {
				if _, err := api.AddZone(sandbox.Zone{Name: zone}); err != nil {
					t.Fatal(err)
				}
			}
			env := []string{"CLOUDFLARE_API_TOKEN=example", "CFPLAN_NAMESERVERS=127.0.0.1:9", "CLOUDFLARE_BASE_URL=" + server.URL}
			for _, step := range []struct {
				args string
				code int
			}{
				{"fmt -check -diff", exitDone},
				{"validate", exitDone},
				{"plan -detailed-exitcode", exitChanges},
				{"apply -auto-approve", exitDone},
				{"plan -detailed-exitcode", exitDone},
			} {
				var out, errs strings.Builder
				args := append([]string{"-chdir=" + copied}, strings.Fields(step.args)...)
				if code := run(context.Background(), args, streams{strings.NewReader(""), &out, &errs}, env); code != step.code {
					t.Fatalf("cfplan %s exited with %d, want %d\n%s%s", step.args, code, step.code, out.String(), errs.String())
				}
				if strings.Contains(errs.String(), "Warning:") {
					t.Errorf("cfplan %s warns; an example should not:\n%s", step.args, errs.String())
				}
			}
		})
	}
}

func declaredZones(t *testing.T, dir string) []string {
	t.Helper()
	cfg, _, diags := config.Load(dir, config.Options{Version: version})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var names []string
	for _, z := range cfg.Zones {
		names = append(names, z.Name)
	}
	return names
}
