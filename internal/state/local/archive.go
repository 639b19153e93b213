package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/state"
)

// archiveDir returns the directory of the entries, which is beside the state.
func (b *Backend) archiveDir() (string, error) {
	p, err := b.pathsOf(state.DocState)
	if err != nil {
		return "", err
	}
	return archiveBeside(p.document), nil
}

func archiveBeside(path string) string { return strings.TrimSuffix(path, ".json") + ".history" }

func (b *Backend) entry(name string) (string, error) {
	if err := state.CheckEntry(name); err != nil {
		return "", err
	}
	dir, err := b.archiveDir()
	return filepath.Join(dir, name+".json"), err
}

// Keep implements [state.Archive].
func (b *Backend) Keep(_ context.Context, name string, data []byte) error {
	return b.writeEntry(name, data, false)
}

// Add implements [state.Archive].
func (b *Backend) Add(_ context.Context, name string, data []byte) error {
	return b.writeEntry(name, data, true)
}

// writeEntry writes an entry. If isNew is true and the entry exists, it returns state.ErrConflict.
func (b *Backend) writeEntry(name string, data []byte, isNew bool) error {
	path, err := b.entry(name)
	if err != nil {
		return err
	}

	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}

	return b.exclusively(state.DocState, func(paths) error {
		if _, err := os.Lstat(path); isNew && err == nil {
			return state.ErrConflict
		}
		return files.ReplaceVia(filepath.Join(dir, ".tmp"), path, data, 0o600)
	})
}

// Kept implements [state.Archive].
func (b *Backend) Kept(_ context.Context, name string) ([]byte, error) {
	path, err := b.entry(name)
	if err != nil {
		return nil, err
	}
	data, err := files.ReadFile(path, state.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", name, state.ErrNoEntry)
	}
	return data, err
}

// Entries implements [state.Archive].
func (b *Backend) Entries(context.Context) ([]string, error) {
	dir, err := b.archiveDir()
	if err != nil {
		return nil, err
	}

	found, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}

	var out []string
	for _, e := range found {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok && state.CheckEntry(name) == nil {
			out = append(out, name)
		}
	}

	slices.Sort(out)
	return out, err
}

// Drop implements [state.Archive].
func (b *Backend) Drop(_ context.Context, names ...string) error {
	var errs []error
	for _, name := range names {
		path, err := b.entry(name)
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
