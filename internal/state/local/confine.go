package local

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/cfplan/cfplan/internal/state"
)

// OutsideError reports that the state, or a file that belongs to it, is outside of the directory given to
// Confine.
type OutsideError struct {
	// Path is the path of the file, with its links followed.
	Path string
	// Within is the directory given to Confine, with its links followed.
	Within string
}

// Error names both paths.
func (e *OutsideError) Error() string { return fmt.Sprintf("%s is outside of %s", e.Path, e.Within) }

// Confine makes every use of the backend fail with an *OutsideError if the state, or a file that belongs to
// it, is outside of a directory, also by way of links. If that is already the case, Confine returns the error
// itself.
func (b *Backend) Confine(dir string) error {
	within, err := followLinks(dir)
	if err != nil {
		return err
	}
	b.within = within
	_, err = b.pathsOf(state.DocState)
	return err
}

// checkConfined follows the links again at each use, because other programs may change them. Files beside
// the state may appear and disappear while other runs are working.
func (b *Backend) checkConfined(p paths) error {
	if b.within == "" {
		return nil
	}
	if err := b.checkInside(p.document); err != nil {
		return err
	}

	for _, path := range append(p.all(), archiveBeside(p.document)) {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&os.ModeSymlink == 0 {
			continue // it is beside the state, whose directory was checked
		}
		target, err := followLinks(path)
		if err != nil {
			return err
		}
		if err := b.checkInside(target); err != nil {
			return err
		}
	}

	return nil
}

// checkInside checks the directory of a file that is not a link.
func (b *Backend) checkInside(path string) error {
	dir, err := resolveMissing(filepath.Dir(path))
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(b.within, dir); err != nil || !filepath.IsLocal(rel) {
		return &OutsideError{Path: filepath.Join(dir, filepath.Base(path)), Within: b.within}
	}
	return nil
}

// resolveMissing follows the links of a directory whose last parts may not exist yet.
func resolveMissing(path string) (string, error) {
	missing := ""
	for dir := path; ; {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return filepath.Join(real, missing), nil
		}

		if !os.IsNotExist(err) || dir == filepath.Dir(dir) {
			return "", err
		}

		switch info, lstatErr := os.Lstat(dir); {
		case lstatErr != nil:
			missing = filepath.Join(filepath.Base(dir), missing)
			dir = filepath.Dir(dir)
		case info.Mode()&os.ModeSymlink != 0:
			return "", err // the link leads nowhere
		default: // another run has created it in the meantime
		}
	}
}

// Files returns the paths of all files and directories that can belong to the state,
// whether or not they exist.
func (b *Backend) Files() []string {
	path, err := followLinks(b.path)
	if err != nil {
		path = b.path
	}

	documents := []state.Document{state.DocState, state.DocSnapshots}
	for version := 1; version < state.FormatVersion; version++ {
		documents = append(documents, state.FormerDocument(version))
	}

	out := []string{b.path, archiveBeside(path)}
	for _, doc := range documents {
		out = append(out, pathsBeside(path, doc).all()...)
	}

	return out
}
