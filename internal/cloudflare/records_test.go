package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

// liveRecords are records as Cloudflare sends them, shortened.
const liveRecords = `[
{"comment":null,"content":"198.51.100.4","created_on":"2025-05-21T21:28:00.865156Z","id":"a1","meta":{},"name":"WWW.example.com.",
 "proxiable":true,"proxied":true,"settings":{"ipv4_only":true,"ipv6_only":false},"tags":["Team:Web","b","team:Web"],"ttl":1,"type":"a","new_key":{"x":[1]}},
{"id":"a2","name":"mail.example.com","type":"MX","content":"mx.example.net","priority":0,"proxied":false,"ttl":300,"settings":{},"tags":[],
 "meta":{"auto_added":false,"email_routing":true,"read_only":true},"comment":"by \"us\""},
{"id":"a3","name":"_sip._tcp.example.com","type":"SRV","content":"5 5060 sip.example.com","data":{"priority":10,"weight":5,"port":5060,"target":"sip.example.com"},"priority":10,"ttl":120},
{"id":"a4","name":"t.example.com","type":"CNAME","content":"x.cfargotunnel.com","meta":{"managed_by_argo_tunnel":true},"settings":null,"ttl":1,"data":null,"tags":null},
{"id":"a5","name":"w.example.com","type":"AAAA","content":"100::","meta":{"read_only":true},"ttl":1,"proxied":true},
{"id":"a6","name":"p.example.com","type":"CNAME","content":"p.pages.dev","meta":{"managed_by_apps":true},"ttl":1,"proxied":true,"settings":{"flatten_cname":true}},
{"id":"a7","name":"example.com","type":"NS","content":"ada.ns.cloudflare.com","ttl":86400,"meta":null},
{"id":"a8","name":"sub.example.com","type":"NS","content":"ada.ns.cloudflare.com","ttl":86400.0},
{"id":"a9","name":"x.example.com","type":"MX","content":"mx.example.net","data":{"priority":20,"target":"mx.example.net"},"ttl":300},
{"id":"aa","name":"y.example.com","type":"A","content":"192.0.2.1","proxied":true,"private_routing":true,"ttl":1}
]`

func TestRecordsAreCanonical(t *testing.T) {
	got, err := serve(t, ok(liveRecords)).client().Records(context.Background(), zoneID)
	if err != nil {
		t.Fatal(err)
	}

	want := []dns.Record{
		{ID: "a3", Name: "_sip._tcp.example.com", Type: dns.SRV, Content: "10 5 5060 sip.example.com", TTL: 120},
		{ID: "a7", Name: "example.com", Type: dns.NS, Content: "ada.ns.cloudflare.com", TTL: 86400, ManagedBy: "Cloudflare name servers"},
		{ID: "a2", Name: "mail.example.com", Type: dns.MX, Content: "mx.example.net", TTL: 300, Comment: `by "us"`, ManagedBy: "Email Routing"},
		{ID: "a6", Name: "p.example.com", Type: dns.CNAME, Content: "p.pages.dev", TTL: 1, Proxied: true, ManagedBy: "Cloudflare Apps"},
		{ID: "a8", Name: "sub.example.com", Type: dns.NS, Content: "ada.ns.cloudflare.com", TTL: 86400},
		{ID: "a4", Name: "t.example.com", Type: dns.CNAME, Content: "x.cfargotunnel.com", TTL: 1, ManagedBy: "Cloudflare Tunnel"},
		{ID: "a5", Name: "w.example.com", Type: dns.AAAA, Content: "100::", TTL: 1, Proxied: true, ManagedBy: "Cloudflare"},
		{ID: "a1", Name: "www.example.com", Type: dns.A, Content: "198.51.100.4", TTL: 1, Proxied: true, Tags: []string{"b", "team:Web"}, Settings: dns.Settings{IPv4Only: true}},
		{ID: "a9", Name: "x.example.com", Type: dns.MX, Content: "mx.example.net", Priority: 20, TTL: 300},
		{ID: "aa", Name: "y.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1, Proxied: true, PrivateRouting: true},
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records differ (-want +got):\n%s", diff)
	}
}

func TestTTLOfAProxiedRecordIsAutomatic(t *testing.T) {
	tests := map[string]int{
		`"proxied":true,"ttl":300`:    dns.AutoTTL,
		`"proxied":false,"ttl":300`:   300,
		`"proxied":false`:             dns.AutoTTL,
		`"proxied":false,"ttl":-5`:    dns.AutoTTL,
		`"proxied":false,"ttl":1e300`: 1<<31 - 1,
	}
	for fields, want := range tests {
		s := serve(t, ok(`[{"id":"a","name":"a.example.com","type":"A","content":"192.0.2.1",`+fields+`}]`))
		got, err := s.client().Records(context.Background(), zoneID)
		if err != nil || got[0].TTL != want {
			t.Errorf("%s: TTL = %v (%v), want %d", fields, got, err, want)
		}
	}
}

func TestTagsAreCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tags := rapid.SliceOf(rapid.StringMatching(`[a-cA-C]{1,2}(:[a-bA-B]{0,2})?`)).Draw(t, "tags")
		before := slices.Clone(tags)
		once := dns.CanonicalTags(tags)
		if !slices.Equal(tags, before) {
			t.Fatalf("CanonicalTags changed its input from %q to %q", before, tags)
		}
		if !slices.Equal(dns.CanonicalTags(once), once) {
			t.Fatalf("CanonicalTags(%q) = %q, and applied again %q, want no further change", tags, once, dns.CanonicalTags(once))
		}

		shuffled := rapid.Permutation(tags).Draw(t, "shuffled")
		if !slices.Equal(dns.CanonicalTags(shuffled), once) {
			t.Fatalf("CanonicalTags(%q) = %q, want %q as for another order", shuffled, dns.CanonicalTags(shuffled), once)
		}
	})
}

