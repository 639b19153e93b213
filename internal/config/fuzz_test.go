package config

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzLoad loads arbitrary bytes as HCL or as JSON. Load must not panic. It must not return an error without
// a position, or a zone without a name.
func FuzzLoad(f *testing.F) {
	if testing.Short() {
		f.Skip("loads what TestGolden loads, and checks less: not with -short")
	}

	for _, path := range archives(f) {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range withoutWant(a.Files) {
			f.Add(file.Data, strings.HasSuffix(file.Name, ".json"))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, json bool) {
		name := "main.cf.hcl"
		if json {
			name = "main.cf.json"
		}
		dir := writeFiles(t, []txtar.File{{Name: name, Data: src}})
		c, files, diags := Load(dir, Options{Version: "1.0.0"})
		describeDiagnostics(t, files, diags)
		for _, d := range diags {
			if d.Subject == nil || d.Subject.Filename == "" {
				t.Errorf("the diagnostic %v has no position", d)
			}
		}
		for _, z := range c.Zones {
			for _, r := range z.Records {
				if z.Name == "" || r.Name == "" || r.Declared == nil {
					t.Errorf("the record %+v of the zone %q is incomplete", r, z.Name)
				}
			}
		}
	})
}

// archives returns the paths of all archives that contain configurations.
func archives(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"testdata/*.txtar", "testdata/habits/*.txtar"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no archives %s: %v", pattern, err)
		}
		out = append(out, paths...)
	}
	return out
}
