package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

// plainMX returns the fields of a normal record; tests change one of them.
func plainMX() map[string]json.RawMessage {
	var out map[string]json.RawMessage
	text := `{"id":"a","name":"m.example.com","type":"MX","content":"mx.example.net","priority":10,"ttl":300,"proxied":false,` +
		`"comment":"note","tags":["b:1"],"settings":{},"meta":{},"data":null}`
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		panic(err)
	}
	return out
}

var readMX = dns.Record{ID: "a", Name: "m.example.com", Type: dns.MX, Content: "mx.example.net", Priority: 10, TTL: 300, Comment: "note", Tags: []string{"b:1"}}

// Each case changes one field of a record. The other record of the list must not be affected.
func TestOddFieldIsReadAndReported(t *testing.T) {
	tests := []struct {
		field, value string
		change       func(*dns.Record)
		odd          string // the expected Odd as a text; empty if the field is not odd
	}{
		{"ttl", `"600"`, func(r *dns.Record) { r.TTL = 600 }, "ttl is a string, read as the number in it"},
		{"ttl", `"soon"`, func(r *dns.Record) { r.TTL = 1 }, "ttl is a string, read as automatic"},
		{"ttl", `[600]`, func(r *dns.Record) { r.TTL = 1 }, "ttl is a list, read as automatic"},
		{"ttl", `{}`, func(r *dns.Record) { r.TTL = 1 }, "ttl is an object, read as automatic"},
		{"ttl", `true`, func(r *dns.Record) { r.TTL = 1 }, "ttl is a boolean, read as automatic"},
		{"ttl", `1e999`, func(r *dns.Record) { r.TTL = 1 }, "ttl is a number, read as automatic"},
		{"ttl", `null`, func(r *dns.Record) { r.TTL = 1 }, "ttl is missing or not a number of seconds, read as automatic"},
		{"ttl", `-5`, func(r *dns.Record) { r.TTL = 1 }, "ttl is missing or not a number of seconds, read as automatic"},
		{"priority", `"20"`, func(r *dns.Record) { r.Priority = 20 }, "priority is a string, read as the number in it"},
		{"priority", `"high"`, noPriority, "priority is a string, which is not a priority"},
		{"priority", `[10]`, noPriority, "priority is a list, which is not a priority"},
		{"priority", `null`, noPriority, "priority is missing or not a priority, so it is not known"},
		{"priority", `70000`, noPriority, "priority is missing or not a priority, so it is not known"},
		{"priority", `1.5`, noPriority, "priority is missing or not a priority, so it is not known"},
		{"proxied", `"false"`, nil, "proxied is a string, read as the boolean that it stands for"},
		{"proxied", `0`, nil, "proxied is a number, read as the boolean that it stands for"},
		{"proxied", `"perhaps"`, nil, "proxied is a string, read as false"},
		{"proxied", `{}`, nil, "proxied is an object, read as false"},
		{"proxied", `null`, nil, ""},
		{"private_routing", `7`, nil, "private_routing is a number, read as false"},
		{"comment", `12`, func(r *dns.Record) { r.Comment = "12" }, "comment is a number, read as its text"},
		{"comment", `["x"]`, func(r *dns.Record) { r.Comment = "" }, "comment is a list, read as empty"},
		{"comment", `null`, func(r *dns.Record) { r.Comment = "" }, ""},
		{"tags", `"c"`, func(r *dns.Record) { r.Tags = []string{"c"} }, "tags is a string, read as the tags in it"},
		{"tags", `{"team":"web","x":""}`, func(r *dns.Record) { r.Tags = []string{"team:web", "x"} }, "tags is an object, read as the tags in it"},
		{"tags", `[{"name":"team","value":"web"}]`, func(r *dns.Record) { r.Tags = []string{"team:web"} }, "tags is a list with items that are not strings, read as the tags in it"},
		{"tags", `["c",5]`, func(r *dns.Record) { r.Tags = []string{"c"} }, "tags is a list with something that is not a tag, which is left out"},
		{"tags", `5`, func(r *dns.Record) { r.Tags = nil }, "tags is a number with something that is not a tag, which is left out"},
		{"settings", `[]`, nil, "settings is a list, read as the defaults"},
		{"settings", `{"ipv4_only":"true"}`, func(r *dns.Record) { r.Settings.IPv4Only = true }, "settings.ipv4_only is a string, read as the boolean that it stands for"},
		{"settings", `{"ipv4_only":[],"ipv6_only":true}`, func(r *dns.Record) { r.Settings.IPv6Only = true }, "settings.ipv4_only is a list, read as the defaults"},
		{"meta", `"none"`, nil, "meta is a string, so it is not known whether a Cloudflare product manages the record"},
		{"meta", `[{"read_only":true}]`, nil, "meta is a list, so it is not known whether a Cloudflare product manages the record"},
		{"meta", `{"read_only":"true"}`, func(r *dns.Record) { r.ManagedBy = "Cloudflare" }, "meta.read_only is a string, read as the boolean that it stands for"},
		{"meta", `{"read_only":{},"managed_by_apps":true}`, func(r *dns.Record) { r.ManagedBy = "Cloudflare Apps" },
			"meta.read_only is an object, so it is not known whether a Cloudflare product manages the record"},
		{"meta", `{"shape":["unknown"]}`, nil, ""},
		{"data", `"text"`, nil, "data is a string, so the value is read from the content"},
		{"data", `[1]`, nil, "data is a list, so the value is read from the content"},
		{"created_on", `{"a":[1]}`, nil, ""},
		{"modified_on", `5`, nil, ""},
		{"nobody_knows_this", `[[{}]]`, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.field+" "+test.value, func(t *testing.T) {
			want := readMX
			if test.change != nil {
				test.change(&want)
			}
			members := plainMX()
			members[test.field] = json.RawMessage(test.value)

			got := listing(t, members)

			if diff := cmp.Diff([]dns.Record{want, otherRecord}, got.Records); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			var odd []Odd
			if test.odd != "" {
				field, what, _ := strings.Cut(test.odd, " ")
				odd = []Odd{{Record: "MX m.example.com (ID a)", Field: field, What: what}}
			}
			if diff := cmp.Diff(odd, got.Odd); diff != "" {
				t.Errorf("odd fields (-want +got):\n%s", diff)
			}
		})
	}
}

