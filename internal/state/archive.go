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

// Archive keeps further documents beside a state. Each is written once and rarely read, such as the note of
// what an apply was about to do. Names consist of lower-case letters, digits and dashes. The state does not
// interpret the entries.
type Archive interface {
	// Keep writes an entry as a whole or not at all. It replaces an entry of the same name.
	Keep(ctx context.Context, name string, data []byte) error
	// Add creates an entry as a whole or not at all. If an entry of that name exists, Add changes nothing and
	// returns ErrConflict. If several processes add one name, exactly one succeeds. After any other error, the
	// entry may or may not have been created.
	Add(ctx context.Context, name string, data []byte) error
	// Kept reads an entry. It returns ErrNoEntry if there is none.
	Kept(ctx context.Context, name string) ([]byte, error)
	// Entries lists the names in ascending order.
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
		return nil, fmt.Errorf("%s: %w: %w", name, errEncrypted, ErrNoEntry) // written while encryption was in use
	}
	return data, err
}

// encrypted reports whether data begins like a document of internal/state/encrypted.
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

// CheckEntry returns an error if a name is not valid for an entry. A valid name can be part of a path and of an
// object's key.
func CheckEntry(name string) error {
	if !entryName.MatchString(name) {
		return fmt.Errorf("%q is not a name for an entry", name)
	}
	return nil
}
