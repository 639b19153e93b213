package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrNotRegular means that a path names a pipe, a device or a directory. Reading a pipe could block
// forever, and a device may not end.
var ErrNotRegular = errors.New("not a regular file")

// TooLargeError means that the input is longer than the limit.
type TooLargeError struct {
	// Max is the limit in bytes.
	Max int64
}

// Error returns a message with the limit in the largest unit that divides it.
func (e *TooLargeError) Error() string { return "larger than " + size(e.Max) }

func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}

// Read reads r to its end. If r has more than limit bytes, Read returns a *TooLargeError and no text.
func Read(r io.Reader, limit int64) ([]byte, error) { return ReadSized(r, limit, 0) }

// mostTrusted is the largest announced length that ReadSized trusts.
const mostTrusted = 8 << 20

// ReadSized is Read for input with an announced length, such as an HTTP body with a Content-Length. It
// reserves the buffer at once, so that a large text is not copied each time the buffer grows. The announced
// length may be wrong; 0 or less means that it is unknown.
func ReadSized(r io.Reader, limit, announced int64) ([]byte, error) {
	return readGrown(r, limit, min(announced, limit, mostTrusted))
}

// readGrown reads with a buffer that has room for size bytes from the start.
func readGrown(r io.Reader, limit, size int64) ([]byte, error) {
	var b bytes.Buffer
	if size > 0 {
		b.Grow(int(size) + bytes.MinRead)
	}

	n, err := b.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, &TooLargeError{Max: limit}
	}
	return b.Bytes(), nil
}

// ReadStart reads the first limit bytes of r, or all of r if it is shorter. A longer r is not an error. If
// reading fails, ReadStart returns the error and the bytes before it.
func ReadStart(r io.Reader, limit int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, limit))
}

// ReadFile reads a regular file of at most limit bytes. It follows links. The error names the path and is
// ErrNotRegular, a *TooLargeError or an error of the operating system.
func ReadFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, ErrNotRegular)
	}

	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()

	if info, err = f.Stat(); err != nil { // the file may have been replaced since the first Stat
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %w", path, &TooLargeError{Max: limit})
	}
	text, err := readGrown(f, limit, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}
