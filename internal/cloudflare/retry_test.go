package cloudflare

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

var oneDelete = Batch{Deletes: []string{"372e67954025e0ba6aaa6d586b9e0b59"}}

func TestReadsAreRetried(t *testing.T) {
	good := ok(`[]`)
	after := func(a answer, value string) answer {
		a.header = http.Header{"Retry-After": {value}}
		return a
	}

	tests := map[string]struct {
		answers  []answer
		requests int
		good     bool
		min, max time.Duration // slept in all
	}{
		"502 twice":              {[]answer{{status: 502}, {status: 502}, good}, 3, true, 900 * time.Millisecond, 1500 * time.Millisecond},
		"502 for ever":           {[]answer{{status: 502}}, 3, false, 900 * time.Millisecond, 1500 * time.Millisecond},
		"527 once":               {[]answer{{status: 527}, good}, 2, true, 200 * time.Millisecond, 400 * time.Millisecond},
		"501 is not temporary":   {[]answer{{status: 501}, good}, 1, false, 0, 0},
		"cut once":               {[]answer{{cut: true}, good}, 2, true, 200 * time.Millisecond, 400 * time.Millisecond},
		"cut in the body":        {[]answer{{cut: true, body: "{"}, good}, 2, true, 200 * time.Millisecond, 400 * time.Millisecond},
		"429 once":               {[]answer{refusal(429, 971, "wait"), good}, 2, true, 200 * time.Millisecond, 400 * time.Millisecond},
		"429, wait 7":            {[]answer{after(answer{status: 429}, "7"), good}, 2, true, 7 * time.Second, 7 * time.Second},
		"429, wait till a date":  {[]answer{after(answer{status: 429}, "Sun, 01 Mar 2026 12:00:20 GMT"), good}, 2, true, 20 * time.Second, 20 * time.Second},
		"429, date in the past":  {[]answer{after(answer{status: 429}, "Sun, 01 Mar 2026 11:00:20 GMT"), good}, 2, true, 200 * time.Millisecond, 400 * time.Millisecond},
		"429, wait too long":     {[]answer{after(answer{status: 429}, "300"), good}, 1, false, 0, 0},
		"429, wait 40 twice":     {[]answer{after(answer{status: 429}, "40"), after(answer{status: 429}, "40"), good}, 2, false, 40 * time.Second, 40 * time.Second},
		"429, senseless wait":    {[]answer{after(answer{status: 429}, "-5; soon"), good}, 2, true, 200 * time.Millisecond, 400 * time.Millisecond},
		"503, wait 5":            {[]answer{after(answer{status: 503}, "5"), good}, 2, true, 5 * time.Second, 5 * time.Second},
		"403 at the first call":  {[]answer{refusal(403, 10000, "Authentication error"), good}, 1, false, 0, 0},
		"400 is for good":        {[]answer{refusal(400, 4711, "no"), good}, 1, false, 0, 0},
		"a web page is for good": {[]answer{{status: 200, body: "<html>"}, good}, 1, false, 0, 0},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, test.answers...)
			_, err := s.client().Records(context.Background(), zoneID)
			if (err == nil) != test.good {
				t.Errorf("error = %v, want success %v", err, test.good)
			}
			if n := len(s.requests()); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
			if d := s.clock.total(); d < test.min || d > test.max {
				t.Errorf("slept %v, want %v to %v", d, test.min, test.max)
			}
		})
	}
}

