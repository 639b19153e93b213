package state

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/hosts"
)

// AllowHosts is the variable that lists hosts to which credentials may be sent, even if a file of the
// configuration names them.
const AllowHosts = "CFPLAN_ALLOW_BACKEND_HOST"

// Server is a server that a setting names.
type Server struct {
	hosts.Server
	// Plain is true if the connection has no TLS.
	Plain bool
	// By is the setting that names it.
	By Given
	// Variable is the environment variable that would name the server.
	Variable string
}

// Sending is what a backend is about to send, and where.
type Sending struct {
	// Servers has the servers that get the credentials, except for servers whose names cfplan forms from the
	// region or the account of a known service.
	Servers []Server
	// Credentials has the credentials that would be sent, from every source.
	Credentials []Given
	// Named has the servers that the operator names.
	Named []Server
	// AllowPlain is the setting that allows servers without TLS.
	AllowPlain Given
	// Authority is the setting with the certificates of the servers' authorities, or empty if the system's are
	// used. OperatorsAuthorities has the values that the operator gives to it.
	Authority            Given
	OperatorsAuthorities []string
}

// MaySend decides whether a backend's credentials may go to its servers; no other function decides that. It
// returns the reasons why they may not, or nil.
//
// Those who may change the configuration, such as everyone who opens a pull request, must not obtain
// credentials that they do not already have. So a server that the files of the configuration name gets no
// credential from the environment or from the machine, unless the operator names the server too, or allows it
// with CFPLAN_ALLOW_BACKEND_HOST. A credential in the configuration itself may go anywhere, and a credential
// in a private file to the servers of that file.
//
// MaySend also refuses files that weaken TLS. They must not turn it off for a server that the operator
// reaches with TLS. They must not name the authority that vouches for a server if the server gets a
// credential from elsewhere, or if the operator names an authority.
func (s Settings) MaySend(what Sending) []error {
	allowed, err := hosts.ParseList(s.Env(AllowHosts))
	if err != nil {
		return []error{fmt.Errorf("%s cannot be read: %w", AllowHosts, err)}
	}

	var errs []error
	for _, server := range what.Servers {
		if err := what.check(server, allowed); err != nil {
			errs = append(errs, err)
		}
	}

	if err := what.checkAuthority(); err != nil {
		errs = append(errs, err)
	}

	return errs
}

// check returns the reason why cfplan must not connect to a server, or nil.
func (what Sending) check(server Server, allowed hosts.List) error {
	if server.By.Origin.Operator() || operatorNames(server, what.Named) {
		return nil
	}
	if weakened(server, what.Named) {
		return &WeakenedError{
			By:   server.By,
			Says: fmt.Sprintf("names the server %q without TLS", server.String()),
			Next: "write https:// there too",
		}
	}

	guarded := what.guarded(server.By.Origin)
	switch {
	case len(guarded) == 0:
		return nil
	case !allowed.Has(server.Server):
		return &HostError{Server: server, Credentials: guarded}
	case server.Plain && !hosts.Loopback(server.Host) && !what.AllowPlain.Origin.Operator():
		return &WeakenedError{
			By:   what.AllowPlain,
			Says: fmt.Sprintf("sends %s to %q without TLS", names(guarded), server.String()),
			Next: "use https://, or give " + what.AllowPlain.Name + " in the environment or with -backend-config",
		}
	}

	return nil
}

// checkAuthority returns an error if the files name the authority of a server, but may not.
func (what Sending) checkAuthority() error {
	by := what.Authority
	if by.Value == "" || by.Origin.Operator() || slices.Contains(what.OperatorsAuthorities, by.Value) {
		return nil
	}
	if len(what.guarded(by.Origin)) == 0 && len(what.OperatorsAuthorities) == 0 {
		return nil
	}

	return &WeakenedError{
		By:   by,
		Says: "names the authority that vouches for the server",
		Next: "give " + by.Name + " in the environment or with -backend-config",
	}
}

// guarded returns the credentials that those who can change a setting must not obtain.
func (what Sending) guarded(by Origin) []Given {
	return slices.DeleteFunc(slices.Clone(what.Credentials), func(c Given) bool { return shared(c.Origin, by) })
}

// names lists settings for people.
func names(all []Given) string {
	var out []string
	for _, g := range all {
		if !slices.Contains(out, g.String()) {
			out = append(out, g.String())
		}
	}
	return english.List(out, "and")
}

// shared reports whether those who can name the server already have the credential.
func shared(credential, server Origin) bool {
	switch {
	case credential.Operator():
		return false
	case credential.Private:
		return credential.File == server.File
	default:
		return true
	}
}

func operatorNames(s Server, named []Server) bool {
	return slices.ContainsFunc(named, func(n Server) bool { return n.Server == s.Server && (n.Plain || !s.Plain) })
}

// weakened reports whether a connection has no TLS although the operator names the same host only with TLS.
func weakened(s Server, named []Server) bool {
	withTLS := slices.ContainsFunc(named, func(n Server) bool { return n.Host == s.Host && !n.Plain })
	return s.Plain && withTLS && !operatorNames(s, named)
}

// HostError says that a credential would go to a server that only the files name.
type HostError struct {
	Server      Server
	Credentials []Given
}

func (e *HostError) Error() string {
	return fmt.Sprintf("%s names the server %q, which would get %s. Everyone who may change %s could have it sent "+
		"elsewhere. "+
		"Nothing was sent. If it is the right server, do one of three things:\n"+
		"  - name it in the environment too: %s\n"+
		"  - allow it in the environment: %s=%s\n"+
		"  - name it on the command line: -backend-config=%s=…",
		e.Server.By, e.Server.String(), names(e.Credentials), e.Server.By.Origin.File,
		e.Server.Variable, AllowHosts, e.Server.String(), e.Server.By.Name)
}

// WeakenedError says that the files weaken the TLS that protects credentials of the operator.
type WeakenedError struct {
	// By is the setting that weakens TLS.
	By Given
	// Says describes what the setting does, and Next what to do instead.
	Says, Next string
}

func (e *WeakenedError) Error() string {
	return fmt.Sprintf("%s %s. A file of the configuration must not weaken TLS that protects the operator's "+
		"credentials. "+
		"Nothing was sent. Instead %s", e.By, e.Says, e.Next)
}
