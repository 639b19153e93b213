package cloudflare

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/guidance"
)

func TestPagesOfCountsThePagesOfAList(t *testing.T) {
	count := func(n int) *int { return &n }
	tests := map[string]struct {
		info resultInfo
		got  int
		want int
	}{
		"said":                    {resultInfo{TotalPages: 3, TotalCount: count(7)}, 50, 3},
		"counted":                 {resultInfo{TotalCount: count(101)}, 50, 3},
		"counted, exactly":        {resultInfo{TotalCount: count(100), PerPage: 50}, 50, 2},
		"counted, smaller pages":  {resultInfo{TotalCount: count(41), PerPage: 20}, 20, 3},
		"counted, senseless size": {resultInfo{TotalCount: count(100), PerPage: -1}, 50, 2},
		"empty":                   {resultInfo{TotalCount: count(0)}, 0, 1},
		"short page":              {resultInfo{PerPage: 50}, 49, 1},
		"full page":               {resultInfo{PerPage: 50}, 50, mostPages + 1},
		"smaller pages":           {resultInfo{PerPage: 20}, 20, mostPages + 1},
		"nothing said":            {resultInfo{}, 49, mostPages + 1},
	}

	for name, test := range tests {
		if got := pagesOf(test.info, test.got); got != test.want {
			t.Errorf("%s: %d pages, want %d", name, got, test.want)
		}
	}
}

// endless is a body that does not end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAnswersAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("a large answer: not with -short")
	}

	read := func(body io.Reader, announced int64) ([]byte, error) {
		answer := &http.Response{Body: io.NopCloser(body), ContentLength: announced}
		defer answer.Body.Close()
		return readBody(answer)
	}

	for _, announced := range []int64{-1, 1 << 62} {
		body, err := read(endless{}, announced)
		if transportTrouble(err) != guidance.TooLarge || len(body) > 0 {
			t.Errorf("announced %d: read %d bytes, error %v; want none and an error about the size", announced, len(body), err)
		}
	}
	if body, err := read(io.LimitReader(endless{}, 1000), 1<<62); err != nil || len(body) != 1000 {
		t.Errorf("read %d bytes, error %v, want 1,000", len(body), err)
	}
}

func TestListBeyondItsBoundsIsAnError(t *testing.T) {
	if testing.Short() {
		t.Skip("reads thousands of pages: not with -short")
	}

	counts := func(total, pages int) func(map[string]any) {
		return func(i map[string]any) {
			i["total_count"], i["total_pages"] = total, pages
		}
	}

	for name, test := range map[string]struct {
		server   zoneServer
		took     time.Duration // each request
		says     string
		requests int
	}{
		"pages":             {zoneServer{total: mostPages + 1, largest: 1}, 0, "more than 1000 pages", mostPages},
		"pages, no counts":  {zoneServer{total: mostPages + 1, largest: 1, info: onlyPages}, 0, "more than 1000 pages", mostPages},
		"announced records": {zoneServer{total: 10_000, info: counts(mostRecords+1, 200)}, 0, "more than 500000 records", 1},
		"time":              {zoneServer{total: 100, largest: 1}, 29 * time.Second, "longer than 10 minutes", 21},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newFakeClock()
			test.server.between = func(*zoneServer, int) { _ = clock.Sleep(context.Background(), test.took) }
			got, err := test.server.readBy(t, clock)
			e := asError(t, err)
			if got != nil || e.Kind != guidance.Unreachable || !strings.Contains(e.Error(), test.says) {
				t.Errorf("%d records, %v (%s), want no records and an error with %q", len(got), e, e.Kind, test.says)
			}
			if test.server.requests != test.requests {
				t.Errorf("%d requests, want %d", test.server.requests, test.requests)
			}
		})
	}
}

// onlyPages changes result_info to promise pages without end and to count nothing.
func onlyPages(info map[string]any) {
	info["total_pages"] = 1 << 40
	delete(info, "total_count")
}

func TestPageRepeatedForeverIsAnError(t *testing.T) {
	s := serve(t, answer{status: 200, body: `{"success":true,"errors":[],"result":[` +
		`{"id":"a","name":"a.example.com","type":"A","content":"192.0.2.1","ttl":1}],"result_info":{"total_pages":9}}`})
	got, err := s.client().Records(context.Background(), zoneID)
	if e := asError(t, err); got != nil || !strings.Contains(e.Error(), "page 2 of the list repeats") || len(s.requests()) != 2 {
		t.Errorf("%d records, %v after %d requests, want an error after 2", len(got), e, len(s.requests()))
	}
}