func TestRefusalAfterASuccessIsRetried(t *testing.T) {
	no := refusal(403, 10000, "Authentication error")
	s := serve(t, ok(`[]`), no, no, ok(`[]`), no)
	c := s.client()
	for range 2 {
		if _, err := c.Records(context.Background(), zoneID); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Records(context.Background(), zoneID)
	if e := asError(t, err); e.Kind != guidance.Refused || len(s.requests()) != 7 {
		t.Errorf("%v after %d requests, want refused after 7", e, len(s.requests()))
	}
}

// Cloudflare refuses a write before it does anything, so it is safe to send the write again.
func TestRefusedWriteIsRetriedAfterASuccess(t *testing.T) {
	no := refusal(403, 10000, "Authentication error")
	s := serve(t, ok(`[]`), no, ok(`{"deletes":[{"id":"0123456789abcdef0123456789abcdef"}]}`), no)
	c := s.client()
	if _, err := c.Records(context.Background(), zoneID); err != nil {
		t.Fatal(err)
	}

	batch := Batch{Deletes: []string{"0123456789abcdef0123456789abcdef"}}
	if _, err := c.ApplyBatch(context.Background(), zoneID, batch); err != nil {
		t.Fatal(err)
	}

	_, err := c.ApplyBatch(context.Background(), zoneID, batch)
	if e := asError(t, err); e.Kind != guidance.Refused || e.InDoubt || len(s.requests()) != 5 {
		t.Errorf("%v after %d requests, want refused without doubt after 5", e, len(s.requests()))
	}
}

func TestTooLongWaitIsReported(t *testing.T) {
	s := serve(t, answer{status: 429, header: http.Header{"Retry-After": {"600"}}})
	_, err := s.client().Records(context.Background(), zoneID)
	e := asError(t, err)
	if e.Kind != guidance.Unreachable || !strings.Contains(e.Error(), "12:10:00 UTC") {
		t.Errorf("error = %v (%s), want unreachable with the time 12:10:00 UTC", e, e.Kind)
	}
	if steps := strings.Join(e.Guidance().Steps, "\n"); !strings.Contains(steps, "after 2026-03-01 12:10:00 UTC") {
		t.Errorf("the steps are\n%s\nwant the time to try again", steps)
	}
}

func TestA429DelaysAllRequests(t *testing.T) {
	s := serve(t, answer{status: 429, header: http.Header{"Retry-After": {"300"}}}, ok(`[]`))
	c := s.client()
	_, _ = c.Records(context.Background(), zoneID)
	_, err := c.Records(context.Background(), zoneID)
	if e := asError(t, err); e.Kind != guidance.Unreachable || len(s.requests()) != 1 {
		t.Errorf("error = %v after %d requests, want unreachable after 1", e, len(s.requests()))
	}
	_ = s.clock.Sleep(context.Background(), 5*time.Minute)
	if _, err := c.Records(context.Background(), zoneID); err != nil {
		t.Errorf("Records after the pause = %v, want success", err)
	}
}

func TestWritesAreRetriedOnlyAfterA429(t *testing.T) {
	done := ok(`{"deletes":[{"id":"372e67954025e0ba6aaa6d586b9e0b59"}],"patches":null}`)
	tooMany := func(wait string) answer { return answer{status: 429, header: http.Header{"Retry-After": {wait}}} }
	tests := map[string]struct {
		answers  []answer
		requests int
		good     bool
		doubt    bool
		kind     guidance.Kind
	}{
		"429":               {[]answer{{status: 429}, {status: 429}, {status: 429}, {status: 429}, done}, 5, true, false, ""},
		"429, five minutes": {[]answer{tooMany("300"), done}, 2, true, false, ""},
		"429, ten minutes":  {[]answer{tooMany("600"), done}, 1, false, false, guidance.Unreachable},
		"429 for ever":      {[]answer{tooMany("100")}, 4, false, false, guidance.Unreachable},
		"502":               {[]answer{{status: 502}, done}, 1, false, true, guidance.Unreachable},
		"500 as JSON":       {[]answer{refusal(500, 1, "no"), done}, 1, false, true, guidance.Unreachable},
		"520":               {[]answer{{status: 520}, done}, 1, false, true, guidance.Unreachable},
		"408":               {[]answer{{status: 408}, done}, 1, false, true, guidance.Unreachable},
		"cut":               {[]answer{{cut: true}, done}, 1, false, true, guidance.Unreachable},
		"cut in the body":   {[]answer{{cut: true, body: `{"result":`}, done}, 1, false, true, guidance.Unreachable},
		"a web page":        {[]answer{{status: 200, body: "<html>"}, done}, 1, false, true, guidance.Unreachable},
		"silent failure":    {[]answer{{status: 200, body: `{"success":false}`}, done}, 1, false, true, guidance.Unreachable},
		"spoken failure":    {[]answer{refusal(200, 9005, "no"), done}, 1, false, false, guidance.Rejected},
		"400":               {[]answer{refusal(400, 81058, "exists"), done}, 1, false, false, guidance.Rejected},
		"403":               {[]answer{refusal(403, 10000, "no"), done}, 1, false, false, guidance.Refused},
		"403 as HTML":       {[]answer{{status: 403, body: "<html>"}, done}, 1, false, false, guidance.Unreachable},
		"429 cut short":     {[]answer{{status: 429, cut: true, body: "{"}, done}, 2, true, false, ""},
		"400 cut short":     {[]answer{{status: 400, cut: true, body: "{"}, done}, 1, false, false, guidance.Unreachable},
		"429, then cut":     {[]answer{{status: 429}, {cut: true}, done}, 2, false, true, guidance.Unreachable},
		"short answer":      {[]answer{ok(`{}`)}, 1, false, true, guidance.Unreachable},
		"long answer":       {[]answer{ok(`{"deletes":[{},{}]}`)}, 1, false, true, guidance.Unreachable},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, test.answers...)
			_, err := s.client().ApplyBatch(context.Background(), zoneID, oneDelete)
			if n := len(s.requests()); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
			if test.good != (err == nil) {
				t.Fatalf("error = %v, want success %v", err, test.good)
			}
			if err == nil {
				return
			}
			if e := asError(t, err); e.InDoubt != test.doubt || e.Kind != test.kind {
				t.Errorf("in doubt = %v, kind = %s, want %v, %s (%v)", e.InDoubt, e.Kind, test.doubt, test.kind, e)
			}
		})
	}
}

