package cloudflare

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestReadSavedReadsOldAndOddRecords(t *testing.T) {
	const id = "00000000000000000000000000000101"
	for name, tt := range map[string]struct {
		raw  string
		want SavedRecord
		odd  string
		err  string
	}{
		"an old answer": {
			raw: `{"id":"` + id + `","zone_id":"aa","zone_name":"example.com","name":"WWW.example.com","type":"A","content":"192.0.2.1","ttl":1,"proxied":true}`,
			want: SavedRecord{
				Record: dns.Record{ID: id, Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1, Proxied: true},
				ZoneID: "aa", ZoneName: "example.com",
			},
		},
		"without an ID": {
			raw:  `{"name":"x.example.com","type":"MX","content":"mx.example.net","priority":0,"ttl":60}`,
			want: SavedRecord{Record: dns.Record{Name: "x.example.com", Type: dns.MX, Content: "mx.example.net", TTL: 60}},
		},
		"an odd field": {
			raw:  `{"id":"` + id + `","zone_id":7,"name":"x.example.com","type":"A","content":"192.0.2.1","ttl":"60"}`,
			want: SavedRecord{Record: dns.Record{ID: id, Name: "x.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 60}},
			odd:  "ttl is a string",
		},
		"without a name":    {raw: `{"id":"` + id + `","type":"A","content":"192.0.2.1"}`, err: "the field name cannot be read"},
		"an ID of a number": {raw: `{"id":7,"name":"x","type":"A","content":"192.0.2.1"}`, err: "the field id cannot be read: it is a number"},
		"another ID":        {raw: `{"id":"a b","name":"x","type":"A","content":"192.0.2.1"}`, err: "not one of Cloudflare's"},
		"no record":         {raw: `7`, err: "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadSaved(json.RawMessage(tt.raw))
			if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("error = %v, want %q", err, tt.err)
			}
			if !got.Equal(tt.want.Record) || got.ID != tt.want.ID || got.ZoneID != tt.want.ZoneID || got.ZoneName != tt.want.ZoneName {
				t.Errorf("ReadSaved(%s) = %+v, want %+v", tt.raw, got, tt.want)
			}
			if tt.odd == "" != (len(got.Odd) == 0) || tt.odd != "" && !strings.HasPrefix(got.Odd[0].String(), tt.odd) {
				t.Errorf("odd = %v, want %q", got.Odd, tt.odd)
			}
		})
	}
}
