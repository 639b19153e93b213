package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func FuzzLoadSeed(f *testing.F) {
	f.Add(`{}`)
	f.Add(`{"zones":[{"name":"example.com","records":[{"type":"TXT","name":"@","content":"\"a\" \"b\""}]}]}`)
	f.Add(toJSON(SampleSeed()))
	f.Fuzz(func(t *testing.T, text string) {
		seed, err := LoadSeed(strings.NewReader(text))
		if err != nil {
			return
		}
		s := New(Options{Seed: seed})
		if err := s.Seed().Check(); err != nil {
			t.Errorf("the server's content is not a valid seed: %v", err)
		}
	})
}

// bodies adds the requests from which the fuzzer starts.
func bodies(f *testing.F) {
	for _, b := range []string{``, `null`, `[]`, `{}`, full, anA,
		`{"type":"SRV","name":"_a._b","data":{"priority":1,"weight":2,"port":3,"target":"h.example.net"}}`,
		`{"type":"HTTPS","name":"@","data":{"priority":1,"target":".","value":"alpn=h2 ipv4hint=192.0.2.1 key65000=\"a\\255\""}}`,
		`{"type":"LOC","name":"@","data":{"lat_degrees":1,"lat_direction":"N","long_degrees":1,"long_direction":"E"}}`,
		`{"type":"TXT","name":"Bücher","content":"\"a\" \"b\\034\"","tags":["x:y"],"comment":null}`,
		`{"deletes":[{"id":"x"}],"patches":[],"puts":null,"posts":[{"type":"MX","name":"@","content":".","priority":0}]}`} {
		f.Add(b)
	}
}

func FuzzPostRecord(f *testing.F) {
	bodies(f)
	f.Fuzz(func(t *testing.T, body string) {
		s := New(Options{Seed: SampleSeed()})
		z, _ := s.Zone("example.org")
		before := len(s.Records(z.ID))
		status, e := post(t, s, "/zones/"+z.ID+"/dns_records", body)
		if after := len(s.Records(z.ID)); (status == 200) != (after == before+1) {
			t.Errorf("%s: status %d, with %d records before and %d after; want one more record with 200, none otherwise",
				body, status, before, after)
		}
		if status != 200 {
			return
		}

		// A stored record is in normal form, so storing it again does not change it.
		stored := into[map[string]any](t, e.Result)
		id, _ := stored["id"].(string)
		first := s.zone(z.ID).records[id].Record
		again := edit(first)
		if errs := again.normalize(z, Quirks{}); len(errs) > 0 || !again.says(first) {
			t.Errorf("%+v, stored again, becomes %+v (%v), want no change", first, again.Record, errs)
		}
	})
}

func FuzzPostBatch(f *testing.F) {
	bodies(f)
	f.Fuzz(func(t *testing.T, body string) {
		s := New(Options{Seed: SampleSeed()})
		z, _ := s.Zone("example.com")
		before := toJSON(s.Records(z.ID))
		status, _ := post(t, s, "/zones/"+z.ID+"/dns_records/batch", body)
		if status != 200 && toJSON(s.Records(z.ID)) != before {
			t.Errorf("%s was refused with %d but changed the zone", body, status)
		}
	})
}

// post checks that the answer is an envelope whose success agrees with its status.
func post(t *testing.T, s *Server, path, body string) (int, response) {
	t.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	var e response
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("POST %s: the answer to %s is not an envelope: %v\n%s", path, body, err, w.Body)
	}
	if e.Success != (w.Code == 200) || e.Success != (len(e.Errors) == 0) {
		t.Fatalf("POST %s: status %d contradicts the envelope %s", path, w.Code, w.Body)
	}
	return w.Code, e
}

func TestCharacterStringsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 40), func(b []byte) string { return string(b) })
		parts := rapid.SliceOfN(text, 1, 4).Draw(t, "parts")
		got, ok := characterStrings(quoteAll(parts))
		if !ok || fmt.Sprint(got) != fmt.Sprint(parts) || len(got) != len(parts) {
			t.Fatalf("%q, quoted and parsed, becomes %q (ok %v), want no change", parts, got, ok)
		}
	})
}
