package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// client is a simple HTTP client of a sandbox on a real connection.
type client struct {
	t      testing.TB
	server *Server
	url    string
	header http.Header
}

// response is an answer of the API, with the parts that tests check.
type response struct {
	Status int
	Header http.Header
	Body   string

	Success    bool
	Result     json.RawMessage
	Errors     []apiError
	Messages   []apiMessage
	ResultInfo resultInfo `json:"result_info"`
}

func (r response) code() int {
	if len(r.Errors) == 0 {
		return 0
	}
	return r.Errors[0].Code
}

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// start serves a sandbox. Its clock stands still unless the options have a clock.
func start(t testing.TB, o Options) *client {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	s := New(o)
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return &client{t: t, server: s, url: ts.URL, header: http.Header{"Authorization": {"Bearer test-token"}}}
}

// with returns a client that sends other headers, given as pairs of name and value.
func (c *client) with(pairs ...string) *client {
	out := *c
	out.header = http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		out.header.Set(pairs[i], pairs[i+1])
	}
	return &out
}

// try sends a request and returns the transport's error, if any.
func (c *client) try(method, path, body string) (response, error) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}

	req.Header = c.header.Clone()
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}

	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return response{}, err
	}

	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return response{}, err
	}

	out := response{Status: res.StatusCode, Header: res.Header, Body: string(text)}
	_ = json.Unmarshal(text, &out) // ignore the error, because not every answer is an envelope
	return out, nil
}

func (c *client) do(method, path, body string) response {
	c.t.Helper()
	r, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// want sends a request and checks its status and first code.
func (c *client) want(status, code int, method, path, body string) response {
	c.t.Helper()
	r := c.do(method, path, body)
	if r.Status != status || r.code() != code {
		c.t.Fatalf("%s %s %s = %d/%d, want %d/%d\n%s", method, path, body, r.Status, r.code(), status, code, r.Body)
	}
	return r
}

// record is a record as a client decodes it. Its field raw has the whole JSON object.
type record struct {
	ID, Name, Type, Content string
	Data                    map[string]any
	Priority                *int
	TTL                     int
	Proxied, Proxiable      bool
	Comment                 *string
	Tags                    []string
	Settings                map[string]any
	CreatedOn               string `json:"created_on"`
	ModifiedOn              string `json:"modified_on"`
	CommentModifiedOn       string `json:"comment_modified_on"`
}

func (r response) record(t testing.TB) record {
	t.Helper()
	return into[record](t, r.Result)
}

func (r response) records(t testing.TB) []record {
	t.Helper()
	return into[[]record](t, r.Result)
}

func into[T any](t testing.TB, raw []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("cannot decode %s: %v", raw, err)
	}
	return v
}

// zoned starts a sandbox with one zone and returns the path of its records.
func zoned(t testing.TB, plan string, rs ...Record) (*client, string) {
	t.Helper()
	c := start(t, Options{Seed: Seed{Zones: []Zone{{Name: "example.com", Plan: plan, Records: rs}}}})
	return c, "/zones/" + c.zoneID("example.com") + "/dns_records"
}

func (c *client) zoneID(name string) string {
	c.t.Helper()
	z, ok := c.server.Zone(name)
	if !ok {
		c.t.Fatalf("no zone %s", name)
	}
	return z.ID
}

func toJSON(v any) string { return string(encode(v)) }
