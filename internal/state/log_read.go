package state

import (
	"context"
	"errors"
	"fmt"
)

// openLog is the log of an apply that is running or was cut off, as it was read with a state. The state
// already has its entries.
type openLog struct {
	name string
	of   Request
	// next is the number of the next part.
	next int
	// sealed is true if nothing can be added, because the last part is a seal, or because a part of another
	// apply has the next number.
	sealed bool
}

// LogIsOpen reports whether the state was read with the log of an apply that has not ended. The next write
// of the state closes that log, and the run that wrote the log can then write nothing more.
func (s *State) LogIsOpen() bool { return s.open != nil }

// namesLog reports whether the stored form of the state says that there is a log.
func (s *State) namesLog() bool { return s.Begun != nil && s.Begun.Log > 0 }

// replay applies the entries of the log that a decoded state names. Afterwards the state no longer names the
// log.
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
			break // cfplan writes nothing after a seal
		}

		p, err := parsePart(data, st.open.name, st.open.next)
		if err != nil {
			place := r.logs().place(st.open.name, st.open.next)
			st.open.next = first + len(found) // so that it can be closed there
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

// unreadableLog returns the error for a part, or for the whole log, that cannot be read.
func (r *Reader) unreadableLog(place string, err error) error {
	u := &UnreadableError{
		Place: place,
		Err:   fmt.Errorf("the log that an apply has written can't be read: %w", err),
		Next: "restore it, or delete it and the parts after it: the next apply then reads the zones to find out what " +
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

// seal closes the log that was read with a state: if the run that writes the log is still working, it finds
// the number of its next part taken. If that run has added a part since, seal returns ErrConflict, and the
// state must be read again.
//
// The seal stays. If it were deleted, the number would be free again.
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
