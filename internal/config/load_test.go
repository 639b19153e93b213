package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/cfplan/cfplan/internal/dns"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestGolden loads the configuration in each archive in testdata. It compares the declarations and diagnostics with the
// last file of the archive.
//
// Lines of the comment of an archive that begin with "var:", "var-file:", "env:" or "version:" are
// options of the run; DIR stands for the directory of the configuration.
func TestGolden(t *testing.T) {
	goldens(t, "testdata/*.txtar", func(t *testing.T, a *txtar.Archive, dir string) string {
		return describeLoad(t, dir, optionsOf(string(a.Comment), dir))
	})
}

// goldens writes the files of each archive into a directory, calls got, and compares the result with the last
// file of the archive, "want".
func goldens(t *testing.T, pattern string, got func(t *testing.T, a *txtar.Archive, dir string) string) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives %s: %v", pattern, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := withoutWant(a.Files)
			text := got(t, a, writeFiles(t, files))
			if *update {
				a.Files = append(files, txtar.File{Name: "want", Data: []byte(text)})
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(wantOf(a.Files), text); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", path, diff)
			}
		})
	}
}

func withoutWant(files []txtar.File) []txtar.File {
	return slices.DeleteFunc(slices.Clone(files), func(f txtar.File) bool { return f.Name == "want" })
}

func wantOf(files []txtar.File) string {
	for _, f := range files {
		if f.Name == "want" {
			return string(f.Data)
		}
	}
	return ""
}

func optionsOf(comment, dir string) Options {
	o := Options{Version: "0.3.1"}
	for line := range strings.Lines(comment) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "var":
			o.Vars = append(o.Vars, value)
		case "var-file":
			o.VarFiles = append(o.VarFiles, filepath.Join(dir, value))
		case "env":
			o.Env = append(o.Env, strings.ReplaceAll(value, "DIR", dir))
		case "version":
			o.Version = value
		}
	}
	return o
}

func writeFiles(t testing.TB, files []txtar.File) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// describeLoad loads dir and describes the result. In the description, DIR stands for the directory.
func describeLoad(t testing.TB, dir string, o Options) string {
	t.Helper()
	c, files, diags := Load(dir, o)
	var b strings.Builder
	if !diags.HasErrors() {
		b.WriteString(describeConfig(t, c))
	}
	b.WriteString(describeDiagnostics(t, files, diags))
	return strings.ReplaceAll(b.String(), dir, "DIR")
}

func describeConfig(t testing.TB, c *Config) string {
	t.Helper()
	var b strings.Builder
	if c.Backend != nil {
		fmt.Fprintf(&b, "backend %s %v\n", c.Backend.Type, c.Backend.Attributes)
	}
	if c.Encryption != nil {
		fmt.Fprintf(&b, "encryption %q identity_file=%q\n", c.Encryption.Recipients, c.Encryption.IdentityFile)
	}
	if c.Cloudflare != (Cloudflare{}) {
		fmt.Fprintf(&b, "cloudflare %+v\n", c.Cloudflare)
	}
	if c.MaxDestroy != nil {
		fmt.Fprintf(&b, "max_destroy %s\n", c.MaxDestroy)
	}
	for _, a := range c.Accounts {
		fmt.Fprintf(&b, "account %s\n", a.Name)
	}
	if s := c.Scope; s.File != "" {
		fmt.Fprintf(&b, "scope zones=%q names=%q types=%q\n", s.Zones, s.Names, s.Types)
	}
	for _, z := range c.Zones {
		fmt.Fprintf(&b, "zone %s %s id=%q %s:%d\n", z.Name, z.Policy.Ownership, z.ID, z.Policy.File, z.Policy.Line)
		if z.Policy.Account != "" {
			fmt.Fprintf(&b, "  account %s\n", z.Policy.Account)
		}
		if z.Policy.MaxDestroy != nil {
			fmt.Fprintf(&b, "  max_destroy %s\n", z.Policy.MaxDestroy)
		}
		for _, p := range z.Policy.Ignore {
			fmt.Fprintf(&b, "  ignore name=%q type=%q content=%q\n", p.Name, p.Type, p.Content)
		}
		for _, r := range z.Records {
			fmt.Fprintf(&b, "  %s\n", describeRecord(r))
		}
	}
	for _, o := range c.Outputs {
		value, err := json.Marshal(o.Value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "output %s = %s sensitive=%v\n", o.Name, value, o.Sensitive)
	}
	return b.String()
}

