// Package cloudflare speaks to Cloudflare's v4 API: zones, their records, and
// batches of changes. It hands over canonical records and domain errors, so
// that nobody above knows HTTP. It decides nothing about plans and keeps nothing
// between runs.
//
// Requests are built and authenticated by cloudflare-go; the answers are read
// here. Its v7 takes every record for an A record, takes a 200 with success:
// false for a success, and repeats a POST on its own.
package cloudflare

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	cfdns "github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/zones"
)

// DefaultBaseURL is Cloudflare's public endpoint.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

// Options configure a Client. The zero value of each is the default.
type Options struct {
	// Account names the account in the configuration, for errors; empty for the default one.
	Account     string
	BaseURL     string
	Credentials Credentials
	// HTTPClient carries the requests; http.DefaultTransport's settings where nil.
	HTTPClient *http.Client
	// UserAgent such as "cfplan/0.1.0".
	UserAgent string
	// RateLimit is how many requests may be sent in five minutes; DefaultRateLimit
	// where 0.
	RateLimit int
	// Pace is shared by the clients of several accounts; nil gives the client one of its own.
	Pace *Pace
	// Log gets a line for each request at level debug and each refusal at info.
	Log *slog.Logger
	// Waiting is told when a request has to wait longer than a second, and why.
	Waiting func(reason string, until time.Time)
}

// Client is safe for concurrent use; all its calls share one limiter.
type Client struct {
	records *cfdns.RecordService
	zones   *zones.ZoneService
	opts    []option.RequestOption
	// broken says why no request may be sent at all; nil where it may.
	broken  *Error
	secrets redactor
	// seen is what is odd in the form of the credential.
	seen []string
	// account: the credential is a token of an account, by its form.
	account bool
	// named is the account's name in the configuration.
	named   string
	clock   clock
	gate    *gate
	log     *slog.Logger
	headers headers
	// silent tells that the last request had no answer, and none before it.
	silent, answered atomic.Bool
	// proven tells that the credentials have been accepted before.
	proven atomic.Bool
}

// New never fails for missing credentials: the first call does, with the error
// that carries the guidance.
func New(o Options) *Client { return newClient(o, systemClock{}) }

func newClient(o Options, k clock) *Client {
	creds := o.Credentials.trimmed()
	c := &Client{secrets: newRedactor(creds), seen: o.Credentials.Observations(),
		account: o.Credentials.Kind() == AccountToken, named: o.Account, clock: k, gate: newGate(k, o.RateLimit, o.Waiting).at(o.Pace), log: o.Log}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	base, err := checkBaseURL(o.BaseURL)
	if err == nil {
		err = creds.check()
	}
	if err != nil {
		err.seen, err.account, err.Account = c.seen, c.account, c.named
	}
	c.broken = err
	opts := append(creds.options(), option.WithBaseURL(base), option.WithMaxRetries(0),
		option.WithHTTPClient(withoutRedirects(o.HTTPClient)))
	if o.UserAgent != "" {
		opts = append(opts, option.WithHeader("User-Agent", o.UserAgent))
	}
	c.opts = opts
	c.records, c.zones = cfdns.NewRecordService(opts...), zones.NewZoneService(opts...)
	return c
}

// Usable returns why no request can be sent at all (no credentials, two, a bad base
// URL), nil where one can.
func (c *Client) Usable() error {
	if c.broken == nil {
		return nil
	}
	e := *c.broken
	return &e
}

// idleConnections per host: many zones are read side by side, and the default
// of two would open a new connection for nearly each request.
const idleConnections = 32

// withoutRedirects returns a client that hands a redirect over as it is. The API
// sends none, and net/http would carry X-Auth-Key along to the other host.
func withoutRedirects(given *http.Client) *http.Client {
	h := http.Client{}
	if given != nil {
		h = *given
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = idleConnections
		t.OnProxyConnectResponse = checkProxy
		h.Transport = t
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &h
}

// proxyError: the proxy answered, and did not make the connection.
type proxyError struct{ status string }

func (e *proxyError) Error() string { return "the proxy answers " + e.status }

// checkProxy gives the failure of a proxy a type of its own; net/http's has none.
func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return &proxyError{presentable(answer.Status)}
	}
	return nil
}
