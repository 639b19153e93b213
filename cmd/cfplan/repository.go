package main

import (
	"os"
	"path/filepath"

	"github.com/cfplan/cfplan/internal/review"
)

// repository is the repository that contains the configuration. A forge names files relative to its
// root, a plan relative to the directory of the configuration.
type repository struct {
	// configuration is the directory of the configuration. below is its path relative to the root of
	// the repository.
	configuration, below string
}

// repositoryOf finds the repository of the configuration: the enclosing git repository, or else the
// directory that a CI job has checked out. If there is neither, it is the directory of the
// configuration.
func repositoryOf(env environment, dir *directory) repository {
	r := repository{configuration: resolved(dir.root()), below: "."}
	for _, root := range []string{gitRoot(r.configuration), env.get("GITHUB_WORKSPACE"), env.get("CI_PROJECT_DIR")} {
		if root == "" {
			continue
		}
		below, err := filepath.Rel(resolved(root), r.configuration)
		if err == nil && filepath.IsLocal(below) {
			r.below = below
			break
		}
	}
	return r
}

// resolved returns an absolute path without links. It keeps the links of a path that does not exist.
// A job may name its directory by another path than the system does.
func resolved(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

// gitRoot returns the nearest directory above a path that has a .git, or "".
func gitRoot(path string) string {
	for {
		if _, err := os.Lstat(filepath.Join(path, ".git")); err == nil {
			return path
		}
		parent := filepath.Dir(path)
		if parent == path {
			return ""
		}
		path = parent
	}
}

// path converts a file name relative to the configuration to one relative to the repository.
func (r repository) path(file string) string {
	local := filepath.FromSlash(file)
	path := filepath.Join(r.below, local) // a module may be above the configuration
	if filepath.IsAbs(local) || !filepath.IsLocal(path) {
		return file
	}
	return filepath.ToSlash(path)
}

// links returns a function that returns the URL of a line in a file of the configuration, or "" if
// the file is not here: a job that only comments on a plan may run without its configuration, and
// does not know where it is.
func (r repository) links(source review.Source) func(file string, line int) string {
	present := map[string]bool{}
	return func(file string, line int) string {
		local := filepath.FromSlash(file)
		if !filepath.IsLocal(local) {
			return ""
		}
		here, known := present[file]
		if !known {
			info, err := os.Stat(filepath.Join(r.configuration, local))
			here = err == nil && info.Mode().IsRegular()
			present[file] = here
		}
		if !here {
			return ""
		}
		return source.Line(r.path(file), line)
	}
}
