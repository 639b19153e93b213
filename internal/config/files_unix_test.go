//go:build unix

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestFileStaysBelow tries to read what is not below the directory, or would
// never end.
func TestFileStaysBelow(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "conf")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(dir, 0o755))
	must(os.WriteFile(filepath.Join(top, "secret"), []byte("s3cret"), 0o644))
	must(os.WriteFile(filepath.Join(dir, "inside"), []byte("fine"), 0o644))
	must(os.Symlink("inside", filepath.Join(dir, "good")))
	must(os.Symlink("../secret", filepath.Join(dir, "escape")))
	must(os.Symlink(filepath.Join(top, "secret"), filepath.Join(dir, "absolute")))
	must(os.Symlink("..", filepath.Join(dir, "up")))
	must(os.Symlink("loop", filepath.Join(dir, "loop")))
	must(syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644))
	must(os.WriteFile(filepath.Join(dir, "huge"), nil, 0o644))
	must(os.Truncate(filepath.Join(dir, "huge"), maxFile+1))
	must(os.WriteFile(filepath.Join(dir, "binary"), []byte{0xff}, 0o644))

	cases := map[string]string{
		"good":      "",
		"escape":    "cannot read",
		"absolute":  "cannot read",
		"up/secret": "cannot read",
		"loop":      "cannot read",
		"pipe":      "not a regular file",
		"huge":      "larger than 32 MiB",
		"binary":    "not valid UTF-8",
		"../secret": "outside",
	}
	for name, want := range cases {
		src := fmt.Sprintf("output \"x\" { value = file(%q) }", name)
		must(os.WriteFile(filepath.Join(dir, "main.cf.hcl"), []byte(src), 0o644))
		c, _, diags := Load(dir, Options{})
		switch {
		case want == "" && (len(diags) > 0 || c.Outputs[0].Value != "fine"):
			t.Errorf("file(%q): diagnostics %v, want the text", name, diags)
		case want != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, want)):
			t.Errorf("file(%q): diagnostics %v, want one with %q", name, diags, want)
		}
	}
}

func TestUnreadableConfigurationFiles(t *testing.T) {
	dir := writeFiles(t, []txtar.File{{Name: "a.cf.hcl", Data: []byte("zone \"example.com\" {\n  ownership = \"mine\"\n}\n")}})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.cf.hcl"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nosuch", filepath.Join(dir, "dangling.cf.hcl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.cf.hcl"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, _, diags := Load(dir, Options{VarFiles: []string{filepath.Join(dir, "nosuch.cfvars")}})
	var files []string
	for _, d := range diags {
		files = append(files, filepath.Base(d.Subject.Filename))
	}
	want := []string{"nosuch.cfvars", "a.cf.hcl", "dangling.cf.hcl", "pipe.cf.hcl"}
	if !slices.Equal(files, want) {
		t.Errorf("diagnostics in %v, want one in each of %v", files, want)
	}
	if _, files, diags := Load(filepath.Join(dir, "nosuch"), Options{}); len(diags) != 1 || files == nil {
		t.Errorf("Load of a directory that is not there: files %v, diagnostics %v, want files and one error", files, diags)
	}
}
