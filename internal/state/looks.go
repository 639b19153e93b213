package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Snapshots returns the stored snapshots. It never returns nil: with an error, as
// where the document is damaged or must not be read, it returns none, and whoever
// can do without goes on with that and a warning.
func (s *Store) Snapshots(ctx context.Context) (*Snapshots, error) {
	text, version, err := s.backend.Read(ctx, DocSnapshots)
	var damaged *UnreadableError
	switch {
	case errors.As(err, &damaged):
		return &Snapshots{stored: version, serial: damaged.Serial}, err
	case err != nil:
		return &Snapshots{}, fmt.Errorf("the snapshots can't be read: %w", err)
	}
	if version == "" {
		return s.embedded(ctx), nil
	}
	out, err := decodeSnapshots(text)
	if err != nil {
		u := &UnreadableError{Place: s.backend.Place(DocSnapshots), Err: err, Next: "it counts for nothing, and the next live plan or refresh writes it anew"}
		if _, notState := decodeStored(text); notState == nil {
			u.Err, u.Next = fmt.Errorf("%w: it is a state", ErrOtherDocument), "two configurations share a place: correct one of them"
			return &Snapshots{}, u
		}
		if errors.Is(err, errNewer) {
			u.Next = "upgrade cfplan"
			return &Snapshots{}, u
		}
		u.Serial = serialIn(text)
		return &Snapshots{stored: version, serial: u.Serial}, u
	}
	out.stored = version
	return out, nil
}

// embedded returns the snapshots of a state of version 1, which had them inside.
// Its own error is for those to see who read the state.
func (s *Store) embedded(ctx context.Context) *Snapshots {
	if st, err := s.Read(ctx); err == nil && st.former != nil {
		return st.former.snapshots
	}
	return &Snapshots{}
}

// UpdateSnapshots changes the stored snapshots as Update does the state, with a
// line of its own: neither waits for the other, nor conflicts with it. A document
// that is damaged is replaced, one of a newer cfplan left alone, which is an error.
//
// known, where it is not nil, has just been read: the first try begins with it
// instead of reading it once more. A large document takes a while to read.
func (s *Store) UpdateSnapshots(ctx context.Context, known *Snapshots, fn func(*Snapshots) (changed bool)) error {
	leave, err := enter(ctx, s.looks)
	if err != nil {
		return err
	}
	defer leave()
	return s.retry(ctx, func() error {
		all := known
		known = nil
		if all == nil {
			if all, err = s.Snapshots(ctx); err != nil && !replaceable(err) {
				return err
			}
		}
		if !fn(all) {
			return nil
		}
		return s.writeSnapshots(ctx, all)
	})
}

// replaceable reports whether a document of snapshots that could not be read is
// nobody's loss.
func replaceable(err error) bool {
	var u *UnreadableError
	return errors.As(err, &u) && !errors.Is(err, errNewer) && !errors.Is(err, ErrOtherDocument)
}

// serialIn finds the serial of a document that cannot be read otherwise; 0 where it
// has none.
func serialIn(text []byte) uint64 {
	var head struct {
		Serial json.Number `json:"serial"`
	}
	_ = json.NewDecoder(bytes.NewReader(text)).Decode(&head) // what it got until an error is enough
	serial, err := strconv.ParseUint(head.Serial.String(), 10, 53)
	if err != nil {
		return 0
	}
	return serial
}

func (s *Store) writeSnapshots(ctx context.Context, all *Snapshots) error {
	if err := s.mayWrite(); err != nil {
		return err
	}
	next := *all
	next.serial++
	text, err := encodeSnapshots(&next)
	if err != nil {
		return err
	}
	version, err := s.backend.Write(ctx, DocSnapshots, text, all.stored)
	if err == nil {
		all.serial, all.stored = next.serial, version
	}
	return err
}
