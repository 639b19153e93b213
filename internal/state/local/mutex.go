package local

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"

	"github.com/cfplan/cfplan/internal/state"
)

// A process needs the mutex for some milliseconds, on a slow disk for a second. A
// process that holds it for longer was stopped or hangs.
const (
	mutexPatience = 30 * time.Second
	mutexInterval = 2 * time.Millisecond
)

// exclusively calls fn while no other goroutine or process is in exclusively for the same document. It
// protects what must happen in one step: the check of the version and the renaming, the taking of the lock
// and the writing of its holder's name. It takes only a moment, whereas a run may hold the lock for minutes.
func (b *Backend) exclusively(doc state.Document, fn func(paths) error) error {
	p, err := b.pathsOf(doc)
	if err != nil {
		return err
	}

	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return b.unwritable(p, err)
	}

	end := time.Now().Add(b.patience)
	for {
		m, ok, err := tryFlock(p.mutex)
		switch {
		case err != nil:
			return b.unwritable(p, err)
		case ok:
			defer releaseFlock(m)
			return fn(p)
		case time.Now().After(end):
			return fmt.Errorf("%s: another process has held %s for %s; end it if it hangs, then try again", b.path,
				p.mutex, b.patience)
		}
		time.Sleep(mutexInterval)
	}
}

// tryFlock takes the flock of a file that its holder may unlink. A flock belongs to an inode; if path no
// longer leads to that inode, the flock excludes no other process.
//
// tryFlock refuses a link. Following it would create a file at any place, and the link may have come with the
// configuration.
func tryFlock(path string) (*flock.Flock, bool, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, false, fmt.Errorf("%s is a symbolic link, which cfplan never makes; delete it", path)
	}

	m := flock.New(path)
	ok, err := m.TryLock()
	if err != nil || !ok {
		return nil, false, err
	}

	if !leadsTo(path, m) {
		_ = m.Unlock() // other processes that wait for that inode notice the same
		return nil, false, nil
	}

	return m, true, nil
}

// releaseFlock unlinks first: a moment later the file may belong to another process.
func releaseFlock(m *flock.Flock) {
	_ = os.Remove(m.Path()) // Windows does not remove an open file; then it just stays
	_ = m.Unlock()          // the kernel frees it with the last descriptor anyway
}

// leadsTo reports whether path still names the file that m has flocked.
func leadsTo(path string, m *flock.Flock) bool {
	mine, err := m.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(mine, there)
}