// zoneServer serves any number of records page by page.
type zoneServer struct {
	t        *testing.T
	total    int
	largest  int                              // limits per_page
	info     func(info map[string]any)        // changes result_info, if not nil
	between  func(s *zoneServer, request int) // called before each answer
	requests int
	removed  int // number of records removed from the front
}

func (s *zoneServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests++
	if s.between != nil {
		s.between(s, s.requests)
	}

	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	per, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	if s.largest > 0 {
		per = min(per, s.largest)
	}

	first := min(s.removed+(page-1)*per, s.total)
	last := min(first+per, s.total)
	list := []string{}
	for i := first; i < last; i++ {
		list = append(list, fmt.Sprintf(`{"id":"r%06d","name":"h%d.example.com","type":"A","content":"192.0.2.1","ttl":1}`, i, i))
	}

	n := s.total - s.removed
	info := map[string]any{"page": page, "per_page": per, "count": len(list), "total_count": n, "total_pages": (n + per - 1) / per}
	if s.info != nil {
		s.info(info)
	}

	encoded, err := json.Marshal(info)
	if err != nil {
		s.t.Error(err)
	}

	_, _ = fmt.Fprintf(w, `{"result":[%s],"success":true,"errors":[],"messages":[],"result_info":%s}`, strings.Join(list, ","), encoded)
}

func (s *zoneServer) read(t *testing.T) ([]dns.Record, error) {
	t.Helper()
	return s.readBy(t, newFakeClock())
}

func (s *zoneServer) readBy(t *testing.T, k Clock) ([]dns.Record, error) {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	s.t = t
	c := newClient(Options{BaseURL: server.URL, Credentials: Credentials{Token: testToken}, RateLimit: 1 << 30}, k)
	return c.Records(context.Background(), zoneID)
}

func without(keys ...string) func(map[string]any) {
	return func(info map[string]any) {
		for _, k := range keys {
			delete(info, k)
		}
	}
}

func TestAllPagesAreRead(t *testing.T) {
	tests := map[string]struct {
		server   zoneServer
		requests int
	}{
		"empty":                         {zoneServer{}, 1},
		"one page":                      {zoneServer{total: 7}, 1},
		"exactly one page":              {zoneServer{total: 5000}, 1},
		"two pages":                     {zoneServer{total: 10_000}, 2},
		"smaller pages than asked":      {zoneServer{total: 250, largest: 100}, 3},
		"no total_pages":                {zoneServer{total: 250, largest: 100, info: without("total_pages")}, 3},
		"no total_count":                {zoneServer{total: 250, largest: 100, info: without("total_count")}, 3},
		"short page ends, no counts":    {zoneServer{total: 5001, info: without("total_pages", "total_count")}, 2},
		"full page, no counts":          {zoneServer{total: 5000, info: without("total_pages", "total_count")}, 2},
		"smaller pages, no counts":      {zoneServer{total: 250, largest: 100, info: without("total_pages", "total_count")}, 3},
		"smaller full pages, no counts": {zoneServer{total: 200, largest: 100, info: without("total_pages", "total_count")}, 3},
		"counts and sizes that are not numbers": {zoneServer{total: 250, largest: 100, info: func(i map[string]any) {
			i["total_count"], i["total_pages"], i["per_page"] = []int{250}, "three", map[string]any{}
		}}, 4},
		"numbers as strings": {zoneServer{total: 250, largest: 100, info: func(i map[string]any) {
			i["total_count"], i["total_pages"], i["per_page"] = "250", "3", "100"
		}}, 3},
		"no result_info": {zoneServer{total: 250, largest: 100, info: func(i map[string]any) { clear(i) }}, 4},
		"only a count":   {zoneServer{total: 250, largest: 100, info: func(i map[string]any) { without("total_pages", "per_page")(i) }}, 3},
		"pages without end": {zoneServer{total: 30, largest: 10, info: func(i map[string]any) {
			i["total_pages"] = 1 << 40
			delete(i, "total_count")
		}}, 4},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.server.read(t)
			if err != nil || len(got) != test.server.total {
				t.Errorf("%d records (%v), want %d", len(got), err, test.server.total)
			}
			if test.server.requests != test.requests {
				t.Errorf("%d requests, want %d", test.server.requests, test.requests)
			}
			if !slices.IsSortedFunc(got, dns.Compare) {
				t.Error("the records are not sorted")
			}
		})
	}
}

