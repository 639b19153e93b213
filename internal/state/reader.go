package state

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Reader reads one configuration's state and snapshots. It has no method that writes,
// so a command that opens a Reader can change nothing. It is safe for concurrent use.
type Reader struct {
	// Guard checks each state that Read finds, including the new one if nothing is stored. Read returns
	// Guard's error. Guard may be nil, and must be set before the first Read.
	Guard func(ctx context.Context, found *State) error

	backend     Backend
	journalOnce sync.Once
	journal     *documentLog // see logs
	// last is the stamp of the stored state as it was last read or written; nil if there was none.
	last atomic.Pointer[Stamp]
}

// OpenReader returns a reader of the state in a backend. It reads nothing yet.
func OpenReader(b Backend) *Reader { return &Reader{backend: b} }

// String returns the state's place for people. It contains no credential.
func (r *Reader) String() string { return r.backend.Place(DocState) }

// Read returns the stored state, with everything that a running apply has written to its log. If there is
// no state, Read returns a new empty one (Serial 0, a new lineage). If the document or a part of the log is
// cut short, altered, empty, of a newer version or not JSON, the error is an *UnreadableError that says
// which.
func (r *Reader) Read(ctx context.Context) (*State, error) {
	st, err := r.readStored(ctx)
	if err != nil {
		return nil, err
	}

	if st == nil {
		return r.guarded(ctx, New())
	}
	if st, err = r.withLog(ctx, st); err != nil {
		return nil, err
	}

	r.note(st)
	return r.guarded(ctx, st)
}

// readStored returns the state as it is stored, without its log, or nil if nothing is stored.
func (r *Reader) readStored(ctx context.Context) (*State, error) {
	text, version, err := r.backend.Read(ctx, DocState)
	if err != nil {
		return nil, fmt.Errorf("the state can't be read: %w", err)
	}

	if version == "" {
		return nil, nil
	}

	st, err := decodeStored(text)
	if err != nil {
		return nil, &UnreadableError{Place: r.String(), Err: err, Next: r.remedy(err)}
	}

	if last := r.Last(); last.Lineage == st.Lineage && st.Serial < last.Serial {
		return nil, fmt.Errorf("%s: the state that was read has serial %d, but this run has already seen serial "+
			"%d: either "+
			"a cache in between gives old answers, or another user has just restored an older state; nothing was "+
			"changed",
			r, st.Serial, last.Serial)
	}

	st.stored, st.size = version, len(text)
	return st, nil
}

// mostRereads limits how often Read starts over because an apply wrote the state while its log was being
// read. An apply rarely writes the state.
const mostRereads = 20

// withLog returns a stored state with the entries of its log. The apply may end and delete the parts while
// they are being read. So withLog reads the state again: if it is unchanged, no part was missing.
func (r *Reader) withLog(ctx context.Context, st *State) (*State, error) {
	for range mostRereads {
		if !st.namesLog() {
			return st, nil
		}

		logErr := r.replay(ctx, st)

		again, err := r.readStored(ctx)
		switch {
		case err != nil:
			return nil, err
		case again == nil:
			return nil, fmt.Errorf("%s: the state was deleted while it was being read; run this again", r)
		case again.stored == st.stored:
			return st, logErr
		}

		st = again
	}
	return nil, fmt.Errorf("%s: the state was changed during each of %d attempts to read it; run this again", r,
		mostRereads)
}

func (r *Reader) guarded(ctx context.Context, st *State) (*State, error) {
	if r.Guard != nil {
		if err := r.Guard(ctx, st); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// Stored returns the state's document as it is stored, without interpreting it, or nil if nothing is stored.
// There is one exception: if a running apply keeps a log, Stored returns the document of the state with the
// log's entries.
func (r *Reader) Stored(ctx context.Context) ([]byte, error) {
	text, version, err := r.backend.Read(ctx, DocState)
	if err != nil {
		return nil, fmt.Errorf("the state can't be read: %w", err)
	}

	if version == "" {
		return nil, nil
	}

	if st, err := Decode(text); err == nil && st.namesLog() {
		if st, err = r.Read(ctx); err != nil {
			return nil, err
		}
		return Encode(st)
	}

	return text, nil
}

// Stamp identifies a state and its version.
type Stamp struct {
	Lineage string
	Serial  uint64
}

// Last returns the stamp of the stored state as it was last read or written, or the zero value if there was
// none.
func (r *Reader) Last() Stamp {
	if last := r.last.Load(); last != nil {
		return *last
	}
	return Stamp{}
}

func (r *Reader) note(st *State) { r.last.Store(&Stamp{st.Lineage, st.Serial}) }

// Backup returns the place of the former state for people. It is empty if the backend keeps no former state
// or has none yet.
func (r *Reader) Backup() string {
	if b, ok := r.backend.(interface{ Backup() string }); ok {
		return b.Backup()
	}
	return ""
}

// remedy says what to do about a state that cannot be read.
func (r *Reader) remedy(err error) string {
	const deletion = "delete it: equal records are adopted again"
	switch backup := r.Backup(); {
	case errors.Is(err, errNewer):
		return "upgrade cfplan"
	case errors.Is(err, errForeign):
		return "cfplan does not touch it: correct the place of the state in the backend block, or with -backend-config"
	case errors.Is(err, errEncrypted):
		return "add the encryption block that it was written with to the cfplan block, and its key to the environment"
	case backup != "":
		return fmt.Sprintf("restore it from %s, or %s", backup, deletion)
	default:
		return deletion
	}
}

// Snapshots returns the stored snapshots. The result is never nil: with an error, Snapshots returns empty
// snapshots, so that a caller that does not need them can go on with a warning.
func (r *Reader) Snapshots(ctx context.Context) (*Snapshots, error) {
	text, version, err := r.backend.Read(ctx, DocSnapshots)
	var damaged *UnreadableError
	switch {
	case errors.As(err, &damaged):
		return &Snapshots{stored: version, serial: damaged.Serial}, err
	case err != nil:
		return &Snapshots{}, fmt.Errorf("the snapshots can't be read: %w", err)
	case version == "":
		return r.embedded(ctx), nil
	}

	out, err := decodeSnapshots(text)
	if err != nil {
		return r.damagedSnapshots(text, version, err)
	}

	out.stored = version
	return out, nil
}

// damagedSnapshots returns empty snapshots, and the reason why the document cannot be read. If the document
// may be replaced, the snapshots have its version and its serial.
func (r *Reader) damagedSnapshots(text []byte, version Version, err error) (*Snapshots, error) {
	u := &UnreadableError{
		Place: r.backend.Place(DocSnapshots),
		Err:   err,
		Next:  "it is ignored, and the next live plan or refresh replaces it",
	}

	if _, notState := decodeStored(text); notState == nil {
		u.Err, u.Next = fmt.Errorf("%w: it is a state", ErrOtherDocument), "two configurations share a place: "+
			"correct one of them"
		return &Snapshots{}, u
	}

	if errors.Is(err, errNewer) {
		u.Next = "upgrade cfplan"
		return &Snapshots{}, u
	}

	u.Serial = serialIn(text)
	return &Snapshots{stored: version, serial: u.Serial}, u
}

// embedded returns the snapshots inside of a state of version 1. It ignores an error of reading the state,
// because the caller gets that error from Read.
func (r *Reader) embedded(ctx context.Context) *Snapshots {
	if st, err := r.Read(ctx); err == nil && st.former != nil {
		return st.former.snapshots
	}
	return &Snapshots{}
}
