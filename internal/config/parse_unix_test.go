//go:build unix

package config

import (
	"maps"
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
		t.Errorf("diagnostics are in %v, want one in each of %v", files, want)
	}
	if _, files, diags := Load(filepath.Join(dir, "nosuch"), Options{}); len(diags) != 1 || files == nil {
		t.Errorf("Load of a missing directory returns the files %v and the diagnostics %v, want files that are not nil and one error", files, diags)
	}
}

// The configuration names pipes, devices, directories and loops in every place that takes a file. Opening a pipe would
// block forever.
func TestFilesThatWouldNeverEndAreRefused(t *testing.T) {
	main := `variable "x" { default = 1 }
zone "example.com" {
  zonefile { path = "pipe" }
  zonefile { path = "device" }
  zonefile { path = "folder" }
  zonefile { path = "loop.cf.hcl" }
  zonefile { path = "including" }
}
`
	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte(main)},
		{Name: "including", Data: []byte("$INCLUDE pipe\n$INCLUDE device\n$INCLUDE folder\n$INCLUDE /dev/zero\n$INCLUDE ../x\n")},
		{Name: "folder/file"},
	})
	for _, name := range []string{"pipe", "pipe.cf.hcl", "pipe.auto.cfvars", "pipe.cfvars"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"device": "/dev/zero", "device.cf.hcl": "/dev/zero", "loop.cf.hcl": "pool.cf.hcl", "pool.cf.hcl": "loop.cf.hcl",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}

	_, _, diags := Load(dir, Options{VarFiles: []string{filepath.Join(dir, "pipe.cfvars"), "/dev/zero"}})
	count := map[string]int{}
	for _, d := range diags {
		count[filepath.Base(d.Subject.Filename)]++
	}
	want := map[string]int{
		"main.cf.hcl": 4, "including": 5, "pipe.cf.hcl": 1, "device.cf.hcl": 1, "loop.cf.hcl": 1, "pool.cf.hcl": 1,
		"pipe.auto.cfvars": 1, "pipe.cfvars": 1, "zero": 1,
	}
	if !maps.Equal(count, want) {
		t.Errorf("the numbers of diagnostics by file are %v, want %v\n%v", count, want, diags)
	}
}
