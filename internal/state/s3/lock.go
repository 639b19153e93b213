package s3

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

// The lock is an object. A run replaces it only on the condition that it is still the version that the run
// has read. Its holder renews it. Another run takes over a lock that was not renewed for long enough. If two
// runs try, the store lets one succeed.
//
// The clocks of the machines are not compared. A run that wants the lock computes the age of the object by
// the store's clock: Date minus Last-Modified of the same answer. The holder counts from before it sent the
// renewal, which is earlier than the store's time, and stops half a minute before others may take over. The
// clocks of the store's own machines may differ by less than that; Probe checks them.
//
// The object is never deleted. Not every store can delete an object only if it is ours, and an unconditional
// delete could remove the lock of the next holder. A lock that was released says so in its text, and can be
// taken like an expired one.

const (
	// lockTTL is how long a lock is held without a renewal.
	lockTTL = time.Minute
	// lockTimeout limits each read and each change of the lock.
	lockTimeout = 20 * time.Second
	// lockPause is the least time between two attempts of a waiting run; the most is twice that.
	lockPause = 500 * time.Millisecond
	// lockAttempts is how often a change is tried if other runs keep changing the lock first.
	lockAttempts = 5

	maxLease = 64 << 10 // bytes
)

// grace returns how long an expired lock is neither held nor free; ttl is how long it was held without a
// renewal.
func grace(ttl time.Duration) time.Duration { return ttl / 2 }

// lease is the content of the lock object.
type lease struct {
	state.Holder
	// Turn distinguishes this holding of the lock from every other one.
	Turn string `json:"turn"`
	// Renewals counts the renewals. It gives each version of the object a different text, and so a different
	// ETag.
	Renewals int `json:"renewals"`
	// TTL is how long the lock is held without a renewal.
	TTL string `json:"ttl"`
	// Expires is information for people, by the holder's clock. No run relies on it.
	Expires time.Time `json:"expires"`
	// Released is true if the lock is no longer held.
	Released bool `json:"released,omitempty"`
}

func (b *Backend) lockKey() string { return b.key + ".lock" }

// readLease reads the lock object. It returns errMissing if there is none.
func (b *Backend) readLease(ctx context.Context) (object, lease, error) {
	o, err := b.get(ctx, b.lockKey(), maxLease)
	if err != nil {
		return object{}, lease{}, err
	}
	var l lease
	if err := json.Unmarshal(o.text, &l); err != nil || l.Turn == "" {
		return object{}, lease{}, fmt.Errorf("%s is not a lock that cfplan wrote; if no other program uses it, "+
			"delete it", b.placeOf(b.lockKey()))
	}
	l.Holder = l.Holder.Printable()
	return o, l, nil
}

// expired reports whether a lease may be taken over. If the store's answer does not reveal the age of the
// lease, it may not, and only force-unlock frees the lock.
func (l lease) expired(o object) bool {
	ttl, err := time.ParseDuration(l.TTL)
	if err != nil || ttl <= 0 || ttl > 24*time.Hour {
		ttl = lockTTL
	}
	known := !o.date.IsZero() && !o.modified.IsZero()
	return known && o.date.Sub(o.modified) > ttl+grace(ttl)
}

// heldLock is a lock of this process.
type heldLock struct {
	backend *Backend
	end     context.CancelFunc // ends the renewing
	renewer sync.WaitGroup
	once    sync.Once

	mu    sync.Mutex
	lease lease
	etag  string    // of the lock object as it was last seen
	until time.Time // when the lease ends, by this process's own clock
	lost  bool
}

// Lock implements [state.Backend].
func (b *Backend) Lock(ctx context.Context, who state.Holder, wait time.Duration) (state.Lock, error) {
	l := &heldLock{backend: b, lease: lease{Holder: who, Turn: rand.Text(), TTL: b.ttl.String()}}
	return state.AwaitLock(ctx, wait, lockPause, func(ctx context.Context) (state.Lock, error) {
		// An attempt is never interrupted: it could take the lock without any run knowing that.
		err := l.take(context.WithoutCancel(ctx))
		switch {
		case err == nil:
			l.keepUp()
			return l, nil
		case errors.As(err, new(*state.LockedError)):
			return nil, err
		default:
			return nil, fmt.Errorf("the state can't be locked: %w", err)
		}
	})
}

// take tries to get the lock. If another run holds it, the error is a *[state.LockedError].
func (l *heldLock) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()

	var other lease
	for range lockAttempts {
		o, found, err := l.backend.readLease(ctx)
		cond := matches(o.etag)
		switch {
		case errors.Is(err, errMissing):
			cond = absent
		case err != nil:
			return err
		case !found.Released && !found.expired(o):
			return &state.LockedError{Holder: found.Holder}
		}

		if err = l.write(ctx, cond); !errors.Is(err, state.ErrConflict) {
			return err
		}

		other = found // other runs are changing it
	}

	return &state.LockedError{Holder: other.Holder}
}

