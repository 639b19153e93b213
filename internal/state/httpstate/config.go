package httpstate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/cfplan/cfplan/internal/hosts"
	"github.com/cfplan/cfplan/internal/state"
)

// attributes are Terraform's, and two more: snapshots_address and allow_http.
var attributes = []string{
	"address", "allow_http", "client_ca_certificate_pem", "client_certificate_pem", "client_private_key_pem",
	"lock_address", "lock_method", "password", "retry_max", "retry_wait_max", "retry_wait_min", "snapshots_address",
	"unlock_address", "unlock_method", "update_method", "username",
}

// Attributes returns the names of the attributes of a block `backend "http"`, sorted.
func Attributes() []string { return slices.Clone(attributes) }

// Configure returns the backend for a block with these settings. If an attribute is missing, its value
// comes from the environment: CFPLAN_HTTP_ADDRESS for address and so on, or else TF_HTTP_ADDRESS, as in
// Terraform. Configure sends nothing.
//
// A GitLab address only needs username and password beside it. Any other server also needs lock_address,
// because apply requires a lock.
func Configure(given state.Settings) (state.Backend, error) {
	s := &settings{Settings: given}
	for _, name := range slices.Sorted(maps.Keys(given.Attributes())) {
		switch {
		case name == "skip_cert_verification":
			s.fail("skip_cert_verification is not offered: set client_ca_certificate_pem to the certificate of the " +
				"server's authority")
		case !slices.Contains(attributes, name):
			s.fail("there is no attribute %q; available: %s", name, strings.Join(attributes, ", "))
		}
	}

	b := &Backend{username: s.get("username"), password: s.get("password"), timeout: requestTimeout}
	credentials := []state.Given{s.value("username"), s.value("password")}
	plain := s.boolean("allow_http")
	b.address = s.address("address", plain)
	b.snapshots = s.address("snapshots_address", plain)
	if b.address != nil && b.snapshots != nil && normal(b.address) == normal(b.snapshots) {
		s.fail("snapshots_address is the address of the state, so the snapshots would replace the state; leave it " +
			"out, or give them an address of their own")
	}

	s.locking(b, plain)
	b.updateMethod = s.method("update_method", http.MethodPost)
	b.client = s.client()
	s.protect(b, append(credentials, s.credentials(b)...))
	if len(s.errs) > 0 {
		return nil, errors.Join(s.errs...)
	}

	return b, nil
}

// settings reads attributes and collects the mistakes in them.
type settings struct {
	state.Settings
	errs []error
}

func (s *settings) fail(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("backend \"http\": "+format, args...))
}

func (s *settings) get(name string) string { return s.value(name).Value }

func (s *settings) value(name string) state.Given { return s.Value(name, variables(name)...) }

// variables returns the environment variables that stand in for an attribute; the first takes precedence.
func variables(name string) []string {
	return []string{"CFPLAN_HTTP_" + strings.ToUpper(name), "TF_HTTP_" + strings.ToUpper(name)}
}

func (s *settings) boolean(name string) bool {
	text := s.get(name)
	v, err := strconv.ParseBool(text)
	if text != "" && err != nil {
		s.fail("%s is %.80q; want true or false", name, text)
	}
	return v
}

// number reads a count, or a number of seconds, as Terraform does.
func (s *settings) number(name string, otherwise int) int {
	text := s.get(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 3600 {
		s.fail("%s is %.80q; want a number from 0 to 3600", name, text)
	}
	return n
}

func (s *settings) method(name, otherwise string) string {
	text := s.get(name)
	if text == "" {
		return otherwise
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < 'A' || r > 'Z' }) || len(text) > 20 {
		s.fail("%s is %.80q; want an HTTP method, such as %s", name, text, otherwise)
	}
	return text
}

