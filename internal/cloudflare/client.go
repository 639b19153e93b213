// Package cloudflare is a client for Cloudflare's v4 API: zones, their records, and batches of changes. It
// returns canonical records and domain errors, so that its callers need no HTTP. It knows nothing about plans
// and stores nothing between runs.
//
// cloudflare-go builds and authenticates the requests. This package reads the answers itself, because version
// 7 of cloudflare-go reads every record as an A record and treats a 200 with success: false as a success. It
// also repeats requests itself, because cloudflare-go would repeat a POST.
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

// Options configure a Client. The zero value of each option means its default.
type Options struct {
	// Account is the account's name in the configuration, for errors; empty for the default account.
	Account     string
	BaseURL     string
	Credentials Credentials
	// HTTPClient sends the requests. If it is nil, the client has the settings of http.DefaultTransport.
	HTTPClient *http.Client
	// UserAgent is the value of the User-Agent header, such as "cfplan/0.1.0".
	UserAgent string
	// RateLimit is the number of requests that the client may send in five minutes; 0 means DefaultRateLimit.
	RateLimit int
	// Pace is the pace that the clients of several accounts share. If it is nil, the client has its own pace.
	Pace *Pace
	// Log receives a line for each request at level debug and a line for each refusal at level info.
	Log *slog.Logger
	// Waiting, if set, is called if a request has to wait longer than a second. It gets the reason and the
	// end of the wait.
	Waiting func(reason string, until time.Time)
	// Clock is the clock for all waiting. If it is nil, the client uses the system's clock.
	Clock Clock
}

// Client calls the API. It is safe for concurrent use; all its calls share one rate limiter.
type Client struct {
	records *cfdns.RecordService
	zones   *zones.ZoneService
	opts    []option.RequestOption
	// broken is the reason why no request can be sent, or nil.
	broken  *Error
	secrets redactor
	// seen are sentences about oddities in the form of the credential.
	seen []string
	// account reports whether the credential has the form of an account's token.
	account bool
	// named is the account's name in the configuration.
	named   string
	clock   Clock
	gate    *gate
	log     *slog.Logger
	headers headers
	// silent reports whether a request timed out and no request has got an answer yet, and answered whether
	// any request has got one.
	silent, answered atomic.Bool
	// proven reports whether Cloudflare has accepted the credentials before.
	proven atomic.Bool
}

// New returns a client. If credentials are missing, New does not fail, but the first call returns an error
// that says what to do.
func New(o Options) *Client {
	if o.Clock == nil {
		o.Clock = systemClock{}
	}

	creds := o.Credentials.trimmed()
	c := &Client{
		secrets: newRedactor(creds),
		seen:    o.Credentials.Observations(),
		account: o.Credentials.Kind() == AccountToken,
		named:   o.Account,
		clock:   o.Clock,
		gate:    newGate(o.Clock, o.RateLimit, o.Waiting).at(o.Pace),
		log:     o.Log,
	}
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

// Usable returns an error if the client cannot send any request, because there are no credentials or two, or
// because the base URL is invalid.
func (c *Client) Usable() error {
	if c.broken == nil {
		return nil
	}
	e := *c.broken
	return &e
}

// idleConnections is the number of idle connections for each host. cfplan reads many zones in parallel; with
// the default of two, nearly every request would open a new connection.
const idleConnections = 32

// withoutRedirects returns a client that does not follow redirects. The API sends none, and net/http would send
// X-Auth-Key to the other host.
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

// proxyError means that the proxy answered but did not make the connection.
type proxyError struct{ status string }

func (e *proxyError) Error() string { return "the proxy answers " + e.status }

// checkProxy returns a *proxyError if the proxy fails, because the error of net/http has no type of its own.
func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return &proxyError{presentable(answer.Status)}
	}
	return nil
}
