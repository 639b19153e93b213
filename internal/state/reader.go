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
	// Guard sees each state that Read finds, also the new one if nothing is stored.
	// Read returns its error. It may be nil, and must be set before the first use.
	Guard func(ctx context.Context, found *State) error

	backend     Backend
	journalOnce sync.Once
	journal     *documentLog // see logs
	// last is the stamp of the stored state as it was read or written last; nil if
	// there was none.
	last atomic.Pointer[Stamp]
}

// OpenReader returns a reader of the state in a backend. It reads nothing yet.
func OpenReader(b Backend) *Reader { return &Reader{backend: b} }

// String names the state's place for people. It holds no credential.
func (r *Reader) String() string { return r.backend.Place(DocState) }

// Read returns the stored state, with what an apply under way has written to its log, or,
// if there is no state, a new empty one (Serial 0, a lineage of its own). A document, or a
// part of a log, that is cut short, altered into something else, empty, of a newer version
// or not JSON is an *UnreadableError that says which.
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

// readStored returns the state as it is stored, without its log; nil if nothing is stored.
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
		return nil, fmt.Errorf("%s: what was read has serial %d, and this run has seen serial %d: something in "+
			"between, such as a cache, gives old answers, "+
			"or somebody has just put a former state back; nothing is done with it", r, st.Serial, last.Serial)
	}

	st.stored, st.size = version, len(text)
	return st, nil
}

// mostRereads bounds how often a state is read again because it was written while its log
// was read. An apply writes the state seldom.
const mostRereads = 20

// withLog returns a stored state with the entries of its log. The apply may end, and delete
// the parts, while they are read, so the state is read again: only if it is still the same
// were they all there.
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
			return nil, fmt.Errorf("%s: the state was deleted while it was read; run this again", r)
		case again.stored == st.stored:
			return st, logErr
		}

		st = again
	}
	return nil, fmt.Errorf("%s: the state was written each of the %d times that it was read; run this again", r,
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

// Stored returns the state's document as it is stored, whatever it says, and nil if
// nothing is stored. Only if an apply under way keeps a log is it the document of the state
// with the entries of the log.
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

// Stamp tells one state from another, and from what it was before.
type Stamp struct {
	Lineage string
	Serial  uint64
}

// Last returns the stamp of the stored state as it was read or written last; the zero
// value if there was none.
func (r *Reader) Last() Stamp {
	if last := r.last.Load(); last != nil {
		return *last
	}
	return Stamp{}
}

func (r *Reader) note(st *State) { r.last.Store(&Stamp{st.Lineage, st.Serial}) }

// Backup names the place of the former state for people. It is empty if the backend
// keeps no former state or has none yet.
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
		return "it is left alone: correct the place of the state in the backend block, or with -backend-config"
	case errors.Is(err, errEncrypted):
		return "add the encryption block with which it was written to the cfplan block, and its key to the environment"
	case backup != "":
		return fmt.Sprintf("restore it from %s, or %s", backup, deletion)
	default:
		return deletion
	}
}

// Snapshots returns the stored snapshots. It never returns nil: with an error, it
// returns no snapshots, so that a caller that can do without goes on with a warning.
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

// damagedSnapshots returns no snapshots, and what is wrong with the document. If it may
// be replaced, the snapshots have its version and its serial.
func (r *Reader) damagedSnapshots(text []byte, version Version, err error) (*Snapshots, error) {
	u := &UnreadableError{
		Place: r.backend.Place(DocSnapshots),
		Err:   err,
		Next:  "it counts for nothing, and the next live plan or refresh writes it anew",
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

// embedded returns the snapshots of a state of version 1, which had them inside. It
// drops the error of reading the state, which its caller gets from Read.
func (r *Reader) embedded(ctx context.Context) *Snapshots {
	if st, err := r.Read(ctx); err == nil && st.former != nil {
		return st.former.snapshots
	}
	return &Snapshots{}
}
