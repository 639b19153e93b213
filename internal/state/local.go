package state

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Local keeps each document in a file, which is only ever replaced as a whole. It
// is safe for concurrent use, also by several processes of one machine. It is not
// for directories shared over a network where flock(2) does not work.
//
// Its lock is free as soon as the process that holds it ends, however it ends.
type Local struct {
	path     string
	patience time.Duration // how long to wait for the mutex
}

var _ Backend = (*Local)(nil)

// NewLocal returns the backend in the file with that path, which need not exist,
// and in others beside it. A symbolic link is followed when the file is used.
func NewLocal(path string) *Local { return &Local{path: path, patience: mutexPatience} }

// OpenLocal returns the store in the file with that path; see [NewLocal].
func OpenLocal(path string) *Store { return Open(NewLocal(path)) }

// Place implements [Backend]. It is a path.
func (l *Local) Place(doc Document) string { return doc.Beside(l.path) }

// files are the names that belong to a document: its own, that of its former
// content, and hidden ones that are gone when nobody is at work.
type files struct {
	dir, name, backup           string
	temp, mutex, lock, lockInfo string
}

// files follows links first, so that all who use one state by several names meet
// at the same lock, and the link survives the replacing of what it leads to.
func (l *Local) files(doc Document) (files, error) {
	path, err := followLinks(l.path)
	if err != nil {
		return files{}, err
	}
	path = doc.Beside(path)
	dir, name := filepath.Split(path)
	hidden := filepath.Join(dir, "."+name)
	return files{dir: dir, name: path, backup: path + ".backup",
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

// Read implements [Backend].
func (l *Local) Read(ctx context.Context, doc Document) ([]byte, Version, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	f, err := l.files(doc)
	if err != nil {
		return nil, "", err
	}
	return readVersion(f.name)
}

// readVersion returns what is stored in a file. A digest is a version that a copy
// put back from a backup has again, and that no clock can get wrong.
func readVersion(path string) ([]byte, Version, error) {
	text, err := readFile(path, MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return text, digest(text), nil
}

func digest(text []byte) Version { return Version(fmt.Sprintf("%x", sha256.Sum256(text))) }

// Backup returns the path of the former state, empty where there is none.
func (l *Local) Backup() string {
	f, err := l.files(DocState)
	if err != nil {
		return ""
	}
	if _, err := os.Stat(f.backup); err != nil {
		return ""
	}
	return f.backup
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
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // it has shrunk since; decoding tells what that means
	}
	return data[:n], err
}

// Write implements [Backend]. The former state is kept beside the new one, with
// ".backup" added to its name.
func (l *Local) Write(ctx context.Context, doc Document, text []byte, was Version) (Version, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	err := l.exclusively(doc, func(f files) error {
		old, stored, err := readVersion(f.name)
		switch {
		case err != nil:
			return fmt.Errorf("the state can't be replaced: %w", err)
		case stored != was:
			return ErrConflict
		case doc != DocState:
			old = nil // what can be read anew needs no backup
		}
		return replaceFile(f, old, text)
	})
	if err != nil {
		return "", err
	}
	return digest(text), nil
}
