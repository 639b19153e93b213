package files

import (
	"os"
	"path/filepath"
	"strings"
)

// Within reports whether a file is below a directory, either by its name or after following the links in
// its name. A link below the directory that leads out of it counts as below, because a user who can write to
// the directory chooses the target of the link.
func Within(dir, path string) bool {
	for _, d := range bothNames(dir) {
		for _, p := range bothNames(path) {
			rel, err := filepath.Rel(d, p)
			if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
				return true
			}
		}
	}
	return false
}

// bothNames returns the absolute form of a path as it is written, with the links in its directory followed,
// and with all links followed.
func bothNames(path string) []string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return []string{path}
	}

	out := []string{abs}
	if parent, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		out = append(out, filepath.Join(parent, filepath.Base(abs)))
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		out = append(out, real)
	}
	return out
}

// Checkout returns the top directory of the git work tree that contains dir, or dir itself if there is none.
// Everything below it may come from a pull request. If work trees are nested, as with a submodule, Checkout
// returns the outermost one.
func Checkout(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}

	top := abs
	for at := abs; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			top = at
		}
		if at == filepath.Dir(at) {
			return top
		}
	}
}
