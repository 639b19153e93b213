package state

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
)

const (
	lockInterval = 75 * time.Millisecond
	maxLockInfo  = 64 << 10 // bytes
)

// localLock is a flock, which the kernel frees when its process ends however it
// ends, and a file that tells people who has it. Only the flock keeps others
// out: a file that a crash left behind does not.
type localLock struct {
	local  *Local
	flock  *flock.Flock
	holder Holder
	once   sync.Once
}

// Lock implements [Backend].
func (l *Local) Lock(ctx context.Context, who Holder) (Lock, error) {
	lock := &localLock{local: l, holder: who}
	var other Holder
	ok, err := poll(ctx, lockInterval, func() (ok bool, err error) {
		err = l.exclusively(DocState, func(f files) error {
			ok, err = lock.take(f)
			other, _ = readHolder(f) // a lock that can't tell its holder is one all the same
			return err
		})
		return ok, err
	})
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &LockedError{Holder: other}
	}
	return lock, nil
}

// take tries once, inside the mutex.
func (k *localLock) take(f files) (bool, error) {
	m, ok, err := tryFlock(f.lock)
	if err != nil || !ok {
		return false, err
	}
	info, err := json.MarshalIndent(k.holder, "", "  ")
	if err == nil {
		err = os.WriteFile(f.lockInfo, append(info, '\n'), 0o600)
	}
	if err != nil {
		releaseFlock(m)
		return false, fmt.Errorf("the state can't be locked: %w", err)
	}
	k.flock = m
	return true, nil
}

// readHolder returns who says to hold the lock: nobody where what is there makes
// no sense, as after a crash in the middle of writing it.
func readHolder(f files) (Holder, error) {
	data, err := readFile(f.lockInfo, maxLockInfo)
	if err != nil {
		return Holder{}, err
	}
	var h Holder
	if json.Unmarshal(data, &h) != nil {
		return Holder{}, nil //nolint:nilerr // see above
	}
	return h.Printable(), nil
}

func (k *localLock) Holder() Holder { return k.holder }

// Check implements [Lock].
func (k *localLock) Check(context.Context) error {
	f, err := k.local.files(DocState)
	if err != nil {
		return err
	}
	return k.check(f)
}

// check looks for both parts of the lock.
func (k *localLock) check(f files) error {
	h, err := readHolder(f)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the state lock can't be checked: %w", err)
	}
	if h.ID != k.holder.ID || !leadsTo(f.lock, k.flock) {
		return ErrLockLost
	}
	return nil
}

// Unlock implements [Lock]. Whatever fails, the flock is given back.
func (k *localLock) Unlock() error {
	var err error
	k.once.Do(func() {
		err = k.local.exclusively(DocState, func(f files) error {
			if err := k.check(f); errors.Is(err, ErrLockLost) {
				return nil // what is there is somebody else's
			} else if err != nil {
				return err
			}
			return errors.Join(os.Remove(f.lockInfo), k.flock.Unlock(), removeLock(f))
		})
		err = errors.Join(err, k.flock.Unlock())
	})
	return err
}

// ForceUnlock implements [Backend]. It also clears away what a dead process left.
// A live holder keeps its flock, though on a file that is no longer the lock.
func (l *Local) ForceUnlock(_ context.Context, id string) error {
	return l.exclusively(DocState, func(f files) error {
		h, err := readHolder(f)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("the lock can't be read: %w", err)
		case h.ID == "":
			return l.nameless(f)
		case h.ID != id:
			return fmt.Errorf("%s: the ID of the lock is %s, not %s; it is held by %s", l.path, h.ID, id, h.Who)
		}
		if err := removeLock(f); err != nil {
			return fmt.Errorf("the lock can't be broken; end the process that holds it: %w", err)
		}
		return os.Remove(f.lockInfo)
	})
}

// nameless is what there is to say of a lock that names no holder: a crash left
// it behind, or a process has it whose word was lost.
func (l *Local) nameless(f files) error {
	m, free, err := tryFlock(f.lock)
	if err != nil {
		return err
	}
	if free {
		releaseFlock(m)
		_ = os.Remove(f.lockInfo) // mostly it is not there
		return fmt.Errorf("%s: %w", l.path, ErrNotLocked)
	}
	return fmt.Errorf("%s: the lock does not say whose it is; make sure that no other cfplan is at work, then delete %s", l.path, f.lock)
}

func removeLock(f files) error {
	if err := os.Remove(f.lock); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
