package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
)

const recordID = "372e67954025e0ba6aaa6d586b9e0b59"

func decoded(t *testing.T, s string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("cannot decode %s: %v", s, err)
	}
	return v
}

// bodyTests has records, each with the body that creates it.
var bodyTests = map[string]struct {
	record dns.Record
	want   string
}{
	"A": {dns.Record{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300},
		`{"name":"www.example.com","type":"A","content":"192.0.2.1","ttl":300,"proxied":false}`},
	"proxied": {dns.Record{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300, Proxied: true},
		`{"name":"www.example.com","type":"A","content":"192.0.2.1","ttl":1,"proxied":true}`},
	"null MX": {dns.Record{Name: "example.com", Type: dns.MX, Content: ".", TTL: 1},
		`{"name":"example.com","type":"MX","content":".","priority":0,"ttl":1,"proxied":false}`},
	"SRV": {dns.Record{Name: "_sip._tcp.example.com", Type: dns.SRV, Content: "10 5 5060 sip.example.com", TTL: 1},
		`{"name":"_sip._tcp.example.com","type":"SRV","data":{"priority":10,"weight":5,"port":5060,"target":"sip.example.com"},"ttl":1,"proxied":false}`},
	"URI": {dns.Record{Name: "_http._tcp.example.com", Type: dns.URI, Content: `10 1 "https://example.com/"`, TTL: 1},
		`{"name":"_http._tcp.example.com","type":"URI","priority":10,"data":{"weight":1,"target":"https://example.com/"},"ttl":1,"proxied":false}`},
	"CAA": {dns.Record{Name: "example.com", Type: dns.CAA, Content: `0 issue "letsencrypt.org"`, TTL: 1},
		`{"name":"example.com","type":"CAA","data":{"flags":0,"tag":"issue","value":"letsencrypt.org"},"ttl":1,"proxied":false}`},
	"TXT": {dns.Record{Name: "example.com", Type: dns.TXT, Content: `"v=spf1 -all"`, TTL: 1},
		`{"name":"example.com","type":"TXT","content":"\"v=spf1 -all\"","ttl":1,"proxied":false}`},
	"extras": {dns.Record{ID: "no", Name: "c.example.com", Type: dns.CNAME, Content: "example.com", TTL: 1, Comment: "hi", Tags: []string{"a:b"},
		Settings: dns.Settings{FlattenCNAME: true}, ManagedBy: "no"},
		`{"name":"c.example.com","type":"CNAME","content":"example.com","ttl":1,"proxied":false,"comment":"hi","tags":["a:b"],"settings":{"flatten_cname":true}}`},
}

func TestNewRecordsAreSentCompletely(t *testing.T) {
	for name, test := range bodyTests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, ok(`{"posts":[{"id":"n","name":"x.example.com","type":"A","content":"192.0.2.1"}]}`))
			if _, err := s.client().ApplyBatch(context.Background(), zoneID, Batch{Posts: []dns.Record{test.record}}); err != nil {
				t.Fatal(err)
			}

			want := map[string]any{"posts": []any{decoded(t, test.want)}}
			if diff := cmp.Diff(want, decoded(t, s.bodies[0])); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if want := []string{"POST /client/v4/zones/" + zoneID + "/dns_records/batch"}; !slices.Equal(s.requests(), want) {
				t.Errorf("requests = %q, want %q", s.requests(), want)
			}
		})
	}
}

