package main

import (
	"os"
	"path/filepath"

	"github.com/cfplan/cfplan/internal/review"
)

// repository is where the configuration is kept. A forge names files from its root, a plan names
// them from the configuration's directory.
type repository struct {
	// configuration is the configuration's directory, and below its path from the root.
	configuration, below string
}

// repositoryOf looks for the repository of the configuration: the directory above it that git
// works in, or else the one that a CI job says it has checked out. If there is none, the
// configuration's directory stands in for it.
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

// resolved returns a path without links, as far as it exists: a job may name its directory by
// another path than the system does.
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

// path turns a file of the configuration into one of the repository.
func (r repository) path(file string) string {
	local := filepath.FromSlash(file)
	path := filepath.Join(r.below, local) // a module may be above the configuration
	if filepath.IsAbs(local) || !filepath.IsLocal(path) {
		return file
	}
	return filepath.ToSlash(path)
}

// links returns a function that gives the address of a line of a file of the configuration, or ""
// if the file is not here: a job that only comments on a plan may run without its configuration,
// and does not know where that is.
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
