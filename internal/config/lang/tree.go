package lang

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/files"
)

// MaxFile is the most that is read of one file, in bytes.
const MaxFile = 32 << 20

// Tree is what file() and its kin may see: the configuration's directory and
// what is below it, symbolic links resolved. A configuration may come from
// someone who must not read the rest of the disk, such as a pull request.
type Tree struct {
	dir  string
	root *os.Root
	home string
}

// OpenTree opens a directory. The home directory is what pathexpand puts in place of ~.
// A directory that cannot be opened makes a tree in which every read fails and says so.
func OpenTree(dir, home string) *Tree {
	root, _ := os.OpenRoot(dir) // reading the directory tells what is wrong with it
	return &Tree{dir: dir, root: root, home: home}
}

// Close releases the directory.
func (f *Tree) Close() {
	if f.root != nil {
		_ = f.root.Close() // opened for reading only: nothing can be lost
	}
}

func pathFunctions(f *Tree) map[string]fn {
	return map[string]fn{
		"abspath":  textual(func(args ...string) (string, error) { return f.absolute(args[0]) }, "path"),
		"basename": textual(func(args ...string) (string, error) { return filepath.Base(args[0]), nil }, "path"),
		"dirname":  textual(func(args ...string) (string, error) { return filepath.Dir(args[0]), nil }, "path"),
		"file":     textual(func(args ...string) (string, error) { return f.text(args[0]) }, "path"),
		"filebase64": textual(func(args ...string) (string, error) {
			b, err := f.Read(args[0])
			return base64.StdEncoding.EncodeToString(b), err
		}, "path"),
		"fileexists": ofTexts(cty.Bool, func(args ...string) (cty.Value, error) {
			ok, err := f.exists(args[0])
			return cty.BoolVal(ok), err
		}, "path"),
		"fileset":    ofTexts(cty.Set(cty.String), func(args ...string) (cty.Value, error) { return f.set(args[0], args[1]) }, "path", "pattern"),
		"pathexpand": textual(func(args ...string) (string, error) { return f.expand(args[0]), nil }, "path"),
	}
}

func (f *Tree) absolute(name string) (string, error) {
	if filepath.IsAbs(name) {
		return filepath.Clean(name), nil
	}
	return filepath.Abs(filepath.Join(f.dir, name))
}

// expand replaces a leading ~ by the home directory.
func (f *Tree) expand(name string) string {
	if rest, ok := strings.CutPrefix(name, "~"); ok && f.home != "" && (rest == "" || rest[0] == '/') {
		return f.home + rest
	}
	return name
}

// Rel returns a name relative to the directory. That it leads nowhere else
// is for os.Root to enforce; here a path that is absolute becomes relative.
func (f *Tree) Rel(name string) (string, error) {
	if f.root == nil {
		return "", fmt.Errorf("the directory %s cannot be read", f.dir)
	}
	full, err := f.absolute(name)
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(dir, full)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%q is outside the configuration's directory; files are read below it only", name)
	}
	return rel, nil
}

func (f *Tree) Read(name string) ([]byte, error) {
	rel, err := f.Rel(name)
	if err != nil {
		return nil, err
	}
	info, err := f.root.Stat(rel)
	if err != nil {
		return nil, f.cannot(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, f.cannot(name, files.ErrNotRegular)
	}

	file, err := f.root.Open(rel)
	if err != nil {
		return nil, f.cannot(name, err)
	}
	defer file.Close()

	text, err := files.Read(file, MaxFile)
	if err != nil {
		return nil, f.cannot(name, err)
	}
	return text, nil
}

// cannot says what is wrong with a file, without the operation's name and the
// relative path that os puts into its errors.
func (f *Tree) cannot(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no file %q below %s", name, f.dir)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot read %q below %s: %w", name, f.dir, err)
}

func (f *Tree) text(name string) (string, error) {
	b, err := f.Read(name)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("the file %q is not valid UTF-8; filebase64 reads any file", name)
	}
	return string(b), nil
}

func (f *Tree) exists(name string) (bool, error) {
	rel, err := f.Rel(name)
	if err != nil {
		return false, err
	}
	info, err := f.root.Stat(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, f.cannot(name, err)
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("%q is not a regular file", name)
	}
	return true, nil
}

// set lists the regular files below a directory whose path matches a pattern.
func (f *Tree) set(name, pattern string) (cty.Value, error) {
	rel, err := f.Rel(name)
	if err != nil {
		return cty.NilVal, err
	}
	match, err := globPattern(pattern)
	if err != nil {
		return cty.NilVal, err
	}
	found, err := f.walk(filepath.ToSlash(rel), match)
	if err != nil {
		return cty.NilVal, f.cannot(name, err)
	}
	if len(found) == 0 {
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(found), nil
}

func (f *Tree) walk(top string, match *regexp.Regexp) ([]cty.Value, error) {
	var found []cty.Value
	err := fs.WalkDir(f.root.FS(), top, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
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

// globPattern translates *, **, ?, [class] and {one,other}.
func globPattern(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	depth := 0
	for rest := pattern; rest != ""; {
		piece, expr := globPiece(rest, &depth)
		b.WriteString(expr)
		rest = rest[len(piece):]
	}
	re, err := regexp.Compile(`^(?:` + b.String() + `)$`)
	if err != nil {
		return nil, fmt.Errorf("%q is not a valid pattern", pattern)
	}
	return re, nil
}

// globPiece returns the next piece of a pattern and its regular expression;
// depth counts open braces.
func globPiece(rest string, depth *int) (piece, expr string) {
	fixed := []struct{ piece, expr string }{{"**/", `(?:[^/]+/)*`}, {"**", `.*`}, {"*", `[^/]*`}, {"?", `[^/]`}}
	for _, f := range fixed {
		if strings.HasPrefix(rest, f.piece) {
			return f.piece, f.expr
		}
	}
	switch c := rest[0]; {
	case c == '{':
		*depth++
		return "{", "(?:"
	case c == '}' && *depth > 0:
		*depth--
		return "}", ")"
	case c == ',' && *depth > 0:
		return ",", "|"
	case c == '[' && strings.Contains(rest, "]"):
		return globClass(rest[:strings.IndexByte(rest, ']')+1])
	}
	_, size := utf8.DecodeRuneInString(rest)
	return rest[:size], regexp.QuoteMeta(rest[:size])
}

// globClass translates a class in brackets, which ! negates.
func globClass(class string) (piece, expr string) {
	inner := strings.ReplaceAll(class[1:], `\`, `\\`)
	if rest, ok := strings.CutPrefix(inner, "!"); ok {
		return class, "[^" + rest
	}
	return class, "[" + inner
}
