package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"
)

var (
	// ErrConflict: the stored state is no longer the one that was read.
	ErrConflict = errors.New("the state was changed by another run")
	// ErrLockLost: the lock was broken by force-unlock while it was held.
	ErrLockLost = errors.New("the state lock was taken away")
	// ErrNotLocked: there is no lock that could be broken.
	ErrNotLocked = errors.New("the state is not locked")
)

// Store is a place where one state lives.
type Store interface {
	// Read returns the stored state, and a new empty one (Serial 0, fresh
	// Lineage) where there is none. A document that is cut short, altered into
	// something else, empty, of a newer version or not JSON is an
	// *UnreadableError that says which, and the store is left as it is.
	Read(ctx context.Context) (*State, error)
	// Replace stores s if what is stored still has the serial and the lineage of
	// s, or if nothing is stored and s.Serial is 0, and then raises s.Serial by
	// one; otherwise it changes nothing and returns ErrConflict. The old document
	// survives every failure.
	Replace(ctx context.Context, s *State) error
	// Lock keeps other holders out until Unlock; the ID of who is made here. It
	// tries once at least, then until ctx is done, and then returns a *LockedError
	// that names the holder.
	// Replace by somebody without the lock is still allowed: snapshots are
	// saved without it (see Update).
	Lock(ctx context.Context, who Holder) (Lock, error)
	// ForceUnlock breaks the lock with the given ID, whoever holds it. It returns
	// ErrNotLocked where there is none, and an error that names the right ID where
	// it is another one.
	ForceUnlock(ctx context.Context, id string) error
	Archive
	// String names the place for people, such as a path. It holds no credential.
	String() string
}

// Lock is a held lock.
type Lock interface {
	// Holder returns who holds it, with its ID.
	Holder() Holder
	// Check returns ErrLockLost where the lock was broken on purpose. A holder
	// calls it before each write it makes under the lock's protection.
	Check(ctx context.Context) error
	// Unlock gives the lock back. A second call does nothing, nor does one after
	// the lock was broken.
	Unlock() error
}

// Holder tells people who holds a lock. It is Terraform's lock info.
type Holder struct {
	ID        string    `json:"ID"`
	Operation string    `json:"Operation"`
	Who       string    `json:"Who"`
	Version   string    `json:"Version"`
	Created   time.Time `json:"Created"`
	Path      string    `json:"Path"`
}

// printable drops what could play tricks on a terminal: a holder was written by
// somebody else.
func (h Holder) printable() Holder {
	for _, s := range []*string{&h.ID, &h.Operation, &h.Who, &h.Version, &h.Path} {
		*s = strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return -1
		}, *s)
	}
	return h
}

// LockedError says who holds a lock that could not be had. Holder is empty where
// that could not be found out.
type LockedError struct{ Holder Holder }

func (e *LockedError) Error() string {
	h := e.Holder
	if h.ID == "" {
		return "the state is locked by another run that left no word of itself"
	}
	since := ""
	if !h.Created.IsZero() {
		since = " since " + h.Created.UTC().Format("2006-01-02 15:04:05 MST")
	}
	return fmt.Sprintf("the state is locked by %s%s (operation %s, ID %s)", h.Who, since, h.Operation, h.ID)
}

// UnreadableError says why a stored document was refused, and what to do.
type UnreadableError struct {
	// Place is the store's name for people.
	Place string
	// Err says what is wrong with the document.
	Err error
	// Next is what to do, a clause without a full stop.
	Next string
}

func (e *UnreadableError) Error() string { return fmt.Sprintf("%s: %v; %s", e.Place, e.Err, e.Next) }
func (e *UnreadableError) Unwrap() error { return e.Err }

// updateAttempts and longestPause (between two attempts) let a handful of runs
// side by side get through, each in its turn.
const (
	updateAttempts = 20
	longestPause   = 250 * time.Millisecond
)

// Update changes the stored state: it reads, lets fn change what was read, and
// replaces; where another run came in between, it starts over with what that
// run left. fn may therefore run more than once and must only touch its own
// part. Where fn changes nothing it returns false, and nothing is written.
//
// Updates by goroutines that share a store wait for each other and are written
// together, so that many zones can be applied side by side; fn must not call Update
// itself, and the state that is returned is theirs, too.
//
// It returns the state as it is stored now, and ErrConflict where other processes
// were always faster.
func Update(ctx context.Context, s Store, fn func(*State) (changed bool, err error)) (*State, error) {
	return UpdateFrom(ctx, s, nil, fn)
}

// UpdateFrom is Update for a caller who has just read the state: the first try
// begins with st, which fn changes, instead of reading it once more. A large
// state takes a while to read. A nil st is read.
func UpdateFrom(ctx context.Context, s Store, st *State, fn func(*State) (changed bool, err error)) (*State, error) {
	if g, ok := s.(grouped); ok {
		return g.updates().do(ctx, s, st, fn)
	}
	return update(ctx, s, st, fn)
}

func update(ctx context.Context, s Store, known *State, fn func(*State) (bool, error)) (*State, error) {
	pause := time.Millisecond
	for attempt := 1; ; attempt++ {
		st, err := updateOnce(ctx, s, known, fn)
		known = nil
		if !errors.Is(err, ErrConflict) {
			return st, err
		}
		if attempt == updateAttempts {
			return nil, fmt.Errorf("%s: %w each of the %d times that this one tried to; run it again", s, err, attempt)
		}
		if err := wait(ctx, rand.N(pause)); err != nil {
			return nil, err
		}
		pause = min(2*pause, longestPause)
	}
}

func updateOnce(ctx context.Context, s Store, st *State, fn func(*State) (bool, error)) (*State, error) {
	if st == nil {
		var err error
		if st, err = s.Read(ctx); err != nil {
			return nil, err
		}
	}
	changed, err := fn(st)
	if err != nil {
		return nil, err
	}
	if changed {
		if err := s.Replace(ctx, st); err != nil {
			return nil, err
		}
	}
	return st, nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
