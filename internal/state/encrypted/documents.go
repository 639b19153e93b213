package encrypted

import (
	"context"
	"errors"
	"fmt"

	"github.com/cfplan/cfplan/internal/state"
)

// Read implements [state.Backend]. If a document is damaged or was altered, the error is a
// *[state.UnreadableError]; if it is encrypted for another key, the error says so.
func (b *Backend) Read(ctx context.Context, doc state.Document) ([]byte, state.Version, error) {
	stored, version, err := b.Backend.Read(ctx, doc)
	if err != nil || version == "" {
		return nil, version, err
	}

	if text, ok := b.remembered(doc, version); ok {
		return text, version, nil
	}

	if !isEnvelope(stored) {
		b.noteClear(doc, version)
		return stored, version, nil
	}

	text, err := b.decrypt(string(doc), stored)
	if err != nil {
		return nil, version, b.explain(doc, headOf(stored).serial, err)
	}

	b.remember(doc, version, text)
	return text, version, nil
}

// explain adds the place and the next step to an error.
func (b *Backend) explain(doc state.Document, serial uint64, err error) error {
	var damage damageError
	if !errors.As(err, &damage) && !errors.Is(err, state.ErrOtherDocument) {
		return fmt.Errorf("%s: %w", b.Place(doc), err)
	}

	next := "it is ignored, and the next live plan or refresh replaces it"
	switch {
	case doc == state.DocSnapshots && errors.Is(err, state.ErrOtherDocument):
		next = "it was not changed, because two configurations may share a place"
	case doc == state.DocJournal:
		next = "restore it from a copy, or delete it: the next apply then reads the zones to find out what became " +
			"of the last requests"
	case doc != state.DocSnapshots:
		next = "restore it from a copy, or delete it: equal records are adopted again"
		if backup := b.Backup(); backup != "" {
			next = fmt.Sprintf("restore it from %s, or delete it: equal records are adopted again", backup)
		}
	}

	return &state.UnreadableError{Place: b.Place(doc), Err: err, Next: next, Serial: serial}
}

// Write implements [state.Backend]. It never writes in the clear.
func (b *Backend) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (state.Version, error) {
	sealed, err := b.encrypt(string(doc), text)
	if err != nil {
		return "", err
	}

	version, err := b.Backend.Write(ctx, doc, sealed, was)
	if err != nil {
		return "", err
	}

	if doc == state.DocState && b.wasClear(doc, was) {
		version = b.sealCopies(ctx, sealed, version)
	}

	b.remember(doc, version, text)
	return version, nil
}

// sealCopies encrypts the copies of a state that was just encrypted for the first time: the backup with the
// former state, the copies of older formats, and the archive. It warns if it cannot encrypt some of them.
func (b *Backend) sealCopies(ctx context.Context, sealed []byte, version state.Version) state.Version {
	var errs []error
	if b.Backup() != "" {
		again, err := b.Backend.Write(ctx, state.DocState, sealed, version) // a second write, which makes an encrypted text the backup
		if err == nil {
			version = again
		}
		errs = append(errs, err)
	}

	for v := 1; v < state.FormatVersion; v++ {
		errs = append(errs, b.sealDocument(ctx, state.FormerDocument(v)))
	}

	errs = append(errs, b.sealDocument(ctx, state.DocJournal))
	if a, ok := b.Backend.(state.Archive); ok {
		errs = append(errs, (&archive{a, b}).seal(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		b.warn("Copies of the state are not encrypted", fmt.Sprintf("The state is encrypted, but some copies of "+
			"it beside it are not: %v.", err))
	}

	return version
}

// sealDocument encrypts a document that is stored in the clear.
func (b *Backend) sealDocument(ctx context.Context, doc state.Document) error {
	text, version, err := b.Backend.Read(ctx, doc)
	if err != nil || version == "" || isEnvelope(text) {
		return err
	}
	sealed, err := b.encrypt(string(doc), text)
	if err == nil {
		_, err = b.Backend.Write(ctx, doc, sealed, version)
	}
	return err
}

func (b *Backend) noteClear(doc state.Document, version state.Version) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inClear[doc] = version
	if doc != state.DocState || b.warned {
		return
	}
	b.warned = true
	b.warn("The state is not encrypted yet", fmt.Sprintf("%s is stored in the clear. The next write "+
		"encrypts it, with the copies beside it. "+
		"Older copies in git, in backups or in a bucket's versions stay readable.", b.Place(doc)))
}

func (b *Backend) wasClear(doc state.Document, version state.Version) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was, ok := b.inClear[doc]
	delete(b.inClear, doc)
	return ok && was == version
}

func (b *Backend) remember(doc state.Document, version state.Version, text []byte) {
	if !b.keys.slow() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known[doc] = known{version, append([]byte(nil), text...)}
}

func (b *Backend) remembered(doc state.Document, version state.Version) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.known[doc]
	if !ok || k.version != version {
		return nil, false
	}
	return append([]byte(nil), k.text...), true
}
