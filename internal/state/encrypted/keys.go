package encrypted

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"

	"github.com/cfplan/cfplan/internal/files"
)

// These environment variables hold keys.
const (
	identityVar     = "CFPLAN_STATE_IDENTITY"
	identityFileVar = "CFPLAN_STATE_IDENTITY_FILE"
	passphraseVar   = "CFPLAN_STATE_PASSPHRASE"
)

const (
	// workFactor is the logarithm of scrypt's cost for new documents: a quarter of a second and 64 MiB on
	// a small machine. A run pays it for each document that it reads or writes, and an apply after every
	// request, so age's default (18: a second and 256 MiB) would be too slow. An attacker who has the file
	// pays it for each guess.
	workFactor = 16
	// maxWorkFactor limits the cost that a document can demand for decryption.
	maxWorkFactor = 18
	// shortest is the least length of a passphrase in bytes. An attacker who has the file can guess
	// without limit.
	shortest = 12
	// maxKeyFile is the largest size of a file of secret keys, in bytes.
	maxKeyFile = 64 << 10
)

// keys encrypts and decrypts. Secret keys are read once, when they are first needed: a command that does not
// read the state needs none.
type keys struct {
	public []age.Recipient
	secret func() (secrets, error)
	// checked is the result of the check that new documents can be read back, which runs once.
	once    sync.Once
	checked error
}

// secrets are the secret keys and the passphrase of the environment.
type secrets struct {
	identities []age.Identity
	passphrase string
}

func newKeys(public []age.Recipient, file string, env func(string) string, warn func(summary, detail string)) *keys {
	return &keys{public: public, secret: sync.OnceValues(func() (secrets, error) { return findSecrets(file, env, warn) })}
}

// slow reports whether each use of the key costs a slow derivation.
func (k *keys) slow() bool { return len(k.public) == 0 }

// parseRecipients reads public keys, and reports all mistakes in them.
func parseRecipients(list []string) ([]age.Recipient, error) {
	var out []age.Recipient
	var errs []error
	for _, text := range list {
		r, err := parseRecipient(strings.TrimSpace(text))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, r)
	}

	if len(errs) == 0 && len(out) > 0 {
		if _, err := age.Encrypt(io.Discard, out...); err != nil {
			errs = append(errs, errors.New("encryption: do not mix recipients of the two kinds age1… and age1pq1…: "+
				"a quantum computer that breaks one age1… key could read the state"))
		}
	}

	return out, errors.Join(errs...)
}

func parseRecipient(text string) (age.Recipient, error) {
	var r age.Recipient
	var err error
	switch {
	case holdsKey(text):
		return nil, errors.New("encryption: a recipient is a secret key, which must not be in this file; " +
			"make a new key with age-keygen, and write the public key that it prints")
	case strings.HasPrefix(text, "age1pq1"):
		r, err = age.ParseHybridRecipient(text)
	case strings.HasPrefix(text, "age1"):
		r, err = age.ParseX25519Recipient(text)
	default:
		err = errors.New("it does not begin with age1")
	}

	if err != nil {
		return nil, fmt.Errorf("encryption: %.80q is not a public key of age: %w; age-keygen -y prints the public "+
			"key of a secret key", text, err)
	}

	return r, nil
}

func findSecrets(file string, env func(string) string, warn func(summary, detail string)) (secrets, error) {
	out := secrets{passphrase: env(passphraseVar)}
	if n := len(out.passphrase); n > 0 && n < shortest {
		return out, fmt.Errorf("%s is too short: an attacker who has the file can guess without limit; use at "+
			"least %d characters, for example the output of `openssl rand -base64 24`", passphraseVar, shortest)
	}

	var err error
	if text := env(identityVar); text != "" {
		out.identities, err = parseIdentities(identityVar, []byte(text))
	}

	for _, from := range []struct{ name, path string }{
		{identityFileVar, env(identityFileVar)},
		{"identity_file in the encryption block", file},
	} {
		if from.path == "" || err != nil {
			continue
		}
		if holdsKey(from.path) {
			return out, fmt.Errorf("%s is a secret key, but takes the path of a file with the key; "+
				"set %s to the key itself", from.name, identityVar)
		}
		var more []age.Identity
		more, err = identityFile(from.path, warn)
		out.identities = append(out.identities, more...)
	}

	return out, err
}

// holdsKey reports whether a text contains a secret key. No error may quote such a text.
func holdsKey(text string) bool {
	return strings.Contains(strings.ToUpper(text), "AGE-SECRET-KEY-")
}

