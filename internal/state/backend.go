package state

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Document names one of the documents that a backend keeps.
type Document string

const (
	// DocState is what is owned, and what was applied.
	DocState Document = "state"
	// DocSnapshots are the zones as they were read last.
	DocSnapshots Document = "snapshots"
)

// DefaultName is the file name or the key of the state if the configuration gives none.
const DefaultName = "cfplan.state.json"

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
	// Lock keeps other holders out until Unlock. It tries at least once and, if another
	// one holds the lock, until wait is over; then it returns a *LockedError that names
	// the holder. If ctx is done before, it gives up with an error of ctx. A lock whose
	// holder died becomes free in time, or is for ForceUnlock to break; the package of
	// the backend says which.
	Lock(ctx context.Context, who Holder, wait time.Duration) (Lock, error)
	// ForceUnlock breaks the lock with the given ID, whoever holds it. It returns
	// ErrNotLocked where there is none, and an error that names the right ID where
	// it is another one.
	ForceUnlock(ctx context.Context, id string) error
	// Place names a document's place for people, such as a path. It holds no
	// credential.
	Place(doc Document) string
}

// Prober is a Backend that can prove that its store keeps the promises which Write
// and Lock rest on: some stores take a condition and do not look at it. Probe
// writes, next to the documents and not over them, and clears away what it wrote.
// Its error says which promise is not kept, and what to do.
type Prober interface {
	Probe(ctx context.Context) error
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
