package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/hosts"
	"github.com/cfplan/cfplan/internal/state"
)

// hostParameters are the parameters that can lead to a server other than the environment's.
var hostParameters = []string{"host", "port", "service", "servicefile"}

// protect returns the configuration of a connection whose string comes from a file of the configuration. c
// is the string combined with the environment.
//
// The driver combines the string with the environment and with files of the machine, and does not report
// the origin of a setting. So protect parses twice: the string as it is, and the string without anything
// that the machine could add.
func protect(given state.Settings, conn state.Given, c *pgconn.Config) (*pgconn.Config, error) {
	operator, err := operatorsConfig(given)
	if err != nil {
		return nil, err
	}

	if err := checkTLS(given, conn, c, operator); err != nil {
		return nil, err
	}
	if !sets(conn.Value, hostParameters...) {
		return c, nil
	}

	bare, err := withoutMachine(conn.Value)
	if err != nil {
		return nil, err
	}

	what := state.Sending{
		Credentials: credentials(conn, c, bare),
		Named:       operatorsServers(given),
	}

	for _, s := range servers(c) {
		// checkTLS has checked that the string does not weaken the operator's TLS.
		what.Servers = append(what.Servers, state.Server{Server: s, By: conn, Variable: "PGHOST and PGPORT"})
	}

	if errs := given.MaySend(what); len(errs) > 0 {
		return nil, fmt.Errorf("backend \"postgres\": %w", errors.Join(errs...))
	}
	if len(what.Credentials) == 0 || onlyOwn(what.Credentials) {
		return bare, nil
	}

	return c, nil
}

// protectService returns an error if credentials would go to the server of a service that the operator names,
// but that a file describes which the configuration's authors may change.
func protectService(given state.Settings, conn state.Given, c *pgconn.Config) error {
	file := given.Env("PGSERVICEFILE")
	used := given.Env("PGSERVICE") != "" || sets(conn.Value, "service")
	if !used || !given.Changeable(file) {
		return nil
	}

	by := state.Given{Name: "a service", Origin: state.Origin{File: file}}
	what := state.Sending{Named: operatorsServers(given)}
	if c.Password != "" || hasCertificate(c) {
		what.Credentials = []state.Given{{Name: "the password or the client certificate"}}
	}

	for _, s := range servers(c) {
		what.Servers = append(what.Servers, state.Server{Server: s, By: by, Variable: "PG_CONN_STR"})
	}

	if errs := given.MaySend(what); len(errs) > 0 {
		return fmt.Errorf("backend \"postgres\": %w", errors.Join(errs...))
	}

	return nil
}

// credentials returns the credentials that a connection would use: the string's own password, and
// everything that c has in addition to bare, which comes from the machine.
func credentials(conn state.Given, c, bare *pgconn.Config) []state.Given {
	var out []state.Given
	if bare.Password != "" {
		out = append(out, conn)
	}
	if c.Password != bare.Password {
		out = append(out, state.Given{Name: "the password of PGPASSWORD, of a password file or of a service"})
	}
	if hasCertificate(c) {
		out = append(out, state.Given{Name: "the client certificate of PGSSLCERT, of ~/.postgresql or of sslcert"})
	}
	return out
}

func onlyOwn(credentials []state.Given) bool {
	return !slices.ContainsFunc(credentials, func(c state.Given) bool { return c.Origin.Operator() })
}

func hasCertificate(c *pgconn.Config) bool {
	return slices.ContainsFunc(tlsConfigs(c), func(t *tls.Config) bool { return t != nil && len(t.Certificates) > 0 })
}

// withoutMachine parses a connection string without the credentials of the environment and of the machine's
// files, including the files that the string itself names.
func withoutMachine(connString string) (*pgconn.Config, error) {
	machine := []string{"passfile", "sslcert", "sslkey", "sslpassword"}
	if !sets(connString, "password") {
		machine = append(machine, "password")
	}

	for _, name := range machine {
		connString = withEmpty(connString, name)
	}

	unset := func(name string) bool { return !sets(connString, name) }
	if slices.ContainsFunc(machine, unset) {
		return nil, errors.New(`backend "postgres": the end of conn_str cannot be read; ` +
			`write it as postgres://USER@HOST:PORT/DATABASE?NAME=VALUE`)
	}

	return parse(connString)
}

// withEmpty adds an empty parameter to the end of a connection string.
func withEmpty(connString, name string) string {
	scheme, rest, isURL := strings.Cut(connString, "://")
	if !isURL || scheme != "postgres" && scheme != "postgresql" {
		return connString + " " + name + "=''"
	}
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		rest = rest[i+1:]
	}
	if strings.Contains(rest, "?") {
		return connString + "&" + name + "="
	}
	return connString + "?" + name + "="
}

// sets reports whether a valid connection string sets one of the parameters. The driver parses the string,
// because a second parser could differ from it.
func sets(connString string, names ...string) bool {
	others := slices.DeleteFunc(slices.Clone(parameters), func(p string) bool { return slices.Contains(names, p) })
	_, err := pgconn.ParseConfigWithOptions(connString, pgconn.ParseConfigOptions{ConnStringAllowedKeys: others})
	return err != nil
}

