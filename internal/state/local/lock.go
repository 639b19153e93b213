package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/state"
)

const (
	// lockPause is the least time between two attempts; the most is twice that.
	lockPause   = 50 * time.Millisecond
	maxLockInfo = 64 << 10 // bytes
)

// lock is a flock, which the kernel frees when its process ends for any reason, and a file that tells
// people who holds it. Only the flock excludes other runs; the file of a crashed run does not.
type lock struct {
	backend *Backend
	flock   *flock.Flock
	holder  state.Holder
	once    sync.Once
}

// Lock implements [state.Backend].
func (b *Backend) Lock(ctx context.Context, who state.Holder, wait time.Duration) (state.Lock, error) {
	l := &lock{backend: b, holder: who}
	return state.AwaitLock(ctx, wait, lockPause, func(context.Context) (state.Lock, error) {
		err := b.exclusively(state.DocState, l.take)
		if err != nil {
			return nil, err
		}
		return l, nil
	})
}

// take tries once, and returns a *state.LockedError if another run holds the lock. The caller holds the
// mutex.
func (l *lock) take(p paths) error {
	m, ok, err := tryFlock(p.lock)
	if err != nil {
		return err
	}

	if !ok {
		other, _ := readHolder(p) // a lock without a readable holder is still a lock
		return &state.LockedError{Holder: other}
	}

	info, err := json.MarshalIndent(l.holder, "", "  ")
	if err == nil { // replaced, not written in place, because that would follow a link
		err = files.ReplaceVia(p.temp, p.lockInfo, append(info, '\n'), 0o600)
	}

	if err != nil {
		releaseFlock(m)
		return fmt.Errorf("the state can't be locked: %w", err)
	}

	l.flock = m
	return nil
}

// readHolder returns the holder that the file of the lock names. The holder is empty if the file cannot be
// parsed, for example after a crash while it was written.
func readHolder(p paths) (state.Holder, error) {
	data, err := files.ReadFile(p.lockInfo, maxLockInfo)
	if err != nil {
		return state.Holder{}, err
	}
	var h state.Holder
	if json.Unmarshal(data, &h) != nil {
		return state.Holder{}, nil //nolint:nilerr // see above
	}
	return h.Printable(), nil
}

// Holder implements [state.Lock].
func (l *lock) Holder() state.Holder { return l.holder }

// Check implements [state.Lock].
func (l *lock) Check(context.Context) error {
	p, err := l.backend.pathsOf(state.DocState)
	if err != nil {
		return err
	}
	return l.check(p)
}

// check returns state.ErrLockLost unless both parts of the lock are in place: the file names this holder, and
// the path of the lock still leads to the flocked file.
func (l *lock) check(p paths) error {
	h, err := readHolder(p)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the state lock can't be checked: %w", err)
	}
	if h.ID != l.holder.ID || !leadsTo(p.lock, l.flock) {
		return state.ErrLockLost
	}
	return nil
}

// Unlock implements [state.Lock]. It frees the flock even if something else fails.
func (l *lock) Unlock() error {
	var err error
	l.once.Do(func() {
		err = l.backend.exclusively(state.DocState, func(p paths) error {
			if err := l.check(p); errors.Is(err, state.ErrLockLost) {
				return nil // the files belong to another holder
			} else if err != nil {
				return err
			}
			return errors.Join(os.Remove(p.lockInfo), l.flock.Unlock(), removeLock(p))
		})
		err = errors.Join(err, l.flock.Unlock())
	})

	return err
}

// ForceUnlock implements [state.Backend]. It also removes the files that a dead process left. A live holder
// keeps its flock, but the flocked file is no longer the lock.
func (b *Backend) ForceUnlock(_ context.Context, id string) error {
	return b.exclusively(state.DocState, func(p paths) error {
		h, err := readHolder(p)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("the lock can't be read: %w", err)
		case h.ID == "":
			return b.nameless(p)
		case h.ID != id:
			return fmt.Errorf("%s: the ID of the lock is %s, not %s; it is held by %s", b.path, h.ID, id, h.Who)
		}

		if err := removeLock(p); err != nil {
			return fmt.Errorf("the lock can't be broken; end the process that holds it: %w", err)
		}

		return os.Remove(p.lockInfo)
	})
}

// nameless explains a lock that names no holder: a crash left it behind, or a process holds it and its file was
// lost.
func (b *Backend) nameless(p paths) error {
	m, free, err := tryFlock(p.lock)
	if err != nil {
		return err
	}
	if free {
		releaseFlock(m)
		_ = os.Remove(p.lockInfo) // usually it does not exist
		return fmt.Errorf("%s: %w", b.path, state.ErrNotLocked)
	}
	return fmt.Errorf("%s: the lock does not name its holder; make sure that no other cfplan is running, then delete %s",
		b.path, p.lock)
}

func removeLock(p paths) error {
	if err := os.Remove(p.lock); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
