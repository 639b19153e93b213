package httpstate

import (
	"iter"
	"net/url"

	"github.com/cfplan/cfplan/internal/hosts"
	"github.com/cfplan/cfplan/internal/state"
)

// addressAttributes are the attributes that name a server.
var addressAttributes = []string{"address", "lock_address", "unlock_address", "snapshots_address"}

// addresses returns the backend's addresses, each with the attribute that gives it. An address is nil if
// there is none. If unlock_address is not set, it is the same *url.URL as lock_address.
func (b *Backend) addresses() iter.Seq2[string, *url.URL] {
	return func(yield func(string, *url.URL) bool) {
		for i, u := range []*url.URL{b.address, b.lockAddress, b.unlockAddress, b.snapshots} {
			if !yield(addressAttributes[i], u) {
				return
			}
		}
	}
}

// protect reports credentials that must not go to a server that only the files name.
func (s *settings) protect(b *Backend, credentials []state.Given) {
	what := state.Sending{
		AllowPlain:           s.value("allow_http"),
		Authority:            s.value("client_ca_certificate_pem"),
		OperatorsAuthorities: s.Operators("client_ca_certificate_pem", variables("client_ca_certificate_pem")...),
	}

	credentials = append(credentials, s.value("client_certificate_pem"), s.value("client_private_key_pem"))
	for _, c := range credentials {
		if c.Value != "" {
			what.Credentials = append(what.Credentials, c)
		}
	}

	for name, u := range b.addresses() {
		if by := s.value(name); u != nil && by.Value != "" {
			what.Servers = append(what.Servers, server(u, by))
		}
		for _, text := range s.Operators(name, variables(name)...) {
			if u, err := url.Parse(text); err == nil {
				what.Named = append(what.Named, server(u, state.Given{}))
			}
		}
	}

	for _, err := range s.MaySend(what) {
		s.fail("%w", err)
	}
}

func server(u *url.URL, by state.Given) state.Server {
	s := state.Server{Server: hosts.OfURL(u), Plain: u.Scheme == "http", By: by}
	if by.Name != "" {
		s.Variable = variables(by.Name)[0]
	}
	return s
}
