package lang

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
)

// fileFunctions returns the functions for paths and files. They read files only in tree.
func fileFunctions(tree *Tree) map[string]fn {
	return map[string]fn{
		"abspath":    textual(func(args ...string) (string, error) { return tree.absolute(args[0]) }, "path"),
		"basename":   textual(func(args ...string) (string, error) { return filepath.Base(args[0]), nil }, "path"),
		"dirname":    textual(func(args ...string) (string, error) { return filepath.Dir(args[0]), nil }, "path"),
		"file":       textual(func(args ...string) (string, error) { return tree.text(args[0]) }, "path"),
		"pathexpand": textual(func(args ...string) (string, error) { return tree.expand(args[0]), nil }, "path"),
		"filebase64": textual(func(args ...string) (string, error) {
			b, err := tree.Read(args[0])
			return base64.StdEncoding.EncodeToString(b), err
		}, "path"),
		"fileexists": ofTexts(cty.Bool, func(args ...string) (cty.Value, error) {
			ok, err := tree.exists(args[0])
			return cty.BoolVal(ok), err
		}, "path"),
		"fileset": ofTexts(cty.Set(cty.String), func(args ...string) (cty.Value, error) {
			return tree.set(args[0], args[1])
		}, "path", "pattern"),
	}
}

// expand replaces a leading ~ with the home directory.
func (t *Tree) expand(name string) string {
	if rest, ok := strings.CutPrefix(name, "~"); ok && t.home != "" && (rest == "" || rest[0] == '/') {
		return t.home + rest
	}
	return name
}

// text reads a file. A file that is not UTF-8 text is an error.
func (t *Tree) text(name string) (string, error) {
	b, err := t.Read(name)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("the file %q is not valid UTF-8; use filebase64, which reads any file", name)
	}
	return string(b), nil
}

// exists reports whether a regular file with the name exists. A directory or another special file is an
// error.
func (t *Tree) exists(name string) (bool, error) {
	rel, err := t.rel(name)
	if err != nil {
		return false, err
	}

	real, err := t.resolve(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, t.cannot(name, err)
	}
	if reason := cmp.Or(t.whyNotPath(rel), t.whyNotPath(real)); reason != "" {
		return false, &WithheldError{Name: name, Reason: reason}
	}

	info, err := t.root.Stat(real)
	if err != nil {
		return false, t.cannot(name, err)
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("%q is not a regular file", name)
	}
	return true, nil
}

// set lists the regular files below a directory whose path matches a pattern. It leaves out files that
// are never read. It returns no files for a directory that does not exist.
func (t *Tree) set(name, pattern string) (cty.Value, error) {
	rel, err := t.rel(name)
	if err != nil {
		return cty.NilVal, err
	}

	match, err := globPattern(pattern)
	if err != nil {
		return cty.NilVal, err
	}

	real, err := t.resolve(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return cty.SetValEmpty(cty.String), nil
	}
	if err != nil {
		return cty.NilVal, t.cannot(name, err)
	}
	if reason := cmp.Or(t.whyNotPath(rel), t.whyNotPath(real)); reason != "" {
		return cty.NilVal, &WithheldError{Name: name, Reason: reason}
	}

	found, err := t.walk(filepath.ToSlash(real), match)
	if err != nil {
		return cty.NilVal, t.cannot(name, err)
	}
	if len(found) == 0 {
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(found), nil
}

// walk returns the regular files below top whose path relative to top matches.
func (t *Tree) walk(top string, match *regexp.Regexp) ([]cty.Value, error) {
	var found []cty.Value
	err := fs.WalkDir(t.root.FS(), top, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if t.whyNotPath(filepath.FromSlash(p)) != "" {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}

		short := strings.TrimPrefix(strings.TrimPrefix(p, path.Clean(top)), "/")
		if top == "." {
			short = p
		}
		if e.Type().IsRegular() && match.MatchString(short) {
			found = append(found, cty.StringVal(short))
		}
		return nil
	})
	return found, err
}
