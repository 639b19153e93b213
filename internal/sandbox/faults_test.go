package sandbox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const anA = `{"type":"A","name":"new","content":"192.0.2.1"}`

func TestFaultsRefuseRequests(t *testing.T) {
	for _, tt := range []struct {
		name         string
		fault        Fault
		status, code int
		message      string
	}{
		{"ip", RefuseIP("203.0.113.7"), 403, 9109, "Cannot use the access token from location: 203.0.113.7"},
		{"token", InvalidAccessToken(), 403, 9109, "Invalid access token"},
		{"zone", InvalidZoneIdentifier(), 403, 9109, "Invalid zone identifier"},
		{"scope", UnauthorizedResource(), 403, 9109, "Unauthorized to access requested resource"},
		{"failures", MaxAuthFailures(), 403, 9109, "Max auth failures reached"},
		{"permission", AuthenticationError(), 403, 10000, "Authentication error"},
		{"unsuccessful", Unsuccessful(1234, "no"), 200, 1234, "no"},
		{"throttled", RateLimited(0), 429, 971, "Please wait and consider throttling your request speed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, records := zoned(t, "free")
			c.server.Fail(tt.fault.Repeat(2))
			for range 2 {
				r := c.want(tt.status, tt.code, "POST", records, anA)
				if r.Success || r.Errors[0].Message != tt.message {
					t.Errorf("success %v, message %q, want %q", r.Success, r.Errors[0].Message, tt.message)
				}
			}

			if n := len(c.server.Records("example.com")); n != 0 {
				t.Errorf("the refused request made %d records, want 0", n)
			}

			c.want(200, 0, "POST", records, anA)
			if got := c.server.Requests()[0]; got.Code != tt.code || got.Status != tt.status {
				t.Errorf("the log has %+v, want %d/%d", got, tt.status, tt.code)
			}
		})
	}
}

func TestFaultsAnswerWithHTML(t *testing.T) {
	for _, tt := range []struct {
		fault  Fault
		status int
		retry  string
	}{
		{GatewayError(502), 502, ""},
		{GatewayError(503), 503, ""},
		{GatewayError(520), 520, ""},
		{RateLimitedHTML(300 * time.Second), 429, "300"},
		{RateLimitedHTML(1500 * time.Millisecond), 429, "2"},
		{NotJSON(), 200, ""},
	} {
		c, records := zoned(t, "free")
		c.server.Fail(tt.fault)
		r := c.do("POST", records, anA)
		if r.Status != tt.status || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || !strings.Contains(r.Body, "<html>") {
			t.Errorf("got %d %s %q, want %d with an HTML page", r.Status, r.Header.Get("Content-Type"), r.Body, tt.status)
		}
		if got := r.Header.Get("Retry-After"); got != tt.retry {
			t.Errorf("Retry-After = %q, want %q", got, tt.retry)
		}
		if r.Header.Get("CF-Ray") == "" {
			t.Error("the answer has no CF-Ray header")
		}
		if n := len(c.server.Records("example.com")); n != 0 {
			t.Errorf("the request made %d records, want 0", n)
		}
	}
}

func TestRateLimitedSendsRetryAfterIfItIsSet(t *testing.T) {
	c, _ := zoned(t, "free")
	c.server.Fail(RateLimited(300*time.Second).Once(), RateLimited(0))
	if got := c.do("GET", "/zones", "").Header.Get("Retry-After"); got != "300" {
		t.Errorf("Retry-After = %q, want 300", got)
	}
	if got, ok := c.do("GET", "/zones", "").Header["Retry-After"]; ok {
		t.Errorf("Retry-After = %q, want none", got)
	}
}

func TestLostAnswersKeepOnlyCommittedWrites(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		cut   bool
		kept  int
	}{
		{"cut before", CutBeforeCommit(), true, 0},
		{"cut after", CutAfterCommit(), true, 1},
		{"502 before", GatewayError(502), false, 0},
		{"502 after", GatewayErrorAfterCommit(502), false, 1},
	} {
		for _, path := range []string{"", "/batch"} {
			t.Run(tt.name+path, func(t *testing.T) {
				c, records := zoned(t, "free")
				body := anA
				if path != "" {
					body = `{"posts":[` + anA + `]}`
				}

				c.server.Fail(tt.fault.Once())
				r, err := c.try("POST", records+path, body)
				if (err != nil) != tt.cut || !tt.cut && r.Status != 502 {
					t.Errorf("POST = %+v, %v, want a cut connection: %v", r, err, tt.cut)
				}
				if n := len(c.server.Records("example.com")); n != tt.kept {
					t.Errorf("%d records, want %d", n, tt.kept)
				}
				if got := c.server.Requests()[0]; got.Committed != (tt.kept == 1) || tt.cut && got.Status != 0 {
					t.Errorf("the log has %+v, want committed: %v, and status 0 after a cut", got, tt.kept == 1)
				}

				c.want(200, 0, "GET", records, "") // the fault has ended
			})
		}
	}
}

func TestFaultsForWritesLeaveReadsAlone(t *testing.T) {
	c, records := zoned(t, "free")
	c.server.Fail(CutAfterCommit())
	c.want(200, 0, "GET", records, "")
}

