// Package encrypted encrypts the documents of another state backend with age (age-encryption.org/v1,
// filippo.io/age). Someone who can read the place of the state sees that a state exists, its lineage and how
// often it changed, but no zone data.
//
// The package protects secrecy, not authenticity. Someone who may write to the place and knows the public
// keys can store a state of their own there, or an older one. If that matters, the permissions of the place
// must prevent it.
package encrypted

import (
	"sync"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps the documents of an inner backend encrypted. It reads a document that is stored in the clear
// as it is. The next write encrypts that document, together with the copies that the inner backend keeps of
// it.
type Backend struct {
	state.Backend // the inner one

	keys *keys
	warn func(summary, detail string)

	mu sync.Mutex
	// inClear has the version of each document that was unencrypted when it was last read.
	inClear map[state.Document]state.Version
	// known has the texts that were decrypted or encrypted last. It is used only if the key comes from a
	// passphrase, because each derivation of that key is slow on purpose.
	known  map[state.Document]known
	warned bool
}

type known struct {
	version state.Version
	text    []byte
}

// Backup returns the place of the former state, if the inner backend keeps one.
func (b *Backend) Backup() string {
	if inner, ok := b.Backend.(interface{ Backup() string }); ok {
		return inner.Backup()
	}
	return ""
}
