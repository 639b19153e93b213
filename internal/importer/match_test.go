package importer

import (
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
)

func TestMatchFindsTheLiveRecord(t *testing.T) {
	a := func(id, name, content string) dns.Record {
		return dns.Record{ID: id, Name: name + ".example.com", Type: dns.A, Content: content, TTL: 300}
	}
	cname := func(id, name, content string) dns.Record {
		return dns.Record{ID: id, Name: name + ".example.com", Type: dns.CNAME, Content: content, TTL: 300}
	}
	kept := a("k", "mail", "192.0.2.9")
	kept.ManagedBy = "Email Routing"

	for _, c := range []struct {
		name   string
		source []dns.Record
		live   []dns.Record
		// want has the ID of the live record of each pair, or "" if there is none.
		want   []string
		left   []string
		others int
	}{
		{"by ID", []dns.Record{a("1", "www", "192.0.2.1")}, []dns.Record{a("1", "www", "192.0.2.1")}, []string{"1"}, nil, 0},
		{"by ID, with another content", []dns.Record{a("1", "www", "192.0.2.1")}, []dns.Record{a("1", "www", "192.0.2.2")}, []string{"1"}, nil, 0},
		{"by ID, with another name", []dns.Record{a("1", "www", "192.0.2.1")}, []dns.Record{a("1", "web", "192.0.2.1")}, []string{"1"}, nil, 0},
		{"an ID that no longer exists", []dns.Record{a("1", "www", "192.0.2.1")}, []dns.Record{a("2", "www", "192.0.2.1")}, []string{"2"}, nil, 0},
		{"an ID of another type", []dns.Record{a("1", "www", "192.0.2.1")}, []dns.Record{cname("1", "www", "example.net")}, nil,
			[]string{"the live record with its ID has another type, CNAME"}, 1},
		{"an equal record beside a changed one", []dns.Record{a("1", "www", "192.0.2.1")},
			[]dns.Record{a("1", "www", "192.0.2.2"), a("2", "www", "192.0.2.1")}, []string{"2"}, nil, 1},
		{"two records that swapped their contents", []dns.Record{a("1", "www", "192.0.2.1"), a("2", "www", "192.0.2.2")},
			[]dns.Record{a("1", "www", "192.0.2.2"), a("2", "www", "192.0.2.1")}, []string{"2", "1"}, nil, 0},
		{"without IDs", []dns.Record{a("", "www", "192.0.2.1"), a("", "new", "192.0.2.3")},
			[]dns.Record{a("1", "www", "192.0.2.1"), a("2", "www", "192.0.2.2")}, []string{"1", ""}, nil, 1},
		{"described twice", []dns.Record{a("", "www", "192.0.2.1"), a("", "www", "192.0.2.1")},
			[]dns.Record{a("1", "www", "192.0.2.1")}, []string{"1", ""}, nil, 0},
		{"kept by a product", []dns.Record{a("", "mail", "192.0.2.9")}, []dns.Record{kept}, nil, []string{"kept by Email Routing"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			records := make([]Record, len(c.source))
			for i, r := range c.source {
				records[i].Record = r
			}
			m := Match(records, c.live)

			var got, left []string
			for _, p := range m.Pairs {
				id := ""
				if p.Live != nil {
					id = p.Live.ID
				}
				got = append(got, id)
			}
			for _, l := range m.Left {
				left = append(left, l.Reason)
			}
			if !slices.Equal(got, c.want) || !slices.Equal(left, c.left) || m.Others != c.others {
				t.Errorf("Match: counterparts %q, left out %q, others %d; want %q, %q, %d", got, left, m.Others, c.want, c.left, c.others)
			}
		})
	}
}

func TestMatchTakesLiveValuesWhereTheSourceIsSilent(t *testing.T) {
	described := Record{
		Named:  genconfig.Named{Record: dns.Record{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}},
		Silent: []dns.Attribute{dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings, dns.AttrPrivateRouting},
	}
	live := dns.Record{
		ID:             "1",
		Name:           "www.example.com",
		Type:           dns.A,
		Content:        "192.0.2.1",
		TTL:            dns.AutoTTL,
		Proxied:        true,
		Comment:        "site",
		Tags:           []string{"team:web"},
		Settings:       dns.Settings{IPv4Only: true},
		PrivateRouting: true,
	}

	p := Match([]Record{described}, []dns.Record{live}).Pairs[0]
	if differs := p.Differs(); len(differs) > 0 {
		t.Errorf("the declared record differs from the live one in %v, want nothing", differs)
	}

	described.Silent = nil
	want := []dns.Attribute{dns.AttrTTL, dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings, dns.AttrPrivateRouting}
	if differs := Match([]Record{described}, []dns.Record{live}).Pairs[0].Differs(); !slices.Equal(differs, want) {
		t.Errorf("a record whose source is not silent differs in %v, want %v", differs, want)
	}
}

func TestAsLiveDeclaresEachRecordOnce(t *testing.T) {
	declared := &dns.Declaration{Address: "example.com/A/www"}
	record := dns.Record{Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300, Declared: declared}
	zone := dns.Zone{Name: "example.com", Records: []dns.Record{record}}
	first, second := record, record
	first.ID, first.TTL = "1", 600
	second.ID = "2"

	pairs := []Pair{
		{Record: Record{Named: genconfig.Named{Record: record}}, Live: &first},
		{Record: Record{Named: genconfig.Named{Record: record}}, Live: &second},
		{Record: Record{Named: genconfig.Named{Record: dns.Record{Name: "other.example.com", Type: dns.A}}}, Live: &second},
	}
	got := AsLive(zone, pairs)
	if len(got.Records) != 1 || got.Records[0].ID != "1" || got.Records[0].TTL != 600 || got.Records[0].Declared != declared {
		t.Errorf("AsLive = %+v, want the first live record with its declaration", got.Records)
	}
	if len(zone.Records) != 1 {
		t.Errorf("AsLive changed its input: %+v", zone.Records)
	}
}
