package cloudflare

import (
	"errors"
	"net/url"
	"strings"

	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/hosts"
)

// Reasons to refuse a base URL in the configuration.
var (
	// ErrForeignEndpoint means that the base URL is neither Cloudflare's own endpoint, nor the one in the
	// environment, nor on this machine.
	ErrForeignEndpoint = errors.New("the configuration names an endpoint that the environment does not name")
	// ErrEndpointDiffers means that the base URL is Cloudflare's own, but the environment names another one.
	ErrEndpointDiffers = errors.New("the configuration names another endpoint than the environment")
	// ErrLoopbackEndpoint means that the base URL is on this machine and a credential comes from outside of
	// the files. Another process may listen there.
	ErrLoopbackEndpoint = errors.New("the configuration sends a credential from outside of the files to this machine")
)

// Configured has the settings of a configuration for one account.
type Configured struct {
	// Account is the account's name; empty for the default account.
	Account string
	Credentials
	// BaseURL is empty if the configuration does not set it.
	BaseURL string
	// Outside reports whether a value of Credentials comes from outside of the files.
	Outside bool
	// Pending reports whether the configuration has credentials whose values are not known, as in a check
	// that sends nothing.
	Pending bool
}

// CheckBaseURL returns an error if the files of a configuration must not set their base URL. A user who can
// change the files, such as the author of a pull request, must not be able to send a credential that is not
// in the files to another place.
func (c Configured) CheckBaseURL(getenv func(string) string) error {
	if c.BaseURL == "" {
		return nil
	}

	base, named := endpointOf(c.BaseURL), endpointOf(getenv("CLOUDFLARE_BASE_URL"))
	switch {
	case base == nil:
		return ErrForeignEndpoint
	case named != nil && *base == *named:
		return nil
	case *base == *endpointOf(DefaultBaseURL):
		if strings.TrimSpace(getenv("CLOUDFLARE_BASE_URL")) != "" {
			return ErrEndpointDiffers
		}
		return nil
	case !hosts.Loopback(base.server.Host):
		return ErrForeignEndpoint
	case c.Outside || c.needsEnvironment(getenv):
		return ErrLoopbackEndpoint
	}

	return nil
}

// needsEnvironment reports whether a credential of the environment would be used; see [FindCredentials].
func (c Configured) needsEnvironment(getenv func(string) string) bool {
	set := func(names ...string) bool {
		for _, name := range names {
			if getenv(name) != "" {
				return true
			}
		}
		return false
	}

	if c.Token != "" || c.Key != "" || c.Pending {
		return c.Key != "" && c.Email == "" && c.Account == "" && set("CLOUDFLARE_EMAIL")
	}
	if c.Account != "" {
		return set(guidance.TokenVariable(c.Account), guidance.TokenFileVariable(c.Account))
	}

	return set("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL", "CLOUDFLARE_API_TOKEN_FILE")
}

// endpoint is a base URL in a comparable form.
type endpoint struct {
	scheme string
	server hosts.Server
	path   string
}

// endpointOf parses a base URL. It returns nil if the text is not a plain https:// or http:// address.
func endpointOf(text string) *endpoint {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Opaque != "" ||
		u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil
	}
	return &endpoint{
		scheme: u.Scheme,
		server: hosts.OfURL(u),
		path:   strings.TrimRight(u.EscapedPath(), "/"),
	}
}
