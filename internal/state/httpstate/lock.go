package httpstate

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

// lockPause is the least time between two attempts to take the lock; the most is twice that.
const lockPause = 700 * time.Millisecond

// lockInfo is the body of a lock request. GitLab insists on every field, even on Info.
type lockInfo struct {
	state.Holder
	Info string `json:"Info"`
}

// lock is a lock that this process took.
type lock struct {
	backend *Backend
	holder  state.Holder
	once    sync.Once
}

// Lock implements [state.Backend]. The lock of a process that died stays until ForceUnlock.
func (b *Backend) Lock(ctx context.Context, who state.Holder, wait time.Duration) (state.Lock, error) {
	return state.AwaitLock(ctx, wait, lockPause, func(ctx context.Context) (state.Lock, error) {
		switch got, other, err := b.take(ctx, who); {
		case err != nil:
			b.giveUp(ctx, who, err)
			return nil, fmt.Errorf("the state can't be locked: %w", err)
		case !got:
			return nil, &state.LockedError{Holder: other}
		}

		b.setHeld(who.ID)
		return &lock{backend: b, holder: who}, nil
	})
}

// patient returns a context for steps that must not be interrupted by the end of ctx: a lock would be left
// behind.
func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
}

// take tries once to take the lock. If another run holds it, take returns that holder.
func (b *Backend) take(ctx context.Context, who state.Holder) (got bool, other state.Holder, err error) {
	ctx, cancel := patient(ctx)
	defer cancel()

	info, err := json.Marshal(lockInfo{Holder: who})
	if err != nil {
		return false, other, err
	}

	resp, err := b.send(ctx, b.lockMethod, b.lockAddress, info, nil)
	if err != nil {
		return false, other, err
	}

	body, _ := b.small(b.lockAddress, resp) // the status is enough
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
		return true, other, b.noPage(b.lockAddress, resp, body)
	case http.StatusConflict, http.StatusLocked:
		if err := b.noPage(b.lockAddress, resp, body); err != nil {
			return false, other, err
		}
		other = b.holder(body)
		// Our own ID: the answer to a first attempt was lost, and the lock is ours. No two locks share an ID.
		return other.ID == who.ID && who.ID != "", other, nil
	default:
		return false, other, b.refusedChange(b.lockAddress, resp, body)
	}
}

// holder reads the holder of the lock from a refusal. The result is empty if the server does not say.
func (b *Backend) holder(body []byte) state.Holder {
	var h state.Holder
	if json.Unmarshal(body, &h) != nil {
		// One malformed field must not cost us the ID.
		var id struct{ ID string }
		_ = json.Unmarshal(body, &id)
		h = state.Holder{ID: id.ID}
	}

	if isGitLab(b.address) && h.ID != "" {
		// GitLab repeats these from our request, not from the lock that is held.
		h.Operation, h.Version, h.Path = "unknown", "", ""
	}

	return h.Printable()
}

// giveUp releases the lock that a failed attempt may have taken. An attempt that the server refused took
// nothing.
func (b *Backend) giveUp(ctx context.Context, who state.Holder, failed error) {
	var no *refusal
	if errors.As(failed, &no) && no.status < http.StatusInternalServerError {
		return
	}

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = b.release(ctx, who) // the attempt's own error says what is wrong
}

// release releases the holder's lock. It is not an error if another run holds the lock, or if it is free.
func (b *Backend) release(ctx context.Context, who state.Holder) error {
	info, err := json.Marshal(lockInfo{Holder: who})
	if err != nil {
		return err
	}

	// The protocol wants the ID in the body; GitLab also reads it from the query.
	resp, err := b.send(ctx, b.unlockMethod, withID(b.unlockAddress, who.ID), info, nil)
	if err != nil {
		return err
	}

	body, _ := b.small(b.unlockAddress, resp) // the status is enough
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
		return b.noPage(b.unlockAddress, resp, body)
	case http.StatusConflict, http.StatusLocked:
		return b.noPage(b.unlockAddress, resp, body)
	case http.StatusNotFound:
		return b.missing(b.unlockAddress, resp, body)
	default:
		return b.refused(b.unlockAddress, resp, body)
	}
}

func (b *Backend) heldID() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held
}

func (b *Backend) setHeld(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = id
}

// forget drops the lock with this ID, and reports whether we held it.
func (b *Backend) forget(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held != id {
		return false
	}
	b.held = ""
	return true
}

// occupant finds out who holds the lock. The protocol names the holder only when it refuses a lock, so
// occupant asks for the lock under another name. If the lock was free, occupant holds it for a moment and
// returns ErrNotLocked.
func (b *Backend) occupant(ctx context.Context) (state.Holder, error) {
	ctx, cancel := patient(ctx)
	defer cancel()

	who := state.Holder{
		ID:        "check-" + rand.Text(),
		Operation: "check",
		Who:       "cfplan",
		Created:   time.Now().UTC(),
		Path:      b.Place(state.DocState),
	}
	got, other, err := b.take(ctx, who)
	if err != nil {
		b.giveUp(ctx, who, err)
		return other, err
	}

	if !got {
		return other, nil
	}
	if err := b.release(ctx, who); err != nil {
		return other, fmt.Errorf("the lock was free; it was taken to check that, and could not be released "+
			"(ID %s): %w", who.ID, err)
	}

	return other, state.ErrNotLocked
}

// Holder implements [state.Lock].
func (l *lock) Holder() state.Holder { return l.holder }

// Check implements [state.Lock]. If the server does not say who holds the lock, Check assumes that we do.
func (l *lock) Check(ctx context.Context) error {
	if l.backend.heldID() != l.holder.ID {
		return state.ErrLockLost
	}

	h, err := l.backend.occupant(ctx)
	switch {
	case errors.Is(err, state.ErrNotLocked), err == nil && h.ID != "" && h.ID != l.holder.ID:
		l.backend.forget(l.holder.ID)
		return state.ErrLockLost
	case err != nil:
		return fmt.Errorf("the state lock can't be checked: %w", err)
	}

	return nil
}

// Unlock implements [state.Lock].
func (l *lock) Unlock() (err error) {
	l.once.Do(func() {
		if !l.backend.forget(l.holder.ID) {
			return // the lock was broken
		}
		ctx, cancel := patient(context.Background())
		defer cancel()
		if err = l.backend.release(ctx, l.holder); err != nil {
			err = fmt.Errorf("the state lock was not released (ID %s): %w", l.holder.ID, err)
		}
	})
	return err
}

// ForceUnlock implements [state.Backend].
func (b *Backend) ForceUnlock(ctx context.Context, id string) error {
	h, err := b.occupant(ctx)
	switch {
	case errors.Is(err, state.ErrNotLocked):
		return fmt.Errorf("%s: %w", b.Place(state.DocState), state.ErrNotLocked)
	case err != nil:
		return fmt.Errorf("the lock can't be broken: %w", err)
	case h.ID != "" && h.ID != id:
		return fmt.Errorf("%s: the ID of the lock is %s, not %s; it is held by %s", b.Place(state.DocState), h.ID, id,
			h.Who)
	}

	ctx, cancel := patient(ctx)
	defer cancel()

	h.ID = id
	if err := b.release(ctx, h); err != nil {
		return fmt.Errorf("the lock can't be broken: %w", err)
	}

	b.forget(id)
	return nil
}
