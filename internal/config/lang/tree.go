package lang

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/secret"
)

// MaxFile is the size of the largest file that can be read, in bytes.
const MaxFile = 32 << 20

// Tree is the part of the disk that expressions may read: one directory and everything below it, except
// files that must stay secret (withheld.go). A symbolic link must not lead out of the tree. A configuration
// may come from a stranger, such as the author of a pull request, who must not be able to read other
// files.
type Tree struct {
	// dir is the configuration's directory. Names are relative to it.
	dir string
	// top is the top directory of the tree: dir, or a directory above it.
	top string
	// real is the path of top without links.
	real string
	// root is nil if top could not be opened.
	root *os.Root
	// withheld are files and directories that must not be read.
	withheld []os.FileInfo
	// home replaces ~ in pathexpand.
	home string
}

// OpenTree opens a directory. home replaces ~ in pathexpand. If the directory cannot be opened, every read
// from the tree fails with an error that says so.
func OpenTree(dir, home string) *Tree { return openTree(dir, dir, home) }

// OpenTreeBelow is OpenTree for a configuration in dir that may read everything below top. top must be dir or a
// directory above it. If it is not, OpenTreeBelow returns an error, and a tree that reads only below dir.
func OpenTreeBelow(top, dir, home string) (*Tree, error) {
	above, err := directoryAbove(top, dir)
	if err != nil {
		return OpenTree(dir, home), err
	}
	return openTree(above, dir, home), nil
}

// directoryAbove returns the path of top in the spelling with which dir's own path begins, so that a name such
// as ../x leads there.
func directoryAbove(top, dir string) (string, error) {
	realTop, err := realPath(top)
	if err != nil {
		return "", err
	}
	realDir, _ := realPath(dir) // a later read of the directory reports the error
	if realDir == "" {
		return dir, nil
	}
	rel, err := filepath.Rel(realTop, realDir)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s is not above %s", top, dir)
	}

	above, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for ; rel != "."; rel = filepath.Dir(rel) {
		above = filepath.Dir(above)
	}
	if real, err := realPath(above); err != nil || real != realTop {
		return "", fmt.Errorf("%s is above %s only through a link", top, dir)
	}
	return above, nil
}

func openTree(top, dir, home string) *Tree {
	root, _ := os.OpenRoot(top) // a later read of the directory reports the error
	real, err := realPath(top)
	if err != nil && root != nil {
		_ = root.Close()
		root = nil
	}
	return &Tree{dir: dir, top: top, real: real, root: root, home: home}
}

// realPath returns the absolute path of an existing file, without links.
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

// absolute returns the absolute path of a name that is relative to the directory.
func (t *Tree) absolute(name string) (string, error) {
	if filepath.IsAbs(name) {
		return filepath.Clean(name), nil
	}
	return filepath.Abs(filepath.Join(t.dir, name))
}

// MissingError says that a file does not exist.
type MissingError struct {
	// Name is the name as the caller gave it.
	Name string
	dir  string
}

func (e *MissingError) Error() string { return fmt.Sprintf("no file %q below %s", e.Name, e.dir) }

// OutsideError says that a name leads out of the tree.
type OutsideError struct {
	// Name is the name as the caller gave it.
	Name string
	// link is set if the name leads out through a link.
	link bool
	// top is the top directory of the tree if it is above the configuration's directory. Otherwise it
	// is empty.
	top string
}

func (e *OutsideError) Error() string {
	kind := ""
	if e.link {
		kind = "a link that leads "
	}
	if e.top != "" {
		return fmt.Sprintf("%q is %soutside %s; cfplan reads files only below the directory that CFPLAN_FILES_ROOT names",
			e.Name, kind, e.top)
	}
	return fmt.Sprintf("%q is %soutside the configuration's directory; cfplan reads files only below it, "+
		"unless CFPLAN_FILES_ROOT in the environment names a directory above it", e.Name, kind)
}

func (t *Tree) outside(name string, link bool) error {
	e := &OutsideError{Name: name, link: link}
	if t.top != t.dir {
		e.top = t.top
	}
	return e
}

// Shown returns the name of a file in the tree for messages: relative to the configuration's directory, with
// slashes.
func (t *Tree) Shown(name string) (string, error) {
	if _, err := t.rel(name); err != nil {
		return "", err
	}
	full, err := t.absolute(name)
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs(t.dir)
	if err != nil {
		return "", err
	}
	shown, err := filepath.Rel(dir, full)
	return filepath.ToSlash(shown), err
}

// rel returns a path relative to the top of the tree, or an error if the path leads outside. It does not
// follow symbolic links: os.Root checks them when it opens the file.
func (t *Tree) rel(name string) (string, error) {
	if t.root == nil {
		return "", fmt.Errorf("the directory %s cannot be read", t.dir)
	}

	full, err := t.absolute(name)
	if err != nil {
		return "", err
	}
	top, err := filepath.Abs(t.top)
	if err != nil {
		return "", err
	}

	rel, err := filepath.Rel(top, full)
	if err != nil || !filepath.IsLocal(rel) {
		return "", t.outside(name, false)
	}
	return rel, nil
}

// List returns the sorted names of the files in a directory, and the directory's path in the tree without
// links.
func (t *Tree) List(name string) (names []string, real string, err error) {
	rel, err := t.rel(name)
	if err != nil {
		return nil, "", err
	}
	real, err = t.resolve(rel)
	switch {
	case errors.Is(err, errOutside):
		return nil, "", t.outside(name, true)
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", err
	case err != nil:
		return nil, "", t.cannot(name, err)
	}
	if reason := cmp.Or(secret.ByPath(rel), secret.ByPath(real), t.whyNotPlace(real)); reason != "" {
		return nil, "", &WithheldError{Name: name, Reason: reason}
	}

	dir, err := t.root.Open(real)
	if err != nil {
		return nil, "", t.cannot(name, err)
	}
	defer dir.Close()
	if info, err := dir.Stat(); err != nil || !info.IsDir() {
		return nil, "", fmt.Errorf("%q is not a directory", name)
	}
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return nil, "", t.cannot(name, err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, real, nil
}

// Read reads a regular file of at most MaxFile bytes, unless it must stay secret.
func (t *Tree) Read(name string) ([]byte, error) {
	text, _, err := t.ReadReal(name)
	return text, err
}

// ReadReal is like Read, but also returns the path of the file in the tree without links. If the given path
// contains links, only the returned path says which file was read.
func (t *Tree) ReadReal(name string) (text []byte, real string, err error) {
	rel, err := t.rel(name)
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

// read reads a file by its path in the tree, and returns the file's path without links. It makes sure that
// both paths mean the same file.
func (t *Tree) read(rel string) (text []byte, real string, err error) {
	if real, err = t.resolve(rel); err != nil {
		return nil, "", err
	}
	info, err := t.root.Stat(rel) // before opening the file, because opening a pipe blocks
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

// errOutside says why a link is not followed.
var errOutside = errors.New("it is a link that leads outside the directory")

// resolve follows the links of a path in the tree and returns a path in the tree without links.
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

// sameFile returns an error if an open file is not the file at the path that was checked. A link may have
// changed in the meantime.
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

// cannot returns an error that says why a file could not be read. It drops the operation and the relative path
// that package os adds to its errors.
func (t *Tree) cannot(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &MissingError{Name: name, dir: t.top}
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot read %q below %s: %w", name, t.top, err)
}