func TestWritePatienceIsBounded(t *testing.T) {
	s := serve(t, answer{status: 429})
	_, err := s.client().ApplyBatch(context.Background(), zoneID, oneDelete)
	if err == nil || s.clock.total() > writePatience {
		t.Errorf("error = %v after %v, want an error within %v", err, s.clock.total(), writePatience)
	}
	if s.clock.total() < 5*time.Minute {
		t.Errorf("gave up after %v, want no earlier than the end of Cloudflare's block of five minutes", s.clock.total())
	}
}

// counting counts the requests that reach a transport.
type counting struct {
	n    atomic.Int32
	next http.RoundTripper
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.next.RoundTrip(r)
}

func TestFailureToConnectIsNotInDoubt(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	noHost := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.invalid", IsNotFound: true}}
	}}

	tests := map[string]struct {
		base      string
		transport http.RoundTripper
		tries     int32
		title     string
	}{
		"refused connection":    {gone.URL, &http.Transport{}, 2, "No connection to the API"},
		"no such host":          {"https://api.invalid", noHost, 2, "The API's host name cannot be resolved"},
		"untrusted certificate": {untrusted.URL, &http.Transport{}, 1, "The API's TLS certificate is not trusted"},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			carrier := &counting{next: test.transport}
			c := newClient(Options{BaseURL: test.base, Credentials: Credentials{Token: testToken},
				HTTPClient: &http.Client{Transport: carrier}}, newFakeClock())
			_, err := c.ApplyBatch(context.Background(), zoneID, oneDelete)
			if e := asError(t, err); e.InDoubt || e.Kind != guidance.Unreachable || e.Guidance().Title != test.title {
				t.Errorf("write: %v: in doubt = %v, kind = %s, guidance %q, want %q",
					e, e.InDoubt, e.Kind, e.Guidance().Title, test.title)
			}
			carrier.n.Store(0)
			if _, err := c.Records(context.Background(), zoneID); err == nil || carrier.n.Load() != test.tries {
				t.Errorf("read: error = %v after %d tries, want %d", err, carrier.n.Load(), test.tries)
			}
		})
	}
}