func noPriority(r *dns.Record) { r.Priority, r.NoPriority = 0, true }

var otherRecord = dns.Record{ID: "z", Name: "z.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1}

// listing reads a zone that has the record and another one.
func listing(t *testing.T, members map[string]json.RawMessage) Listing {
	t.Helper()
	got, err := readOdd(t, members)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func readOdd(t *testing.T, members map[string]json.RawMessage) (Listing, error) {
	t.Helper()
	// json.Marshal accepts 1e999 in a json.RawMessage, because it is valid JSON.
	record, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, ok(`[`+string(record)+`,{"id":"z","name":"z.example.com","type":"A","content":"192.0.2.1","ttl":1}]`))
	return s.client().RecordsSince(context.Background(), zoneID, func() {})
}

// Without one of these fields, the client can neither compare nor change a record. If it gave no error, a
// plan would create the record again.
func TestRecordWithoutIdentityOrContentIsAnError(t *testing.T) {
	for field, labels := range map[string]string{
		"id":      "MX m.example.com (ID unknown)",
		"name":    "MX without a name (ID a)",
		"type":    "record m.example.com (ID a)",
		"content": "MX m.example.com (ID a)",
	} {
		for value, what := range map[string]string{
			`null`: "is missing", `""`: "is missing", `7`: "is a number", `true`: "is a boolean", `["x"]`: "is a list", `{"x":1}`: "is an object",
		} {
			members := plainMX()
			members[field] = json.RawMessage(value)

			got, err := readOdd(t, members)

			e := asError(t, err)
			want := "number 1 of the list, " + labels + ": the field " + field + " cannot be read: it " + what
			if e.Message != want || e.Kind != guidance.Unreachable || e.Code != 0 || got.Records != nil {
				t.Errorf("%s %s: %d records, kind %s, code %d, message %q, want %q",
					field, value, len(got.Records), e.Kind, e.Code, e.Message, want)
			}
			if title := e.Guidance().Title; title != "Cloudflare's answer cannot be read" {
				t.Errorf("%s %s: guidance is titled %q, want that the answer cannot be read", field, value, title)
			}
		}
	}
}

func TestValueIsReadFromContentOrData(t *testing.T) {
	tests := map[string]struct {
		fields string
		want   dns.Value
	}{
		"MX, priority in the data":             {`"type":"MX","content":"mx.example.net","data":{"priority":7}`, dns.Value{Content: "mx.example.net", Priority: 7}},
		"MX, priority in the data as a string": {`"type":"MX","content":"mx.example.net","data":{"priority":"7"}`, dns.Value{Content: "mx.example.net", Priority: 7}},
		"MX, all in the data":                  {`"type":"MX","data":{"priority":7,"target":"mx.example.net"}`, dns.Value{Content: "mx.example.net", Priority: 7}},
		"MX, priority in the content":          {`"type":"MX","content":"7 mx.example.net"`, dns.Value{Content: "mx.example.net", Priority: 7}},
		"SRV, numbers as strings":              {`"type":"SRV","data":{"priority":"1","weight":"2","port":"3","target":"a.example.net"}`, dns.Value{Content: "1 2 3 a.example.net"}},
		"SRV, data of another shape":           {`"type":"SRV","content":"2 3 a.example.net","priority":1,"data":"none"`, dns.Value{Content: "1 2 3 a.example.net"}},
		"SRV, content of another type":         {`"type":"SRV","content":5,"data":{"priority":1,"weight":2,"port":3,"target":"a.example.net"}`, dns.Value{Content: "1 2 3 a.example.net"}},
		"unknown type without content":         {`"type":"NEW","data":{"x":1}`, dns.Value{Content: `{"x":1}`}},
	}

	for name, test := range tests {
		got, err := serve(t, ok(`[{"id":"a","name":"a.example.com","ttl":1,`+test.fields+`}]`)).client().Records(context.Background(), zoneID)
		if err != nil {
			t.Errorf("%s: Records = %v, want the record", name, err)
			continue
		}
		if v := (dns.Value{Content: got[0].Content, Priority: got[0].Priority}); v != test.want || got[0].NoPriority {
			t.Errorf("%s: %+v (no priority: %v), want %+v", name, v, got[0].NoPriority, test.want)
		}
	}
}

func TestOddFieldNeverShowsItsValue(t *testing.T) {
	const secret = "hush-hush"
	for field := range plainMX() {
		for _, value := range []string{`"` + secret + `"`, `["` + secret + `",1]`, `{"` + secret + `":"` + secret + `"}`} {
			if field == "name" || field == "id" || field == "type" {
				continue // these fields are shown as the record's name
			}
			members := plainMX()
			members[field] = json.RawMessage(value)
			got, err := readOdd(t, members)
			if text := fmt.Sprint(got.Odd, err); strings.Contains(text, secret) {
				t.Errorf("%s: the texts %s contain the field's value", field, text)
			}
		}
	}
}

// Whatever one record contains, the client reads the other record, and either reads the odd one or returns an
// error that names a field of it.
func TestAnyRecordIsReadOrNamed(t *testing.T) {
	shapes := []string{`null`, `""`, `"a"`, `"10"`, `5`, `-1`, `1.5`, `1e400`, `true`, `[]`, `["a"]`, `[null]`, `{}`, `{"a":{"b":[1]}}`, `{"read_only":1}`}
	fields := append(slices.Sorted(maps.Keys(plainMX())), "private_routing", "new")
	rapid.Check(t, func(rt *rapid.T) {
		members := plainMX()
		for _, field := range rapid.SliceOfDistinct(rapid.SampledFrom(fields), func(f string) string { return f }).Draw(rt, "fields") {
			members[field] = json.RawMessage(rapid.SampledFrom(shapes).Draw(rt, field))
		}
		raw, err := json.Marshal(members)
		if err != nil {
			rt.Fatal(err)
		}

		var env envelope[recordPage]
		body := `{"success":true,"errors":[],"result":[{"id":"z","name":"z.example.com","type":"A","content":"192.0.2.1","ttl":1},` + string(raw) + `]}`
		if err := decode([]byte(body), &env); err != nil || len(env.Result) != 2 {
			rt.Fatalf("decode of %s = %d records, %v; want 2", raw, len(env.Result), err)
		}
		if got, err := env.Result[0].record(); err != nil || !got.Equal(otherRecord) {
			rt.Fatalf("the other record is %+v, %v; want %+v", got, err, otherRecord)
		}
		got, err := env.Result[1].record()
		switch {
		case err != nil && !strings.Contains(err.Error(), "the field "):
			rt.Fatalf("%s: error = %v, want one that names a field", raw, err)
		case err == nil && (got.ID == "" || got.Name == "" || got.Type == "" || got.Content == ""):
			rt.Fatalf("%s is read as %+v, want an ID, a name, a type and a content", raw, got)
		case err == nil && got.Type == dns.MX && got.Priority == 0 && !got.NoPriority && string(members["priority"]) != `""`:
			rt.Fatalf("%s is read with priority 0, which the record does not have", raw)
		}
	})
}

func TestUnreadableRecordIsReportedWithTheRayID(t *testing.T) {
	a := ok(`[{"id":"a","name":"a.example.com","type":"A"}]`)
	a.header = http.Header{"Cf-Ray": {"8f1e2d3c4b5a6978-FRA"}}
	_, err := serve(t, a).client().Records(context.Background(), zoneID)
	if e := asError(t, err); e.RayID != "8f1e2d3c4b5a6978-FRA" || e.Status != 200 {
		t.Errorf("ray = %q, status %d, want those of the answer", e.RayID, e.Status)
	}
}

func TestResultThatIsNotAListIsAnError(t *testing.T) {
	for _, result := range []string{`{}`, `"x"`, `5`, `true`, `[7]`, `["x"]`, `[null]`, `[[]]`} {
		got, err := serve(t, ok(result)).client().Records(context.Background(), zoneID)
		if e := asError(t, err); got != nil || e.Guidance().Title != "Cloudflare's answer cannot be read" {
			t.Errorf("result %s: %d records, %v; want an error that the answer cannot be read", result, len(got), err)
		}
	}
}

func TestOddCreatedRecordIsLeftOutAndOddPatchedRecordIsInDoubt(t *testing.T) {
	post := dns.Record{Name: "n.example.com", Type: dns.A, Content: "192.0.2.9", TTL: 60}
	b := Batch{Patches: []Patch{{dns.Record{ID: "p"}, []dns.Attribute{dns.AttrTTL}}}, Posts: []dns.Record{post}}
	const patched = `{"id":"p","name":"a.example.com","type":"A","content":"192.0.2.1","ttl":60}`
	created := post
	created.ID = "n"
	for name, test := range map[string]struct {
		patched, created string
		want             []dns.Record
		doubt            bool
	}{
		"odd fields": {`{"id":"p","name":"a.example.com","type":"A","content":"192.0.2.1","ttl":"60","meta":[]}`,
			`{"id":"n","name":"n.example.com","type":"A","content":"192.0.2.9","ttl":"60","tags":7}`, []dns.Record{created}, false},
		"created without an ID":   {patched, `{"name":"n.example.com","type":"A","content":"192.0.2.9","ttl":60}`, nil, false},
		"created with odd ID":     {patched, `{"id":{},"name":"n.example.com","type":"A","content":"192.0.2.9","ttl":60}`, nil, false},
		"created without content": {patched, `{"id":"n","name":"n.example.com","type":"A","ttl":60}`, nil, false},
		"created is a string":     {patched, `"n"`, nil, false},
		"patched without an ID":   {`{"name":"a.example.com","type":"A","content":"192.0.2.1","ttl":60}`, `{}`, nil, true},
		"patched is a number":     {`5`, `{}`, nil, true},
	} {
		answer := ok(`{"patches":[` + test.patched + `],"posts":[` + test.created + `]}`)
		got, err := serve(t, answer).client().ApplyBatch(context.Background(), zoneID, b)
		if test.doubt {
			if e := asError(t, err); !e.InDoubt {
				t.Errorf("%s: InDoubt of %v = false, want true", name, err)
			}
			continue
		}

		if err != nil || !cmp.Equal(got.Created, test.want) || len(got.Patched) != 1 {
			t.Errorf("%s: created %v, patched %v, %v, want created %v", name, got.Created, got.Patched, err, test.want)
		}
	}
}

func TestMXWithoutPriorityIsSentWithoutOne(t *testing.T) {
	r := dns.Record{ID: "p", Name: "m.example.com", Type: dns.MX, Content: "mx.example.net", NoPriority: true, TTL: 60}
	body, err := batchBody(Batch{Patches: []Patch{{r, []dns.Attribute{dns.AttrContent}}}, Posts: []dns.Record{r}})
	if err != nil || strings.Contains(string(body), "priority") {
		t.Errorf("body = %s, %v, want no body with a priority", body, err)
	}
}

func TestOddZoneDoesNotHideTheOthers(t *testing.T) {
	const good = `{"id":"a1","name":"good.example","name_servers":"none","paused":"no","account":5,"plan":["free"],"status":7}`
	for name, odd := range map[string]string{
		"no id": `{"name":"odd.example"}`, "odd id": `{"id":5,"name":"odd.example"}`, "an invalid id": `{"id":"../x","name":"odd.example"}`,
		"no name": `{"id":"b2"}`, "odd name": `{"id":"b2","name":{}}`, "no object": `"zone"`, "null": `null`,
	} {
		s := serve(t, ok(`[`+odd+`,`+good+`]`))
		found, errs := s.client().FindEach(context.Background(), []string{"good.example", "odd.example"})
		if len(found["good.example"]) != 1 || errs["good.example"] != nil {
			t.Errorf("%s: good.example = %v, %v; want one zone", name, found["good.example"], errs["good.example"])
		}
		if e := asError(t, errs["odd.example"]); !e.Kind.ReadOnly() {
			t.Errorf("%s: odd.example is %v, want a refusal, not a missing zone", name, e)
		}

		many := []string{"good.example", "odd.example", "other-1.example", "other-2.example"}
		found, errs = serve(t, ok(`[`+odd+`,`+good+`]`)).client().FindEach(context.Background(), many)
		if len(found["good.example"]) != 1 || errs["good.example"] != nil || errs["odd.example"] == nil {
			t.Errorf("%s, many names: %v, %v; want good.example and an error for odd.example", name, found, errs)
		}
	}
}

func TestIncompleteListOfZonesIsAnError(t *testing.T) {
	body := `{"success":true,"errors":[],"result":[{"id":"a1","name":"other.example"}],"result_info":{"per_page":1,"total_count":2,"total_pages":2}}`
	_, err := serve(t, answer{status: 200, body: body}).client().FindZones(context.Background(), []string{"good.example"})
	if e := asError(t, err); !e.Kind.ReadOnly() {
		t.Errorf("%v, want a refusal", err)
	}
}
