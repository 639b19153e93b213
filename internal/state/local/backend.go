// Package local keeps the state in a file, and other documents in files beside it.
//
// A file is only ever replaced as a whole, and the former state is kept in a backup.
// The backend serves several processes of one machine. It is not for directories shared
// over a network in which flock(2) does not work.
package local

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps each document in a file. It is safe for concurrent use, also by several
// processes.
//
// Its lock is free as soon as the process that holds it ends, in whatever way.
type Backend struct {
	path     string
	patience time.Duration // how long to wait for the mutex
	// within is the directory that the state must not leave, without links; empty if it may
	// be anywhere.
	within string
}

var (
	_ state.Backend = (*Backend)(nil)
	_ state.Archive = (*Backend)(nil)
)

// New returns the backend in the file with that path, which need not exist, and in
// others beside it. A symbolic link is followed when the file is used.
func New(path string) *Backend { return &Backend{path: path, patience: mutexPatience} }

// Place implements [state.Backend]. It is a path.
func (b *Backend) Place(doc state.Document) string { return doc.Beside(b.path) }

// paths are the files that belong to a document: its own, that of its former content,
// and hidden ones that are gone when no run is at work.
type paths struct {
	dir, document, backup       string
	temp, mutex, lock, lockInfo string
}

// pathsOf follows links first, so that all runs that use one state by several names meet
// at the same lock, and a link survives the replacing of the file that it leads to.
func (b *Backend) pathsOf(doc state.Document) (paths, error) {
	path, err := followLinks(b.path)
	if err != nil {
		return paths{}, err
	}

	p := pathsBeside(path, doc)
	return p, b.checkConfined(p)
}

// pathsBeside returns the paths of a document beside the state with the given path.
func pathsBeside(path string, doc state.Document) paths {
	path = doc.Beside(path)
	dir, name := filepath.Split(path)
	hidden := filepath.Join(dir, "."+name)

	return paths{
		dir:      dir,
		document: path,
		backup:   path + ".backup",
		temp:     hidden + ".tmp",
		mutex:    hidden + ".mutex",
		lock:     hidden + ".lock",
		lockInfo: hidden + ".lock.info",
	}
}

// all lists the paths of files.
func (p paths) all() []string {
	return []string{p.document, p.backup, p.temp, p.mutex, p.lock, p.lockInfo}
}

// mostLinks is as many as Linux follows.
const mostLinks = 40

// followLinks is filepath.EvalSymlinks for a file that may not exist yet.
func followLinks(path string) (string, error) {
	path, err := filepath.Abs(path)
	for range mostLinks {
		dir, name := filepath.Split(path)
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			path = filepath.Join(real, name)
		}

		target, noLink := os.Readlink(path)
		if err != nil || noLink != nil {
			return path, err
		}

		if !filepath.IsAbs(target) {
			// Join would shorten "link/.." to nothing.
			target = filepath.Dir(path) + string(filepath.Separator) + target
		}

		path = target
	}

	return "", fmt.Errorf("%s: too many symbolic links", path)
}
