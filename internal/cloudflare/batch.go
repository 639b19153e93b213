package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	cfdns "github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/cfplan/cfplan/internal/dns"
)

// Batch is a set of operations that take effect all at once or not at all, in the order deletes, patches,
// posts.
type Batch struct {
	Deletes []string // record IDs
	Patches []Patch
	Posts   []dns.Record
	// Before, if set, is called right before each attempt, after all waiting for rate limits. If it returns
	// an error, ApplyBatch sends nothing and returns the error unchanged.
	Before func(context.Context) error
}

// Patch changes the record with Record.ID: it sets the attributes in Changed (see dns.Changed) to their
// values in Record.
type Patch struct {
	Record  dns.Record
	Changed []dns.Attribute
}

// Result holds the records that a batch changed and created, in canonical form.
type Result struct {
	Patched []dns.Record
	Created []dns.Record
}

func (b Batch) size() int { return len(b.Deletes) + len(b.Patches) + len(b.Posts) }

// wireResult is the result of a batch. A list that the batch does not use is [], null or missing.
type wireResult struct {
	Deletes []wireDeleted `json:"deletes"`
	Patches recordPage    `json:"patches"`
	Posts   recordPage    `json:"posts"`
}

// wireDeleted is a deleted record. Only its ID matters.
type wireDeleted struct {
	ID string `json:"id"`
}

// ApplyBatch sends the batch once. It repeats the request only after answers that Cloudflare gives before it
// does anything: a 429, and a 403 that may be temporary. If it is not known whether the batch took effect,
// the *Error has InDoubt set. The end of ctx ends the wait before the request, but not the request.
//
// The result has the records as the API returned them, in no particular order. It leaves out created records
// that cannot be read; the zone's list shows them. All IDs have the form of an ID, and the IDs of deleted and
// changed records are the ones that were sent. The caller, which knows the zone, must check that the IDs of
// created records are new.
func (c *Client) ApplyBatch(ctx context.Context, zoneID string, b Batch) (Result, error) {
	if b.size() == 0 {
		return Result{}, nil
	}

	r, err := c.batchRequest(zoneID, b)
	if err != nil {
		return Result{}, err
	}

	env, err := call[wireResult](ctx, c, r)
	if err != nil {
		return Result{}, err
	}

	result, err := env.Result.fits(b)
	if err != nil {
		r.ray = env.ray
		return Result{}, c.unusable(r, err)
	}

	return result, nil
}

func (c *Client) batchRequest(zoneID string, b Batch) (request, error) {
	if err := c.checkID("zone", zoneID); err != nil {
		return request{}, err
	}

	body, err := batchBody(b)
	if err != nil {
		return request{}, err
	}

	return request{
		method: http.MethodPost,
		path:   "/zones/" + zoneID + "/dns_records/batch",
		body:   body,
		before: b.Before,
		send: func(ctx context.Context, opts ...option.RequestOption) error {
			var p cfdns.RecordBatchParams
			p.ZoneID.Value = zoneID
			_, err := c.records.Batch(ctx, p, opts...)
			return err
		},
	}, nil
}

func batchBody(b Batch) ([]byte, error) {
	var body struct {
		Deletes []fields `json:"deletes,omitempty"`
		Patches []fields `json:"patches,omitempty"`
		Posts   []fields `json:"posts,omitempty"`
	}

	for _, id := range b.Deletes {
		body.Deletes = append(body.Deletes, fields{"id": id})
	}

	for _, p := range b.Patches {
		f, err := patchFields(p)
		if err != nil {
			return nil, err
		}
		f["id"] = p.Record.ID
		body.Patches = append(body.Patches, f)
	}

	for _, r := range b.Posts {
		body.Posts = append(body.Posts, postFields(r))
	}

	return json.Marshal(body)
}

// fits returns the records of an answer if the answer fits the batch b. The API does not promise that the
// lists are in the order of the request, so fits matches patched records by their IDs. The caller must check
// created records.
func (w wireResult) fits(b Batch) (Result, error) {
	if len(w.Deletes) != len(b.Deletes) || len(w.Patches) != len(b.Patches) || len(w.Posts) != len(b.Posts) {
		return Result{}, fmt.Errorf("the answer has %d deletes, %d patches and %d posts, but %d, %d and %d were sent",
			len(w.Deletes), len(w.Patches), len(w.Posts), len(b.Deletes), len(b.Patches), len(b.Posts))
	}
	for _, d := range w.Deletes {
		if d.ID != "" && !slices.Contains(b.Deletes, d.ID) {
			return Result{}, errors.New("the answer says that another record was deleted")
		}
	}

	patched, err := canonicalRecords(w.Patches)
	if err != nil {
		return Result{}, err
	}

	known := make(map[string]bool, len(patched))
	for _, r := range patched {
		known[r.ID] = true
	}
	for _, p := range b.Patches {
		if !known[p.Record.ID] {
			return Result{}, fmt.Errorf("the answer does not have the patched record %s", p.Record.ID)
		}
	}

	return Result{Patched: patched, Created: readable(w.Posts)}, nil
}

// readable returns the records of a page that can be read.
func readable(page recordPage) []dns.Record {
	var out []dns.Record
	for i := range page {
		if r, err := page[i].record(); err == nil {
			out = append(out, r)
		}
	}
	return out
}

func canonicalRecords(wire recordPage) ([]dns.Record, error) {
	var out []dns.Record
	for i := range wire {
		r, err := wire[i].record()
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}
