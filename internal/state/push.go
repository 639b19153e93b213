package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/english"
)

// PushError says why a state from elsewhere may not replace the stored state.
type PushError struct {
	// Place is the place of the stored state, for people.
	Place string
	// Why compares the two states, in a clause without a full stop.
	Why string
}

func (e *PushError) Error() string { return e.Place + ": " + e.Why }

// Pushed reports what Push did to the stored state.
type Pushed struct {
	// Changed is false if the stored state had the same content.
	Changed bool
	// Former is the serial of the state that was replaced. It is 0 if there was none, or it could not be read.
	Former uint64
	// Serial is the serial of the stored state now.
	Serial uint64
}

// Push stores a state that comes from elsewhere, for example a state that was pulled and edited.
//
// Push refuses with a *PushError if the stored state is of another lineage, if it is newer, if it has the
// same serial and other content, or if the pushed state lacks its open journal or changes in the log of an
// apply. With force, Push replaces the stored state anyway, even if it is damaged. Push raises the serial
// above the stored one if necessary, because some stores refuse a serial that they have had, and so that the
// two states cannot be confused.
//
// The caller holds the lock; check is called right before the write.
func (s *Store) Push(ctx context.Context, st *State, force bool, check func(context.Context) error) (Pushed, error) {
	there, err := s.toReplace(ctx, force)
	if err != nil {
		return Pushed{}, err
	}

	stored := there.state
	if st.Serial > maxPushed {
		return Pushed{}, fmt.Errorf("the serial %d is too large to be raised further; lower it in the document",
			st.Serial)
	}

	next := *st
	next.Serial = max(st.Serial, 1) // 0 means that a state was never stored
	next.CopyBegun()
	if next.Begun != nil {
		next.Begun.Log = 0 // a state from elsewhere has no log here
	}

	var out Pushed
	if stored != nil {
		out.Former, out.Serial = stored.Serial, stored.Serial
		if same(stored, &next) {
			s.note(stored)
			return out, nil
		}
		if why := obstacle(stored, &next); why != "" && !force {
			return Pushed{}, &PushError{Place: s.String(), Why: why}
		}
	}

	next.Serial = max(next.Serial, there.serial+1)
	text, err := Encode(&next)
	if err == nil {
		err = check(ctx)
	}

	if err == nil {
		err = s.seal(ctx, there.open)
	}

	if err == nil {
		_, err = s.backend.Write(ctx, DocState, text, there.version)
	}

	if err != nil {
		return Pushed{}, err
	}

	s.note(&next)
	out.Changed, out.Serial = true, next.Serial
	return out, nil
}

// maxPushed limits the serial of a pushed state, so that all later applies have a valid serial.
const maxPushed = maxSerial >> 1

// replaced is the stored state that Push replaces.
type replaced struct {
	// state is nil if there is none, or if it or its log is damaged.
	state *State
	// open is its log, which must be closed; nil if there is none.
	open    *openLog
	version Version
	serial  uint64
}

// toReplace returns what is stored. force accepts a damaged state, and a damaged log if it can still be
// closed. A state of a newer cfplan does not count as damaged. A file that is not a cfplan state file is
// never replaced.
func (s *Store) toReplace(ctx context.Context, force bool) (replaced, error) {
	text, version, err := s.backend.Read(ctx, DocState)
	var damaged *UnreadableError
	switch {
	case err == nil && version == "":
		return replaced{}, nil
	case errors.As(err, &damaged):
	case err != nil:
		return replaced{}, fmt.Errorf("the state can't be read: %w", err)
	}

	var st *State
	serial := serialIn(text)
	if err == nil {
		st, err = Decode(text)
	} else {
		serial = damaged.Serial
	}

	if err == nil {
		serial, err = st.Serial, s.replay(ctx, st)
		if err != nil && !force {
			return replaced{}, err
		}
	}

	switch {
	case err == nil:
		return replaced{st, st.open, version, serial}, nil
	case errors.Is(err, errNewer), errors.Is(err, errForeign):
		return replaced{}, &UnreadableError{Place: s.String(), Err: err, Next: s.remedy(err)}
	case !force:
		return replaced{}, &UnreadableError{Place: s.String(), Err: err, Next: "push with -force to replace it"}
	case st != nil && st.open != nil && errors.As(err, &damaged):
		return replaced{nil, st.open, version, serial}, nil
	default:
		return replaced{nil, nil, version, serial}, nil
	}
}

// obstacle says why the pushed state may not replace the stored one, or returns "" if it may.
func obstacle(stored, pushed *State) string {
	switch {
	case stored.Blank():
		return "" // a plan created it, and it was never used
	case stored.Lineage != pushed.Lineage:
		return fmt.Sprintf("the stored state is another one: its lineage is %s, the lineage of the pushed one is %s",
			stored.Lineage, pushed.Lineage)
	case stored.Serial > pushed.Serial:
		return fmt.Sprintf("the stored state is newer: its serial is %d, the serial of the pushed one is %d",
			stored.Serial,
			pushed.Serial)
	case stored.Serial == pushed.Serial:
		return fmt.Sprintf("the stored state has the same serial, %d, but different content", stored.Serial)
	}

	for _, name := range slices.Sorted(maps.Keys(stored.Zones)) {
		if j := stored.Zones[name].Journal; j != nil && (pushed.Zones[name] == nil ||
			pushed.Zones[name].Journal == nil) {
			return fmt.Sprintf("the stored state has an open request to %s, by %s, which the pushed one lacks; the "+
				"next apply finds out what became of it", name, j.Who)
		}
	}

	if n := madeSince(stored, pushed); n > 0 {
		return fmt.Sprintf("the stored state has %s, made by %s, that the pushed one lacks; pull the state again "+
			"and edit that",
			english.Count(n, "change"), stored.Begun.Who)
	}

	return ""
}

// madeSince counts the changes that the log of the stored state has and the pushed one lacks. The serial
// does not reveal them, because it stays the same while a log grows.
func madeSince(stored, pushed *State) int {
	if stored.open == nil {
		return 0
	}

	var known map[string][]string
	if pushed.HasBegun(*stored.Begun) {
		known = pushed.Begun.Made
	}

	n := 0
	for zone, made := range stored.Begun.Made {
		n += max(0, len(made)-len(known[zone]))
	}

	return n
}

// sameButSerial reports whether two states are equal except for their serials.
func sameButSerial(a, b *State) bool {
	raised := *b
	raised.Serial = a.Serial
	return same(a, &raised)
}

// same reports whether two states have the same content.
func same(a, b *State) bool {
	x, errX := Encode(a)
	y, errY := Encode(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
