package lang

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/secret"
)

// ReadSource reads a file of the configuration or a file with values for variables. If the file is a link,
// it must lead to a file in the directory that may be shown, because an error in the file shows its
// lines.
//
// ReadSource also reads a file of values outside the directory, because the user has named it. This file
// may be a link too, but not to a file that must stay secret.
func (t *Tree) ReadSource(path string) ([]byte, error) {
	if t.root == nil {
		return files.ReadFile(path, MaxFile)
	}
	rel, inside := t.sourceInside(path)
	if !inside {
		return readElsewhere(path)
	}

	text, real, err := t.read(rel)
	switch {
	case errors.Is(err, errOutside):
		return nil, fmt.Errorf("%q is a link that leads outside the configuration's directory, and an error "+
			"would show the content of the target. Copy the file, or name the target itself with -var-file", path)
	case err != nil:
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if reason := t.whyNotSource(rel, real, text); reason != "" {
		return nil, &WithheldError{Name: path, Reason: reason}
	}
	return text, nil
}

// sourceInside returns a path relative to the top of the tree. ok reports whether the path is inside the
// tree, either as it is spelled or after following the links before its last part.
func (t *Tree) sourceInside(path string) (rel string, ok bool) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	if rel, err := t.rel(path); err == nil {
		return rel, true
	}

	parent, err := realPath(filepath.Dir(path))
	if err != nil {
		return "", false
	}
	rel, err = filepath.Rel(t.real, filepath.Join(parent, filepath.Base(path)))
	return rel, err == nil && filepath.IsLocal(rel)
}

// whyNotSource returns why a file must not be read as configuration or values, or "". The file's own name
// shows its purpose, so whyNotSource checks only the target of a link.
func (t *Tree) whyNotSource(rel, real string, text []byte) string {
	reason := cmp.Or(secret.ByPath(filepath.Dir(rel)), t.whyNotPlace(real), secret.DocumentByText(text))
	if real != rel {
		reason = cmp.Or(reason, secret.ByPath(real), secret.ByText(real, text))
	}
	return reason
}

// readElsewhere reads a file outside the directory.
func readElsewhere(path string) ([]byte, error) {
	named, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	parent, err := realPath(filepath.Dir(named))
	if err != nil {
		return files.ReadFile(path, MaxFile)
	}

	real, err := realPath(path)
	if err == nil && real != filepath.Join(parent, filepath.Base(named)) {
		if reason := secret.ByPath(real); reason != "" {
			return nil, &WithheldError{Name: path, Reason: reason}
		}
	}
	return files.ReadFile(path, MaxFile)
}
