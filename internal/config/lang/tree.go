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

// MaxFile is how many bytes of one file are read at most.
const MaxFile = 32 << 20

// Tree is the part of the disk that expressions may read: one directory and everything below it,
// even after symbolic links are resolved, except for files that must stay secret (withheld.go). A
// configuration may come from a stranger, such as the author of a pull request, who must not be
// able to read other files.
type Tree struct {
	// dir is the directory of the configuration, to which names are relative.
	dir string
	// top is the directory below which files are read: dir, or one above it.
	top string
	// real is the path of that directory without links.
	real string
	// root is nil if the directory could not be opened.
	root *os.Root
	// withheld are files and directories that must not be read.
	withheld []os.FileInfo
	// home replaces ~ in pathexpand.
	home string
}

// OpenTree opens a directory; home replaces ~ in pathexpand. If the directory cannot be
// opened, every read from the tree fails and says so.
func OpenTree(dir, home string) *Tree { return openTree(dir, dir, home) }

// OpenTreeBelow is OpenTree for a configuration in dir that may read everything below top, which is
// dir or a directory above it. If top is neither, the error says why, and the tree reads only below
// dir.
func OpenTreeBelow(top, dir, home string) (*Tree, error) {
	above, err := directoryAbove(top, dir)
	if err != nil {
		return OpenTree(dir, home), err
	}
	return openTree(above, dir, home), nil
}

// directoryAbove returns the path of top with which dir's own path begins, so that names such as
// ../x lead there.
func directoryAbove(top, dir string) (string, error) {
	realTop, err := realPath(top)
	if err != nil {
		return "", err
	}
	realDir, _ := realPath(dir) // the caller reads the directory too and gets the reason there
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
		return "", fmt.Errorf("%s is above %s by a link only", top, dir)
	}
	return above, nil
}

func openTree(top, dir, home string) *Tree {
	root, _ := os.OpenRoot(top) // the caller reads the directory too and gets the reason there
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

// MissingError reports a file that does not exist.
type MissingError struct {
	// Name is the one that was given.
	Name string
	dir  string
}

func (e *MissingError) Error() string { return fmt.Sprintf("no file %q below %s", e.Name, e.dir) }

// OutsideError reports a name that leads out of the files that may be read.
type OutsideError struct {
	// Name is the one that was given.
	Name string
	// link is set if the name leads there through a link.
	link bool
	// top is the directory above the configuration's that may be read; empty if there is none.
	top string
}

func (e *OutsideError) Error() string {
	kind := ""
	if e.link {
		kind = "a link that leads "
	}
	if e.top != "" {
		return fmt.Sprintf("%q is %soutside %s; files are read below the directory that CFPLAN_FILES_ROOT names only",
			e.Name, kind, e.top)
	}
	return fmt.Sprintf("%q is %soutside the configuration's directory; files are read below it only, "+
		"unless CFPLAN_FILES_ROOT in the environment names a directory above it", e.Name, kind)
}

func (t *Tree) outside(name string, link bool) error {
	e := &OutsideError{Name: name, link: link}
	if t.top != t.dir {
		e.top = t.top
	}
	return e
}

// Shown returns the name by which a file in the tree is shown: relative to the configuration's
// directory, with slashes.
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

// rel returns a path relative to the top of the tree, or an error if it leads outside. It does not
// follow symbolic links: os.Root checks these when the file is opened.
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

// List returns the names of the files in a directory, in order, and the directory's path in the
// tree without links.
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

// ReadReal is Read that also returns the path of the file in the directory without links. Because
// of links, the given path does not say which file was read.
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

// sameFile returns an error if an open file is not the file with that path: the path was checked,
// and a link may have been changed meanwhile.
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
		return &MissingError{Name: name, dir: t.top}
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot read %q below %s: %w", name, t.top, err)
}