func describeRecord(r dns.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %q", r.Type, r.Name, r.Content)
	if r.Type == dns.MX {
		fmt.Fprintf(&b, " priority=%d", r.Priority)
	}
	fmt.Fprintf(&b, " ttl=%d", r.TTL)
	if r.Proxied {
		b.WriteString(" proxied")
	}
	if r.Comment != "" {
		fmt.Fprintf(&b, " comment=%q", r.Comment)
	}
	if r.Tags != nil {
		fmt.Fprintf(&b, " tags=%q", r.Tags)
	}
	if r.Settings != (dns.Settings{}) {
		fmt.Fprintf(&b, " settings=%+v", r.Settings)
	}
	if r.Declared.PreventDestroy {
		b.WriteString(" prevent_destroy")
	}
	if r.Declared.LetGo {
		b.WriteString(" destroy=false")
	}
	if r.Declared.Replaces {
		b.WriteString(" adopt=replace")
	}
	if r.Declared.IgnoreChanges != nil {
		fmt.Fprintf(&b, " ignore_changes=%v", r.Declared.IgnoreChanges)
	}
	fmt.Fprintf(&b, " <- %s %s:%d", r.Declared.Address, r.Declared.File, r.Declared.Line)
	return b.String()
}

func describeDiagnostics(t testing.TB, files Files, diags hcl.Diagnostics) string {
	t.Helper()
	var b bytes.Buffer
	if err := hcl.NewDiagnosticTextWriter(&b, files, 0, false).WriteDiagnostics(diags); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// load loads a configuration that has one file.
func load(t testing.TB, src string, o Options) (*Config, Files, hcl.Diagnostics) {
	t.Helper()
	return Load(writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(src)}}), o)
}

// Records of one list of contents share a declaration. Records of different elements of for_each do not.
func TestRecordsOfOneListShareADeclaration(t *testing.T) {
	c, files, diags := load(t, `zone "example.com" {
  record "A" "a" {
    for_each = { x = 1, y = 2 }
    name     = each.key
    content  = ["192.0.2.1", "192.0.2.2"]
  }
}`, Options{})
	if len(diags) > 0 {
		t.Fatal(describeDiagnostics(t, files, diags))
	}
	r := c.Zones[0].Records
	if len(r) != 4 || r[0].Declared != r[1].Declared || r[2].Declared != r[3].Declared {
		t.Errorf("the records of one list do not share a declaration: %+v", r)
	}
	if r[0].Declared == r[2].Declared {
		t.Errorf("two elements share the declaration %+v", r[0].Declared)
	}
}

// A value that is unknown although there is no error must not make a record disappear silently.
func TestUnknownValuesWithoutAReasonAreErrors(t *testing.T) {
	for _, src := range []string{
		`zone "example.com" {
  record "TXT" "a" { content = jsonencode(keys(null)) }
}`,
		`output "a" { value = [for x in [null] : coalescelist(x)] }`,
		`locals { x = contains(["a"], null) }
zone "example.com" {
  record "A" "a" {
    count   = local.x ? 1 : 0
    content = "192.0.2.1"
  }
}`,
	} {
		c, _, diags := load(t, src, Options{})
		whole := len(c.Outputs) > 0 || len(c.Zones) > 0 && len(c.Zones[0].Records) > 0
		if !whole && !diags.HasErrors() {
			t.Errorf("%s: Load declares nothing and reports nothing, want an error", src)
		}
	}
}

// Load masks secrets in the sources that it returns. It must not modify the file or the evaluated text.
func TestLoadDoesNotModifyItsInputs(t *testing.T) {
	src := []byte("cloudflare { api_token = \"abc\" }\n")
	dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: src}})
	for range 2 {
		c, _, _ := Load(dir, Options{})
		if c.Cloudflare.APIToken != "abc" {
			t.Errorf("APIToken = %q, want abc", c.Cloudflare.APIToken)
		}
	}
	if got, err := os.ReadFile(filepath.Join(dir, "main.cf.hcl")); err != nil || string(got) != string(src) {
		t.Errorf("the file is now %q (%v), want %q", got, err, src)
	}
}

func TestFormat(t *testing.T) {
	got := string(Format([]byte("zone \"example.com\" {\nid=1\n  ownership   = 2\n}\n")))
	want := "zone \"example.com\" {\n  id        = 1\n  ownership = 2\n}\n"
	if got != want {
		t.Errorf("Format = %q, want %q", got, want)
	}
}
