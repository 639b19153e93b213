package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// A process needs the mutex for some milliseconds, on a slow disk for a second.
// Whoever has it for longer is stopped or hangs.
const (
	mutexPatience = 30 * time.Second
	mutexInterval = 2 * time.Millisecond
)

// exclusively calls fn while no other goroutine or process is in exclusively for
// the same document. It keeps what must not come between: the check of the version
// and the renaming, the taking of the lock and the writing of its holder's name.
// It is short, whereas the lock that runs hold may be held for minutes.
func (l *Local) exclusively(doc Document, fn func(files) error) error {
	f, err := l.files(doc)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return l.unwritable(f, err)
	}
	var m *flock.Flock
	ctx, cancel := context.WithTimeout(context.Background(), l.patience)
	defer cancel()
	ok, err := poll(ctx, mutexInterval, func() (ok bool, err error) {
		m, ok, err = tryFlock(f.mutex)
		return ok, err
	})
	if err != nil {
		return l.unwritable(f, err)
	}
	if !ok {
		return fmt.Errorf("%s: another process has held %s for %s; end it if it hangs, then try again", l.path, f.mutex, l.patience)
	}
	defer releaseFlock(m)
	return fn(f)
}

// unwritable says what to do about a directory in which no file can be made.
func (l *Local) unwritable(f files, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%s: the directory %s is not writable, but the state and its lock are files in it; make it writable, or set another path in the backend block: %w", l.path, f.dir, err)
	}
	return fmt.Errorf("%s: %w", l.path, err)
}

// tryFlock takes the flock of a file that whoever has it may unlink. A flock
// belongs to an inode; one that path no longer leads to keeps nobody out.
func tryFlock(path string) (*flock.Flock, bool, error) {
	m := flock.New(path)
	ok, err := m.TryLock()
	if err != nil || !ok {
		return nil, false, err
	}
	if !leadsTo(path, m) {
		_ = m.Unlock() // nobody waits for that inode but to find the same
		return nil, false, nil
	}
	return m, true, nil
}

// releaseFlock unlinks first: a moment later the file may be another one's.
func releaseFlock(m *flock.Flock) {
	_ = os.Remove(m.Path()) // Windows removes no open file, and then it just stays
	_ = m.Unlock()          // the kernel frees it with the file's last descriptor anyway
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

// poll tries once at least, then until ctx is done.
func poll(ctx context.Context, every time.Duration, try func() (bool, error)) (bool, error) {
	for {
		ok, err := try()
		if ok || err != nil {
			return ok, err
		}
		if wait(ctx, every) != nil {
			return false, nil //nolint:nilerr // time is up, which is what the caller asks
		}
	}
}