// servers returns every server that a connection may try.
func servers(c *pgconn.Config) []hosts.Server {
	out := []hosts.Server{serverOf(c.Host, c.Port)}
	for _, f := range c.Fallbacks {
		if s := serverOf(f.Host, f.Port); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func serverOf(host string, port uint16) hosts.Server {
	return hosts.New(host, strconv.FormatUint(uint64(port), 10))
}

// operatorsServers returns the servers that the operator names: those of PG_CONN_STR and of libpq's
// variables. The driver's default does not count as named.
func operatorsServers(given state.Settings) []state.Server {
	var conns []string
	changeable := given.Changeable(given.Env("PGSERVICEFILE"))
	service := given.Env("PGSERVICE") != ""
	if (service || given.Env("PGHOST") != "") && !(service && changeable) {
		conns = append(conns, "")
	}

	for _, text := range given.Operators("conn_str", "PG_CONN_STR") {
		if sets(text, hostParameters...) && !(changeable && (service || sets(text, "service"))) {
			conns = append(conns, text)
		}
	}

	var out []state.Server
	for _, text := range conns {
		c, err := parse(text)
		if err != nil {
			continue // it does not name a usable server
		}
		for _, s := range servers(c) {
			out = append(out, state.Server{Server: s})
		}
	}

	return out
}

// operatorsConfig returns the settings that the operator requires for every connection.
func operatorsConfig(given state.Settings) (*pgconn.Config, error) {
	if text := given.Env("PG_CONN_STR"); text != "" {
		if c, err := parse(text); err != nil || len(tlsConfigs(c)) > 0 {
			return c, err
		}
	}
	return parse("host=any.invalid port=5432")
}

// tlsConfigs returns the TLS settings for each server that is reached over the network; nil means without TLS.
func tlsConfigs(c *pgconn.Config) []*tls.Config {
	var out []*tls.Config
	add := func(host string, port uint16, t *tls.Config) {
		if network, _ := pgconn.NetworkAddress(host, port); network != "unix" {
			out = append(out, t)
		}
	}
	add(c.Host, c.Port, c.TLSConfig)
	for _, f := range c.Fallbacks {
		add(f.Host, f.Port, f.TLSConfig)
	}
	return out
}

// checkTLS refuses a connection string that requires less than the operator does.
func checkTLS(given state.Settings, conn state.Given, c, operator *pgconn.Config) error {
	asked := strictness(operator)
	rootsAsked := asked >= verified || given.Env("PGSSLROOTCERT") != "" || sets(given.Env("PG_CONN_STR"), "sslrootcert")
	weaker := func(says, next string) error {
		return fmt.Errorf("backend \"postgres\": %w", &state.WeakenedError{By: conn, Says: says, Next: next})
	}

	if len(tlsConfigs(c)) > 0 {
		switch {
		case asked >= encrypted && strictness(c) < asked:
			return weaker("asks for a weaker sslmode than the environment", "leave sslmode out of it")
		case rootsAsked && !sameRoots(c, operator):
			return weaker("names another sslrootcert than the environment", "leave sslrootcert out of it")
		}
	}

	switch {
	case operator.ChannelBinding == "require" && c.ChannelBinding != "require":
		return weaker("asks for a weaker channel_binding than the environment", "leave channel_binding out of it")
	case operator.RequireAuth != "" && c.RequireAuth != operator.RequireAuth:
		return weaker("asks for another require_auth than the environment", "leave require_auth out of it")
	}

	return nil
}

// These are the guarantees of TLS; a greater value is a stronger one.
const (
	plain      = iota // there may be no TLS
	encrypted         // any server is accepted
	verified          // the server has a certificate of the authority
	verifiedAs        // and the certificate is for the name of the host
)

// strictness returns the weakest guarantee among the servers of a connection.
func strictness(c *pgconn.Config) int {
	least := verifiedAs
	for _, t := range tlsConfigs(c) {
		switch {
		case t == nil:
			least = plain
		case t.InsecureSkipVerify && t.VerifyPeerCertificate == nil:
			least = min(least, encrypted)
		case t.InsecureSkipVerify:
			least = min(least, verified)
		}
	}

	return least
}

// sameRoots reports whether two connections trust the same authorities.
func sameRoots(a, b *pgconn.Config) bool {
	x, y := roots(a), roots(b)
	return x == nil && y == nil || x != nil && y != nil && x.Equal(y)
}

// roots returns the authorities of a connection, or nil if they are the system's.
func roots(c *pgconn.Config) *x509.CertPool {
	for _, t := range tlsConfigs(c) {
		if t == nil || t.RootCAs == nil {
			continue
		}
		if system, err := x509.SystemCertPool(); err == nil && t.RootCAs.Equal(system) {
			return nil
		}
		return t.RootCAs
	}
	return nil
}
