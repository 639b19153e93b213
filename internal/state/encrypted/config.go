package encrypted

import (
	"github.com/cfplan/cfplan/internal/state"
)

// Settings says how to encrypt.
type Settings struct {
	// Recipients are public keys of age: age1…, or age1pq1… for keys that resist quantum computers. If
	// there are none, the passphrase in CFPLAN_STATE_PASSPHRASE encrypts.
	Recipients []string
	// IdentityFile is the path of a file with secret keys, as age-keygen writes it.
	IdentityFile string
}

// Configure wraps a backend. The secret keys come from the variable CFPLAN_STATE_IDENTITY, from the file that
// CFPLAN_STATE_IDENTITY_FILE names, or from Settings. They are read when a document first needs them.
// Configure reports all mistakes in the recipients at once. It calls warn at most once for each warning; warn
// may be nil.
//
// The result is a [state.Archive] or a [state.Prober] if inner is.
func Configure(
	inner state.Backend, s Settings, env func(string) string, warn func(summary, detail string),
) (state.Backend, error) {
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