func TestListThatChangedIsReadAgain(t *testing.T) {
	// A record is deleted between the first and the second page, so that the client misses another one.
	s := zoneServer{total: 300, largest: 100, between: func(s *zoneServer, request int) {
		if request == 2 {
			s.removed = 1
		}
	}}
	got, err := s.read(t)
	if err != nil || len(got) != 299 || s.requests != 6 {
		t.Errorf("%d records (%v) in %d requests, want 299 in 6", len(got), err, s.requests)
	}
}

func TestIncompleteListIsAnError(t *testing.T) {
	s := zoneServer{total: 300, largest: 100, info: func(i map[string]any) { i["total_count"] = 400 }}
	got, err := s.read(t)
	e := asError(t, err)
	if e.Kind != guidance.Unreachable || got != nil || s.requests != 6 {
		t.Errorf("%d records, %v in %d requests, want unreachable after 6", len(got), e, s.requests)
	}
	if !strings.Contains(e.Error(), "300 records, but Cloudflare counts 400") {
		t.Errorf("error = %q, want both numbers of records", e)
	}
}

func TestRepeatedRecordsCountOnce(t *testing.T) {
	r := `{"id":"a","name":"a.example.com","type":"A","content":"192.0.2.1","ttl":1}`
	got, err := serve(t, ok(`[`+r+`,`+r+`]`)).client().Records(context.Background(), zoneID)
	if err != nil || len(got) != 1 {
		t.Errorf("records = %v (%v), want one", got, err)
	}
}

func TestIDsCannotLeaveTheirPlaceInThePath(t *testing.T) {
	s := serve(t, ok(`[]`))
	for _, id := range []string{"", "..", "../user", "a/b", "a?b", "a b", strings.Repeat("a", 65), "ä"} {
		_, err := s.client().Records(context.Background(), id)
		_, getErr := s.client().GetZone(context.Background(), id)
		_, batchErr := s.client().ApplyBatch(context.Background(), id, Batch{Deletes: []string{recordID}})
		for _, err := range []error{err, getErr, batchErr} {
			if e := asError(t, err); e.Kind != guidance.Rejected {
				t.Errorf("%q: %v is %s, want rejected", id, e, e.Kind)
			}
		}
	}

	if got := s.requests(); len(got) != 0 {
		t.Errorf("sent %q, want no requests", got)
	}
}

// Two different records with one ID mean an edit between two pages, after which a second attempt succeeds, or
// a broken list.
func TestListWithOneIDForTwoRecordsIsAnError(t *testing.T) {
	one := `{"id":"a","name":"a.example.com","type":"A","content":"192.0.2.1","ttl":1}`
	other := `{"id":"a","name":"b.example.com","type":"A","content":"192.0.2.1","ttl":1}`
	for name, test := range map[string]struct {
		answers []answer
		good    bool
	}{
		"the same record twice": {[]answer{ok(`[` + one + `,` + one + `]`)}, true},
		"once":                  {[]answer{ok(`[` + one + `,` + other + `]`), ok(`[` + other + `]`)}, true},
		"always":                {[]answer{ok(`[` + one + `,` + other + `]`)}, false},
	} {
		got, err := serve(t, test.answers...).client().Records(context.Background(), zoneID)
		if (err == nil) != test.good || test.good && len(got) != 1 {
			t.Errorf("%s: Records = %v, %v; want success %v", name, got, err, test.good)
		}
	}
}

func TestInvalidIDIsAnError(t *testing.T) {
	for _, id := range []string{"", "a/b", "../zones", "a b", "\u202e", strings.Repeat("a", 65)} {
		record := fmt.Sprintf(`{"id":%q,"name":"a.example.com","type":"A","content":"192.0.2.1","ttl":1}`, id)
		if got, err := serve(t, ok(`[`+record+`]`)).client().Records(context.Background(), zoneID); err == nil {
			t.Errorf("%q: Records = %v, want an error", id, got)
		}
	}
}
