//go:build unix

package config

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"
)

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
