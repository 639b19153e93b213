package cloudflare

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

// account is a server with zones. The zone names[i] has the ID i. It filters by the exact name.
type account struct {
	*httptest.Server
	names []string

	// stuck repeats the first page forever.
	stuck bool

	mu       sync.Mutex
	requests []string
}

func newAccount(t *testing.T, names ...string) *account {
	t.Helper()
	a := &account{names: names}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.requests = append(a.requests, r.URL.RequestURI())
	a.mu.Unlock()
	q := r.URL.Query()
	per, _ := strconv.Atoi(q.Get("per_page"))
	page := max(1, atoi(q.Get("page")))
	var matches []string
	for i, name := range a.names {
		if !q.Has("name") || q.Get("name") == name {
			matches = append(matches, fmt.Sprintf(`{"id":"%032x","name":%q,"plan":{"legacy_id":"pro"}}`, i, name))
		}
	}

	if a.stuck {
		page = 1
	}

	first := min((page-1)*per, len(matches))
	items := matches[first:min(first+per, len(matches))]
	_, _ = fmt.Fprintf(w, `{"success":true,"errors":[],"result":[%s],"result_info":{"page":%d,"per_page":%d,"count":%d,"total_count":%d,"total_pages":%d}}`,
		strings.Join(items, ","), page, per, len(items), len(matches), (len(matches)+per-1)/per)
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func (a *account) client() *Client {
	return newClient(Options{BaseURL: a.URL, Credentials: Credentials{Token: testToken}}, newFakeClock())
}

func zoneNames(from, to int) []string {
	var names []string
	for i := from; i < to; i++ {
		names = append(names, fmt.Sprintf("z%04d.example", i))
	}
	return names
}

func TestZonesAreFoundInFewRequests(t *testing.T) {
	tests := map[string]struct {
		zones, wanted []string
		requests      int
	}{
		"none":                       {zoneNames(0, 5), nil, 0},
		"one":                        {zoneNames(0, 5), zoneNames(0, 1), 1},
		"three of many":              {zoneNames(0, 500), zoneNames(100, 103), 3},
		"120 in an account of 120":   {zoneNames(0, 120), zoneNames(0, 120), 3},
		"40 in an account of 40":     {zoneNames(0, 40), zoneNames(0, 40), 1},
		"50 in an account of 50":     {zoneNames(0, 50), zoneNames(0, 50), 1},
		"5 in an account of 1,000":   {zoneNames(0, 1000), zoneNames(500, 505), 6},
		"100 in an account of 1,000": {zoneNames(0, 1000), zoneNames(500, 600), 20},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t, test.zones...)
			found, err := a.client().FindZones(context.Background(), test.wanted)
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, test.wanted) {
				t.Errorf("found %q, want %q", got, test.wanted)
			}
			if len(a.requests) != test.requests {
				t.Errorf("%d requests, want %d: %q", len(a.requests), test.requests, a.requests)
			}
		})
	}
}

func TestAllZonesOfANameAreFound(t *testing.T) {
	for _, others := range []int{10, 120, 1000} { // one page, several pages, single look-ups
		names := slices.Concat([]string{"twice.example"}, zoneNames(0, others), []string{"twice.example"})
		for _, wanted := range [][]string{{"twice.example"}, append(zoneNames(0, 5), "twice.example", "twice.example", "none.example")} {
			found, err := newAccount(t, names...).client().FindZones(context.Background(), wanted)
			if err != nil {
				t.Fatal(err)
			}
			zones := found["twice.example"]
			if len(zones) != 2 || zones[0].ID >= zones[1].ID || len(found["none.example"]) != 0 {
				t.Errorf("%d others, %q wanted: found %v", others, wanted, found)
			}
		}
	}
}

func TestZoneNamesAreComparedByTheClient(t *testing.T) {
	// A server that does not know the filter ignores the filter and returns all zones.
	s := serve(t, ok(`[{"id":"1","name":"a.example"},{"id":"2","name":"WANTED.example."},{"id":"3","name":"not-wanted.example"}]`))
	found, err := s.client().FindZones(context.Background(), []string{"wanted.example"})
	if err != nil || len(found) != 1 || len(found["wanted.example"]) != 1 || found["wanted.example"][0].ID != "2" {
		t.Errorf("found %v (%v), want only the zone with ID 2", found, err)
	}
}

