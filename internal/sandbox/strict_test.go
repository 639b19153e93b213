package sandbox

import (
	"slices"
	"strings"
	"testing"
)

// All errors in a record are reported at once, in Cloudflare's words.
func TestAllErrorsOfARecordAreReported(t *testing.T) {
	for _, tt := range []struct {
		sent string
		want []string
	}{
		{`{"type":"SRV","name":"_a._b","data":{"target":"a.example.net"}}`, []string{
			"9101 priority is a required data field.", "9101 weight is a required data field.", "9101 port is a required data field."}},
		{`{"type":"MX","name":"x"}`, []string{"9100 priority is a required field.", "9100 content is a required field."}},
		{`{"name":"x"}`, []string{"9100 type is a required field."}},
		{`{"type":"TXT","name":"x","content":"` + strings.Repeat("x", 4100) + `","ttl":5}`, []string{
			"9015 Record content exceeds the allowed length of 4096 wire format bytes.",
			"9021 Invalid TTL. Must be between 60 and 86,400 seconds, or 1 for automatic."}},
	} {
		c, records := zoned(t, "free")
		r := c.do("POST", records, tt.sent)
		var got []string
		for _, e := range r.Errors {
			got = append(got, plain(float64(e.Code))+" "+e.Message)
		}

		if r.Status != 400 || !slices.Equal(got, tt.want) {
			t.Errorf("%.60s: %d %q, want 400 %q", tt.sent, r.Status, got, tt.want)
		}
	}
}

func TestContentsOfARecordSetHaveALimit(t *testing.T) {
	c, records := zoned(t, "free")
	for _, letter := range []string{"a", "b"} {
		c.want(200, 0, "POST", records, `{"type":"TXT","name":"t","content":"`+strings.Repeat(letter, 4000)+`"}`)
	}
	r := c.want(400, 83011, "POST", records, `{"type":"TXT","name":"t","content":"`+strings.Repeat("c", 193)+`"}`)
	if want := "Combined content length of records with this name and type exceeds the limit."; r.Errors[0].Message != want {
		t.Errorf("message = %q, want %q", r.Errors[0].Message, want)
	}
	c.want(200, 0, "POST", records, `{"type":"TXT","name":"u","content":"`+strings.Repeat("c", 193)+`"}`)
}

func TestBodyMustHaveTheContentTypeOfJSON(t *testing.T) {
	c, records := zoned(t, "free")
	for _, header := range []string{"text/plain", "application/x-www-form-urlencoded", "json", "application/json-patch+json"} {
		r := c.with("Authorization", "Bearer test-token", "Content-Type", header).want(400, 9207, "POST", records, anA)
		if want := "Content-type must be application/json."; r.Errors[0].Message != want {
			t.Errorf("message = %q, want %q", r.Errors[0].Message, want)
		}
	}
	c.with("Authorization", "Bearer test-token", "Content-Type", "application/json; charset=utf-8").want(200, 0, "POST", records, anA)
}

// A delegation to the zone's own name servers would be circular.
func TestDelegationToTheZonesOwnServersIsRefused(t *testing.T) {
	c, records := zoned(t, "free")
	own, _ := c.server.Zone("example.com")
	send := func(name, content string) string {
		return `{"type":"NS","name":"` + name + `","content":"` + content + `"}`
	}

	c.want(400, codeOwnServers, "POST", records, send("sub", strings.ToUpper(own.NameServers[0])+"."))
	other := c.want(200, 0, "POST", records, send("sub", "ns1.example.net")).record(t)
	c.want(400, codeOwnServers, "PATCH", records+"/"+other.ID, `{"content":"`+own.NameServers[1]+`"}`)
	c.want(200, 0, "POST", records, send("@", own.NameServers[0]))
}

func TestKnobRefuseReplacesItsEarlierFault(t *testing.T) {
	c, records := zoned(t, "free")
	for code, status := range map[string]int{"9109": 403, "10000": 403, "1000": 401} {
		c.do("POST", "/_sandbox/refuse?code="+code, "")
		if r := c.do("GET", records, ""); r.Status != status || plain(float64(r.code())) != code {
			t.Errorf("after refuse?code=%s: %d/%d, want %d/%s", code, r.Status, r.code(), status, code)
		}
	}
	c.do("POST", "/_sandbox/refuse?zone=example.org", "")
	c.want(200, 0, "GET", records, "")
}