// address returns nil if the attribute is not set. Its errors never quote an address, which may hold a
// password.
func (s *settings) address(name string, plain bool) *url.URL {
	text := s.get(name)
	if text == "" {
		return nil
	}

	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		s.fail("%s is not an address; want https://HOST/PATH", name)
		return nil
	case u.Scheme != "https" && u.Scheme != "http":
		s.fail("%s begins with %.20q; want https://HOST/PATH", name, u.Scheme+":")
	case u.Scheme == "http" && !plain && !hosts.Loopback(u.Hostname()):
		s.fail("%s is not https: credentials and zones would travel unencrypted; if that is intended, set "+
			"allow_http = true", name)
	case strings.Trim(u.Path, "/") == "":
		s.fail("%s has no path; want the path of one state, such as https://HOST/PATH", name)
	case u.Query().Has("ID"):
		s.fail("%s has the parameter ID in its query, where cfplan puts the ID of the lock; leave it out", name)
	}

	u.Fragment, u.RawFragment = "", ""
	return u
}

// normal returns the same text for different spellings of one address.
func normal(u *url.URL) string {
	return hosts.OfURL(u).String() + path.Clean("/"+u.Path) + "?" + u.RawQuery
}

// locking fills in the addresses and methods of the lock.
func (s *settings) locking(b *Backend, plain bool) {
	b.lockAddress, b.unlockAddress = s.address("lock_address", plain), s.address("unlock_address", plain)
	lock, unlock := "LOCK", "UNLOCK"
	switch {
	case b.address == nil:
		if s.get("address") == "" {
			s.fail("address is missing; at GitLab it is https://HOST/api/v4/projects/ID/terraform/state/NAME")
		}
		return
	case isGitLab(b.address):
		lock, unlock = http.MethodPost, http.MethodDelete
		if b.lockAddress == nil {
			b.lockAddress = b.address.JoinPath("lock")
		}
	case b.lockAddress == nil && s.get("lock_address") == "":
		s.fail("lock_address is missing: without a lock two runs could change the same zone at once; if the " +
			"server offers the lock at the state's address, set lock_address to it")
	}

	if b.unlockAddress == nil {
		b.unlockAddress = b.lockAddress
	}

	b.lockMethod, b.unlockMethod = s.method("lock_method", lock), s.method("unlock_method", unlock)
}

// credentials moves the credentials out of the addresses, and refuses a password without a username. It
// returns the addresses that had credentials.
func (s *settings) credentials(b *Backend) []state.Given {
	var had []state.Given
	for name, u := range b.addresses() {
		if u == nil || u.User == nil {
			continue
		}
		had = append(had, s.value(name))
		if b.username == "" {
			b.username = u.User.Username()
			b.password, _ = u.User.Password()
		}
		u.User = nil
	}

	if b.username == "" && b.password != "" {
		s.fail("there is a password without a username; at GitLab set username to the owner of the token, or to " +
			"gitlab-ci-token for a job's own token")
	}

	return had
}

// client returns the client that sends the requests, and repeats them if the server is briefly unavailable.
func (s *settings) client() *retryablehttp.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = answerTimeout
	// With compression the ETag may be that of the compressed text, which no If-Match can match.
	transport.DisableCompression = true
	transport.TLSClientConfig = s.tls()
	c := retryablehttp.NewClient()
	c.HTTPClient = &http.Client{Transport: transport, CheckRedirect: checkRedirect}
	c.Logger = nil
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.Backoff = backoff
	c.RetryMax = s.number("retry_max", 2)
	c.RetryWaitMin = time.Duration(s.number("retry_wait_min", 1)) * time.Second
	c.RetryWaitMax = time.Duration(s.number("retry_wait_max", 30)) * time.Second
	return c
}

// backoff returns how long to wait before the next attempt. It never exceeds most, even if the server asks
// for more.
func backoff(least, most time.Duration, attempt int, resp *http.Response) time.Duration {
	return min(most, retryablehttp.DefaultBackoff(least, most, attempt, resp))
}

func (s *settings) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca := s.get("client_ca_certificate_pem"); ca != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(ca)) {
			s.fail("client_ca_certificate_pem holds no certificate in PEM form; it takes the text of the " +
				"certificate, not a path")
		}
	}

	cert, key := s.get("client_certificate_pem"), s.get("client_private_key_pem")
	if cert == "" && key == "" {
		return c
	}

	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		s.fail("client_certificate_pem and client_private_key_pem are not a certificate and its key in PEM form: %w",
			err)
	}

	c.Certificates = []tls.Certificate{pair}
	return c
}
