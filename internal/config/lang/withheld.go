package lang

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/secret"
)

// WithheldError says that a file is never read, because it must stay secret.
type WithheldError struct {
	// Name is the path as the caller gave it.
	Name string
	// Reason is a clause, such as "it is inside .git".
	Reason string
}

// Error says why the file is not read and what to do instead.
func (e *WithheldError) Error() string {
	return fmt.Sprintf("%q is not read: %s. Give a secret as the value of a variable; "+
		"docs/configuration.md lists the files that are never read", e.Name, e.Reason)
}

// Withhold adds files and directories that must not be read, whatever their names and contents. It ignores
// paths that do not exist.
func (t *Tree) Withhold(paths ...string) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			t.withheld = append(t.withheld, info)
		}
	}
}

const (
	isWithheld   = "it belongs to the state, or was given to cfplan as a file of secrets or of variables"
	isRepository = "it is inside a git repository's own directory"
	isValues     = "it gives values to variables, which may be secret"
)

// whyNotPath returns why a file in the tree must not be read, judging only by its path, or "".
func (t *Tree) whyNotPath(rel string) string {
	if reason := secret.ByPath(rel); reason != "" {
		return reason
	}
	if secret.IsValues(filepath.Base(rel)) {
		return isValues
	}
	return t.whyNotPlace(rel)
}

// whyNotPlace returns why a file at a path must not be read because of the directories above it or because it
// is withheld, or "". It compares the identity of directories and files and not their names, because a file
// system may ignore case or invisible characters.
func (t *Tree) whyNotPlace(rel string) string {
	dir := t.real
	for part := range strings.SplitSeq(rel, string(filepath.Separator)) {
		path := filepath.Join(dir, part)
		info, err := os.Stat(path)
		if err != nil {
			return "" // the file cannot be read either
		}

		for _, hidden := range []string{".git", ".cfplan"} {
			if other, err := os.Stat(filepath.Join(dir, hidden)); err == nil && os.SameFile(info, other) {
				return secret.ByPath(hidden)
			}
		}
		if info.IsDir() && holdsRepository(path) {
			return isRepository
		}
		if slices.ContainsFunc(t.withheld, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			return isWithheld
		}
		dir = path
	}
	return ""
}

// holdsRepository reports whether a directory is a git directory, usually called .git.
func holdsRepository(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}
