package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestHelpListsEveryKind(t *testing.T) {
	c := start(t, Options{})
	for _, path := range []string{"/_sandbox/", "/_sandbox", "/client/v4/_sandbox/"} {
		r := c.with().do("GET", path, "") // no credentials needed
		if r.Status != 200 {
			t.Fatalf("GET %s = %d, want 200", path, r.Status)
		}
		for _, k := range kinds() {
			if !strings.Contains(r.Body, "  "+k.name+" ") {
				t.Errorf("%s does not mention %s", path, k.name)
			}
		}
	}
}

func TestEveryKindCanBeSet(t *testing.T) {
	for _, k := range kinds() {
		c, _ := zoned(t, "free")
		if r := c.do("POST", "/_sandbox/fail?times=1&delay=1ns&kind="+k.name, ""); r.Status != 200 {
			t.Errorf("kind=%s: %d %s, want 200", k.name, r.Status, r.Body)
		}
	}
}

func TestFaultsCanBeSetOverHTTP(t *testing.T) {
	c := start(t, Options{Seed: SampleSeed()})
	com := "/zones/" + c.zoneID("example.com") + "/dns_records"
	for _, tt := range []struct {
		knob, path   string
		status, code int
	}{
		{"fail?code=9109&status=403&message=no&times=3", "/zones", 403, 9109},
		{"fail?code=10000", "/zones", 403, 10000},
		{"fail?kind=refuse-ip&ip=203.0.113.9", com, 403, 9109},
		{"fail?kind=rate-limited&retry_after=7", com, 429, 971},
		{"fail?kind=gateway&status=520", com, 520, 0},
		{"fail?kind=invalid-token&zone=example.org", com, 200, 0},
		{"fail?kind=invalid-token&path=/zones&method=PUT", com, 200, 0},
		{"fail?kind=invalid-token&skip=1", com, 200, 0},
		{"refuse", com, 403, 9109},
		{"refuse?code=10000", com, 403, 10000},
		{"refuse?code=9103", com, 403, 9103},
		{"refuse?code=9106", com, 400, 9106},
		{"refuse?code=6003", com, 400, 6003},
		{"refuse?code=1000", com, 401, 1000},
		{"refuse?code=9109&zone=example.net", com, 200, 0},
	} {
		if r := c.do("POST", "/_sandbox/"+tt.knob, ""); r.Status != 200 {
			t.Fatalf("%s: %d %s, want 200", tt.knob, r.Status, r.Body)
		}

		c.want(tt.status, tt.code, "GET", tt.path, "")
		c.do("POST", "/_sandbox/heal", "")
		c.want(200, 0, "GET", tt.path, "")
	}
}

func TestInvalidKnobsAreRefused(t *testing.T) {
	c := start(t, Options{Seed: SampleSeed()})
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "fail", "", 400, "say what should fail"},
		{"POST", "fail?kind=nonsense", "", 400, "kind=nonsense"},
		{"POST", "fail?kind=latency", "", 400, "say what should fail"},
		{"POST", "fail?status=99&code=1", "", 400, "status=99"},
		{"POST", "fail?code=x", "", 400, "code=x"},
		{"POST", "fail?code=1&delay=soon", "", 400, "delay=soon"},
		{"POST", "fail?code=1&times=-1", "", 400, "times=-1"},
		{"POST", "refuse?code=1", "", 400, "code=1"},
		{"GET", "fail?code=1", "", 404, "no such knob"},
		{"GET", "nonsense", "", 404, "no such knob"},
		{"PUT", "requests", "", 405, "DELETE"},
		{"GET", "zones/example.com", "", 404, "no such knob"},
		{"GET", "zones/nowhere.example/records", "", 404, "nowhere.example"},
		{"POST", "zones/example.com/records", "{", 400, "body"},
		{"POST", "zones/example.com/records", `{"type":"A","name":"x","contents":"x"}`, 400, "contents"},
		{"POST", "zones/example.com/records", `{"type":"A","name":"x","content":"x"}`, 400, "9005"},
		{"DELETE", "zones/example.com/records/x", "", 404, "no record"},
		{"PATCH", "zones/example.com/records", "", 405, "POST"},
	} {
		r := c.do(tt.method, "/_sandbox/"+tt.path, tt.body)
		if r.Status != tt.status || !strings.Contains(r.Body, tt.want) {
			t.Errorf("%s %s = %d %q, want %d … %s", tt.method, tt.path, r.Status, r.Body, tt.status, tt.want)
		}
	}

	c.want(200, 0, "GET", "/zones", "") // nothing was set
}

func TestZonesCanBeEditedOverHTTP(t *testing.T) {
	c := start(t, Options{})
	if r := c.do("POST", "/_sandbox/zones", `{"name":"example.org","plan":"pro"}`); r.Status != 200 {
		t.Fatal(r.Body)
	}

	r := c.do("POST", "/_sandbox/zones/example.org/records", `{"type":"A","name":"www","content":"192.0.2.1"}`)
	put := into[Record](t, []byte(r.Body))
	if put.Name != "www.example.org" || !isIdentifier(put.ID) {
		t.Fatalf("POST of a record = %s, want www.example.org with an ID", r.Body)
	}

	c.do("POST", "/_sandbox/zones/example.org/records", `{"id":"`+put.ID+`","type":"A","name":"www","content":"192.0.2.2"}`)
	rs := into[[]Record](t, []byte(c.do("GET", "/_sandbox/zones/example.org/records", "").Body))
	if len(rs) != 1 || rs[0].Content != "192.0.2.2" {
		t.Errorf("records = %+v, want only 192.0.2.2", rs)
	}
	if zs := into[[]Zone](t, []byte(c.do("GET", "/_sandbox/zones", "").Body)); len(zs) != 1 || zs[0].Plan != "pro" {
		t.Errorf("zones = %+v, want one with the plan pro", zs)
	}
	if seed, err := LoadSeed(strings.NewReader(c.do("GET", "/_sandbox/seed", "").Body)); err != nil || len(seed.Zones[0].Records) != 1 {
		t.Errorf("seed = %+v, %v, want one record", seed, err)
	}
	r = c.do("DELETE", "/_sandbox/zones/example.org/records/"+put.ID, "")
	if r.Status != 200 || len(c.server.Records("example.org")) != 0 {
		t.Errorf("DELETE = %d and leaves %v, want 200 and no record", r.Status, c.server.Records("example.org"))
	}
}

func TestRequestsCanBeReadAndForgottenOverHTTP(t *testing.T) {
	c := start(t, Options{})
	c.do("GET", "/zones?name=x", "")
	if rs := into[[]Request](t, []byte(c.do("GET", "/_sandbox/requests", "").Body)); len(rs) != 1 || rs[0].Query != "name=x" {
		t.Errorf("requests = %+v, want one with the query name=x", rs)
	}
	if r := c.do("DELETE", "/_sandbox/requests", ""); r.Status != http.StatusOK || len(c.server.Requests()) != 0 {
		t.Errorf("DELETE = %d and leaves %d requests, want 200 and none", r.Status, len(c.server.Requests()))
	}
}
