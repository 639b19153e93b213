package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Store is one configuration's state in a backend. It is safe for concurrent use.
type Store struct {
	// Guard, where it is set before the first use, sees each state that Read has found,
	// also the new one where nothing is stored; its error is Read's then.
	Guard func(ctx context.Context, found *State) error

	backend Backend
	// sealed holds why nothing may be written; see Seal.
	sealed atomic.Pointer[error]
	// stamp is that of the stored state, as it was seen last; nil where none was.
	stamp atomic.Pointer[Stamp]
	// updates are the changes of the state that wait for their turn, and known is the
	// state as the last of them left it: whoever holds the lock need not read what he
	// wrote himself. It is theirs alone.
	updates group
	known   *State
	// looks holds a value while a change of the snapshots is under way here: see
	// enter.
	looks chan struct{}
}

// Open returns the store in a backend. It reads and writes nothing yet.
func Open(b Backend) *Store {
	return &Store{backend: b, looks: make(chan struct{}, 1)}
}

// String names the state's place for people. It holds no credential.
func (s *Store) String() string { return s.backend.Place(DocState) }

// Read returns the stored state, and a new empty one (Serial 0, fresh Lineage)
// where there is none. A document that is cut short, altered into something else,
// empty, of a newer version or not JSON is an *UnreadableError that says which,
// and the store is left as it is.
func (s *Store) Read(ctx context.Context) (*State, error) {
	text, version, err := s.backend.Read(ctx, DocState)
	if err != nil {
		return nil, fmt.Errorf("the state can't be read: %w", err)
	}
	if version == "" {
		return s.guarded(ctx, New())
	}
	st, err := decodeStored(text)
	if err != nil {
		return nil, &UnreadableError{Place: s.String(), Err: err, Next: s.remedy(err)}
	}
	if last := s.Last(); last.Lineage == st.Lineage && st.Serial < last.Serial {
		return nil, fmt.Errorf("%s: what was read has serial %d, and this run has seen serial %d: something in between, such as a cache, gives old answers, "+
			"or somebody has just put a former state back; nothing is done with it", s, st.Serial, last.Serial)
	}
	st.stored = version
	s.note(st)
	return s.guarded(ctx, st)
}

func (s *Store) guarded(ctx context.Context, st *State) (*State, error) {
	if s.Guard != nil {
		if err := s.Guard(ctx, st); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// Seal keeps everything from being written through this store from now on: each
// attempt is answered with the given reason. Whoever only looks loses nothing by it.
func (s *Store) Seal(reason error) { s.sealed.Store(&reason) }

func (s *Store) mayWrite() error {
	if reason := s.sealed.Load(); reason != nil {
		return *reason
	}
	return nil
}

// Stamp tells one state from another, and from what it was before.
type Stamp struct {
	Lineage string
	Serial  uint64
}

// Last returns the stamp of the stored state as it was read or written last; the zero
// value where there was none.
func (s *Store) Last() Stamp {
	if l := s.stamp.Load(); l != nil {
		return *l
	}
	return Stamp{}
}

func (s *Store) note(st *State) { s.stamp.Store(&Stamp{st.Lineage, st.Serial}) }

// Backup names the place of the former state for people, empty where the backend
// keeps none or has none yet.
func (s *Store) Backup() string {
	if b, ok := s.backend.(interface{ Backup() string }); ok {
		return b.Backup()
	}
	return ""
}

func (s *Store) remedy(err error) string {
	const afresh = "delete it: equal records are adopted again"
	switch backup := s.Backup(); {
	case errors.Is(err, errNewer):
		return "upgrade cfplan"
	case errors.Is(err, errForeign):
		return "it is left alone: correct the place of the state in the backend block, or with -backend-config"
	case errors.Is(err, errEncrypted):
		return "add the encryption block with which it was written to the cfplan block, and its key to the environment"
	case backup != "":
		return fmt.Sprintf("restore it from %s, or %s", backup, afresh)
	default:
		return afresh
	}
}

// Replace stores st if what is stored still is what st was read from, or if nothing
// is stored and st is new, and then raises its serial by one; otherwise it changes
// nothing and returns ErrConflict. The old document survives every failure.
//
// Replace by somebody without the lock is still allowed, since it never undoes what
// another did.
func (s *Store) Replace(ctx context.Context, st *State) error {
	if err := s.mayWrite(); err != nil {
		return err
	}
	if st.stored == "" && st.Serial != 0 {
		return ErrConflict
	}
	next := *st
	next.Serial++
	text, err := Encode(&next)
	if err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	if err := s.keepFormer(ctx, st.former); err != nil {
		return err
	}
	version, err := s.backend.Write(ctx, DocState, text, st.stored)
	if err != nil {
		return err
	}
	st.Serial, st.stored, st.former = next.Serial, version, nil
	s.note(st)
	return nil
}

// Lock keeps other holders out until Unlock; the ID and the path of who are made
// here. See [Backend].Lock.
func (s *Store) Lock(ctx context.Context, who Holder) (Lock, error) {
	who.ID, who.Path = newUUID(), s.String()
	if who.Created.IsZero() {
		who.Created = time.Now().UTC()
	}
	return s.backend.Lock(ctx, who)
}

// ForceUnlock breaks the lock with the given ID; see [Backend].ForceUnlock.
func (s *Store) ForceUnlock(ctx context.Context, id string) error {
	return s.backend.ForceUnlock(ctx, id)
}

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
func (s *Store) Update(ctx context.Context, fn func(*State) (changed bool, err error)) (*State, error) {
	return s.updates.do(ctx, s, fn)
}

// update is Update for a caller whose turn it is. It begins with the state as this
// store left it, if it did: where somebody else has replaced that since, writing
// conflicts, and it is read.
func (s *Store) update(ctx context.Context, fn func(*State) (bool, error)) (*State, error) {
	st := s.known
	s.known = nil // until this has gone well
	err := s.retry(ctx, func() (err error) {
		changed := false
		if st != nil {
			changed, err = fn(st)
		}
		if st == nil || err != nil || !changed { // only what is stored now can say that
			if st, err = s.Read(ctx); err != nil {
				return err
			}
			if changed, err = fn(st); err != nil || !changed {
				return err
			}
		}
		if err = s.Replace(ctx, st); err != nil {
			st = nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.known = st
	return st, nil
}

// enter waits until the changes of the snapshots by this process that came before
// are through.
// Without a line ten of them with a large state, each the slower for the others'
// work, would conflict until one of them has used up its attempts.
func enter(ctx context.Context, turn chan struct{}) (leave func(), err error) {
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// updateAttempts and longestPause (between two attempts) let a handful of runs
// side by side get through, each in its turn.
const (
	updateAttempts = 20
	longestPause   = 250 * time.Millisecond
)

// retry calls once until it meets no conflict.
func (s *Store) retry(ctx context.Context, once func() error) error {
	pause := time.Millisecond
	for attempt := 1; ; attempt++ {
		err := once()
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if attempt == updateAttempts {
			return fmt.Errorf("%s: %w each of the %d times that this one tried to; run it again", s, err, attempt)
		}
		if err := wait(ctx, rand.N(pause)); err != nil {
			return err
		}
		pause = min(2*pause, longestPause)
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