func TestPatchSendsOnlyChanges(t *testing.T) {
	a := dns.Record{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}
	proxied := dns.Record{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300, Proxied: true}
	mx := dns.Record{Name: "example.com", Type: dns.MX, Content: "mx.example.net", TTL: 1}
	srv := dns.Record{Name: "_sip._tcp.example.com", Type: dns.SRV, Content: "10 5 5060 sip.example.com", TTL: 1}
	uri := dns.Record{Name: "_http._tcp.example.com", Type: dns.URI, Content: `0 1 "https://example.com/"`, TTL: 1}
	cname := dns.Record{Name: "c.example.com", Type: dns.CNAME, Content: "example.com", TTL: 1}
	tests := map[string]struct {
		record  dns.Record
		changed []dns.Attribute
		want    string
	}{
		"content":          {a, []dns.Attribute{"content"}, `{"content":"192.0.2.1"}`},
		"name":             {a, []dns.Attribute{"name"}, `{"name":"www.example.com"}`},
		"ttl":              {a, []dns.Attribute{"ttl"}, `{"ttl":300}`},
		"proxied off":      {a, []dns.Attribute{"proxied"}, `{"proxied":false,"ttl":300}`},
		"proxied on":       {proxied, []dns.Attribute{"proxied"}, `{"proxied":true,"ttl":1}`},
		"ttl and proxied":  {proxied, []dns.Attribute{"ttl", "proxied"}, `{"proxied":true,"ttl":1}`},
		"no comment":       {a, []dns.Attribute{"comment"}, `{"comment":""}`},
		"no tags":          {a, []dns.Attribute{"tags"}, `{"tags":[]}`},
		"A's settings":     {a, []dns.Attribute{"settings"}, `{"settings":{"ipv4_only":false,"ipv6_only":false}}`},
		"CNAME's settings": {cname, []dns.Attribute{"settings"}, `{"settings":{"flatten_cname":false,"ipv4_only":false,"ipv6_only":false}}`},
		"priority of MX":   {mx, []dns.Attribute{"priority"}, `{"content":"mx.example.net","priority":0}`},
		"content of MX":    {mx, []dns.Attribute{"content"}, `{"content":"mx.example.net","priority":0}`},
		"content of SRV":   {srv, []dns.Attribute{"content"}, `{"data":{"priority":10,"weight":5,"port":5060,"target":"sip.example.com"}}`},
		"content of URI":   {uri, []dns.Attribute{"content"}, `{"priority":0,"data":{"weight":1,"target":"https://example.com/"}}`},
		"nothing":          {a, nil, `{}`},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.record.ID = recordID
			s := serve(t, ok(`{"patches":[{"id":"`+recordID+`","name":"x.example.com","type":"A","content":"192.0.2.1"}]}`))
			b := Batch{Patches: []Patch{{test.record, test.changed}}}
			if _, err := s.client().ApplyBatch(context.Background(), zoneID, b); err != nil {
				t.Fatal(err)
			}
			patch := decoded(t, test.want)
			patch["id"] = recordID
			want := map[string]any{"patches": []any{patch}}
			if diff := cmp.Diff(want, decoded(t, s.bodies[0])); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestImpossiblePatchIsNotSent(t *testing.T) {
	s := serve(t, ok(`{}`))
	for _, attr := range []dns.Attribute{dns.AttrType, "colour"} {
		b := Batch{Patches: []Patch{{dns.Record{ID: recordID, Type: dns.A}, []dns.Attribute{attr}}}}
		_, err := s.client().ApplyBatch(context.Background(), zoneID, b)
		if err == nil || len(s.requests()) != 0 {
			t.Errorf("%s: error %v after %d requests, want an error and no requests", attr, err, len(s.requests()))
		}
	}
}

func TestBatchAnswerIsReadInAnyOrder(t *testing.T) {
	b := Batch{
		Deletes: []string{"d"},
		Patches: []Patch{
			{dns.Record{ID: "p1"}, []dns.Attribute{dns.AttrTTL}},
			{dns.Record{ID: "p2"}, []dns.Attribute{dns.AttrTTL}},
		},
		Posts: []dns.Record{{Name: "new.example.com", Type: dns.A, Content: "192.0.2.9", TTL: 1}},
	}
	s := serve(t, ok(`{
		"posts":[{"id":"n","name":"new.example.com","type":"A","content":"192.0.2.9","ttl":1}],
		"puts":null,
		"deletes":[{"id":"d"}],
		"patches":[
			{"id":"p2","name":"b.example.com","type":"MX","content":"mx.example.net","priority":7,"ttl":60},
			{"id":"p1","name":"a.example.com","type":"A","content":"192.0.2.1","ttl":60}]}`))
	got, err := s.client().ApplyBatch(context.Background(), zoneID, b)
	if err != nil {
		t.Fatal(err)
	}

	want := Result{
		Patched: []dns.Record{
			{ID: "p2", Name: "b.example.com", Type: dns.MX, Content: "mx.example.net", Priority: 7, TTL: 60},
			{ID: "p1", Name: "a.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 60},
		},
		Created: []dns.Record{{ID: "n", Name: "new.example.com", Type: dns.A, Content: "192.0.2.9", TTL: 1}},
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// The records in the answer must be the ones that the batch deletes.
func TestDeletionOfAnotherRecordIsInDoubt(t *testing.T) {
	for answer, doubt := range map[string]bool{
		`{"deletes":[{"id":"d1"},{"id":"d2"}]}`: false,
		`{"deletes":[{"id":"d2"},{}]}`:          false,
		`{"deletes":[{"id":"d1"},{"id":"x"}]}`:  true,
		`{"deletes":["d1","d2"]}`:               true,
	} {
		_, err := serve(t, ok(answer)).client().ApplyBatch(context.Background(), zoneID, Batch{Deletes: []string{"d1", "d2"}})
		var e *Error
		if got := errors.As(err, &e) && e.InDoubt; got != doubt {
			t.Errorf("%s: in doubt = %v (%v), want %v", answer, got, err, doubt)
		}
	}
}

func TestBatchAnswerThatDoesNotFitIsInDoubt(t *testing.T) {
	b := Batch{Patches: []Patch{{dns.Record{ID: "p1"}, []dns.Attribute{dns.AttrTTL}}}}
	for _, answer := range []string{
		`null`,
		`{}`,
		`{"patches":null}`,
		`{"patches":[]}`,
		`{"patches":[{"id":"p2","name":"a.example.com","type":"A"}]}`,
		`{"patches":[{"id":"p1"}]}`,
		`{"patches":[{"id":"p1","name":"a.example.com","type":"A"}],"posts":[{"id":"x","name":"a.example.com","type":"A"}]}`,
	} {
		_, err := serve(t, ok(answer)).client().ApplyBatch(context.Background(), zoneID, b)
		if e := asError(t, err); !e.InDoubt || e.Kind != guidance.Unreachable {
			t.Errorf("%s: in doubt = %v, kind = %s, want true, %s (%v)", answer, e.InDoubt, e.Kind, guidance.Unreachable, e)
		}
	}
}

func TestEmptyBatchSendsNothing(t *testing.T) {
	s := serve(t, ok(`{}`))
	got, err := s.client().ApplyBatch(context.Background(), zoneID, Batch{})
	if err != nil || got.Created != nil || got.Patched != nil || len(s.requests()) != 0 {
		t.Errorf("result = %v (%v) after %d requests, want no result and no requests", got, err, len(s.requests()))
	}
}

func TestInputsAreNotModified(t *testing.T) {
	r := dns.Record{
		ID:      recordID,
		Name:    "a.example.com",
		Type:    dns.A,
		Content: "192.0.2.1",
		TTL:     300,
		Proxied: true,
		Tags:    []string{"b", "a"},
	}
	b := Batch{Patches: []Patch{{r, []dns.Attribute{dns.AttrTags, dns.AttrProxied}}}, Posts: []dns.Record{r}}
	before, err := json.Marshal([]any{b.Deletes, b.Patches, b.Posts})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := batchBody(b); err != nil {
		t.Fatal(err)
	}
	if after, _ := json.Marshal([]any{b.Deletes, b.Patches, b.Posts}); string(after) != string(before) {
		t.Errorf("ApplyBatch changed the batch from %s to %s", before, after)
	}
}
