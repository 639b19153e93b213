// Package local keeps the state in a file, and other documents in files beside it.
//
// Each write replaces a file as a whole, and keeps the former state in a backup. Several processes of one
// machine may use the backend. Do not use it in a network directory in which flock(2) does not work.
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
// Its lock is free as soon as the process that holds it ends, even if the process is killed.
type Backend struct {
	path     string
	patience time.Duration // how long to wait for the mutex
	// within is the directory, with its links followed, in which the state must be; empty if the state may be
	// anywhere.
	within string
}

var (
	_ state.Backend = (*Backend)(nil)
	_ state.Archive = (*Backend)(nil)
)

// New returns the backend that keeps the state in the file at path, and other documents beside it. The file
// need not exist. Each use follows symbolic links.
func New(path string) *Backend { return &Backend{path: path, patience: mutexPatience} }

// Place implements [state.Backend]. It returns the path of the document.
func (b *Backend) Place(doc state.Document) string { return doc.Beside(b.path) }

// paths are the files that belong to a document: the document, its backup, and hidden files that exist only
// while a run is working.
type paths struct {
	dir, document, backup       string
	temp, mutex, lock, lockInfo string
}

// pathsOf follows links first. So runs that use one state by different names share its lock, and replacing
// the file keeps the link that leads to it.
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

// mostLinks is the number of links that Linux follows in one path.
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
			// filepath.Join would drop "link/..", although link may lead elsewhere.
			target = filepath.Dir(path) + string(filepath.Separator) + target
		}

		path = target
	}

	return "", fmt.Errorf("%s: too many symbolic links", path)
}