func TestIDNZoneIsFoundByItsOtherSpelling(t *testing.T) {
	for _, listed := range []string{"bücher.example", "xn--bcher-kva.example"} {
		a := newAccount(t, listed)
		found, err := a.client().FindZones(context.Background(), []string{"xn--bcher-kva.example"})
		if err != nil || len(found["xn--bcher-kva.example"]) != 1 {
			t.Errorf("listed as %s: found %v (%v), want one zone", listed, found, err)
		}
	}
}

func TestFailedLookUpFindsNothing(t *testing.T) {
	for _, names := range [][]string{{"a.example"}, zoneNames(0, 10)} {
		found, err := serve(t, refusal(403, 9109, "Invalid access token")).client().FindZones(context.Background(), names)
		if e := asError(t, err); e.Kind != guidance.Refused || found != nil {
			t.Errorf("found %v, %v, want only a refusal", found, e)
		}
	}
}

func TestFindEachReturnsOtherZonesAfterARefusal(t *testing.T) {
	s := serve(t, refusal(403, 9109, "Invalid access token"), ok(`[{"id":"1","name":"b.example"}]`))
	found, errs := s.client().FindEach(context.Background(), []string{"a.example", "b.example"})

	if e := asError(t, errs["a.example"]); e.Kind != guidance.Refused || errs["b.example"] != nil {
		t.Errorf("errors = %v, want only a refusal of a.example", errs)
	}
	if len(found["b.example"]) != 1 || len(found["a.example"]) != 0 {
		t.Errorf("found %v, want only b.example", found)
	}
}

func TestFindEachReturnsOneErrorForManyNames(t *testing.T) {
	names := zoneNames(0, 10)
	found, errs := serve(t, refusal(403, 9109, "Invalid access token")).client().FindEach(context.Background(), names)

	if len(found) != 0 {
		t.Errorf("found %v, want nothing", found)
	}
	for _, name := range names {
		if e := asError(t, errs[name]); e.Kind != guidance.Refused {
			t.Errorf("%s: %v, want a refusal", name, e)
		}
	}
}

func TestGetZone(t *testing.T) {
	tests := map[string]dns.Zone{
		`{"id":"ID","name":"Example.COM","plan":{"legacy_id":"business"},"name_servers":["b.ns.cloudflare.com","A.ns.cloudflare.com"]}`: {
			Name: "example.com", Tier: "business", NameServers: []string{"a.ns.cloudflare.com", "b.ns.cloudflare.com"}},
		`{"id":"ID","name":"example.com","plan":{"id":"0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee","legacy_id":null},"name_servers":null}`: {Name: "example.com", Tier: "free"},
		`{"id":"ID","name":"example.com","plan":{"id":"94f3b7b768b0458b56d2cac4fe5ec0f9"}}`:                                      {Name: "example.com", Tier: "enterprise"},
		`{"id":"ID","name":"example.com","plan":{"legacy_id":"partners_free"}}`:                                                  {Name: "example.com"},
		`{"id":"ID","name":"example.com","plan":null}`:                                                                           {Name: "example.com"},
	}

	for body, want := range tests {
		want.ID = zoneID
		s := serve(t, ok(strings.Replace(body, "ID", zoneID, 1)))
		got, err := s.client().GetZone(context.Background(), zoneID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: error %v, (-want +got):\n%s", body, err, diff)
		}
		if want := []string{"GET /client/v4/zones/" + zoneID}; !slices.Equal(s.requests(), want) {
			t.Errorf("requests = %q, want %q", s.requests(), want)
		}
	}
}

func TestAnswerWithAnotherZoneIsUnreachable(t *testing.T) {
	for _, body := range []string{`{"id":"1","name":"example.com"}`, `{}`, `null`} {
		_, err := serve(t, ok(body)).client().GetZone(context.Background(), zoneID)
		if e := asError(t, err); e.Kind != guidance.Unreachable {
			t.Errorf("%s: %v is %s, want unreachable", body, e, e.Kind)
		}
	}
}

// If the count of the list is larger than the number of zones in it, the client looks up the missing names.
func TestZonesMissingFromTheListAreLookedUp(t *testing.T) {
	a := newAccount(t, zoneNames(0, 60)...)
	a.stuck = true
	wanted := []string{"z0001.example", "z0020.example", "z0030.example", "z0055.example", "z0099.example"}

	got, err := a.client().FindZones(t.Context(), wanted)

	if err != nil || len(got) != 4 || len(got["z0055.example"]) != 1 {
		t.Errorf("found %v (%v), want all but the last one, which does not exist", got, err)
	}
	if len(a.requests) != 4 {
		t.Errorf("%d requests, want 2 pages and 2 names: %q", len(a.requests), a.requests)
	}
}
