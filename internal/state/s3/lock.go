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

// The lock is an object that is only ever replaced on the condition that it still is
// the one that was read. Its holder renews it, and whoever finds one that was not
// renewed for long enough takes it over. Of two who try, the store lets one.
//
// The clocks of the machines are not compared. Whoever wants the lock looks at how
// old the object is by the store's own clock, Date less Last-Modified of one answer.
// The holder counts from before he sent the renewal, thus from earlier than the
// store does, and stops half a minute before others may begin. That is also what the
// store's clocks may differ by among each other, which Probe looks at.
//
// The object is never deleted. To delete it only if it is one's own is what not
// every store can do, and to delete it regardless could take the lock of the next
// holder. A lock that was given back says so, and is taken as an expired one is.

const (
	// lockTTL is for how long a lock is held that is not renewed.
	lockTTL = time.Minute
	// lockTimeout bounds each look at the lock and each change of it.
	lockTimeout = 20 * time.Second
	// lockPause is between two looks of one who waits, and up to as much again.
	lockPause = 500 * time.Millisecond
	// lockAttempts is how often the lock is changed if another is always faster.
	lockAttempts = 5

	maxLease = 64 << 10 // bytes
)

// grace is for how long nobody has a lock that was held for ttl, nor may take it.
func grace(ttl time.Duration) time.Duration { return ttl / 2 }

// lease is what the lock object says.
type lease struct {
	state.Holder
	// Turn tells this holding of the lock from every other.
	Turn string `json:"turn"`
	// Renewals make each version of the object another one, with another ETag.
	Renewals int `json:"renewals"`
	// TTL is for how long it is held unless it is renewed.
	TTL string `json:"ttl"`
	// Expires is for people: by the clock of the holder, which nobody goes by.
	Expires time.Time `json:"expires"`
	// Released: it is no longer held.
	Released bool `json:"released,omitempty"`
}

func (b *Backend) lockKey() string { return b.key + ".lock" }

// readLease returns what the lock object says; errMissing where there is none.
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

// expired reports whether a lease that was found may be taken over. An answer that
// does not tell its age leaves it to force-unlock.
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
	end     context.CancelFunc // of the renewing
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
		// An attempt is never cut short: the lock could then be held by no run.
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

// take tries to get the lock; a *state.LockedError where another one has it.
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

		other = found // others are at it
	}

	return &state.LockedError{Holder: other.Holder}
}

// write stores the lease and counts its time from before that.
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

// left is for how long the lease still is ours. A clock that stood still while the
// machine slept does not prolong it, nor does one that was set back.
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
			// What else fails is tried again, until Check says that time is up.
			if errors.Is(l.renew(ctx), state.ErrLockLost) {
				return
			}
		}
	})
}

// renew stores the lease again; state.ErrLockLost where it is no longer ours.
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
		// Somebody else wrote it, or we did and did not get the answer.
		if err := l.confirm(ctx); err != nil {
			return err
		}
	}

	return state.ErrConflict
}

// confirm looks whether the lock object is ours. The caller holds mu.
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

// Check implements [state.Lock]. It asks the store. A lease that has run out, such as
// while the machine slept, is still ours if it can be renewed: then nobody has had it
// in between. Otherwise what is left of it lasts for the write that follows.
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
			err = nil // what is there is somebody else's
		}
	})

	if err != nil {
		return fmt.Errorf("the state lock can't be given back; it is free %s after it was renewed last: %w",
			l.backend.ttl+grace(l.backend.ttl), err)
	}

	return nil
}

// ForceUnlock implements [state.Backend]. The holder, if it lives, learns of it from
// its next Check.
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
		// It was renewed in between.
	}

	return fmt.Errorf("%s: the lock changes all the time; try again", b.Place(state.DocState))
}
