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
	// DocState has the records that cfplan owns and the plans that were applied.
	DocState Document = "state"
	// DocSnapshots has the records of each zone as they were last read.
	DocSnapshots Document = "snapshots"
)

// DefaultName is the file name or the key of the state if the configuration gives none.
const DefaultName = "cfplan.state.json"

// Beside returns the name of d, given the name of the state: that name itself for the state, and a name
// beside it for another document, such as cfplan.state.snapshots.json.
func (d Document) Beside(name string) string {
	if d == DocState {
		return name
	}
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + string(d) + ext
}

// Version distinguishes the successive contents of a document. Its form is the backend's own, such as an
// ETag. An empty Version means that nothing is stored.
type Version string

// MaxSize limits the size of a document that is read or written, in bytes. A record takes some 250 bytes in the
// snapshots and some 130 in the state.
const MaxSize = 256 << 20

var (
	// ErrConflict means that the stored document is no longer the one that was read.
	ErrConflict = errors.New("the state was changed by another run")
	// ErrLockLost means that the lock was broken by force-unlock while it was held, or could not be renewed in
	// time.
	ErrLockLost = errors.New("the state lock was taken away")
	// ErrNotLocked means that there is no lock to break.
	ErrNotLocked = errors.New("the state is not locked")
)

// Backend keeps a few documents and one lock. It does not interpret the documents. It is safe for
// concurrent use, also by several processes and machines.
//
// An error says which operation failed, for which place, and what to do if that is known. It contains no
// credential.
type Backend interface {
	// Read returns a document and its version. If nothing is stored, it returns nil, "" and no error. A
	// document larger than MaxSize is an error. A backend that parses its documents returns the version of
	// a damaged one with an *UnreadableError, so that the caller can replace it.
	Read(ctx context.Context, doc Document) (text []byte, v Version, err error)
	// Write stores a document and returns its version, provided that the stored version is still was. Otherwise
	// it changes nothing and returns ErrConflict. The old document survives every failure as a whole. If it is
	// not known whether the new document was stored, as after a cut connection, Write returns an error.
	// Write does not check the lock; the caller must hold it.
	Write(ctx context.Context, doc Document, text []byte, was Version) (Version, error)
	// Lock excludes other holders until Unlock. It tries at least once. If another run holds the lock, it tries
	// until wait is over, and then returns a *LockedError that names the holder. If ctx ends earlier, Lock
	// returns its error. If a holder dies, its lock becomes free after some time, or ForceUnlock must break it;
	// the package of the backend says which.
	Lock(ctx context.Context, who Holder, wait time.Duration) (Lock, error)
	// ForceUnlock breaks the lock with the given ID, whichever run holds it. It returns ErrNotLocked if there is no
	// lock, and an error that names the right ID if the lock has another one.
	ForceUnlock(ctx context.Context, id string) error
	// Place returns a document's place for people, such as a path. It contains no credential.
	Place(doc Document) string
}

// Prober is a Backend that can check that its store keeps the promises which Write and Lock rely on. Some
// stores accept a condition and ignore it. Probe writes beside the documents, not over them, and removes
// what it wrote. Its error says which promise the store breaks, and what to do.
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
	// Serial is the document's serial, as far as it can be read. The replacement needs a higher one, because
	// some stores refuse a serial that they have had.
	Serial uint64
}

// ErrOtherDocument means that another document is stored in a document's place.
var ErrOtherDocument = errors.New("that is another document")

func (e *UnreadableError) Error() string { return fmt.Sprintf("%s: %v; %s", e.Place, e.Err, e.Next) }
func (e *UnreadableError) Unwrap() error { return e.Err }
