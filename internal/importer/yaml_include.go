package importer

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/dns"
)

// include reads the file or the files that an !include names. It joins several files, which must all have
// mappings or all have lists.
func (r *yamlReader) include(v yamlValue) (yamlValue, bool) {
	names := []*yaml.Node{v.Node}
	if v.Kind == yaml.SequenceNode {
		names = v.Content
	}

	var parts []yamlValue
	for _, n := range names {
		part, ok := r.includeOne(v, v.child(n))
		if !ok {
			return v, false
		}
		if len(parts) > 0 && part.kind() != parts[0].kind() {
			r.fail(v, "Different kinds of includes", "The files that one !include joins must all have mappings, or all have lists.")
			return v, false
		}
		parts = append(parts, part)
	}
	switch len(parts) {
	case 0:
		r.fail(v, "Empty include", "An !include names a file, or a list of files.")
		return v, false
	case 1:
		return parts[0], true
	}
	return yamlValue{Node: v.Node, file: v.file, parts: parts}, true
}

// includeOne reads one file that an !include names.
func (r *yamlReader) includeOne(from, name yamlValue) (yamlValue, bool) {
	if name.Kind != yaml.ScalarNode || name.Value == "" {
		r.fail(name, "Invalid include", "An !include names a file, or a list of files.")
		return name, false
	}
	if r.in.Dir == nil || from.file.path == "" {
		r.fail(name, "Include without a directory", "%s includes %s, and %s has no directory to look in. Name the file instead of a pipe.",
			dns.Show(from.file.name), dns.Show(name.Value), r.in.Name)
		return name, false
	}
	file := path.Join(path.Dir(from.file.path), name.Value)
	if path.IsAbs(name.Value) || !fs.ValidPath(file) {
		r.fail(name, "Include outside of the directory", "%s is not below the directory of %s, and cfplan reads no other files. "+
			"Name a directory above both with -in, or put the file's content in place of the !include.",
			dns.Show(name.Value), dns.Show(r.in.Name))
		return name, false
	}
	if known, ok := r.included[file]; ok {
		return r.resolveIncluded(name, known)
	}

	text, ok := r.read(name, file)
	if !ok {
		return name, false
	}
	value, ok := r.parse(text, &yamlFile{name: r.nameOf(file), path: file})
	if !ok {
		return name, false
	}
	r.included[file] = value
	return r.resolveIncluded(name, value)
}

// resolveIncluded resolves the value of an included file. A file that is only another include is an error.
func (r *yamlReader) resolveIncluded(name, value yamlValue) (yamlValue, bool) {
	if value.Tag == "!include" {
		r.fail(name, "Include of an include", "%s has only an !include itself. Include that file.", dns.Show(name.Value))
		return name, false
	}
	return r.resolve(value)
}

// nameOf returns the name in messages of a file in the source's directory.
func (r *yamlReader) nameOf(file string) string {
	dir := r.in.Name
	if !r.in.IsDir {
		dir = filepath.Dir(r.in.Name)
	}
	return filepath.Join(dir, filepath.FromSlash(file))
}

// read reads a file of the source's directory. All files together may have up to MaxBytes.
func (r *yamlReader) read(at yamlValue, file string) ([]byte, bool) {
	f, err := r.in.Dir.Open(file)
	if err != nil {
		r.unreadable(at, file, err)
		return nil, false
	}
	defer func() { _ = f.Close() }() // an error does not matter, because the file was only read

	text, err := io.ReadAll(io.LimitReader(f, int64(MaxBytes-r.bytes)+1))
	r.bytes += len(text)
	if r.left >= 0 {
		r.left += stepsOfByte * len(text)
	}
	switch {
	case err != nil:
		r.unreadable(at, file, err)
		return nil, false
	case r.bytes > MaxBytes:
		r.fail(at, "Source too large", "The files of %s have more than %d MiB.", dns.Show(r.in.Name), MaxBytes>>20)
		return nil, false
	}
	return text, true
}

func (r *yamlReader) unreadable(at yamlValue, file string, err error) {
	why := err
	if wrapped := (*fs.PathError)(nil); errors.As(err, &wrapped) {
		why = wrapped.Err
	}
	r.fail(at, "File cannot be read", "%s cannot be read: %v.", dns.Show(r.nameOf(file)), why)
}
