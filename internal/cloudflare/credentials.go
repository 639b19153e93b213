package cloudflare

import (
	"net/url"
	"strings"

	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/hosts"
)

// Credentials authenticate requests. They are either Token, or Key with Email.
type Credentials struct {
	Token      string
	Key, Email string
	// Fault says why there are no usable credentials, for example because a file cannot be read. It
	// contains no part of a credential.
	Fault string
}

// trimmed returns the credentials without surrounding white space. A final line break from a file with a
// secret is a frequent cause of code 6003.
func (c Credentials) trimmed() Credentials {
	c.Token, c.Key, c.Email = strings.TrimSpace(c.Token), strings.TrimSpace(c.Key), strings.TrimSpace(c.Email)
	return c
}

// check returns an error if the credentials cannot be sent. Cloudflare decides which formats are valid and
// has changed them before, so check refuses only what a header cannot contain.
func (c Credentials) check() *Error {
	switch {
	case c.Fault != "":
		return local(guidance.BadPlace, presentable(c.Fault))
	case c.Token != "" && c.Key != "":
		return local(guidance.BothCredentials, "two credentials at once: an API token and a global API key")
	case c.Token == "" && c.Key == "":
		return local(guidance.NoCredentials, "no credentials")
	case c.Key != "" && c.Email == "":
		return local(guidance.NoEmail, "a global API key without its email address")
	case !sendable(c.Token):
		return local(guidance.BadToken, "the API token has characters that no token has")
	case !sendable(c.Key + c.Email):
		return local(guidance.BadKey, "the API key or its email address has characters that neither has")
	}

	return nil
}

func (c Credentials) options() []option.RequestOption {
	if c.Token != "" {
		return []option.RequestOption{option.WithAPIToken(c.Token)}
	}
	return []option.RequestOption{option.WithAPIKey(c.Key), option.WithAPIEmail(c.Email)}
}

// sendable reports whether s contains only printable ASCII, which a header can contain. It allows spaces,
// because Cloudflare has its own code for them.
func sendable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// checkBaseURL returns the base URL to use, or an error if requests must not go there. No message repeats
// the URL, because it may contain a password.
func checkBaseURL(given string) (string, *Error) {
	given = strings.TrimSpace(given)
	if given == "" {
		return DefaultBaseURL, nil
	}

	u, err := url.Parse(given)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || (u.Scheme != "https" && u.Scheme != "http"):
		return DefaultBaseURL, local(guidance.BadBaseURL, "the base URL is not an https:// address")
	case u.User != nil:
		return DefaultBaseURL, local(guidance.BadBaseURL, "the base URL holds a user name or password")
	case u.RawQuery != "" || u.Fragment != "":
		return DefaultBaseURL, local(guidance.BadBaseURL, "the base URL has a query or a fragment")
	case u.Scheme == "http" && !hosts.Loopback(u.Hostname()):
		return DefaultBaseURL, local(guidance.BadBaseURL,
			"the base URL is http:// to another machine, so the credentials would be sent unencrypted")
	}

	return given, nil
}
