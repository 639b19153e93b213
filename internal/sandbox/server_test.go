package sandbox

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

func TestUnknownPathsAndMethodsAreRefused(t *testing.T) {
	c, records := zoned(t, "free")
	zone := strings.TrimSuffix(records, "/dns_records")
	none := strings.Repeat("0", 32)
	for _, tt := range []struct {
		method, path string
		status, code int
	}{
		{"GET", "/client/v4" + zone, 200, 0},
		{"GET", zone, 200, 0},
		{"GET", "/zones/short/dns_records", 400, 7003},
		{"GET", "/zones//dns_records", 400, 7003},
		{"GET", strings.ToUpper(zone), 400, 7003},
		{"GET", "/nothing", 400, 7003},
		{"GET", "/", 400, 7003},
		{"GET", "/client/v4", 400, 7003},
		{"GET", "/client/v4zones", 400, 7003},
		{"DELETE", records, 405, 10405},
		{"GET", records + "/batch", 405, 10405},
		{"GET", records + "/" + none, 404, 81044},
		{"PUT", records + "/" + none, 404, 81044},
		{"PATCH", records + "/" + none, 404, 81044},
		{"DELETE", records + "/" + none, 404, 81044},
		{"GET", "/zones/" + none + "/dns_records", 403, 9109},
	} {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			r := c.want(tt.status, tt.code, tt.method, tt.path, "{}")
			if tt.code == 7003 && len(r.Errors) != 1 {
				t.Errorf("errors = %v, want only 7003", r.Errors)
			}
		})
	}
}

func TestEachAnswerHasCloudflaresHeaders(t *testing.T) {
	c, records := zoned(t, "free")
	seen := map[string]bool{}
	for _, path := range []string{records, "/nothing", records + "/export"} {
		h := c.do("GET", path, "").Header
		ray := h.Get("CF-Ray")
		if !regexp.MustCompile(`^[0-9a-f]{16}-[A-Z]{3}$`).MatchString(ray) || seen[ray] {
			t.Errorf("%s: CF-Ray = %q, want a new one", path, ray)
		}
		seen[ray] = true
		if !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(h.Get("Cf-Auditlog-Id")) {
			t.Errorf("%s: Cf-Auditlog-Id = %q, want a UUID", path, h.Get("Cf-Auditlog-Id"))
		}
	}

	h := c.do("GET", records, "").Header
	if h.Get("Ratelimit") != `"default";r=1200;t=300` || h.Get("Ratelimit-Policy") != `"default";q=1200;w=300` {
		t.Errorf("Ratelimit = %q, policy %q, want 1200 requests in 300 seconds", h.Get("Ratelimit"), h.Get("Ratelimit-Policy"))
	}
	if v := c.do("GET", "/user/tokens/verify", "").Header.Get("Ratelimit"); v != "" {
		t.Errorf("verify sends Ratelimit %q, want none", v)
	}
}

func TestPrefixCanBeChosen(t *testing.T) {
	c := start(t, Options{Prefix: "/api/"})
	c.want(200, 0, "GET", "/api/zones", "")
	c.want(200, 0, "GET", "/zones", "")
	c.want(400, 7003, "GET", "/client/v4/zones", "")
}

func TestServersWithTheSameOptionsAnswerAlike(t *testing.T) {
	run := func(random uint64) string {
		s := New(Options{Seed: SampleSeed(), Random: random})
		var out strings.Builder
		for _, z := range s.Zones() {
			req := httptest.NewRequest("GET", "/zones/"+z.ID+"/dns_records", nil)
			req.Header.Set("Authorization", "Bearer x")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, req)
			out.WriteString(w.Body.String() + w.Header().Get("CF-Ray"))
		}
		return out.String()
	}

	if first, second := run(1), run(1); first != second {
		t.Error("two servers with the same options give different answers")
	}
	if run(1) == run(2) {
		t.Error("two servers with different values of Random give the same answers")
	}
}

func TestOversizedBodyIsRefused(t *testing.T) {
	c, records := zoned(t, "free")
	r := c.do("POST", records, `{"x":"`+strings.Repeat("x", maxBody)+`"}`)
	if r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("status = %d, want 413", r.Status)
	}
}

func TestLogHasEachRequestWithItsOutcome(t *testing.T) {
	c, records := zoned(t, "free")
	c.do("GET", "/client/v4"+records+"?per_page=5&name=x", "")
	c.do("POST", records, `{"type":"A","name":"x","content":"192.0.2.1"}`)
	c.do("POST", records, `{"type":"A","name":"x","content":"nonsense"}`)
	c.do("GET", "/_sandbox/requests", "")
	got := c.server.Requests()
	if len(got) != 3 {
		t.Fatalf("%d requests, want 3 (knobs do not count): %+v", len(got), got)
	}

	for i, want := range []Request{
		{Method: "GET", Path: records, Query: "name=x&per_page=5", Status: 200},
		{Method: "POST", Path: records, Status: 200, Write: true, Committed: true},
		{Method: "POST", Path: records, Status: 400, Code: 9005, Write: true},
	} {
		have := got[i]
		if have.Ray == "" || !have.Time.Equal(noon) {
			t.Errorf("request %d has ray %q and time %v, want any ray and %v", i, have.Ray, have.Time, noon)
		}
		want.Ray, want.Time = have.Ray, have.Time
		if have != want {
			t.Errorf("request %d = %+v, want %+v", i, have, want)
		}
	}

	if n := len(c.server.Writes()); n != 2 {
		t.Errorf("%d writes, want 2", n)
	}

	c.server.ResetRequests()
	if n := len(c.server.Requests()); n != 0 {
		t.Errorf("the log has %d requests after the reset, want 0", n)
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	s := New(Options{})
	for range maxRequests + 10 {
		s.log(Request{})
	}
	if n := len(s.Requests()); n > maxRequests || n < maxRequests/2 {
		t.Errorf("the log has %d entries, want between %d and %d", n, maxRequests/2, maxRequests)
	}
}

func TestConcurrentWritesAreAllStored(t *testing.T) {
	c, records := zoned(t, "pro")
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 10 {
				name := string(rune('a'+worker)) + string(rune('a'+i))
				c.do("POST", records, toJSON(map[string]any{"type": "A", "name": name, "content": "192.0.2.1"}))
				c.do("GET", records, "")
				c.server.Fail(ExtraFields().Once())
				c.server.Records("example.com")
				c.server.Requests()
			}
		})
	}

	wg.Wait()
	if n := len(c.server.Records("example.com")); n != 80 {
		t.Errorf("%d records, want 80", n)
	}
}
