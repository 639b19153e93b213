// Package cloudflare speaks to Cloudflare's v4 API: zones, their records, and
// batches of changes. It hands over canonical records and domain errors, so
// that nobody above knows HTTP. It decides nothing about plans and keeps nothing
// between runs.
package cloudflare

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// DefaultBaseURL is Cloudflare's public endpoint.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

// Credentials prove who asks. Either Token, or Key with Email.
type Credentials struct {
	Token      string
	Key, Email string
}

// Options configure a Client. The zero value of each is the default.
type Options struct {
	BaseURL     string
	Credentials Credentials
	// HTTPClient carries the requests; http.DefaultTransport's settings where nil.
	HTTPClient *http.Client
	// UserAgent such as "cfplan/0.1.0".
	UserAgent string
	// Log gets a line for each request at level debug and each refusal at warn.
	Log *slog.Logger
	// Waiting is told when a request has to wait longer than a second, and why.
	Waiting func(reason string, until time.Time)
}

// Client is safe for concurrent use; all its calls share one limiter.
type Client struct{}

// New never fails for missing credentials: the first call does, with the error
// that carries the guidance.
func New(o Options) *Client { panic("stub") }

// FindZones looks zones up by canonical name. The result has every zone of that
// name that the credentials can see: none, one or (in several accounts) more.
func (c *Client) FindZones(ctx context.Context, names []string) (map[string][]dns.Zone, error) {
	panic("stub")
}

// GetZone returns a zone without its records.
func (c *Client) GetZone(ctx context.Context, id string) (dns.Zone, error) { panic("stub") }

// Records returns all records of a zone, canonical, sorted, each ID once.
func (c *Client) Records(ctx context.Context, zoneID string) ([]dns.Record, error) { panic("stub") }

// Batch is a set of operations that happen at once or not at all, in the order
// deletes, patches, posts.
type Batch struct {
	Deletes []string // record IDs
	Patches []Patch
	Posts   []dns.Record
}

// Patch changes the named attributes (dns.Changed) of the record with Record.ID
// to what Record says.
type Patch struct {
	Record  dns.Record
	Changed []string
}

// ApplyBatch sends the batch once; it never repeats it by itself, but for a 429,
// which Cloudflare answers before it does anything. Where it can't be told
// whether the batch took effect, the *Error has InDoubt set.
// The result has the records as the API returned them.
func (c *Client) ApplyBatch(ctx context.Context, zoneID string, b Batch) (Result, error) {
	panic("stub")
}

// Result holds the records that a batch changed and created, canonical.
type Result struct {
	Patched []dns.Record
	Created []dns.Record
}

// ApplyOne carries out one operation with its own request: Batch must hold
// exactly one. It serves to find the record at fault in a refused batch.
func (c *Client) ApplyOne(ctx context.Context, zoneID string, b Batch) (Result, error) {
	panic("stub")
}
