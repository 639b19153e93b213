package cloudflare

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// FuzzAnswers checks, for any answer of a server, that no call panics, that every list is sorted, and that
// every failure has a kind, a text of one line, and guidance.
func FuzzAnswers(f *testing.F) {
	for _, status := range []int{200, 400, 403, 404, 429, 502} {
		f.Add(status, `{"result":[],"success":true,"errors":[],"messages":[]}`, "")
		f.Add(status, `{"result":`+liveRecords+`,"success":true,"result_info":{"total_pages":2,"total_count":16}}`, `"default";r=0;t=30`)
		f.Add(status, `{"success":false,"errors":[{"code":6003,"message":"a","error_chain":[{"code":6111}]},"b"]}`, "7")
		f.Add(status, `{"result":{"deletes":[{"id":"1"}],"posts":null},"success":true}`, "Sun, 01 Mar 2026 12:00:20 GMT")
		f.Add(status, `{"result":{"record_quota":null,"record_usage":3},"success":true}`, "")
		f.Add(status, "<html>", "-1")
		f.Add(status, "error code: 1020\n", "challenge")
		f.Add(status, `{"cloudflare_error":true,"error_code":1015}`, "30")
		f.Add(status, `<span class="cf-error-code">1010</span>`, "block")
	}

	f.Fuzz(func(t *testing.T, status int, body, header string) {
		answers := roundTrip(func(r *http.Request) (*http.Response, error) {
			h := http.Header{"Retry-After": {header}, "Ratelimit": {header}, "Cf-Ray": {header}, "Cf-Mitigated": {header}}
			return &http.Response{StatusCode: status, Header: h,
				Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: r}, nil
		})
		c := newClient(Options{BaseURL: "https://api.example/client/v4", Credentials: Credentials{Token: testToken},
			HTTPClient: &http.Client{Transport: answers}}, newFakeClock())
		ctx := context.Background()
		records, err := c.Records(ctx, zoneID)
		if !slices.IsSortedFunc(records, dns.Compare) {
			t.Errorf("records are not sorted: %v", records)
		}
		checkFailure(t, err)
		_, err = c.FindZones(ctx, zoneNames(0, 5))
		checkFailure(t, err)
		_, err = c.GetZone(ctx, zoneID)
		checkFailure(t, err)
		usage, err := c.ZoneUsage(ctx, zoneID)
		if usage.Records < 0 || usage.Quota < 0 {
			t.Errorf("usage = %+v, want no negative numbers", usage)
		}
		checkFailure(t, err)
		_, err = c.ApplyBatch(ctx, zoneID, oneDelete)
		checkFailure(t, err)
	})
}

// FuzzRecord checks, for any content of one record in a list, that the client still reads the other record.
// It must read the odd record with an ID, a name and a type, or return an error that names a field.
func FuzzRecord(f *testing.F) {
	f.Add(`{"id":"a","name":"a.example.com","type":"MX","content":"mx.example.net","priority":"10","ttl":"300"}`)
	f.Add(`{"id":"a","name":"a.example.com","type":"SRV","data":{"port":"5060"},"priority":[],"tags":{"a":"b"},"meta":"none"}`)
	f.Add(`{"id":1,"name":null,"type":{},"content":[],"settings":{"ipv4_only":"yes"},"comment":7,"proxied":2}`)
	f.Add(`null`)
	f.Add(`"text"`)
	f.Fuzz(func(t *testing.T, odd string) {
		if !json.Valid([]byte(odd)) {
			return
		}
		body := `{"success":true,"result":[` + odd + `,{"id":"z","name":"z.example.com","type":"A","content":"192.0.2.1","ttl":1}]}`
		var env envelope[recordPage]
		if err := decode([]byte(body), &env); err != nil || len(env.Result) != 2 {
			t.Fatalf("decode of %s = %d records, %v; want 2", body, len(env.Result), err)
		}
		if other, err := env.Result[1].record(); err != nil || !other.Equal(otherRecord) {
			t.Errorf("the other record is %+v, %v; want %+v", other, err, otherRecord)
		}

		r, err := env.Result[0].record()
		if err != nil {
			if !strings.Contains(err.Error(), "the field ") || strings.ContainsAny(err.Error(), "\n\x1b\x00") {
				t.Errorf("%s: error = %q, want one line that names a field", odd, err)
			}
			return
		}
		if r.ID == "" || r.Name == "" && env.Result[0].Name != "." || r.Type == "" || r.TTL < dns.AutoTTL {
			t.Errorf("%s is read as %+v, want an ID, a name, a type and a TTL", odd, r)
		}
		for _, o := range env.Result[0].oddities() {
			if o.Record == "" || o.Field == "" || o.What == "" {
				t.Errorf("%s: odd field %+v, want its record, its name and what is odd", odd, o)
			}
		}
	})
}

func checkFailure(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	e := asError(t, err)
	g := e.Guidance()
	if e.Kind == "" || strings.ContainsAny(e.Error(), "\n\x1b\x00") || g.Title == "" || len(g.Steps) == 0 {
		t.Errorf("failure %+v: %q, guidance %+v; want a kind, one line, a title and steps", e, e, g)
	}
}
