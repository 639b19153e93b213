package state

import (
	"context"
	"errors"
	"fmt"
)

// openLog is the log of an apply that is under way, or was cut off, as it was read with a
// state. The state has its entries.
type openLog struct {
	name string
	of   Request
	// next is the number of the part that would come next.
	next int
	// sealed: nothing can be added, as the last part is a seal, or as a part of another apply
	// has the next number.
	sealed bool
}

// LogIsOpen reports whether the state was read with the log of an apply that has not ended.
// The next write of the state closes that log: the run that wrote it can write nothing more.
func (s *State) LogIsOpen() bool { return s.open != nil }

// namesLog reports whether the state, as it is stored, says that there is a log.
func (s *State) namesLog() bool { return s.Begun != nil && s.Begun.Log > 0 }

// replay gives a state, as it was decoded, the entries of the log that it names, and takes
// the name out of the state.
func (r *Reader) replay(ctx context.Context, st *State) error {
	if !st.namesLog() {
		return nil
	}

	begun := *st.Begun
	first := begun.Log
	begun.Log = 0
	st.Begun = &begun
	st.open = &openLog{
		name: logName(st.Lineage, begun.Serial),
		of:   Request{At: begun.At, Who: begun.Who},
		next: first,
	}

	found, err := r.logs().read(ctx, st.open.name, first)
	if err != nil {
		return err
	}

	for _, data := range found {
		if st.open.sealed {
			break // what a store has after a seal is nothing that cfplan wrote
		}

		p, err := parsePart(data, st.open.name, st.open.next)
		if err != nil {
			place := r.logs().place(st.open.name, st.open.next)
			st.open.next = first + len(found) // where it can be closed
			return r.unreadableLog(place, err)
		}

		if !p.Of.is(st.open.of) {
			st.open.sealed = true
			break
		}

		for _, e := range p.Entries {
			e.Apply(st)
		}

		st.open.next++
		st.open.sealed = p.Sealed
	}

	return nil
}

// unreadableLog is the error of a part, or of the whole log, that cannot be read.
func (r *Reader) unreadableLog(place string, err error) error {
	u := &UnreadableError{
		Place: place,
		Err:   fmt.Errorf("what an apply has noted of its work can't be read: %w", err),
		Next: "restore it, or delete it with those after it: the next apply then finds out from the zones what " +
			"became of the last requests",
	}

	switch {
	case errors.Is(err, errNewer):
		u.Next = "upgrade cfplan"
	case errors.Is(err, errEncrypted):
		u.Next = r.remedy(err)
	}

	return u
}

// seal closes the log that was read with a state, so that the run that writes it, if it is
// still at work, finds the number of its next part taken. It returns ErrConflict if that
// run has added a part since: the state must be read again.
//
// The seal stays. If it were deleted, the number would be free.
func (o *Observer) seal(ctx context.Context, open *openLog) error {
	if open == nil || open.sealed {
		return nil
	}

	data, err := encodePart(part{Log: open.name, Number: open.next, Of: open.of, Sealed: true})
	if err == nil {
		_, err = o.logs().add(ctx, open.name, open.next, data)
	}

	if err != nil && !errors.Is(err, ErrConflict) {
		err = fmt.Errorf("the part that closes the log of an apply could not be written: %w", err)
	}

	if err == nil {
		open.sealed = true
	}

	return err
}
