package cloudflare

import (
	"net/url"
	"strings"

	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/hosts"
)

// Credentials prove who asks. Either Token, or Key with Email.
type Credentials struct {
	Token      string
	Key, Email string
	// Fault says why there are none that could be used, where the place that was
	// to have them cannot be read. It holds no part of a credential.
	Fault string
}

// trimmed returns the credentials without white space around them: a final
// newline from a secret file is a frequent cause of code 6003.
func (c Credentials) trimmed() Credentials {
	c.Token, c.Key, c.Email = strings.TrimSpace(c.Token), strings.TrimSpace(c.Key), strings.TrimSpace(c.Email)
	return c
}

// check returns why the credentials can't be sent. Which formats there are is
// Cloudflare's to say and has changed before; only what no header can carry is
// caught here.
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

// sendable reports whether s has nothing but what a header can carry and ASCII has
// a character for. A space inside is sent: Cloudflare answers with its own code.
func sendable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// checkBaseURL returns the base URL to use, or why requests may not go there. No
// message repeats the URL, as it may hold a password.
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
		return DefaultBaseURL, local(guidance.BadBaseURL, "the base URL is http:// to another machine, where the credentials would travel in clear")
	}
	return given, nil
}
