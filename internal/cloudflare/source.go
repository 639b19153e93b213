package cloudflare

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/cfplan/cfplan/internal/files"
)

// credentialsLimit is the size of the largest credentials file, in bytes.
const credentialsLimit = 64 << 10

// Found are credentials with the place where they were found.
type Found struct {
	Credentials
	// Source says where they come from, for people.
	Source string
	// Exposed is the mode of a credentials file that other users can read; 0 otherwise.
	Exposed fs.FileMode
}

// FindCredentials returns the credentials of the configuration if it has any, as
// Terraform's provider does, and else those of the environment. It never mixes the two.
//
// getenv looks up a variable. resolve returns the path of the file that
// CLOUDFLARE_API_TOKEN_FILE names.
func FindCredentials(configured Credentials, getenv, resolve func(string) string) Found {
	if configured.Token != "" || configured.Key != "" {
		if configured.Email == "" {
			configured.Email = getenv("CLOUDFLARE_EMAIL")
		}
		return Found{Credentials: configured, Source: "the cloudflare block of the configuration"}
	}

	f := Found{Credentials: Credentials{
		Token: getenv("CLOUDFLARE_API_TOKEN"),
		Key:   getenv("CLOUDFLARE_API_KEY"),
		Email: getenv("CLOUDFLARE_EMAIL"),
	}}
	switch name := getenv("CLOUDFLARE_API_TOKEN_FILE"); {
	case name != "" && f.Token == "" && f.Key == "":
		return readCredentials(name, resolve)
	case name != "":
		f.Fault = "CLOUDFLARE_API_TOKEN_FILE is set as well as " + givenBy(f.Credentials)
	}
	f.Source = givenBy(f.Credentials) + " in the environment"
	return f
}

// givenBy names the variables that credentials come from.
func givenBy(c Credentials) string {
	switch {
	case c.Token != "" && c.Key != "":
		return "CLOUDFLARE_API_TOKEN and CLOUDFLARE_API_KEY"
	case c.Key != "":
		return "CLOUDFLARE_API_KEY"
	default:
		return "CLOUDFLARE_API_TOKEN"
	}
}

// readCredentials reads a file with a bare token, or with JSON that has api_token, or
// api_key and email. No error repeats what the file holds.
func readCredentials(name string, resolve func(string) string) Found {
	if looksSecret(name) {
		return Found{
			Credentials: Credentials{Fault: "CLOUDFLARE_API_TOKEN_FILE is to name a file, but looks like a token itself: " +
				"set CLOUDFLARE_API_TOKEN to it instead"},
			Source: "CLOUDFLARE_API_TOKEN_FILE",
		}
	}

	f := Found{Source: "the file of CLOUDFLARE_API_TOKEN_FILE (" + name + ")"}
	path := resolve(name)
	text, err := credentialsText(path)
	if err != nil {
		f.Fault = "the file of CLOUDFLARE_API_TOKEN_FILE cannot be used: " + withoutPath(err).Error()
		return f
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		f.Exposed = info.Mode().Perm()
	}
	f.Credentials = parseCredentials(text)
	return f
}

// secretForm matches tokens and keys, and hardly any name of a file.
var secretForm = regexp.MustCompile(`^(cf[a-z]{1,3}_[A-Za-z0-9_-]+|[A-Za-z0-9_-]{36,})$`)

// looksSecret reports whether the user put the token where the name of its file belongs.
// It must not be repeated then, not even in an error.
func looksSecret(name string) bool { return secretForm.MatchString(strings.TrimSpace(name)) }

// withoutPath returns what went wrong with a file, without its name.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// credentialsText reads a file that may be a pipe, such as a process substitution.
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

func parseCredentials(text string) Credentials {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Credentials{Token: text}
	}

	var content struct {
		Token string `json:"api_token"`
		Key   string `json:"api_key"`
		Email string `json:"email"`
	}
	// An error of json names an offset or a character, and no value.
	if err := json.Unmarshal([]byte(text), &content); err != nil {
		return Credentials{Fault: "the file of CLOUDFLARE_API_TOKEN_FILE is not JSON with api_token, or api_key and email"}
	}
	c := Credentials{Token: content.Token, Key: content.Key, Email: content.Email}
	if c == (Credentials{}) {
		c.Fault = "the file of CLOUDFLARE_API_TOKEN_FILE has neither api_token nor api_key"
	}
	return c
}
