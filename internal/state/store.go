package state

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrConflict: the stored state is no longer the one that was read.
	ErrConflict = errors.New("the state was changed by another run")
	// ErrLockLost: the lock was broken by force-unlock while it was held.
	ErrLockLost = errors.New("the state lock was taken away")
)

// Store is a place where one state lives.
type Store interface {
	// Read returns the stored state, and a new empty one (Serial 0, fresh
	// Lineage) where there is none. A document that is cut short, altered into
	// something else, empty, of a newer version or not JSON is an error that
	// says which, and the store is left as it is.
	Read(ctx context.Context) (*State, error)
	// Replace stores s if the stored serial still equals s.Serial, and then
	// raises s.Serial by one; otherwise it changes nothing and returns
	// ErrConflict. The old document survives every failure.
	Replace(ctx context.Context, s *State) error
	// Lock keeps other holders out until Unlock. It waits no longer than the
	// context allows and then returns a *LockedError that names the holder.
	// Replace by somebody without the lock is still allowed: snapshots are
	// saved without it (see Update).
	Lock(ctx context.Context, who Holder) (Lock, error)
	// ForceUnlock breaks the lock with the given ID, whoever holds it.
	ForceUnlock(ctx context.Context, id string) error
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
	// Unlock gives the lock back. A second call does nothing.
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

// LockedError says who holds a lock that could not be had.
type LockedError struct{ Holder Holder }

func (e *LockedError) Error() string { return "the state is locked by " + e.Holder.Who }

// Update changes the stored state: it reads, lets fn change what was read, and
// replaces; where another run came in between, it starts over with what that
// run left. fn may therefore run more than once and must only touch its own
// part. Where fn changes nothing it returns false, and nothing is written.
func Update(ctx context.Context, s Store, fn func(*State) (changed bool, err error)) (*State, error) {
	panic("stub")
}
