// Package encrypted keeps the documents of another state backend encrypted, with age
// (age-encryption.org/v1, filippo.io/age): whoever can read the place of the state
// sees that there is one, its lineage and how often it changed, and no zone data.
//
// It hides, and does not vouch: who may write to the place and knows the public keys
// can put a state of his own there, or an older one back. Where that counts, the
// place's own permissions must see to it.
package encrypted

import (
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

// Backup names the place of the former state, where the inner backend keeps one.
func (b *Backend) Backup() string {
	if inner, ok := b.Backend.(interface{ Backup() string }); ok {
		return inner.Backup()
	}
	return ""
}
