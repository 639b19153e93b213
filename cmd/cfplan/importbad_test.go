package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/importer"
)

// badSources returns files that no importer may accept as a description of a zone, except for the kinds in but.
func badSources() []struct {
	name, text string
	but        []importer.Kind
} {
	deep := strings.Repeat("[", 100_000)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 9), ","))
	}
	return []struct {
		name, text string
		but        []importer.Kind
	}{
		{"empty", "", nil},
		{"blanks", " \n\t\n", nil},
		{"page.html", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", nil},
		{"newer.tfstate", `{"version": 5, "terraform_version": "9.0.0", "serial": 1, "resources": []}`, nil},
		{"encrypted.tfstate", `{"serial": 1, "lineage": "x", "meta": {"key_provider.pbkdf2.a": "e30="}, "encrypted_data": "AAAA", "encryption_version": "v0"}`, nil},
		{"plan.json", `{"format_version": "1.2", "planned_values": {}, "prior_state": {}, "resource_changes": []}`, nil},
		{"main.tf", "resource \"cloudflare_record\" \"www\" {\n  zone_id = var.zone\n}\n", nil},
		{"zone.yaml", "www:\n  type: A\n  value: 192.0.2.1\n", []importer.Kind{importer.OctoDNS}},
		{"list.yaml", "- www\n- mail\n", nil},
		{"cut.json", `{"version": 4, "resources": [{"mode": "managed", "type": "cloudfl`, nil},
		{"array.json", `[1, 2, 3]`, nil},
		{"deep.json", deep, nil},
		{"bomb.yaml", bomb, nil},
		{"sep.csv", "sep=;\n", nil},
		{"NUL", "\x00\x00\x00\x00", nil},
		{"binary", "\x7fELF\x02\x01\x01\x00\xff\xfe\xfd", nil},
		{"controls", "\x1b]0;pwned\x07\x1b[2J\u202e::error::pwned\n##[error]pwned\n", nil},
	}
}

// A source of another kind than -from says is an error: no file is written, nothing is owned and nothing is changed. Its
// text reaches the terminal neither as a control character nor as a command of the CI runner.
func TestBadSourcesChangeNothing(t *testing.T) {
	w := newHostileWorld(t)
	for _, source := range badSources() {
		path := filepath.Join(t.TempDir(), source.name)
		if err := os.WriteFile(path, []byte(source.text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, kind := range importer.Kinds() {
			if len(source.but) > 0 && source.but[0] == kind {
				continue
			}
			t.Run(source.name+"/"+string(kind), func(t *testing.T) {
				dir := t.TempDir()
				var out, errs bytes.Buffer
				args := []string{"-chdir=" + dir, "import", "example.com", "-from=" + string(kind), "-in=" + path}
				code := run(t.Context(), args, streams{strings.NewReader(""), &out, &errs}, w.env)

				if code != exitError || errs.Len() == 0 {
					t.Errorf("%q exits with %d, want %d with an error\n%s%s", args, code, exitError, out.String(), errs.String())
				}
				if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
					t.Errorf("%q left files behind: %v, %v", args, entries, err)
				}
				for _, forbidden := range []string{"\x1b", "\x07", "\u202e", "\n::error::", "\n##[error]", "\x00"} {
					if strings.Contains(out.String()+errs.String(), forbidden) {
						t.Errorf("%q prints %q:\n%s", args, forbidden, errs.String())
					}
				}
				if errs.Len() > 10_000 {
					t.Errorf("%q prints %d bytes, want at most 10,000", args, errs.Len())
				}
			})
		}
	}
	if writes := w.api.Writes(); len(writes) > 0 {
		t.Errorf("the imports sent %v, want no writes", writes)
	}
}

// Errors do not quote a Terraform state, which may hold secrets, even if damage makes it look like another kind of file.
func TestErrorsDoNotQuoteADamagedTerraformState(t *testing.T) {
	w := newHostileWorld(t)
	state := `{"version": 4, "terraform_version": "1.11.4", "resources": [], "outputs": {"x": {"value": "` + strings.Repeat("-", 20) + `hunter2"}}}`
	for name, text := range map[string]string{"cut at the end": state[:len(state)-3], "with text before it": "\n- x" + state} {
		for _, kind := range importer.Kinds() {
			var out, errs bytes.Buffer
			args := []string{"-chdir=" + t.TempDir(), "import", "example.com", "-from=" + string(kind), "-in=-"}
			code := run(t.Context(), args, streams{strings.NewReader(text), &out, &errs}, w.env)
			if said := out.String() + errs.String(); code != exitError || strings.Contains(said, "hunter2") {
				t.Errorf("%s, -from=%s: exit code %d, want 1 without the secret\n%s", name, kind, code, said)
			}
		}
	}
}
