package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrNotRegular reports that a path names a pipe, a device or a directory. Reading a
// pipe could block for ever, and a device need not end.
var ErrNotRegular = errors.New("not a regular file")

// TooLargeError reports input that is longer than its reader takes.
type TooLargeError struct {
	// Max is the most that would have been read, in bytes.
	Max int64
}

// Error names the bound in the largest unit that divides it.
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

// Read reads r to its end. If there are more than limit bytes, it returns a
// *TooLargeError and no text.
func Read(r io.Reader, limit int64) ([]byte, error) { return ReadSized(r, limit, 0) }

// mostTrusted is how much of an announced length ReadSized believes.
const mostTrusted = 8 << 20

// ReadSized is Read for a text whose length was announced, such as a large file or an
// HTTP body, so that it is not copied over and over as the buffer grows. The announcement
// may be wrong; 0 or less is none.
func ReadSized(r io.Reader, limit, announced int64) ([]byte, error) {
	return readGrown(r, limit, min(announced, limit, mostTrusted))
}

// readGrown reads with a buffer that has room for size bytes from the beginning.
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

// ReadStart reads r to its end, or the first limit bytes of it, which is no error. With an
// error it returns what came before it.
func ReadStart(r io.Reader, limit int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, limit))
}

// ReadFile reads a regular file of at most limit bytes. It follows links. The error
// names the path and is ErrNotRegular, a *TooLargeError or what the system says.
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

	if info, err = f.Stat(); err != nil { // it may have been replaced since
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %w", path, &TooLargeError{Max: limit})
	}
	text, err := readGrown(f, limit, info.Size()) // the system knows the size of a regular file
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}
