package files_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/cfplan/cfplan/internal/files"
)

func TestErrorTextHasNoSystemCalls(t *testing.T) {
	denied := &fs.PathError{Op: "openat", Path: "a.json", Err: fs.ErrPermission}
	missing := &fs.PathError{Op: "stat", Path: "b.json", Err: fs.ErrNotExist}
	renamed := &os.LinkError{Op: "rename", Old: ".tmp1", New: "c.json", Err: fs.ErrPermission}
	for want, err := range map[string]error{
		"a.json: permission denied":                              denied,
		"first: a.json: permission denied":                       fmt.Errorf("first: %w", denied),
		"c.json: permission denied":                              renamed,
		"a.json: permission denied\nb.json: file does not exist": errors.Join(denied, missing),
		"a.json: permission denied; b.json: file does not exist; c.json: permission denied": fmt.Errorf("%w; %w; %w",
			denied, fmt.Errorf("%w", missing), renamed),
		"d: b.json: file does not exist": &fs.PathError{Op: "open", Path: "d", Err: missing},
		"stat is not a file":             errors.New("stat is not a file"),
	} {
		if got := files.ErrorText(err); got != want {
			t.Errorf("ErrorText(%q) = %q, want %q", err, got, want)
		}
	}
}
