// Package encrypted keeps the documents of another state backend encrypted, with age
// (age-encryption.org/v1, filippo.io/age): whoever can read the place of the state
// sees that there is one, its lineage and how often it changed, and no zone data.
//
// It hides, and does not vouch: who may write to the place and knows the public keys
// can put a state of his own there, or an older one back. Where that counts, the
// place's own permissions must see to it.
package encrypted

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps the documents of an inner backend encrypted. What is stored in the
// clear is read as it is, and encrypted when it is written next, with the copies that
// the inner backend keeps of it.
type Backend struct {
	state.Backend // the inner one

	keys *keys
	warn func(summary, detail string)

	mu sync.Mutex
	// inClear are documents that were last read unencrypted, with that version.
	inClear map[state.Document]state.Version
	// known are the texts that were decrypted or encrypted last. They are kept where
	// the key comes from a passphrase: each derivation takes its time on purpose.
	known  map[state.Document]known
	warned bool
}

type known struct {
	version state.Version
	text    []byte
}

// Settings say how to encrypt.
type Settings struct {
	// Recipients are public keys of age: age1…, or age1pq1… for keys that a quantum
	// computer does not break. Without any, the passphrase in CFPLAN_STATE_PASSPHRASE
	// encrypts.
	Recipients []string
	// IdentityFile is the path of a file with secret keys, as age-keygen writes it.
	IdentityFile string
}

// Configure wraps a backend. The secret keys come from CFPLAN_STATE_IDENTITY, which
// has them, CFPLAN_STATE_IDENTITY_FILE, which names a file, or Settings; they are
// looked for when the first document is read. All that is wrong with the recipients
// is told at once. warn is told what people should know, once; it may be nil.
//
// What it returns is a [state.Archive] and a [state.Prober] where inner is one.
func Configure(inner state.Backend, s Settings, env func(string) string, warn func(summary, detail string)) (state.Backend, error) {
	recipients, err := parseRecipients(s.Recipients)
	if err != nil {
		return nil, err
	}
	if warn == nil {
		warn = func(string, string) {}
	}
	b := &Backend{Backend: inner, keys: newKeys(recipients, s.IdentityFile, env, warn), warn: warn,
		inClear: map[state.Document]state.Version{}, known: map[state.Document]known{}}
	a, keeps := inner.(state.Archive)
	p, probes := inner.(state.Prober)
	switch {
	case keeps && probes:
		return struct {
			*Backend
			*archive
			state.Prober
		}{b, &archive{a, b}, p}, nil
	case keeps:
		return struct {
			*Backend
			*archive
		}{b, &archive{a, b}}, nil
	case probes:
		return struct {
			*Backend
			state.Prober
		}{b, p}, nil
	default:
		return b, nil
	}
}

// Backup names the place of the former state, where the inner backend keeps one.
func (b *Backend) Backup() string {
	if inner, ok := b.Backend.(interface{ Backup() string }); ok {
		return inner.Backup()
	}
	return ""
}

// Read implements [state.Backend]. A document that is damaged, or was altered, is a
// *[state.UnreadableError]; one for another key is an error that says so.
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

// explain turns an error into one that says where and what to do.
func (b *Backend) explain(doc state.Document, serial uint64, err error) error {
	var damage damageError
	if !errors.As(err, &damage) && !errors.Is(err, state.ErrOtherDocument) {
		return fmt.Errorf("%s: %w", b.Place(doc), err)
	}
	next := "it counts for nothing, and the next live plan or refresh writes it anew"
	switch {
	case doc == state.DocSnapshots && errors.Is(err, state.ErrOtherDocument):
		next = "it is left alone: two configurations may share a place"
	case doc != state.DocSnapshots:
		next = "restore it from a copy, or delete it: equal records are adopted again"
		if backup := b.Backup(); backup != "" {
			next = fmt.Sprintf("restore it from %s, or delete it: equal records are adopted again", backup)
		}
	}
	return &state.UnreadableError{Place: b.Place(doc), Err: err, Next: next, Serial: serial}
}

// Write implements [state.Backend]. Nothing is ever written in the clear.
func (b *Backend) Write(ctx context.Context, doc state.Document, text []byte, was state.Version) (state.Version, error) {
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

// sealCopies encrypts what else there is of a state that has just been written
// encrypted for the first time: the backup, which has the former one, the copies of
// older formats, and the archive. What cannot be is told.
func (b *Backend) sealCopies(ctx context.Context, sealed []byte, version state.Version) state.Version {
	var errs []error
	if b.Backup() != "" {
		again, err := b.Backend.Write(ctx, state.DocState, sealed, version) // its backup is the encrypted one then
		if err == nil {
			version = again
		}
		errs = append(errs, err)
	}
	for v := 1; v < state.FormatVersion; v++ {
		errs = append(errs, b.sealDocument(ctx, state.FormerDocument(v)))
	}
	if a, ok := b.Backend.(state.Archive); ok {
		errs = append(errs, (&archive{a, b}).seal(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		b.warn("Copies of the state are not encrypted", fmt.Sprintf("The state is, but not all that is kept beside it: %v.", err))
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
	b.warn("The state is not encrypted yet", fmt.Sprintf("%s was stored in the clear. It is encrypted when it is written next, with the copies beside it; "+
		"what git, backups or a bucket's versions have of it stays readable.", b.Place(doc)))
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

// archive keeps the entries of an inner archive encrypted.
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

// Kept implements [state.Archive].
func (a *archive) Kept(ctx context.Context, name string) ([]byte, error) {
	stored, err := a.inner.Kept(ctx, name)
	if err != nil || !isEnvelope(stored) {
		return stored, err
	}
	data, err := a.b.decrypt(entryLabel(name), stored)
	if err != nil {
		return nil, fmt.Errorf("the entry %s of the history: %w", name, err)
	}
	return data, nil
}

// Entries implements [state.Archive].
func (a *archive) Entries(ctx context.Context) ([]string, error) { return a.inner.Entries(ctx) }

// Drop implements [state.Archive].
func (a *archive) Drop(ctx context.Context, name string) error { return a.inner.Drop(ctx, name) }

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
