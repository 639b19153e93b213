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

// PushError says why a state from elsewhere does not take the stored one's place.
type PushError struct {
	// Place is that of the stored state, for people.
	Place string
	// Why is a clause about the two.
	Why string
}

func (e *PushError) Error() string { return e.Place + ": " + e.Why }

// Pushed tells what became of the stored state.
type Pushed struct {
	// Changed is false where the stored state says the same already.
	Changed bool
	// Former is the serial of the state that was replaced; 0 where there was none, or
	// none that could be read.
	Former uint64
	// Serial is that of the stored state now.
	Serial uint64
}

// Push stores a state that comes from elsewhere, such as one that was pulled and
// edited. It refuses with a *PushError where the stored one is of another lineage, is
// newer, has the same serial and says something else, or has an open journal, or changes in
// the log of an apply, which the pushed one lacks. With force it does so all the same, also where the stored one
// is damaged; the serial is then raised above the stored one's, so that a store which
// wants each serial once takes it, and nobody mistakes the two.
//
// The caller holds the lock; check is asked right before the write.
func (s *Store) Push(ctx context.Context, st *State, force bool, check func(context.Context) error) (Pushed, error) {
	there, err := s.toReplace(ctx, force)
	if err != nil {
		return Pushed{}, err
	}

	stored := there.state
	if st.Serial > maxPushed {
		return Pushed{}, fmt.Errorf("the serial %d is too large to count on from; lower it in the document", st.Serial)
	}

	next := *st
	next.Serial = max(st.Serial, 1) // 0 stands for a state that was never stored
	next.CopyBegun()
	if next.Begun != nil {
		next.Begun.Log = 0 // what comes from elsewhere has no log here
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

// maxPushed leaves room for all applies to come below what a serial can be.
const maxPushed = maxSerial >> 1

// replaced is a stored state that another one takes the place of.
type replaced struct {
	// state is nil if there is none, or if it or its log is damaged.
	state *State
	// open is its log, to be closed; nil if there is none.
	open    *openLog
	version Version
	serial  uint64
}

// toReplace returns what is stored. force accepts a damaged state, or a damaged log, of which it is then known where it
// can be closed. A state of a newer cfplan is not damaged, and a file that is not a cfplan state file is not replaced.
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

// obstacle says why the pushed state must not take the place of the stored one, empty
// where it may.
func obstacle(stored, pushed *State) string {
	switch {
	case stored.Blank():
		return "" // a plan has begun it, and nothing has been done with it
	case stored.Lineage != pushed.Lineage:
		return fmt.Sprintf("the stored state is another one: its lineage is %s, that of the pushed one %s",
			stored.Lineage, pushed.Lineage)
	case stored.Serial > pushed.Serial:
		return fmt.Sprintf("the stored state is newer: its serial is %d, that of the pushed one %d", stored.Serial,
			pushed.Serial)
	case stored.Serial == pushed.Serial:
		return fmt.Sprintf("the stored state has the same serial, %d, and says something else", stored.Serial)
	}

	for _, name := range slices.Sorted(maps.Keys(stored.Zones)) {
		if j := stored.Zones[name].Journal; j != nil && (pushed.Zones[name] == nil ||
			pushed.Zones[name].Journal == nil) {
			return fmt.Sprintf("the stored state has an open request to %s, by %s, which the pushed one lacks; the "+
				"next apply settles it", name, j.Who)
		}
	}

	if n := madeSince(stored, pushed); n > 0 {
		return fmt.Sprintf("the stored state has %s, made by %s, that the pushed one lacks; pull it again and edit that",
			english.Count(n, "change"), stored.Begun.Who)
	}

	return ""
}

// madeSince counts the changes that the log of the stored state has and the pushed one lacks. The serial does not tell:
// it stays as it is while a log grows.
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

// sameButSerial reports whether two states say the same but for how often they were
// written.
func sameButSerial(a, b *State) bool {
	raised := *b
	raised.Serial = a.Serial
	return same(a, &raised)
}

// same reports whether two states say the same.
func same(a, b *State) bool {
	x, errX := Encode(a)
	y, errY := Encode(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
