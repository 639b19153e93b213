package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// Every example is formatted and valid, can be applied, and leaves nothing to do afterwards. This
// holds for empty zones and for the zones of `cfplan sandbox`, where its plan has no risks and only
// adds and adopts records.
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs of the program: not with -short")
	}

	examples, err := filepath.Glob("../../examples/*")
	if err != nil || len(examples) < 3 {
		t.Fatalf("examples = %v, %v; want at least three", examples, err)
	}
	for _, dir := range examples {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Run("empty zones", func(t *testing.T) {
				api := sandbox.New(sandbox.Options{})
				for _, zone := range declaredZones(t, dir) {
					if _, err := api.AddZone(sandbox.Zone{Name: zone}); err != nil {
						t.Fatal(err)
					}
				}
				followExample(t, dir, api)
			})
			t.Run("sandbox", func(t *testing.T) {
				saved := followExample(t, dir, sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()}))
				checkExample(t, saved)
			})
		})
	}
}

// followExample checks, plans and applies an example, as a reader would. It returns the path of the first plan.
func followExample(t *testing.T, dir string, api *sandbox.Server) (saved string) {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()

	env := []string{"CLOUDFLARE_API_TOKEN=example", "CLOUDFLARE_API_TOKEN_SHOP=example-shop", "CFPLAN_NAMESERVERS=127.0.0.1:9", "CLOUDFLARE_BASE_URL=" + server.URL}
	for _, step := range []struct {
		args string
		code int
	}{
		{"fmt -check -diff", exitDone},
		{"validate", exitDone},
		{"plan -detailed-exitcode -out=example.cfplan", exitChanges},
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
	return filepath.Join(copied, "example.cfplan")
}

// checkExample fails if the plan of an example has a risk, or does more than add and adopt.
func checkExample(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := plan.Decode(f)
	if err != nil {
		t.Fatal(err)
	}

	for _, r := range p.Risks() {
		t.Errorf("the plan has a risk of level %s: %s", r.Level, r.Text)
	}
	if s := p.Summary; s.Change+s.Destroy+s.Forget > 0 || s.Add == 0 {
		t.Errorf("the plan has %d to add, %d to change, %d to destroy, %d to forget; want only records to add", s.Add, s.Change, s.Destroy, s.Forget)
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
