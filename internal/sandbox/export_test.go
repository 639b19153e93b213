package sandbox

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestExportIsAZoneFile(t *testing.T) {
	c := start(t, Options{Seed: SampleSeed()})
	for _, z := range c.server.Zones() {
		r := c.want(200, 0, "GET", "/zones/"+z.ID+"/dns_records/export", "")
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("Content-Type = %s, want text/plain", r.Header.Get("Content-Type"))
		}

		p := dns.NewZoneParser(strings.NewReader(r.Body), "", "")
		n := 0
		for _, ok := p.Next(); ok; _, ok = p.Next() {
			n++
		}

		if p.Err() != nil {
			t.Errorf("%s: %v\n%s", z.Name, p.Err(), r.Body)
		}
		if want := len(c.server.Records(z.Name)) + 1 + len(z.NameServers); n != want {
			t.Errorf("%s: %d records, want %d with SOA and NS", z.Name, n, want)
		}
	}
}

func TestExportWritesLinesAsCloudflareDoes(t *testing.T) {
	for _, tt := range []struct {
		r    Record
		want string
	}{
		{Record{Name: "a.example.com", Type: "A", Content: "192.0.2.1", TTL: 1, Proxied: true, Comment: "front", Tags: []string{"team:web"}},
			"a.example.com.\t1\tIN\tA\t192.0.2.1 ; front cf_tags=team:web,cf-proxied:true\n"},
		{Record{Name: "a.example.com", Type: "MX", Content: ".", TTL: 60}, "a.example.com.\t60\tIN\tMX\t0 .\n"},
		{Record{Name: "a.example.com", Type: "SRV", Content: "5 5060 h.example.net", Priority: 10, TTL: 60}, "a.example.com.\t60\tIN\tSRV\t10 5 5060 h.example.net.\n"},
		{Record{Name: "a.example.com", Type: "TXT", Content: "bare text", TTL: 60}, "a.example.com.\t60\tIN\tTXT\t\"bare text\"\n"},
		{Record{Name: "a.example.com", Type: "CNAME", Content: "h.example.net", TTL: 60, Settings: map[string]bool{"flatten_cname": true}},
			"a.example.com.\t60\tIN\tCNAME\th.example.net. ; cf_tags=cf-proxied:false,cf-flatten-cname\n"},
	} {
		if got := zoneFileLine(tt.r); got != tt.want {
			t.Errorf("line = %q, want %q", got, tt.want)
		}
	}
}
