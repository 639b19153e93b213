//go:build unix

package lang

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The environment may widen the tree to a directory above the configuration's directory. Nothing above that
// directory may be read. Names stay relative to the configuration's directory.
func TestFilesRootWidensTheTree(t *testing.T) {
	top := t.TempDir()
	write := func(name string) {
		path := filepath.Join(top, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(name), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"secret", "repo/shared/a", "repo/env/prod/b", "repo/.git/HEAD", "repo/id_rsa"} {
		write(name)
	}
	if err := os.Symlink("../../..", filepath.Join(top, "repo/env/prod/up")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(top, "repo/env/prod")

	tree, err := OpenTreeBelow(filepath.Join(top, "repo"), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for name, want := range map[string]string{
		"b":                         "repo/env/prod/b",
		"../../shared/a":            "repo/shared/a",
		"../../../secret":           "",
		"up/secret":                 "",
		"../../.git/HEAD":           "",
		"../../id_rsa":              "",
		"../../shared/../../secret": "",
	} {
		text, err := tree.Read(name)
		if string(text) != want || (err == nil) != (want != "") {
			t.Errorf("Read(%q) = %q, %v, want %q", name, text, err, want)
		}
	}
	if shown, err := tree.Shown("../../shared/a"); shown != "../../shared/a" || err != nil {
		t.Errorf("Shown = %q, %v, want the name relative to the configuration's directory", shown, err)
	}
	if names, real, err := tree.List("../../shared"); !slices.Equal(names, []string{"a"}) || real != "shared" || err != nil {
		t.Errorf("List = %q, %q, %v, want the file a in the directory shared", names, real, err)
	}
	if _, _, err := tree.List("../nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("List of a missing directory: %v, want an error that it does not exist", err)
	}
	var outside *OutsideError
	if _, _, err := tree.List("up"); !errors.As(err, &outside) || !strings.Contains(err.Error(), "link") {
		t.Errorf("List of a link to the outside: %v, want an error that it leads outside", err)
	}
	if _, _, err := tree.List("../../.git"); err == nil {
		t.Error("List lists a repository's own directory, want an error")
	}

	for _, wrong := range []string{filepath.Join(top, "repo/shared"), filepath.Join(top, "nothing"), filepath.Join(dir, "b")} {
		tree, err := OpenTreeBelow(wrong, dir, "")
		if err == nil {
			t.Errorf("OpenTreeBelow(%s) returns no error, want one that it is not above the configuration", wrong)
		}
		if _, err := tree.Read("../../shared/a"); err == nil {
			t.Errorf("the tree below %s reads a file outside the configuration's directory, want an error", wrong)
		}
		tree.Close()
	}
}
