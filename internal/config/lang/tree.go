package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cfplan/cfplan/internal/files"
)

// MaxFile is the most that is read of one file, in bytes.
const MaxFile = 32 << 20

// Tree is the part of the disk that expressions may read: one directory and what is
// below it, also after symbolic links are resolved. A configuration may come from a
// stranger, such as the author of a pull request, who must not read other files.
type Tree struct {
	dir string
	// root is nil if the directory could not be opened.
	root *os.Root
	// home replaces ~ in pathexpand.
	home string
}

// OpenTree opens a directory; home replaces ~ in pathexpand. If the directory cannot be
// opened, every read from the tree fails and says so.
func OpenTree(dir, home string) *Tree {
	root, _ := os.OpenRoot(dir) // the caller reads the directory too and gets the reason there
	return &Tree{dir: dir, root: root, home: home}
}

// Close releases the directory.
func (t *Tree) Close() {
	if t.root != nil {
		_ = t.root.Close() // opened for reading, so nothing can be lost
	}
}

// absolute returns a path that is relative to the directory as an absolute one.
func (t *Tree) absolute(name string) (string, error) {
	if filepath.IsAbs(name) {
		return filepath.Clean(name), nil
	}
	return filepath.Abs(filepath.Join(t.dir, name))
}

// Rel returns a path relative to the directory, and an error if it leads outside.
// Symbolic links are not followed: os.Root checks these when the file is opened.
func (t *Tree) Rel(name string) (string, error) {
	if t.root == nil {
		return "", fmt.Errorf("the directory %s cannot be read", t.dir)
	}

	full, err := t.absolute(name)
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs(t.dir)
	if err != nil {
		return "", err
	}

	rel, err := filepath.Rel(dir, full)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%q is outside the configuration's directory; files are read below it only", name)
	}
	return rel, nil
}

// Read reads a regular file of at most MaxFile bytes.
func (t *Tree) Read(name string) ([]byte, error) {
	rel, err := t.Rel(name)
	if err != nil {
		return nil, err
	}

	info, err := t.root.Stat(rel)
	if err != nil {
		return nil, t.cannot(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, t.cannot(name, files.ErrNotRegular)
	}

	file, err := t.root.Open(rel)
	if err != nil {
		return nil, t.cannot(name, err)
	}
	defer file.Close()

	text, err := files.Read(file, MaxFile)
	if err != nil {
		return nil, t.cannot(name, err)
	}
	return text, nil
}

// cannot says why a file could not be read. It drops the operation and the relative
// path that package os adds to its errors.
func (t *Tree) cannot(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no file %q below %s", name, t.dir)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot read %q below %s: %w", name, t.dir, err)
}
