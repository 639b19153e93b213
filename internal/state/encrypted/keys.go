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

// The environment variables that keys come from.
const (
	identityVar     = "CFPLAN_STATE_IDENTITY"
	identityFileVar = "CFPLAN_STATE_IDENTITY_FILE"
	passphraseVar   = "CFPLAN_STATE_PASSPHRASE"
)

const (
	// workFactor is the logarithm of scrypt's cost for what is written: a quarter of a
	// second and 64 MiB on a small machine. A run pays it for each document that it
	// reads or writes, and an apply after every request, so age's own default (18, a
	// second and 256 MiB) would be felt all day. It is what an attacker who has the
	// file pays for each guess.
	workFactor = 16
	// maxWorkFactor bounds what a document can make us pay.
	maxWorkFactor = 18
	// shortest is the least number of bytes in a passphrase: an attacker who has the
	// file can guess as long as he likes.
	shortest = 12
	// maxKeyFile bounds a file of secret keys, in bytes.
	maxKeyFile = 64 << 10
)

// keys are what encrypts and decrypts. Secret ones are looked for once, when they are
// needed: a command that does not read the state does without.
type keys struct {
	public []age.Recipient
	secret func() (secrets, error)
	// checked is the error of the one check that what is written can be read back.
	once    sync.Once
	checked error
}

// secrets are the keys of the environment.
type secrets struct {
	identities []age.Identity
	passphrase string
}

func newKeys(public []age.Recipient, file string, env func(string) string, warn func(summary, detail string)) *keys {
	return &keys{public: public, secret: sync.OnceValues(func() (secrets, error) { return findSecrets(file, env, warn) })}
}

// slow reports whether each use of the key costs a derivation.
func (k *keys) slow() bool { return len(k.public) == 0 }

// parseRecipients reads public keys and tells all that is wrong with them.
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
			errs = append(errs, errors.New("encryption: recipients of the two kinds, age1… and age1pq1…, do not go "+
				"together: the former would undo what the latter are for"))
		}
	}

	return out, errors.Join(errs...)
}

func parseRecipient(text string) (age.Recipient, error) {
	var r age.Recipient
	var err error
	switch {
	case holdsKey(text):
		return nil, errors.New("encryption: a recipient is a secret key, which must not be in a file like this; " +
			"make another with age-keygen, and write the public key that it prints")
	case strings.HasPrefix(text, "age1pq1"):
		r, err = age.ParseHybridRecipient(text)
	case strings.HasPrefix(text, "age1"):
		r, err = age.ParseX25519Recipient(text)
	default:
		err = errors.New("it does not begin with age1")
	}

	if err != nil {
		return nil, fmt.Errorf("encryption: %.80q is no public key of age: %w; age-keygen -y prints that of a "+
			"secret key", text, err)
	}

	return r, nil
}

func findSecrets(file string, env func(string) string, warn func(summary, detail string)) (secrets, error) {
	out := secrets{passphrase: env(passphraseVar)}
	if n := len(out.passphrase); n > 0 && n < shortest {
		return out, fmt.Errorf("%s is too short: whoever has the file can guess as long as he likes; at least %d "+
			"characters, better what `openssl rand -base64 24` prints", passphraseVar, shortest)
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
			return out, fmt.Errorf("%s is a secret key itself, and takes the path of a file that has it; the key "+
				"itself belongs into %s", from.name, identityVar)
		}
		var more []age.Identity
		more, err = identityFile(from.path, warn)
		out.identities = append(out.identities, more...)
	}

	return out, err
}

// holdsKey reports whether a text has a secret key inside where there should be none:
// no error may quote it.
func holdsKey(text string) bool {
	return strings.Contains(strings.ToUpper(text), "AGE-SECRET-KEY-")
}

// identityFile reads a file of secret keys, and warns of one that could be committed.
func identityFile(path string, warn func(summary, detail string)) ([]age.Identity, error) {
	text, err := files.ReadFile(path, maxKeyFile)
	switch {
	case errors.As(err, new(*files.TooLargeError)):
		return nil, fmt.Errorf("%w, and not a file of keys", err)
	case err != nil:
		return nil, fmt.Errorf("the key of the state can't be read: %w", err)
	}

	if repository := repositoryOf(path); repository != "" {
		warn("Secret key inside of a repository", fmt.Sprintf("%s is below %s, from where it could be committed, "+
			"and with it whoever sees the repository can decrypt the state. "+
			"Keep it elsewhere, or in %s.", path, repository, identityVar))
	}

	return parseIdentities(path, text)
}

// repositoryOf returns the git repository that a file is in, empty for none.
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

// parseIdentities reads secret keys, one a line, as age-keygen writes them. The error
// quotes nothing.
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
			return nil, fmt.Errorf("%s: line %d is no secret key of age, which begins with AGE-SECRET-KEY-1; "+
				"age-keygen makes one", source, n+1)
		}

		out = append(out, id)
	}

	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no secret key of age, which begins with AGE-SECRET-KEY-1; age-keygen makes one", source)
	}

	return out, nil
}

// recipients are those that what is written is for.
func (k *keys) recipients() ([]age.Recipient, error) {
	if len(k.public) > 0 {
		return k.public, nil
	}

	s, err := k.secret()
	if err != nil {
		return nil, err
	}

	if s.passphrase == "" {
		return nil, fmt.Errorf("the encryption block has no recipients and %s is not set, so there is nothing to "+
			"encrypt the state with; set the passphrase, or name recipients", passphraseVar)
	}

	r, err := age.NewScryptRecipient(s.passphrase)
	if err != nil {
		return nil, err
	}

	r.SetWorkFactor(workFactor)
	return []age.Recipient{r}, nil
}

// identities are all that may decrypt, so that keys can be changed for one another.
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
			"key (AGE-SECRET-KEY-1…) of one of its recipients, %s to a file that has it, or %s",
			identityVar, identityFileVar, passphraseVar)
	}

	return out, nil
}

// readable makes sure, once, that what is about to be written for the recipients can
// be read back here: who would lock himself out is told before he does.
func (k *keys) readable(sealed []byte) error {
	if k.slow() {
		return nil // the passphrase does both
	}

	k.once.Do(func() {
		identities, err := k.identities()
		if err == nil {
			_, err = age.Decrypt(bytes.NewReader(sealed), identities...)
		}
		var wrong *age.NoIdentityMatchError
		if errors.As(err, &wrong) {
			err = fmt.Errorf("the state was not written: none of the recipients in the encryption block is that of " +
				"the key in use here, so that it could not be read back; add its public key, which age-keygen -y prints")
		}
		k.checked = err
	})

	return k.checked
}

// mismatch says why none of the keys fits.
func (k *keys) mismatch(e *age.NoIdentityMatchError) error {
	byPassphrase := len(e.StanzaTypes) == 1 && e.StanzaTypes[0] == "scrypt"
	s, _ := k.secret() // it has been read without an error
	switch {
	case byPassphrase && s.passphrase == "":
		return fmt.Errorf("the state is encrypted with a passphrase; set %s", passphraseVar)
	case byPassphrase:
		return fmt.Errorf("the state is encrypted with another passphrase than that in %s, or at a higher cost "+
			"than cfplan allows", passphraseVar)
	case len(s.identities) == 0:
		return fmt.Errorf("the state is encrypted for keys, and not with a passphrase; set %s to the secret key of "+
			"one of its recipients", identityVar)
	default:
		return errors.New("the state is encrypted for other keys than the one in use here; take the secret key of " +
			"one of its recipients, or have somebody who has one add your public key to the recipients and apply")
	}
}
