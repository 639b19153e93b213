package lang

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/secret"
)

// MaxFile is the most that is read of one file, in bytes.
const MaxFile = 32 << 20

// Tree is the part of the disk that expressions may read: one directory and what is
// below it, also after symbolic links are resolved, except for files that must stay
// secret (withheld.go). A configuration may come from a stranger, such as the author of a
// pull request, who must not read other files.
type Tree struct {
	dir string
	// real is the directory's own path, without links.
	real string
	// root is nil if the directory could not be opened.
	root *os.Root
	// withheld are files and directories that are not read.
	withheld []os.FileInfo
	// home replaces ~ in pathexpand.
	home string
}

// OpenTree opens a directory; home replaces ~ in pathexpand. If the directory cannot be
// opened, every read from the tree fails and says so.
func OpenTree(dir, home string) *Tree {
	root, _ := os.OpenRoot(dir) // the caller reads the directory too and gets the reason there
	real, err := realPath(dir)
	if err != nil && root != nil {
		_ = root.Close()
		root = nil
	}
	return &Tree{dir: dir, real: real, root: root, home: home}
}

// realPath returns the absolute path of a file that exists, without links.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
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

// Read reads a regular file of at most MaxFile bytes, unless it must stay secret.
func (t *Tree) Read(name string) ([]byte, error) {
	text, _, err := t.ReadReal(name)
	return text, err
}

// ReadReal is Read that also returns the file's path in the directory without links. The
// path that was named says nothing about what was read.
func (t *Tree) ReadReal(name string) (text []byte, real string, err error) {
	rel, err := t.Rel(name)
	if err != nil {
		return nil, "", err
	}

	text, real, err = t.read(rel)
	if err != nil {
		return nil, "", t.cannot(name, err)
	}
	if reason := cmp.Or(t.whyNotPath(rel), t.whyNotPath(real), secret.ByText(real, text)); reason != "" {
		return nil, "", &WithheldError{Name: name, Reason: reason}
	}
	return text, real, nil
}

// read reads a file by its path in the directory, and returns its path without links. It
// makes sure that both are the same file.
func (t *Tree) read(rel string) (text []byte, real string, err error) {
	if real, err = t.resolve(rel); err != nil {
		return nil, "", err
	}
	info, err := t.root.Stat(rel) // before it is opened: opening a pipe waits
	if err == nil && !info.Mode().IsRegular() {
		err = files.ErrNotRegular
	}
	if err != nil {
		return nil, "", err
	}

	file, err := t.root.Open(rel)
	if err != nil {
		return nil, "", err
	}
	defer file.Close()
	if err := t.sameFile(file, real); err != nil {
		return nil, "", err
	}
	text, err = files.Read(file, MaxFile)
	return text, real, err
}

// errOutside is the reason why a link is not followed.
var errOutside = errors.New("it is a link that leads outside the directory")

// resolve follows the links of a path in the directory and returns another one in it.
func (t *Tree) resolve(rel string) (string, error) {
	real, err := filepath.EvalSymlinks(filepath.Join(t.real, rel))
	if err != nil {
		return "", err
	}
	out, err := filepath.Rel(t.real, real)
	if err != nil || !filepath.IsLocal(out) {
		return "", errOutside
	}
	return out, nil
}

// sameFile returns an error if an open file is not the one with that path: its name was
// judged, and a link may have been changed meanwhile.
func (t *Tree) sameFile(file *os.File, real string) error {
	opened, err := file.Stat()
	if err != nil {
		return err
	}
	judged, err := os.Lstat(filepath.Join(t.real, real))
	if err != nil {
		return err
	}
	if !os.SameFile(opened, judged) || !opened.Mode().IsRegular() {
		return errors.New("it was replaced while it was read")
	}
	return nil
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