func TestFaultActsOnlyOnMatchingRequests(t *testing.T) {
	c := start(t, Options{Seed: SampleSeed()})
	com, org := "/zones/"+c.zoneID("example.com"), "/zones/"+c.zoneID("example.org")
	for _, tt := range []struct {
		name  string
		fault Fault
		path  string
		hit   []bool
	}{
		{"method", InvalidAccessToken().On("POST", ""), "/zones", []bool{false}},
		{"path", InvalidAccessToken().On("GET", "dns_records"), com, []bool{false}},
		{"path hit", InvalidAccessToken().On("get", "dns_records"), com + "/dns_records", []bool{true}},
		{"after one, twice", InvalidAccessToken().After(1).Repeat(2), "/zones", []bool{false, true, true, false}},
		{"another zone", InvalidAccessToken().InZone("example.com"), org, []bool{false}},
		{"zone by id in path", InvalidAccessToken().InZone("example.com"), com + "/dns_records", []bool{true, true}},
		{"zone by look-up", InvalidAccessToken().InZone("example.com"), "/zones?name=example.com", []bool{true}},
		{"look-up of another", InvalidAccessToken().InZone("example.com"), "/zones?name=example.org", []bool{false}},
		{"zone that does not exist", InvalidAccessToken().InZone("nowhere.example"), "/zones?name=nowhere.example", []bool{true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer c.server.ClearFaults()
			c.server.Fail(tt.fault)
			for i, hit := range tt.hit {
				if got := c.do("GET", tt.path, "").Status == 403; got != hit {
					t.Errorf("request %d: the fault acted = %v, want %v", i, got, hit)
				}
			}
		})
	}
}

func TestFaultsActInTheOrderInWhichTheyWereSet(t *testing.T) {
	c := start(t, Options{})
	c.server.Fail(RateLimited(0).Once(), GatewayError(502).Once(), AuthenticationError().Once())
	for _, want := range []int{429, 502, 403, 200} {
		if got := c.do("GET", "/zones", "").Status; got != want {
			t.Errorf("status = %d, want %d", got, want)
		}
	}
}

func TestMeanwhileActsAfterOneRequest(t *testing.T) {
	c, records := zoned(t, "free")
	c.server.Fail(Meanwhile("GET", "/dns_records", func() {
		if _, err := c.server.PutRecord("example.com", Record{Type: "A", Name: "foreign", Content: "192.0.2.66"}); err != nil {
			t.Error(err)
		}
	}))
	for i, want := range []int{0, 1, 1} {
		if got := len(c.do("GET", records, "").records(t)); got != want {
			t.Errorf("list %d has %d records, want %d", i, got, want)
		}
	}
}

func TestLatencyWaitsForTheDelay(t *testing.T) {
	var slept time.Duration
	c := start(t, Options{Sleep: func(_ context.Context, d time.Duration) error { slept += d; return nil }})
	c.server.Fail(Latency(2*time.Second), Latency(time.Second).Once())
	c.want(200, 0, "GET", "/zones", "")
	c.want(200, 0, "GET", "/zones", "")
	if slept != 5*time.Second {
		t.Errorf("slept %v, want 5s", slept)
	}
}

func TestRequestAbandonedDuringADelayHasNoEffect(t *testing.T) {
	c := start(t, Options{Sleep: func(context.Context, time.Duration) error { return errors.New("gone") },
		Seed: Seed{Zones: []Zone{{Name: "example.com"}}}})
	c.server.Fail(Latency(time.Second))
	if r, err := c.try("POST", "/zones/"+c.zoneID("example.com")+"/dns_records", anA); err == nil {
		t.Errorf("got %+v, want no answer", r)
	}
	if n := len(c.server.Records("example.com")); n != 0 {
		t.Errorf("the abandoned request made %d records, want 0", n)
	}
}

func TestSleepEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("sleep with a canceled context = %v, want %v", err, context.Canceled)
	}
	if err := sleep(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("sleep for 1 ns = %v, want nil", err)
	}
}

func TestFaultsAlterAnswers(t *testing.T) {
	c, records := zoned(t, "free", Record{Type: "A", Name: "x", Content: "192.0.2.1"})
	c.server.Fail(ExtraFields())
	for _, path := range []string{records, "/zones", records + "/" + c.server.Records("example.com")[0].ID} {
		if r := c.want(200, 0, "GET", path, ""); strings.Count(r.Body, "x_sandbox") != 2 {
			t.Errorf("%s: %s, want extra members in envelope and result", path, r.Body)
		}
	}
	if r := c.do("GET", records+"/export", ""); !strings.HasPrefix(r.Body, ";;") {
		t.Errorf("the fault changed the export, want a zone file: %s", r.Body)
	}
	c.server.ClearFaults()

	c.server.Fail(LegacyErrors())
	r := c.want(400, 1004, "POST", records, `{"type":"A","name":"x","content":"nonsense"}`)
	if len(r.Errors[0].Chain) != 1 || r.Errors[0].Chain[0].Code != 9005 {
		t.Errorf("chain = %+v, want 9005", r.Errors[0].Chain)
	}
	c.server.ClearFaults()

	c.server.Fail(MissingKeys())
	r = c.want(400, 9005, "POST", records, `{"type":"A","name":"x","content":"nonsense"}`)
	if strings.Contains(r.Body, "messages") || strings.Contains(r.Body, "result") {
		t.Errorf("the answer is %s, want neither messages nor result", r.Body)
	}
	if r := c.want(200, 0, "GET", records, ""); strings.Contains(r.Body, "messages") || len(r.records(t)) != 1 {
		t.Errorf("the list is %s, want one record and no messages", r.Body)
	}
}

func TestEmptyZoneListHidesAllZones(t *testing.T) {
	c, records := zoned(t, "free")
	c.server.Fail(EmptyZoneList())
	if names, info := zoneNames(c, "name=example.com"); names != "" || info.TotalCount != 0 {
		t.Errorf("zones = %q, %+v, want none", names, info)
	}
	c.want(200, 0, "GET", records, "")
}
