package config

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestHabits loads configurations in the style of public configurations for Terraform, octoDNS and
// DNSControl. Each one is an archive in testdata/habits. The last file of an archive, "want", has the records
// that the configuration declares.
// -update rewrites that file.
//
// Lines of the comment of an archive that begin with "var:", "var-file:" or "env:" are options of
// the run, as in TestGolden; "chdir:" names the directory of the configuration inside the archive.
// The rest of the comment names the habit. The configurations must have no errors and be formatted.
func TestHabits(t *testing.T) {
	goldens(t, "testdata/habits/*.txtar", func(t *testing.T, a *txtar.Archive, dir string) string {
		for _, f := range a.Files {
			if CanFormat(f.Name) && !bytes.Equal(Format(f.Data), f.Data) {
				t.Errorf("%s is not formatted; it should be\n%s", f.Name, Format(f.Data))
			}
		}

		root := filepath.Join(dir, filepath.FromSlash(directoryOf(string(a.Comment))))
		c, files, diags := Load(root, optionsOf(string(a.Comment), dir))
		shown := strings.ReplaceAll(describeDiagnostics(t, files, diags), dir, "DIR")
		if diags.HasErrors() || len(c.Zones) == 0 {
			t.Fatalf("the configuration declares %d zones; it has these errors:\n%s", len(c.Zones), shown)
		}
		return describeConfig(t, c) + shown
	})
}

// directoryOf returns the directory in the comment of an archive, or the root of the archive.
func directoryOf(comment string) string {
	for line := range strings.Lines(comment) {
		if dir, ok := strings.CutPrefix(strings.TrimSpace(line), "chdir: "); ok {
			return dir
		}
	}
	return "."
}
