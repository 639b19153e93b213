package encrypted

import (
	"context"
	"errors"
	"fmt"

	"github.com/cfplan/cfplan/internal/state"
)

// archive encrypts the entries of an inner archive.
type archive struct {
	inner state.Archive
	b     *Backend
}

func entryLabel(name string) string { return "entry " + name }

// Keep implements [state.Archive].
func (a *archive) Keep(ctx context.Context, name string, data []byte) error {
	sealed, err := a.b.encrypt(entryLabel(name), data)
	if err != nil {
		return err
	}
	return a.inner.Keep(ctx, name, sealed)
}

// Add implements [state.Archive].
func (a *archive) Add(ctx context.Context, name string, data []byte) error {
	sealed, err := a.b.encrypt(entryLabel(name), data)
	if err != nil {
		return err
	}
	return a.inner.Add(ctx, name, sealed)
}

// Kept implements [state.Archive].
func (a *archive) Kept(ctx context.Context, name string) ([]byte, error) {
	stored, err := a.inner.Kept(ctx, name)
	if err != nil || !isEnvelope(stored) {
		return stored, err
	}

	data, err := a.b.decrypt(entryLabel(name), stored)
	place := fmt.Sprintf("the entry %s of the history", name)
	var damage damageError
	switch {
	case err == nil:
		return data, nil
	case errors.As(err, &damage), errors.Is(err, state.ErrOtherDocument):
		return nil, &state.UnreadableError{Place: place, Err: err, Next: "restore it from a copy, or delete it"}
	default:
		return nil, fmt.Errorf("%s: %w", place, err)
	}
}

// Entries implements [state.Archive].
func (a *archive) Entries(ctx context.Context) ([]string, error) { return a.inner.Entries(ctx) }

// Drop implements [state.Archive].
func (a *archive) Drop(ctx context.Context, names ...string) error {
	return a.inner.Drop(ctx, names...)
}

// seal encrypts the entries that are stored in the clear.
func (a *archive) seal(ctx context.Context) error {
	names, err := a.inner.Entries(ctx)
	for _, name := range names {
		data, readErr := a.inner.Kept(ctx, name)
		if readErr == nil && !isEnvelope(data) {
			readErr = a.Keep(ctx, name, data)
		}
		err = errors.Join(err, readErr)
	}
	return err
}
