package cloudflare

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	cfdns "github.com/cloudflare/cloudflare-go/v7/dns"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/cfplan/cfplan/internal/dns"
)

// recordsPerPage is the largest page size that other tools request. The API's maximum is far higher, but
// large pages may time out.
const recordsPerPage = 5000

// Records returns all records of a zone, in canonical form, sorted, each ID once.
//
// Pages are not a snapshot: an edit between two pages can hide a record. If the number of records differs
// from Cloudflare's count, Records reads the list again. If the number still differs, it returns an error,
// because a plan from a part of a zone would create the other records again.
func (c *Client) Records(ctx context.Context, zoneID string) ([]dns.Record, error) {
	list, err := c.RecordsSince(ctx, zoneID, func() {})
	return list.Records, err
}

// Listing is a zone's list of records.
type Listing struct {
	Records []dns.Record
	// Odd has the fields that do not have the documented form.
	Odd []Odd
}

// RecordsSince is like Records, but calls sending right before it requests the first page, after all waiting,
// and again if it starts over. The list shows every change that was made before the last call of sending.
func (c *Client) RecordsSince(ctx context.Context, zoneID string, sending func()) (Listing, error) {
	if err := c.checkID("zone", zoneID); err != nil {
		return Listing{}, err
	}

	list, err := c.readRecords(ctx, zoneID, sending)
	if err == nil && !list.whole() {
		list, err = c.readRecords(ctx, zoneID, sending)
	}
	if err == nil && !list.whole() {
		err = c.unusable(recordsPage(c, zoneID, 1), &countError{len(list.records), list.counted()})
	}
	if err != nil {
		return Listing{}, err
	}

	markApexServers(list.records)
	slices.SortFunc(list.records, dns.Compare)
	for i, o := range list.odd {
		list.odd[i].Record = c.secrets.text(o.Record)
	}
	return Listing{Records: list.records, Odd: list.odd}, nil
}

// countError means that a list does not have the expected length, or that the list changed while it was read.
type countError struct{ got, want int }

func (e *countError) Error() string {
	if e.got == e.want {
		return "the list changed while it was read"
	}
	return fmt.Sprintf("the list has %d records, but Cloudflare counts %d", e.got, e.want)
}

// recordList is a zone's list as far as it has been read.
type recordList struct {
	records []dns.Record
	// at has the index in records for each ID.
	at    map[string]int
	total *int // Cloudflare's count; nil if unknown
	// moved reports whether the count changed between two pages, or two records have the same ID.
	moved bool
	odd   []Odd
}

// whole reports whether the list is complete. If a record is deleted between two pages, another one is
// missed, and the number of records can still match the later count. So all counts have to agree as well.
func (l *recordList) whole() bool {
	return !l.moved && (l.total == nil || *l.total == len(l.records))
}

// counted returns Cloudflare's count, or the number of records if Cloudflare does not say.
func (l *recordList) counted() int {
	if l.total == nil {
		return len(l.records)
	}
	return *l.total
}

func (l *recordList) count(total *int) {
	l.moved = l.moved || l.total != nil && total != nil && *l.total != *total
	if total != nil {
		l.total = total
	}
}

func (c *Client) readRecords(ctx context.Context, zoneID string, sending func()) (*recordList, error) {
	l, watch := &recordList{at: map[string]int{}}, c.newStopwatch(1)
	for page := 1; ; page++ {
		r := recordsPage(c, zoneID, page)
		if page == 1 {
			r.before = func(context.Context) error {
				sending()
				return nil
			}
		}

		env, err := listed[recordPage](ctx, c, r, watch)
		if err != nil {
			return nil, err
		}

		r.ray = env.ray
		if env.Result == nil && env.Info.TotalCount == nil {
			return nil, c.unusable(r, errNoResult)
		}

		before := len(l.records)
		if err := l.add(env.Result); err != nil {
			return nil, c.unusable(r, err)
		}

		l.count(env.Info.TotalCount)
		fresh := len(l.records) - before
		if env.Info.last(page, len(env.Result), len(l.records), recordsPerPage) || fresh == 0 && l.total != nil {
			return l, nil
		}
		if env.Info == (resultInfo{}) && page == 2 && fresh == 0 {
			return l, nil // the server has no pages: both answers are the whole list
		}
		if err := l.mayGoOn(page, fresh); err != nil {
			return nil, c.unusable(r, err)
		}
	}
}

// mayGoOn returns an error if the client must not request another page, because the list makes no progress or
// is too long. fresh is the number of records of this page that earlier pages did not have.
func (l *recordList) mayGoOn(page, fresh int) error {
	switch {
	case fresh == 0:
		return boundf("page %d of the list repeats records of earlier pages, and is not the last page", page)
	case page >= mostPages:
		return boundf("the list has more than %d pages", mostPages)
	case max(l.counted(), len(l.records)) > mostRecords:
		return boundf("the list has more than %d records", mostRecords)
	}
	return nil
}

func (l *recordList) add(page recordPage) error {
	l.records = slices.Grow(l.records, len(page))
	for i := range page {
		r, err := page[i].record()
		if err != nil {
			return fmt.Errorf("number %d of the list, %w", len(l.records)+1, err)
		}
		if i, known := l.at[r.ID]; known {
			// Pages may overlap. Two different records with one ID mean an edit between two pages, or a
			// broken list.
			l.moved = l.moved || !l.records[i].Equal(r)
			continue
		}
		l.at[r.ID] = len(l.records)
		l.records = append(l.records, r)
		l.odd = append(l.odd, page[i].oddities()...)
	}

	return nil
}

func recordsPage(c *Client, zoneID string, page int) request {
	return request{
		method: http.MethodGet,
		path:   "/zones/" + zoneID + "/dns_records",
		query:  url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(recordsPerPage)}},
		send: func(ctx context.Context, opts ...option.RequestOption) error {
			var p cfdns.RecordListParams
			p.ZoneID.Value = zoneID
			_, err := c.records.List(ctx, p, opts...)
			return err
		},
	}
}

// markApexServers marks Cloudflare's own name servers at the apex as managed by Cloudflare. The same
// servers at a lower name are a delegation that a user made.
func markApexServers(records []dns.Record) {
	apex := apexOf(records)
	for i := range records {
		r := &records[i]
		if r.Type == dns.NS && r.Name == apex && r.ManagedBy == "" &&
			strings.HasSuffix(r.Content, ".ns.cloudflare.com") {
			r.ManagedBy = "Cloudflare name servers"
		}
	}
}

// apexOf returns the name to which all other names are subordinate. It infers the apex from the records,
// because no answer contains the zone's name. It returns "" if no record has such a name.
func apexOf(records []dns.Record) string {
	if len(records) == 0 {
		return ""
	}

	shortest := slices.MinFunc(records, func(a, b dns.Record) int { return cmp.Compare(len(a.Name), len(b.Name)) }).Name
	for _, r := range records {
		if r.Name != shortest && !strings.HasSuffix(r.Name, "."+shortest) {
			return ""
		}
	}
	return shortest
}
