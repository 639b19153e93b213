package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/importer"
)

// openedSource is the file or directory that -in names.
type openedSource struct {
	tree *lang.Tree
	root *os.Root
}

// openSource opens the source of an import. The caller closes it after it was read.
func openSource(s *services, o *importOptions) (importer.Input, *openedSource, error) {
	in := importer.Input{Name: inputName(o.in)}
	opened := &openedSource{}
	path := s.dir.path(o.in)
	info, err := os.Stat(path)
	in.IsDir = o.in != "-" && err == nil && info.IsDir() && importer.Kind(o.from) == importer.OctoDNS

	if !in.IsDir {
		in.Text, err = readInput(s, o.in, importer.MaxBytes)
		if err != nil {
			return in, opened, failure("Source could not be read", "%v.", err)
		}
		// The messages that quote lines of the source need the converted text, too.
		in.Text = importer.FromUTF16(in.Text)
		if len(in.Text) > importer.MaxBytes {
			return in, opened, failure("Source could not be read",
				"%s has more than %d MiB in UTF-8, the most that cfplan reads.", in.Name, importer.MaxBytes>>20)
		}
	}
	if o.in != "-" {
		dir := path
		if !in.IsDir {
			dir = filepath.Dir(path)
		}
		opened.tree = lang.OpenTree(dir, "")
		opened.root, err = os.OpenRoot(dir)
		if err != nil {
			return in, opened, failure("Source could not be read", "%v.", err)
		}
		in.Dir = opened
	}
	return in, opened, nil
}

// Close releases the directory.
func (o *openedSource) Close() {
	if o.root != nil {
		_ = o.root.Close() // opened for reading only
		o.tree.Close()
	}
}

// Open opens a file or directory of the source. A source may come from someone else and include other files, so Open
// refuses files outside of the source's directory and files that must stay secret.
func (o *openedSource) Open(name string) (fs.File, error) {
	f, err := o.root.FS().Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}

	_ = f.Close() // its text is read by the tree, which knows what must stay secret
	text, err := o.tree.Read(filepath.FromSlash(name))
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &readFileText{Reader: bytes.NewReader(importer.FromUTF16(text)), info: info}, nil
}

// readFileText is a file whose text was read already.
type readFileText struct {
	*bytes.Reader
	info fs.FileInfo
}

// Stat returns the information that was read with the text.
func (f *readFileText) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close does nothing.
func (f *readFileText) Close() error { return nil }
