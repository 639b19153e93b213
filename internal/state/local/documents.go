package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/state"
)

// Read implements [state.Backend].
func (b *Backend) Read(ctx context.Context, doc state.Document) ([]byte, state.Version, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	p, err := b.pathsOf(doc)
	if err != nil {
		return nil, "", err
	}
	return readVersion(p.document)
}

// readVersion returns what is stored in a file. The version is a digest, not a time: a file that is restored
// from a copy gets its old version again, and a wrong clock does no harm.
func readVersion(path string) ([]byte, state.Version, error) {
	text, err := files.ReadFile(path, state.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return text, digest(text), nil
}

func digest(text []byte) state.Version { return state.Version(fmt.Sprintf("%x", sha256.Sum256(text))) }

// Write implements [state.Backend]. It keeps the former state beside the new one, with
// ".backup" added to its name.
func (b *Backend) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (state.Version, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}

	err := b.exclusively(doc, func(p paths) error {
		former, stored, err := readVersion(p.document)
		switch {
		case err != nil:
			return fmt.Errorf("the state can't be replaced: %w", err)
		case stored != was:
			return state.ErrConflict
		case doc != state.DocState:
			former = nil // other documents need no backup: their content can be read again from Cloudflare
		}
		return p.replace(former, text)
	})
	if err != nil {
		return "", err
	}

	return digest(text), nil
}

// replace writes the backup, unless former is nil, and then the document. At every
// moment the path of the document names a whole document. The caller holds the mutex,
// so the name of the temporary file needs no random part, and the next run removes one
// that a crash left behind.
func (p paths) replace(former, text []byte) error {
	if former != nil {
		if err := files.ReplaceVia(p.temp, p.backup, former, 0o600); err != nil {
			return fmt.Errorf("the backup of the state can't be written, so the state was left as it is: %w", err)
		}
	}
	if err := files.ReplaceVia(p.temp, p.document, text, 0o600); err != nil {
		return fmt.Errorf("the state can't be written and was left as it is: %w", err)
	}
	return nil
}

// Backup returns the path of the former state. It is empty if there is none.
func (b *Backend) Backup() string {
	p, err := b.pathsOf(state.DocState)
	if err != nil {
		return ""
	}
	if _, err := os.Stat(p.backup); err != nil {
		return ""
	}
	return p.backup
}
