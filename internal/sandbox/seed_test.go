package sandbox

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadSeedReadsASeedFile(t *testing.T) {
	seed, err := LoadSeed(strings.NewReader(`{
		"zones": [{"name": "Example.com.", "plan": "pro", "status": "pending", "name_servers": ["a.ns.cloudflare.com"],
			"records": [
				{"type": "A", "name": "@", "content": "192.0.2.1", "proxied": true},
				{"type": "SRV", "name": "_a._b", "data": {"priority": 1, "weight": 2, "port": 3, "target": "h.example.net"}},
				{"type": "MX", "name": "@", "content": "m.example.net", "priority": 10, "meta": {"read_only": true}}]}],
		"tokens": [{"value": "reader", "permissions": ["Zone Read", "DNS Read"], "zones": ["example.com"], "ips": ["192.0.2.0/24", "2001:db8::1"]}],
		"keys": [{"email": "me@example.com", "key": "` + globalKey + `"}]}`))

	if err != nil {
		t.Fatal(err)
	}

	s := New(Options{Seed: seed})
	z, ok := s.Zone("example.com")
	if !ok || z.Plan != "pro" || z.Status != "pending" || len(s.Records("example.com")) != 3 {
		t.Errorf("zone = %+v with %v, want a pending zone with plan pro and 3 records", z, s.Records("example.com"))
	}
}

func TestInvalidSeedsAreErrors(t *testing.T) {
	for _, tt := range []struct{ seed, want string }{
		{"", "line 1"},
		{"{\n\n  \"zone\": []}", `unknown field "zone"`},
		{"{\n\n  \"zones\": [}", "line 3"},
		{"{\n\"zones\": [{\"name\": 1}]}", "line 2"},
		{"{} {}", "there is more text after"},
		{`{"zones":[{"name":"example.com","records":[{"type":"A","name":"@","contents":"x"}]}]}`, `unknown field "contents"`},
		{`{"zones":[{"name":""}]}`, "not a zone name"},
		{`{"zones":[{"name":"a b.example"}]}`, "not a zone name"},
		{`{"zones":[{"name":"192.0.2.1"}]}`, "not a zone name"},
		{`{"zones":[{"name":"example.com","plan":"gold"}]}`, `plan "gold" is not one of free`},
		{`{"zones":[{"name":"example.com","status":"gone"}]}`, `status "gone"`},
		{`{"zones":[{"name":"example.com","type":"half"}]}`, `type "half"`},
		{`{"zones":[{"name":"example.com","id":"1"}]}`, "32 hexadecimal digits"},
		{`{"zones":[{"name":"example.com","record_quota":-1}]}`, "negative"},
		{`{"zones":[{"name":"a.example","id":"` + strings.Repeat("a", 32) + `"},{"name":"b.example","id":"` + strings.Repeat("a", 32) + `"}]}`, "another zone has the id"},
		{`{"zones":[{"name":"example.com","records":[{"type":"A","name":"@","content":"x"}]}]}`, "zones[0]: example.com: records[0] (A @): Content for A record must be a valid IPv4 address. (9005)"},
		{`{"zones":[{"name":"example.com","records":[{"type":"A","name":"@","content":"192.0.2.1","id":"x"}]}]}`, "32 hexadecimal digits"},
		{`{"zones":[{"name":"example.com","records":[{"type":"CAA","name":"@","content":"0 issue \"x\""}]}]}`, "flags is a required data field"},
		{`{"zones":[{"name":"example.com","records":[{"type":"A","name":"@","content":"192.0.2.1","id":"` + strings.Repeat("a", 32) + `"},{"type":"A","name":"@","content":"192.0.2.2","id":"` + strings.Repeat("a", 32) + `"}]}]}`, "appears twice"},
		{`{"accounts":[{"record_quota":0}]}`, "accounts[0]: record_quota must be at least 1"},
		{`{"accounts":[{"id":"x","record_quota":1}]}`, "accounts[0]: the id \"x\" is not"},
		{`{"accounts":[{"record_quota":1},{"record_quota":2}]}`, "accounts[1]: the account"},
		{`{"tokens":[{"value":"a b"}]}`, "tokens[0]: value"},
		{`{"tokens":[{"value":"a","permissions":["DNS Edit"]}]}`, `permission "DNS Edit"`},
		{`{"tokens":[{"value":"a","ips":["home"]}]}`, `"home" is neither`},
		{`{"tokens":[{"value":"a","status":"lost"}]}`, `status "lost"`},
		{`{"keys":[{"email":"me","key":"x"}]}`, "keys[0]"},
	} {
		_, err := LoadSeed(strings.NewReader(tt.seed))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "seed: ") {
			t.Errorf("LoadSeed(%s) = %v, want seed: … %s", tt.seed, err, tt.want)
		}
	}
}

func TestSeedRoundTrip(t *testing.T) {
	given := SampleSeed()
	given.Tokens = []Token{{Value: "none", Permissions: []string{}}, {Value: "all"}}
	first := New(Options{Seed: given}).Seed()
	again, err := LoadSeed(strings.NewReader(toJSON(first)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, New(Options{Seed: again}).Seed()); diff != "" {
		t.Errorf("the seed of a server made from a server's seed differs (-first +second):\n%s", diff)
	}
}

func TestNewPanicsOnAnInvalidSeed(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New did not panic")
		}
	}()
	New(Options{Seed: Seed{Zones: []Zone{{Name: "not a name"}}}})
}

func TestServerDoesNotChangeItsSeed(t *testing.T) {
	seed, want := SampleSeed(), SampleSeed()
	s := New(Options{Seed: seed})
	for _, r := range s.Records("example.org") {
		if _, err := s.EditRecord("example.org", r.ID, func(r *Record) { r.Comment = "changed" }); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, seed); diff != "" {
		t.Errorf("the server changed the caller's seed (-before +after):\n%s", diff)
	}
}
