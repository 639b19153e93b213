package importer

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
)

func TestFitTierChangesOnlyWhatThePlanForbids(t *testing.T) {
	record := dns.Record{
		Name:     "www.example.com",
		Type:     dns.CNAME,
		Content:  "example.net",
		TTL:      45,
		Comment:  strings.Repeat("x", 101),
		Tags:     []string{"team:web"},
		Settings: dns.Settings{FlattenCNAME: true},
	}
	for _, c := range []struct {
		tier     dns.Tier
		want     dns.Record
		warnings int
	}{
		{"", record, 0},
		{dns.Enterprise, record, 0},
		{"pro", withTTL(record, 60), 1},
		{dns.Free, dns.Record{Name: record.Name, Type: record.Type, Content: record.Content, TTL: 60}, 4},
	} {
		z := Zone{Name: "example.com", Records: []Record{{Named: genconfig.Named{Record: record}}}}
		fitted, diags := FitTier(z, c.tier)
		if got := fitted.Records[0].Record; !got.Equal(c.want) || len(diags) != c.warnings || hasErrors(diags) {
			t.Errorf("FitTier(%q) = %+v with %s, want %+v with %d warnings", c.tier, got, spelledOut(diags), c.want, c.warnings)
		}
		if !z.Records[0].Record.Equal(record) {
			t.Errorf("FitTier(%q) changed its input", c.tier)
		}
	}
}

func withTTL(r dns.Record, ttl int) dns.Record {
	r.TTL = ttl
	return r
}