func TestUnknownTransportLeavesDoubt(t *testing.T) {
	broken := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("lost") })
	c := newClient(Options{BaseURL: "https://api.example", Credentials: Credentials{Token: testToken},
		HTTPClient: &http.Client{Transport: broken}}, newFakeClock())
	_, err := c.ApplyBatch(context.Background(), zoneID, oneDelete)
	if e := asError(t, err); !e.InDoubt {
		t.Errorf("InDoubt of %v = false, want true, because the transport does not report its connections", e)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCanceledContextEndsTheCall(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	carrier := &counting{next: roundTrip(func(*http.Request) (*http.Response, error) {
		cancel()
		return nil, ctx.Err()
	})}
	c := newClient(Options{BaseURL: "https://api.example", Credentials: Credentials{Token: testToken},
		HTTPClient: &http.Client{Transport: carrier}}, newFakeClock())
	for range 2 {
		_, err := c.Records(ctx, zoneID)
		if !errors.Is(err, context.Canceled) || carrier.n.Load() != 1 {
			t.Errorf("error = %v after %d tries, want context.Canceled after 1", err, carrier.n.Load())
		}
	}
}

func TestCanceledWaitEndsTheCall(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := serve(t, answer{status: 429, header: http.Header{"Retry-After": {"30"}}}, ok(`{"deletes":[{}]}`))
	c := s.client(func(o *Options) { o.Waiting = func(string, time.Time) { cancel() } })
	_, err := c.ApplyBatch(ctx, zoneID, oneDelete)
	if e := asError(t, err); !errors.Is(err, context.Canceled) || e.InDoubt || len(s.requests()) != 1 {
		t.Errorf("%v: in doubt = %v after %d requests, want canceled, not in doubt, after 1", e, e.InDoubt, len(s.requests()))
	}
}

func TestDeadlineOfTheCallerIsReported(t *testing.T) {
	late := roundTrip(func(*http.Request) (*http.Response, error) { return nil, context.DeadlineExceeded })
	c := newClient(Options{BaseURL: "https://api.example", Credentials: Credentials{Token: testToken},
		HTTPClient: &http.Client{Transport: late}}, newFakeClock())
	post := dns.Record{Name: "a.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1}
	_, err := c.ApplyBatch(context.Background(), zoneID, Batch{Posts: []dns.Record{post}})
	e := asError(t, err)
	if !errors.Is(err, context.DeadlineExceeded) || !e.InDoubt || e.Guidance().Title != "The API did not answer in time" {
		t.Errorf("%v: in doubt = %v, guidance %q; want a deadline error, in doubt, that says so", e, e.InDoubt, e.Guidance().Title)
	}
}

func TestLongWaitsAreReported(t *testing.T) {
	var reasons []string
	var ends []time.Time
	s := serve(t, answer{status: 429, header: http.Header{"Retry-After": {"30"}}}, answer{status: 502}, ok(`[]`))
	c := s.client(func(o *Options) {
		o.Waiting = func(reason string, until time.Time) { reasons, ends = append(reasons, reason), append(ends, until) }
	})
	start := s.clock.Now()
	if _, err := c.Records(context.Background(), zoneID); err != nil {
		t.Fatal(err)
	}
	if len(ends) != 1 || ends[0].Sub(start) != 30*time.Second || !strings.Contains(reasons[0], "429") {
		t.Errorf("reported %q until %v, want one wait of 30 s for a 429 and none for the short one", reasons, ends)
	}
}

// The error distinguishes a failure of the proxy from a failure of the API.
func TestRefusalOfAProxyIsReported(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", http.StatusProxyAuthRequired)
	}))

	defer proxy.Close()
	for _, address := range []string{proxy.URL, "http://127.0.0.1:9"} {
		at, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		carrier := withoutRedirects(nil)
		carrier.Transport.(*http.Transport).Proxy = http.ProxyURL(at)
		c := newClient(Options{
			BaseURL:     "https://api.invalid",
			Credentials: Credentials{Token: testToken},
			HTTPClient:  carrier,
		}, newFakeClock())
		_, err = c.ApplyBatch(context.Background(), zoneID, oneDelete)
		e := asError(t, err)
		title := e.Guidance().Title
		if e.InDoubt || e.Kind != guidance.Unreachable || title != "The proxy does not let requests through" {
			t.Errorf("%s: %v: in doubt = %v, kind = %s, guidance %q; want not in doubt, unreachable, about the proxy", address, e, e.InDoubt, e.Kind, title)
		}
	}
}

// If the API does not answer at all, only the first read waits for the full time, not a read for each zone.
func TestSilentAPIIsWaitedForOnce(t *testing.T) {
	carrier := &counting{next: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, context.DeadlineExceeded
	}}}
	c := newClient(Options{
		BaseURL:     "https://api.invalid",
		Credentials: Credentials{Token: testToken},
		HTTPClient:  &http.Client{Transport: carrier},
	}, newFakeClock())
	for i, want := range []int32{connectTries, connectTries + 1, connectTries + 2} {
		if _, err := c.Records(context.Background(), zoneID); err == nil || carrier.n.Load() != want {
			t.Errorf("read %d: %v after %d tries in all, want %d", i+1, err, carrier.n.Load(), want)
		}
	}
}

// The client must not wait between the last call of before and the request: a pause that Cloudflare asks for
// comes first.
func TestBeforeIsCalledAgainAfterAPause(t *testing.T) {
	pause := ok(`[]`)
	pause.header = http.Header{"Ratelimit": {`"default";r=0;t=30`}}
	s := serve(t, pause, ok(`{"deletes":[{"id":"372e67954025e0ba6aaa6d586b9e0b59"}]}`))
	c := s.client()
	batch, asked := oneDelete, []time.Duration{}
	batch.Before = func(ctx context.Context) error {
		asked = append(asked, s.clock.total())
		if len(asked) > 1 {
			return nil
		}
		_, err := c.Records(ctx, zoneID) // its answer asks for the pause
		return err
	}

	if _, err := c.ApplyBatch(context.Background(), zoneID, batch); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{0, 30 * time.Second}; !slices.Equal(asked, want) {
		t.Errorf("called after waiting %v, want %v", asked, want)
	}
}

// A list is as old as the last attempt to read it, not as the first attempt.
func TestSendingIsCalledForEachAttempt(t *testing.T) {
	s := serve(t, answer{status: 429, header: http.Header{"Retry-After": {"7"}}}, ok(`[]`))
	var at []time.Duration
	_, err := s.client().RecordsSince(context.Background(), zoneID, func() { at = append(at, s.clock.total()) })
	if want := []time.Duration{0, 7 * time.Second}; err != nil || !slices.Equal(at, want) {
		t.Errorf("called after waiting %v, %v; want %v", at, err, want)
	}
}
