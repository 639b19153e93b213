package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
)

// ErrNoEntry reports that the archive has nothing under that name.
var ErrNoEntry = errors.New("there is no such entry")

// Archive keeps documents beside a state that are written once and read seldom,
// such as what each apply was about to do. Names are in lower case, with digits
// and dashes. The state does not know what an entry says.
type Archive interface {
	// Keep writes an entry, whole or not at all, over one of that name.
	Keep(ctx context.Context, name string, data []byte) error
	// Add creates an entry, whole or not at all, if there is none of that name. Otherwise
	// it changes nothing and returns ErrConflict. Of several processes that add one name,
	// one succeeds. An error that is no conflict may leave it open whether the entry was
	// created.
	Add(ctx context.Context, name string, data []byte) error
	// Kept reads an entry. It returns ErrNoEntry if there is none.
	Kept(ctx context.Context, name string) ([]byte, error)
	// Entries lists the names in order.
	Entries(ctx context.Context) ([]string, error)
	// Drop deletes entries, and goes on if one of them fails. Deleting a missing entry is
	// not an error.
	Drop(ctx context.Context, names ...string) error
}

// archive returns the backend's archive, or nil if it keeps none.
func (r *Reader) archive() Archive {
	a, _ := r.backend.(Archive)
	return a
}

// Keep implements [Archive]. It does nothing if the backend keeps no archive.
func (s *Store) Keep(ctx context.Context, name string, data []byte) error {
	if err := s.mayWrite(); err != nil {
		return err
	}
	if a := s.archive(); a != nil {
		return a.Keep(ctx, name, data)
	}
	return nil
}

// Kept implements [Archive].
func (r *Reader) Kept(ctx context.Context, name string) ([]byte, error) {
	a := r.archive()
	if a == nil {
		return nil, ErrNoEntry
	}
	data, err := a.Kept(ctx, name)
	if err == nil && encrypted(data) {
		return nil, fmt.Errorf("%s: %w: %w", name, errEncrypted, ErrNoEntry) // written before the encryption was given up
	}
	return data, err
}

// encrypted reports whether data begins like what internal/state/encrypted writes.
func encrypted(data []byte) bool {
	return bytes.Contains(data[:min(len(data), 500)], []byte(`"encrypted": "age"`))
}

// Entries implements [Archive].
func (r *Reader) Entries(ctx context.Context) ([]string, error) {
	if a := r.archive(); a != nil {
		return a.Entries(ctx)
	}
	return nil, nil
}

// Drop implements [Archive].
func (s *Store) Drop(ctx context.Context, names ...string) error {
	if err := s.mayWrite(); err != nil {
		return err
	}
	if a := s.archive(); a != nil && len(names) > 0 {
		return a.Drop(ctx, names...)
	}
	return nil
}

var entryName = regexp.MustCompile(`^[a-z0-9-]{1,100}$`)

// CheckEntry says what is wrong with the name of an entry. A name that passes can be
// part of a path and of an object's key.
func CheckEntry(name string) error {
	if !entryName.MatchString(name) {
		return fmt.Errorf("%q is no name for an entry", name)
	}
	return nil
}
