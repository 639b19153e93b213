package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/files"
)

// credentialsLimit is the size of the largest credentials file, in bytes.
const credentialsLimit = 64 << 10

// credentials are Cloudflare's with the place where they were found.
type credentials struct {
	cloudflare.Credentials
	// source says where they come from, for people.
	source   string
	warnings hcl.Diagnostics
}

// readCredentials takes the credentials from the cloudflare block if it has any, as
// Terraform's provider does, and else from the environment. It never mixes the two.
func readCredentials(cfg *config.Config, env environment, dir *directory) credentials {
	if c := cfg.Cloudflare; c.APIToken != "" || c.APIKey != "" {
		return credentials{
			Credentials: cloudflare.Credentials{Token: c.APIToken, Key: c.APIKey, Email: or(c.Email, env.get("CLOUDFLARE_EMAIL"))},
			source:      "the cloudflare block of the configuration",
		}
	}

	c := credentials{Credentials: cloudflare.Credentials{
		Token: env.get("CLOUDFLARE_API_TOKEN"),
		Key:   env.get("CLOUDFLARE_API_KEY"),
		Email: env.get("CLOUDFLARE_EMAIL"),
	}}
	switch name := env.get("CLOUDFLARE_API_TOKEN_FILE"); {
	case name != "" && c.Token == "" && c.Key == "":
		return readCredentialsFile(name, dir.path(name))
	case name != "":
		c.Fault = "CLOUDFLARE_API_TOKEN_FILE is set as well as " + givenBy(c.Credentials)
	}
	c.source = givenBy(c.Credentials) + " in the environment"
	return c
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

// readCredentialsFile reads a file with a bare token, or with JSON that has api_token,
// or api_key and email. No error repeats what the file holds.
func readCredentialsFile(name, path string) credentials {
	if looksSecret(name) {
		return credentials{
			Credentials: cloudflare.Credentials{Fault: "CLOUDFLARE_API_TOKEN_FILE is to name a file, but looks like a token itself: " +
				"set CLOUDFLARE_API_TOKEN to it instead"},
			source: "CLOUDFLARE_API_TOKEN_FILE",
		}
	}

	c := credentials{source: "the file of CLOUDFLARE_API_TOKEN_FILE (" + name + ")"}
	text, err := credentialsText(path)
	if err != nil {
		c.Fault = "the file of CLOUDFLARE_API_TOKEN_FILE cannot be used: " + withoutPath(err).Error()
		return c
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		c.warnings = c.warnings.Append(&hcl.Diagnostic{
			Severity: hcl.DiagWarning,
			Summary:  "Others can read the credentials file",
			Detail: fmt.Sprintf("%s may be read by other users of this machine (mode %04o). Keep it to yourself: chmod 600 %s",
				name, info.Mode().Perm(), shellQuote(name)),
		})
	}
	c.Credentials = parseCredentials(text)
	return c
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
