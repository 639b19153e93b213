package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
)

// mostCredentials bounds what is read of a credentials file, in bytes.
const mostCredentials = 64 << 10

// found are credentials with the place where they were.
type found struct {
	cloudflare.Credentials
	// source says where they come from, for people.
	source   string
	warnings hcl.Diagnostics
}

// credentials come from the cloudflare block where it has any, as in Terraform's
// provider, and from the environment otherwise; the two are never mixed.
func (a *app) credentials(cfg *config.Config) found {
	if c := cfg.Cloudflare; c.APIToken != "" || c.APIKey != "" {
		return found{Credentials: cloudflare.Credentials{Token: c.APIToken, Key: c.APIKey, Email: or(c.Email, a.getenv("CLOUDFLARE_EMAIL"))},
			source: "the cloudflare block of the configuration"}
	}
	f := found{Credentials: cloudflare.Credentials{Token: a.getenv("CLOUDFLARE_API_TOKEN"),
		Key: a.getenv("CLOUDFLARE_API_KEY"), Email: a.getenv("CLOUDFLARE_EMAIL")}}
	switch name := a.getenv("CLOUDFLARE_API_TOKEN_FILE"); {
	case name != "" && f.Token == "" && f.Key == "":
		return a.credentialsFile(name)
	case name != "":
		f.Fault = "CLOUDFLARE_API_TOKEN_FILE is set as well as " + givenBy(f.Credentials)
	}
	f.source = givenBy(f.Credentials) + " in the environment"
	return f
}

func givenBy(c cloudflare.Credentials) string {
	switch {
	case c.Token != "" && c.Key != "":
		return "CLOUDFLARE_API_TOKEN and CLOUDFLARE_API_KEY"
	case c.Key != "":
		return "CLOUDFLARE_API_KEY"
	default:
		return "CLOUDFLARE_API_TOKEN"
	}
}

// credentialsFile reads a file with a bare token, or with JSON that has api_token,
// or api_key and email. No error repeats what the file holds.
func (a *app) credentialsFile(name string) found {
	if looksSecret(name) {
		return found{source: "CLOUDFLARE_API_TOKEN_FILE", Credentials: cloudflare.Credentials{
			Fault: "CLOUDFLARE_API_TOKEN_FILE is to name a file, but looks like a token itself: set CLOUDFLARE_API_TOKEN to it instead"}}
	}
	f := found{source: "the file of CLOUDFLARE_API_TOKEN_FILE (" + name + ")"}
	text, err := readCredentials(a.path(name))
	if err != nil {
		f.Fault = "the file of CLOUDFLARE_API_TOKEN_FILE cannot be used: " + withoutPath(err).Error()
		return f
	}
	if info, err := os.Stat(a.path(name)); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		f.warnings = f.warnings.Append(&hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Others can read the credentials file",
			Detail: fmt.Sprintf("%s may be read by other users of this machine (mode %04o). Keep it to yourself: chmod 600 %s", name, info.Mode().Perm(), shellQuote(name))})
	}
	f.Credentials = parseCredentials(text)
	return f
}

// secretForm is what tokens and keys look like, and names of files hardly do.
var secretForm = regexp.MustCompile(`^(cf[a-z]{1,3}_[A-Za-z0-9_-]+|[A-Za-z0-9_-]{36,})$`)

// looksSecret reports whether somebody has put the token where the name of its file
// belongs. It must not be repeated then, not in an error either.
func looksSecret(name string) bool { return secretForm.MatchString(strings.TrimSpace(name)) }

// withoutPath is what went wrong with a file, without its name.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func readCredentials(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, mostCredentials+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > mostCredentials:
		return "", errors.New("it is too large to hold credentials alone")
	case strings.TrimSpace(string(text)) == "":
		return "", errors.New("it is empty")
	}
	return string(text), nil
}

func parseCredentials(text string) cloudflare.Credentials {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return cloudflare.Credentials{Token: text}
	}
	var content struct {
		Token string `json:"api_token"`
		Key   string `json:"api_key"`
		Email string `json:"email"`
	}
	// json's own errors name an offset or a character, and no value.
	if err := json.Unmarshal([]byte(text), &content); err != nil {
		return cloudflare.Credentials{Fault: "the file of CLOUDFLARE_API_TOKEN_FILE is not JSON with api_token, or api_key and email"}
	}
	c := cloudflare.Credentials{Token: content.Token, Key: content.Key, Email: content.Email}
	if c == (cloudflare.Credentials{}) {
		c.Fault = "the file of CLOUDFLARE_API_TOKEN_FILE has neither api_token nor api_key"
	}
	return c
}