// write stores the lease, whose time counts from before the request.
func (l *heldLock) write(ctx context.Context, cond condition) error {
	b, at := l.backend, l.backend.now()
	l.lease.Renewals++
	l.lease.Expires = at.Add(b.ttl).UTC()
	text, err := json.MarshalIndent(l.lease, "", "  ")
	if err != nil {
		return err
	}

	etag, err := b.put(ctx, b.lockKey(), text, cond)
	if err != nil {
		return err
	}

	l.etag, l.until = etag, at.Add(b.ttl)
	return nil
}

// left returns how much of our lease is left. It takes the lower of two clocks, so that a clock that stood
// still while the machine slept, or was set back, does not prolong the lease.
func (l *heldLock) left() time.Duration {
	now := l.backend.now()
	return min(l.until.Sub(now), l.until.Round(0).Sub(now.Round(0)))
}

// keepUp renews the lease until Unlock, or until it is lost.
func (l *heldLock) keepUp() {
	ctx, cancel := context.WithCancel(context.Background())
	l.end = cancel
	l.renewer.Go(func() {
		tick := time.NewTicker(l.backend.ttl / 3)
		defer tick.Stop()

		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			// Other failures are tried again, until Check finds that the lease has run out.
			if errors.Is(l.renew(ctx), state.ErrLockLost) {
				return
			}
		}
	})
}

// renew stores the lease again. It returns [state.ErrLockLost] if the lock is no longer ours.
func (l *heldLock) renew(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rewrite(ctx)
}

// rewrite replaces the lock object if it is ours. The caller holds mu.
func (l *heldLock) rewrite(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()

	for range lockAttempts {
		if err := l.write(ctx, matches(l.etag)); !errors.Is(err, state.ErrConflict) {
			return err
		}
		// Another run wrote it, or we did and lost the answer.
		if err := l.confirm(ctx); err != nil {
			return err
		}
	}

	return state.ErrConflict
}

// confirm checks whether the lock object is ours. The caller holds mu.
func (l *heldLock) confirm(ctx context.Context) error {
	o, found, err := l.backend.readLease(ctx)
	switch {
	case errors.Is(err, errMissing):
	case err != nil:
		return err
	case found.Turn == l.lease.Turn && !found.Released:
		l.etag = o.etag
		return nil
	}
	l.lost = true
	return state.ErrLockLost
}

// Holder implements [state.Lock].
func (l *heldLock) Holder() state.Holder { return l.lease.Holder }

// Check implements [state.Lock]. It asks the store. If less than a third of the lease is left, Check renews
// it, so that enough is left for the write that follows. A lease that has run out, for example while the
// machine slept, but can still be renewed is still ours: no other run held the lock in between.
func (l *heldLock) Check(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()

	if l.lost {
		return state.ErrLockLost
	}

	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()

	var err error
	if l.left() > l.backend.ttl/3 {
		err = l.confirm(ctx)
	} else {
		err = l.rewrite(ctx)
	}

	switch {
	case errors.Is(err, state.ErrLockLost):
		return err
	case l.left() <= 0:
		return errors.Join(fmt.Errorf("%w: it could not be renewed in time", state.ErrLockLost), err)
	case err != nil:
		return fmt.Errorf("the state lock can't be checked: %w", err)
	}

	return nil
}

// Unlock implements [state.Lock].
func (l *heldLock) Unlock() error {
	var err error
	l.once.Do(func() {
		l.end()
		l.renewer.Wait()
		l.mu.Lock()
		defer l.mu.Unlock()

		if l.lost {
			return
		}

		l.lease.Released = true
		err = l.rewrite(context.Background())
		l.lost = true
		if errors.Is(err, state.ErrLockLost) {
			err = nil // the lock belongs to another run
		}
	})

	if err != nil {
		return fmt.Errorf("the state lock can't be released; it becomes free %s after it was last renewed: %w",
			l.backend.ttl+grace(l.backend.ttl), err)
	}

	return nil
}

// ForceUnlock implements [state.Backend]. If the holder is alive, its next Check reports the loss.
func (b *Backend) ForceUnlock(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()

	for range lockAttempts {
		o, found, err := b.readLease(ctx)
		switch {
		case errors.Is(err, errMissing), err == nil && found.Released:
			return fmt.Errorf("%s: %w", b.Place(state.DocState), state.ErrNotLocked)
		case err != nil:
			return err
		case found.ID != id:
			return fmt.Errorf("%s: the ID of the lock is %s, not %s; it is held by %s", b.Place(state.DocState),
				found.ID, id, found.Who)
		}

		found.Released = true
		text, err := json.MarshalIndent(found, "", "  ")
		if err != nil {
			return err
		}

		if _, err = b.put(ctx, b.lockKey(), text, matches(o.etag)); !errors.Is(err, state.ErrConflict) {
			return err
		}
		// The holder renewed it in between.
	}

	return fmt.Errorf("%s: the lock could not be broken, because it changes all the time; try again",
		b.Place(state.DocState))
}
