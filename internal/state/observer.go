package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"
)

// Observer is a Reader that also stores what was observed: the snapshots of zones, and a new state if there
// was none. It never changes a stored state, so a command that opens an Observer, such as plan, cannot
// change what cfplan owns.
type Observer struct {
	Reader

	// stopped is the reason why nothing may be written; see StopWriting.
	stopped atomic.Pointer[error]
	// turn holds a value while this process changes the snapshots. Without it, ten concurrent changes of large
	// snapshots would conflict until one of them has used up its attempts.
	turn chan struct{}
}

// OpenObserver returns the observer of the state in a backend. It reads and writes nothing.
func OpenObserver(b Backend) *Observer {
	return &Observer{Reader: Reader{backend: b}, turn: make(chan struct{}, 1)}
}

// StopWriting makes each later attempt to write fail with the given reason. Reading still works.
func (o *Observer) StopWriting(reason error) { o.stopped.Store(&reason) }

// Stopped returns the reason given to StopWriting, or nil if it was not called.
func (o *Observer) Stopped() error { return o.mayWrite() }

func (o *Observer) mayWrite() error {
	if reason := o.stopped.Load(); reason != nil {
		return *reason
	}
	return nil
}

// Create stores the new state that Read returned because nothing was stored. Its lineage then distinguishes
// plans made with it from plans made with another state. Create takes no lock: if another run was faster,
// Create returns that run's state.
func (o *Observer) Create(ctx context.Context, st *State) (*State, error) {
	err := o.replace(ctx, st)
	if errors.Is(err, ErrConflict) {
		return o.Read(ctx)
	}
	return st, err
}

// replace stores st if the stored state still is the one that st was read from, or if
// nothing is stored and st is new. Otherwise it changes nothing and returns ErrConflict.
// It closes the log that was read with st.
func (o *Observer) replace(ctx context.Context, st *State) error {
	if err := o.mayWrite(); err != nil {
		return err
	}
	if err := o.seal(ctx, st.open); err != nil {
		return err
	}
	return o.write(ctx, st)
}

// write is replace without closing a log: for the run that writes the log of the state, or for a run that
// leaves the log of another run open.
func (o *Observer) write(ctx context.Context, st *State) error {
	if err := o.mayWrite(); err != nil {
		return err
	}
	if st.stored == "" && st.Serial != 0 {
		return ErrConflict
	}

	next := *st
	next.Serial++
	text, err := Encode(&next)
	if err != nil {
		return fmt.Errorf("%s: %w", o, err)
	}

	if err := o.keepFormer(ctx, st.former); err != nil {
		return err
	}

	version, err := o.backend.Write(ctx, DocState, text, st.stored)
	if err != nil {
		return err
	}

	st.Serial, st.stored, st.size = next.Serial, version, len(text)
	st.former, st.open = nil, nil
	o.note(st)
	return nil
}

// UpdateSnapshots changes the stored snapshots: it reads them, lets fn change them, and writes them. If
// another run wrote in between, UpdateSnapshots starts over, so fn may run more than once. It neither waits
// for an update of the state nor conflicts with one. UpdateSnapshots replaces a damaged document. It leaves a
// document of a newer cfplan in place and returns an error.
//
// If known is not nil, the caller has just read it, and the first attempt starts with it, because reading a
// large document takes a while.
func (o *Observer) UpdateSnapshots(ctx context.Context, known *Snapshots, fn func(*Snapshots) (changed bool)) error {
	select {
	case o.turn <- struct{}{}:
		defer func() { <-o.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}

	return o.retry(ctx, func() (err error) {
		all := known
		known = nil
		if all == nil {
			if all, err = o.Snapshots(ctx); err != nil && !replaceable(err) {
				return err
			}
		}
		if !fn(all) {
			return nil
		}
		return o.writeSnapshots(ctx, all)
	})
}

func (o *Observer) writeSnapshots(ctx context.Context, all *Snapshots) error {
	if err := o.mayWrite(); err != nil {
		return err
	}

	next := *all
	next.serial++
	text, err := encodeSnapshots(&next)
	if err != nil {
		return err
	}

	version, err := o.backend.Write(ctx, DocSnapshots, text, all.stored)
	if err == nil {
		all.serial, all.stored = next.serial, version
	}

	return err
}

// replaceable reports whether a document that could not be read may be replaced without a loss.
func replaceable(err error) bool {
	var u *UnreadableError
	return errors.As(err, &u) && !errors.Is(err, errNewer) && !errors.Is(err, ErrOtherDocument)
}

// serialIn returns the serial of a document that otherwise cannot be read, or 0 if it has none.
func serialIn(text []byte) uint64 {
	var head struct {
		Serial json.Number `json:"serial"`
	}
	_ = json.NewDecoder(bytes.NewReader(text)).Decode(&head) // fields read before an error are enough
	serial, err := strconv.ParseUint(head.Serial.String(), 10, 53)
	if err != nil {
		return 0
	}
	return serial
}

// updateAttempts and longestPause (between two attempts) let each of a handful of concurrent runs succeed
// in turn.
const (
	updateAttempts = 20
	longestPause   = 250 * time.Millisecond
)

// retry calls once until it causes no conflict, at most updateAttempts times.
func (o *Observer) retry(ctx context.Context, once func() error) error {
	pause := time.Millisecond
	for attempt := 1; ; attempt++ {
		err := once()
		if !errors.Is(err, ErrConflict) {
			return err
		}

		if attempt == updateAttempts {
			return fmt.Errorf("%s: %w during each of %d attempts to write; run this again", o, err, attempt)
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
