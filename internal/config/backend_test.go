package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBackendFilesAreReadAndNeverShown(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ name, text, want, says string }{
		{"a.hcl", "bucket = \"dns\"\nretries = 3\n# a comment\nlock = true\n", "map[bucket:dns lock:true retries:3]", ""},
		{"a.json", `{"bucket": "dns"}`, "map[bucket:dns]", ""},
		{"empty.hcl", "", "map[]", ""},
		{"block.hcl", "backend \"s3\" {\n  secret = \"hunter2\"\n}\n", "", "Unexpected \"backend\" block"},
		{"twice.hcl", "a = \"hunter2\"\na = \"hunter2\"\n", "", "already set"},
		{"cut.hcl", "password = \"hunter2", "", "Missing quotation mark"},
		{"cut.json", `{"password": "hunter2`, "", "JSON"},
		{"word.json", "{\n  \"password\": hunter2hunter2\n}", "", "may quote a sensitive value"},
		{"twice.json", "{\"a\": \"hunter2\",\n\"a\": \"hunter2\"}", "", "already set"},
		{"bare.hcl", "password = hunter2hunter2()", "", "not allowed"},
		{"colon.hcl", "password : \"hunter2\"", "", "password"},
		{"none.hcl", "password \"hunter2\"", "", "nvalid"},
		{"heredoc.hcl", "key = <<EOT\nhunter2=\nx = \"hunter2\"\nEOT\nkey = 1\nb = [", "", "already set"},
		{"list.hcl", "password = [\"hunter2\"]", "", "string"},
		{"call.hcl", "password = file(\"hunter2\")", "", "unction"},
		{"missing.hcl", "", "", "no such file"},
	} {
		path := filepath.Join(dir, c.name)
		if c.name != "missing.hcl" {
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		attrs, files, diags := BackendFile(c.name, path)
		shown := describeDiagnostics(t, files, diags)
		if strings.Contains(shown, "hunter2") {
			t.Errorf("%s: the diagnostics show the value:\n%s", c.name, shown)
		}
		if c.says != "" && !strings.Contains(shown, c.says) || c.says == "" && (diags.HasErrors() || fmt.Sprint(attrs) != c.want) {
			t.Errorf("%s: %v\n%s", c.name, attrs, shown)
		}
	}
}
