package local

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// unwritable says what to do about a directory in which no file can be created.
func (b *Backend) unwritable(p paths, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%s: the directory %s is not writable, but the state and its lock are files in it; "+
			"make it writable, or set another path in the backend block: %w", b.path, p.dir, err)
	}
	return fmt.Errorf("%s: %w", b.path, err)
}
