//go:build unix

package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cfplan/cfplan/internal/files"
)

func TestWithin(t *testing.T) {
	top := t.TempDir()
	project, outside := filepath.Join(top, "project"), filepath.Join(top, "outside")
	for _, dir := range []string{filepath.Join(project, "dns"), outside} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{
		filepath.Join(project, "out"):   outside,
		filepath.Join(project, "file"):  filepath.Join(outside, "secret"),
		filepath.Join(top, "in"):        project,
		filepath.Join(outside, "inner"): filepath.Join(project, "dns"),
	} {
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(outside, "secret"), nil, 0o600); err != nil {
		t.Fatal(err)
	}

	for path, want := range map[string]bool{
		"project/dns/a.hcl":      true,
		"project/dns/../b.hcl":   true,
		"project":                true,
		"project/out/new.hcl":    true,
		"project/file":           true,
		"in/dns/a.hcl":           true,
		"outside/inner/a.hcl":    true,
		"project/../outside/a":   false,
		"outside/secret":         false,
		"project-of-another/a":   false,
		"missing/directory/file": false,
	} {
		if got := files.Within(project, filepath.Join(top, path)); got != want {
			t.Errorf("Within(project, %s) = %v, want %v", path, got, want)
		}
	}
	if !files.Within(filepath.Join(top, "in"), filepath.Join(project, "x")) {
		t.Error("Within(link to the project, file) = false, want true")
	}
}

func TestCheckout(t *testing.T) {
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}

	dns := filepath.Join(top, "infra", "dns")
	if err := os.MkdirAll(dns, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := files.Checkout(dns); got != dns {
		t.Errorf("Checkout outside of git = %s, want %s", got, dns)
	}
	if err := os.WriteFile(filepath.Join(top, ".git"), []byte("gitdir: elsewhere"), 0o600); err != nil {
		t.Fatal(err)
	}

	for _, submodule := range []bool{false, true} {
		if submodule {
			if err := os.WriteFile(filepath.Join(dns, ".git"), []byte("gitdir: elsewhere"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := files.Checkout(dns); got != top {
			t.Errorf("Checkout = %s, want %s (submodule: %v)", got, top, submodule)
		}
	}
}
