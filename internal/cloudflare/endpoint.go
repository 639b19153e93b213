package cloudflare

import (
	"errors"
	"net/url"
	"strings"

	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/hosts"
)

// Why a base URL of the configuration is refused.
var (
	// ErrForeignEndpoint means that it is neither Cloudflare's own endpoint, nor the one of
	// the environment, nor this machine.
	ErrForeignEndpoint = errors.New("the configuration names an endpoint that the environment does not name")
	// ErrEndpointDiffers means that it is Cloudflare's own, and the environment names another.
	ErrEndpointDiffers = errors.New("the configuration names another endpoint than the environment")
	// ErrLoopbackEndpoint means that it is this machine, and that a credential comes from
	// outside of the files. Another process may listen there.
	ErrLoopbackEndpoint = errors.New("the configuration sends a credential from outside of the files to this machine")
)

// Configured is what a configuration says about the API.
type Configured struct {
	// Account is the account's name; empty for the default one.
	Account string
	Credentials
	// BaseURL is empty if the configuration does not name one.
	BaseURL string
	// Outside is set if a value of Credentials was given from outside of the files.
	Outside bool
	// Pending is set if the configuration has credentials that are not known, because only
	// the configuration is checked and nothing is sent.
	Pending bool
}

// CheckBaseURL reports why the files of a configuration must not name their base URL, or
// nil. Whoever may change the files, such as the author of a pull request, must not be able
// to send a credential elsewhere that the files do not hold.
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

// needsEnvironment reports whether a credential of the environment would be used; see
// [FindCredentials].
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

// endpoint is a base URL in a form in which two can be compared.
type endpoint struct {
	scheme string
	server hosts.Server
	path   string
}

// endpointOf returns nil for what is not a plain https:// or http:// address.
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
