package state

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode"
)

// Document names one of the documents that a backend keeps.
type Document string

const (
	// DocState is what is owned, and what was applied.
	DocState Document = "state"
	// DocSnapshots are the last looks at the zones.
	DocSnapshots Document = "snapshots"
)

// Beside returns the name for d where the state itself has the given one: that,
// and for another document one beside it, such as cfplan.state.snapshots.json.
func (d Document) Beside(name string) string {
	if d == DocState {
		return name
	}
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + string(d) + ext
}

// Version tells the contents that a document had one after another apart. It is
// the backend's own, such as an ETag. Empty stands for nothing stored.
type Version string

// MaxSize bounds what is read and written of one document, in bytes. A record
// takes some 250 in the snapshots and some 130 in the state.
const MaxSize = 256 << 20

var (
	// ErrConflict: the stored document is no longer the one that was read.
	ErrConflict = errors.New("the state was changed by another run")
	// ErrLockLost: the lock was broken by force-unlock while it was held, or could
	// not be renewed in time.
	ErrLockLost = errors.New("the state lock was taken away")
	// ErrNotLocked: there is no lock that could be broken.
	ErrNotLocked = errors.New("the state is not locked")
)

// Backend keeps a few documents and one lock, without knowing what they say. It is
// safe for concurrent use, by several processes and machines too.
//
// An error says what was to be done and where, and what to do about it where that
// is known. It holds no credential.
type Backend interface {
	// Read returns a document and its version: nil, "" and no error where nothing
	// is stored. A document larger than MaxSize is an error. A backend that looks into
	// its documents returns the version of a damaged one with an *UnreadableError, so
	// that one which can be made anew can be replaced.
	Read(ctx context.Context, doc Document) (text []byte, v Version, err error)
	// Write stores a document, and returns its version, where the stored version
	// is still was. Otherwise it changes nothing and returns ErrConflict. The old
	// document survives every failure as a whole; where it is not known whether the
	// new one took its place, as after a cut connection, that is an error.
	// The lock is not asked for: who must have it has it.
	Write(ctx context.Context, doc Document, text []byte, was Version) (Version, error)
	// Lock keeps other holders out until Unlock. It tries once at least, then until
	// ctx is done, and then returns a *LockedError that names the holder. A lock
	// whose holder died becomes free in time, or is for ForceUnlock to break; the
	// package of the backend says which.
	Lock(ctx context.Context, who Holder) (Lock, error)
	// ForceUnlock breaks the lock with the given ID, whoever holds it. It returns
	// ErrNotLocked where there is none, and an error that names the right ID where
	// it is another one.
	ForceUnlock(ctx context.Context, id string) error
	// Place names a document's place for people, such as a path. It holds no
	// credential.
	Place(doc Document) string
}

// Lock is a held lock.
type Lock interface {
	// Holder returns who holds it, with its ID.
	Holder() Holder
	// Check returns ErrLockLost where the lock is no longer held. A holder calls it
	// before each write it makes under the lock's protection.
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

// Printable drops what could play tricks on a terminal: a holder was written by
// somebody else.
func (h Holder) Printable() Holder {
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
	// Place is the document's place for people.
	Place string
	// Err says what is wrong with the document.
	Err error
	// Next is what to do, a clause without a full stop.
	Next string
	// Serial is the one that the document has, as far as it can be told; what takes its
	// place goes above it, since some stores take each serial once.
	Serial uint64
}

// ErrOtherDocument: what is stored in the place of a document is another one.
var ErrOtherDocument = errors.New("that is another document")

func (e *UnreadableError) Error() string { return fmt.Sprintf("%s: %v; %s", e.Place, e.Err, e.Next) }
func (e *UnreadableError) Unwrap() error { return e.Err }
