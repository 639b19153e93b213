package cloudflare

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/guidance"
)

// credentialsLimit is the size limit for a credentials file, in bytes.
const credentialsLimit = 64 << 10

// Found are credentials with their source.
type Found struct {
	Credentials
	// Source tells users where the credentials come from.
	Source string
	// Exposed is the mode of a credentials file that other users can read; 0 otherwise.
	Exposed fs.FileMode
}

// FindCredentials returns the credentials of the configuration if it has any, and otherwise the credentials
// of the environment, as Terraform's provider does. It never mixes the two.
//
// account is empty for the default account. A named account has its own variables and never gets the values
// of the default account's variables.
//
// getenv returns the value of a variable. resolve returns the path of the file that
// CLOUDFLARE_API_TOKEN_FILE names.
func FindCredentials(account string, configured Credentials, getenv, resolve func(string) string) Found {
	place := placeOf(account)
	if configured.Token != "" || configured.Key != "" {
		if configured.Email == "" && place.email != "" {
			configured.Email = getenv(place.email)
		}
		return Found{Credentials: configured, Source: place.block}
	}

	f := Found{Credentials: Credentials{Token: getenv(place.token)}}
	if account == "" {
		f.Key, f.Email = getenv(place.key), getenv(place.email)
	}

	switch name := getenv(place.file); {
	case name != "" && f.Token == "" && f.Key == "":
		return place.readFile(name, resolve)
	case name != "":
		f.Fault = place.file + " is set as well as " + place.givenBy(f.Credentials)
	}

	f.Source = place.givenBy(f.Credentials) + " in the environment"
	return f
}

// Missing reports whether there are no credentials at all.
func (f Found) Missing() bool { return f.Token == "" && f.Key == "" && f.Fault == "" }

// place has the names of the environment variables and of the block that can have an account's credentials.
type place struct {
	token, file string
	// key and email are empty for a named account.
	key, email string
	block      string
}

func placeOf(account string) place {
	p := place{token: guidance.TokenVariable(account), file: guidance.TokenFileVariable(account)}
	if account != "" {
		p.block = "the block cloudflare " + strconv.Quote(account) + " of the configuration"
		return p
	}
	p.key, p.email = "CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL"
	p.block = "the cloudflare block of the configuration"
	return p
}

// givenBy returns the variables from which the credentials come.
func (p place) givenBy(c Credentials) string {
	switch {
	case c.Token != "" && c.Key != "":
		return p.token + " and " + p.key
	case c.Key != "":
		return p.key
	default:
		return p.token
	}
}

// readFile reads a file that has a plain token, or JSON with api_token, or with api_key and email. No error
// repeats the content of the file.
func (p place) readFile(name string, resolve func(string) string) Found {
	if looksSecret(name) {
		return Found{
			Credentials: Credentials{Fault: p.file + " must name a file, but looks like a token itself: set " + p.token +
				" to it instead"},
			Source: p.file,
		}
	}

	f := Found{Source: "the file of " + p.file + " (" + name + ")"}
	path := resolve(name)
	text, err := credentialsText(path)
	if err != nil {
		f.Fault = "the file of " + p.file + " cannot be used: " + withoutPath(err).Error()
		return f
	}

	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		f.Exposed = info.Mode().Perm()
	}
	f.Credentials = p.parse(text)
	return f
}

// secretForm matches tokens and keys, and hardly any file names.
var secretForm = regexp.MustCompile(`^(cf[a-z]{1,3}_[A-Za-z0-9_-]+|[A-Za-z0-9_-]{36,})$`)

// looksSecret reports whether a file name looks like a token that the user put in place of the name. Such a
// text must not appear anywhere, not even in an error.
func looksSecret(name string) bool { return secretForm.MatchString(strings.TrimSpace(name)) }

// withoutPath returns the reason of a file error, without the file's name.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// credentialsText reads a file. The file may be a pipe, for example of a process substitution.
func credentialsText(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()

	text, err := files.Read(file, credentialsLimit)
	var tooLarge *files.TooLargeError
	switch {
	case errors.As(err, &tooLarge):
		return "", errors.New("it is too large to hold credentials alone")
	case err != nil:
		return "", err
	case strings.TrimSpace(string(text)) == "":
		return "", errors.New("it is empty")
	}
	return string(text), nil
}

func (p place) parse(text string) Credentials {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Credentials{Token: text}
	}

	var content struct {
		Token string `json:"api_token"`
		Key   string `json:"api_key"`
		Email string `json:"email"`
	}
	// An error of encoding/json contains an offset or a character, but no value.
	if err := json.Unmarshal([]byte(text), &content); err != nil {
		return Credentials{Fault: "the file of " + p.file + " is not JSON with api_token, or api_key and email"}
	}
	c := Credentials{Token: content.Token, Key: content.Key, Email: content.Email}
	if c == (Credentials{}) {
		c.Fault = "the file of " + p.file + " has neither api_token nor api_key"
	}
	return c
}