// identityFile reads a file of secret keys, and warns if git could commit it.
func identityFile(path string, warn func(summary, detail string)) ([]age.Identity, error) {
	text, err := files.ReadFile(path, maxKeyFile)
	switch {
	case errors.As(err, new(*files.TooLargeError)):
		return nil, fmt.Errorf("%w, so it is not a file of keys", err)
	case err != nil:
		return nil, fmt.Errorf("the secret key of the state can't be read: %w", err)
	}

	if repository := repositoryOf(path); repository != "" {
		warn("Secret key inside of a repository", fmt.Sprintf("%s is below %s, so it could be committed by mistake. "+
			"Then everyone who sees the repository can decrypt the state. "+
			"Keep the key outside of the repository, or in %s.", path, repository, identityVar))
	}

	return parseIdentities(path, text)
}

// repositoryOf returns the git repository that contains a file, or "" if there is none.
func repositoryOf(path string) string {
	dir, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	for parent := filepath.Dir(dir); parent != dir; parent = filepath.Dir(dir) {
		dir = parent
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
	}
	return ""
}

// parseIdentities reads secret keys, one a line, as age-keygen writes them. Its errors do not quote the text.
func parseIdentities(source string, text []byte) ([]age.Identity, error) {
	var out []age.Identity
	for n, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}

		var id age.Identity
		var err error
		if strings.HasPrefix(line, "AGE-SECRET-KEY-PQ-1") {
			id, err = age.ParseHybridIdentity(line)
		} else {
			id, err = age.ParseX25519Identity(line)
		}

		if err != nil {
			return nil, fmt.Errorf("%s: line %d is not a secret key of age, which begins with AGE-SECRET-KEY-1; "+
				"age-keygen makes one", source, n+1)
		}

		out = append(out, id)
	}

	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no secret key of age, which begins with AGE-SECRET-KEY-1; "+
			"age-keygen makes one", source)
	}

	return out, nil
}

// recipients returns the keys that new documents are encrypted for.
func (k *keys) recipients() ([]age.Recipient, error) {
	if len(k.public) > 0 {
		return k.public, nil
	}

	s, err := k.secret()
	if err != nil {
		return nil, err
	}

	if s.passphrase == "" {
		return nil, fmt.Errorf("the state can't be encrypted: the encryption block has no recipients and %s is not "+
			"set; set the passphrase, or name recipients", passphraseVar)
	}

	r, err := age.NewScryptRecipient(s.passphrase)
	if err != nil {
		return nil, err
	}

	r.SetWorkFactor(workFactor)
	return []age.Recipient{r}, nil
}

// identities returns every key that may decrypt, so that one key can be replaced by another.
func (k *keys) identities() ([]age.Identity, error) {
	s, err := k.secret()
	if err != nil {
		return nil, err
	}

	out := s.identities
	if s.passphrase != "" {
		id, err := age.NewScryptIdentity(s.passphrase)
		if err != nil {
			return nil, err
		}
		id.SetMaxWorkFactor(maxWorkFactor)
		out = append(out[:len(out):len(out)], id)
	}

	if len(out) == 0 {
		return nil, fmt.Errorf("the state is encrypted, and there is no key to decrypt it: set %s to the secret "+
			"key (AGE-SECRET-KEY-1…) of one of its recipients, or %s to a file with that key, or %s",
			identityVar, identityFileVar, passphraseVar)
	}

	return out, nil
}

// readable checks, once, that a document encrypted for the recipients can be decrypted here. Without the check
// users could lock themselves out of their own state.
func (k *keys) readable(sealed []byte) error {
	if k.slow() {
		return nil // the passphrase encrypts and decrypts
	}

	k.once.Do(func() {
		identities, err := k.identities()
		if err == nil {
			_, err = age.Decrypt(bytes.NewReader(sealed), identities...)
		}
		var wrong *age.NoIdentityMatchError
		if errors.As(err, &wrong) {
			err = errors.New("the state was not written, because it could not be read back: the encryption block " +
				"does not name the key in use here; add its public key, which age-keygen -y prints, to the recipients")
		}
		k.checked = err
	})

	return k.checked
}

// mismatch says why none of the keys can decrypt the document.
func (k *keys) mismatch(e *age.NoIdentityMatchError) error {
	byPassphrase := len(e.StanzaTypes) == 1 && e.StanzaTypes[0] == "scrypt"
	s, _ := k.secret() // it was read before, without an error
	switch {
	case byPassphrase && s.passphrase == "":
		return fmt.Errorf("the state is encrypted with a passphrase; set %s", passphraseVar)
	case byPassphrase:
		return fmt.Errorf("the state is encrypted with another passphrase than the one in %s, or at a higher cost "+
			"than cfplan allows", passphraseVar)
	case len(s.identities) == 0:
		return fmt.Errorf("the state is encrypted for keys, and not with a passphrase; set %s to the secret key of "+
			"one of its recipients", identityVar)
	default:
		return errors.New("the state is encrypted for other keys than the one in use here; use the secret key of one " +
			"of its recipients, or ask an owner of such a key to add your public key to the recipients and apply")
	}
}
