package state

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Local keeps the state in a file, which is only ever replaced as a whole. It is
// safe for concurrent use, also by several processes of one machine. It is not
// for directories shared over a network where flock(2) does not work.
type Local struct {
	path     string
	group    group
	patience time.Duration // how long to wait for the mutex
}

var (
	_ Store   = (*Local)(nil)
	_ grouped = (*Local)(nil)
)

// OpenLocal returns the store in the file with that path, which need not exist.
// A symbolic link is followed when the file is used.
func OpenLocal(path string) *Local {
	return &Local{path: path, patience: mutexPatience}
}

// String returns the path.
func (l *Local) String() string { return l.path }

func (l *Local) updates() *group { return &l.group }

// files are the names beside the state: the document's former content, and
// hidden ones that are gone when nobody is at work.
type files struct {
	dir, state, backup          string
	temp, mutex, lock, lockInfo string
}

// files follows links first, so that all who use one state by several names meet
// at the same lock, and the link survives the replacing of what it leads to.
func (l *Local) files() (files, error) {
	path, err := followLinks(l.path)
	if err != nil {
		return files{}, err
	}
	dir, name := filepath.Split(path)
	hidden := filepath.Join(dir, "."+name)
	return files{dir: dir, state: path, backup: path + ".backup",
		temp: hidden + ".tmp", mutex: hidden + ".mutex", lock: hidden + ".lock", lockInfo: hidden + ".lock.info"}, nil
}

// followLinks is filepath.EvalSymlinks for a file that may not exist yet.
func followLinks(path string) (string, error) {
	path, err := filepath.Abs(path)
	for range 40 { // as many as Linux follows
		dir, name := filepath.Split(path)
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			path = filepath.Join(real, name)
		}
		target, noLink := os.Readlink(path)
		if err != nil || noLink != nil {
			return path, err
		}
		if !filepath.IsAbs(target) {
			// not Join, which would take "link/.." for nothing
			target = filepath.Dir(path) + string(filepath.Separator) + target
		}
		path = target
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// Read implements [Store].
func (l *Local) Read(ctx context.Context) (*State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := readFile(l.path, maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return New(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("the state can't be read: %w", err)
	}
	return l.decode(data)
}

func (l *Local) decode(data []byte) (*State, error) {
	s, err := Decode(data)
	if err != nil {
		return nil, &UnreadableError{Place: l.path, Err: err, Next: l.remedy(err)}
	}
	return s, nil
}

func (l *Local) remedy(err error) string {
	if errors.Is(err, errNewer) {
		return "upgrade cfplan"
	}
	const afresh = "delete it: equal records are adopted again"
	if f, err := l.files(); err == nil {
		if _, err := os.Stat(f.backup); err == nil {
			return fmt.Sprintf("restore it from %s, or %s", f.backup, afresh)
		}
	}
	return afresh
}

// readFile reads a regular file of at most limit bytes. A pipe or a device,
// which might never end, is refused before it is opened.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
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
		return nil, fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(f, data)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil // it has shrunk since; decoding tells what that means
	}
	return data[:n], err
}

// Replace implements [Store]. The former document is kept beside the new one,
// with ".backup" added to its name.
func (l *Local) Replace(ctx context.Context, s *State) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	next := *s
	next.Serial++
	data, err := Encode(&next)
	if err != nil {
		return fmt.Errorf("%s: %w", l.path, err)
	}
	err = l.exclusively(func(f files) error {
		old, err := l.stored(f, s)
		if err != nil {
			return err
		}
		return replaceFile(f, old, data)
	})
	if err == nil {
		s.Serial = next.Serial
	}
	return err
}

// stored returns the document that s is to replace, nil where there is none, and
// ErrConflict where s was not made from it. Its header is enough for that: s was
// made from a whole document of the same serial, so damage done further down
// since then is mended by replacing it.
func (l *Local) stored(f files, s *State) ([]byte, error) {
	data, err := readFile(f.state, maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		if s.Serial != 0 {
			return nil, ErrConflict
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the state can't be replaced: %w", err)
	}
	lineage, serial, ok := header(data)
	if !ok {
		old, err := l.decode(data)
		if err != nil {
			return nil, err
		}
		lineage, serial = old.Lineage, old.Serial
	}
	if lineage != s.Lineage || serial != s.Serial {
		return nil, ErrConflict
	}
	return data, nil
}
