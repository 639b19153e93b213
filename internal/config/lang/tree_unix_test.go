//go:build unix

package lang

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The test tries to read files that are outside the directory or that would never end.
func TestFileReadsOnlyRegularFilesBelowTheDirectory(t *testing.T) {
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
	must(os.Truncate(filepath.Join(dir, "huge"), MaxFile+1))
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
	tree := OpenTree(dir, "")
	defer tree.Close()
	for name, want := range cases {
		v, diags := eval(t, tree, fmt.Sprintf("file(%q)", name))
		switch {
		case want == "" && (len(diags) > 0 || v.AsString() != "fine"):
			t.Errorf("file(%q) gives the diagnostics %v, want the text", name, diags)
		case want != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, want)):
			t.Errorf("file(%q) gives the diagnostics %v, want one with %q", name, diags, want)
		}
	}
}

func TestTreeOfAMissingDirectoryReadsNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nosuch")
	tree := OpenTree(dir, "")
	defer tree.Close()

	if text, err := tree.Read("x.txt"); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("Read in a missing directory = %q, %v, want an error that says so", text, err)
	}
}
