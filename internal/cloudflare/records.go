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

// recordsPerPage is the largest page that other tools ask for; the API's own
// maximum is far higher, but large pages may time out.
const recordsPerPage = 5000

// Records returns all records of a zone, canonical, sorted, each ID once.
//
// Pages are not a snapshot: an edit between two of them can hide a record. The
// list is then read once more; a list that still has another number of records
// than Cloudflare counts is an error, as whoever plans with a part of a zone
// would create the rest again.
func (c *Client) Records(ctx context.Context, zoneID string) ([]dns.Record, error) {
	list, err := c.RecordsSince(ctx, zoneID, func() {})
	return list.Records, err
}

// Listing is what a zone's list of records shows.
type Listing struct {
	Records []dns.Record
	// Odd has the fields that are not as the API describes them.
	Odd []Odd
}

// RecordsSince is Records that calls sending right before it asks for the first page, after all waiting, and again
// whenever it begins anew: the list shows everything that was changed before the last call.
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

// countError: a list is not as long as it should be, or was not all the time.
type countError struct{ got, want int }

func (e *countError) Error() string {
	if e.got == e.want {
		return "the list changed while it was read"
	}
	return fmt.Sprintf("the list has %d records where Cloudflare counts %d", e.got, e.want)
}

// recordList is a zone's list as far as it is read.
type recordList struct {
	records []dns.Record
	// at is where in records each ID is.
	at    map[string]int
	total *int // what Cloudflare counts; nil where it does not say
	// moved: the count changed from one page to another, or two records have one ID.
	moved bool
	odd   []Odd
}

// whole: a record that went between two pages takes another one along, and the
// number still fits the later count; so the counts have to agree as well.
func (l *recordList) whole() bool {
	return !l.moved && (l.total == nil || *l.total == len(l.records))
}

// counted is how many records Cloudflare counts, or how many there are if it does not say.
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
			return l, nil // it knows no pages: both answers are the whole list
		}
		if err := l.mayGoOn(page, fresh); err != nil {
			return nil, c.unusable(r, err)
		}
	}
}

// mayGoOn returns an error if there is no use in another page, or no end in sight, after a page with so many records
// that the pages before did not have.
func (l *recordList) mayGoOn(page, fresh int) error {
	switch {
	case fresh == 0:
		return boundf("page %d of the list repeats what was on the pages before, and is not the last one", page)
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
			// Pages may overlap. Two different records are an edit between two pages, or a list that cannot be used.
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

// markApexServers names Cloudflare as the keeper of its own name servers at the
// apex. The same servers at a name further down are a delegation that somebody
// made.
func markApexServers(records []dns.Record) {
	apex := apexOf(records)
	for i := range records {
		r := &records[i]
		if r.Type == dns.NS && r.Name == apex && r.ManagedBy == "" && strings.HasSuffix(r.Content, ".ns.cloudflare.com") {
			r.ManagedBy = "Cloudflare name servers"
		}
	}
}

// apexOf finds the name that all others are below, as no answer says what the
// zone is called; "" where no record is at such a name.
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
