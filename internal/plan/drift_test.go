package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/dns/dnstest"
)

func TestDriftIsWhatOthersChanged(t *testing.T) {
	wrote := []string{"www 300 A 192.0.2.1", "api 300 A 192.0.2.2"}
	for _, c := range []struct {
		name          string
		now, declared []string
		exclusive     bool
		source        SourceKind
		want          []string
		changes       int
	}{
		{"nothing", wrote, wrote, false, SourceLive, nil, 0},
		{"a content", []string{"www 300 A 192.0.2.9", "api 300 A 192.0.2.2"}, wrote, false, SourceLive, []string{"change www 192.0.2.1 192.0.2.9"}, 1},
		{"a TTL", []string{"www 60 A 192.0.2.1", "api 300 A 192.0.2.2"}, wrote, false, SourceLive, []string{"change www 192.0.2.1 192.0.2.1"}, 1},
		{"a difference that the configuration now declares", []string{"www 300 A 192.0.2.9", "api 300 A 192.0.2.2"},
			[]string{"www 300 A 192.0.2.9", "api 300 A 192.0.2.2"}, false, SourceLive, nil, 0},
		{"a change of the configuration", wrote, []string{"www 300 A 192.0.2.9", "api 300 A 192.0.2.2"}, false, SourceLive, nil, 1},
		{"a record that is gone", []string{"www 300 A 192.0.2.1"}, wrote, false, SourceLive, []string{"destroy api 192.0.2.2 "}, 1},
		{"a record that is gone and no longer declared", []string{"www 300 A 192.0.2.1"}, wrote[:1], false, SourceLive, nil, 0},
		{"a record beside them", append([]string{}, append(wrote, "new 300 A 192.0.2.3")...), wrote, false, SourceLive, nil, 0},
		{"a record in an exclusive zone", append([]string{}, append(wrote, "new 300 A 192.0.2.3")...), wrote, true, SourceLive, []string{"add new  192.0.2.3"}, 1},
		{"a snapshot shows no drift", []string{"www 300 A 192.0.2.9"}, wrote, false, SourceCache, nil, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := inputOf(t, c.now, c.declared)
			in.Source.Kind = c.source
			if c.exclusive {
				in.Desired.Policy.Ownership = dns.Exclusive
			}

			last := map[string]dns.Record{}
			in.Owned = map[string]string{}
			in.Last = func(id string) (dns.Record, bool) { r, ok := last[id]; return r, ok }
			for i, r := range dnstest.Records(t, wrote...) {
				last[r.ID] = r
				in.Owned[r.ID] = "example.com/A/" + dns.RelativeName(r.Name, "example.com")
				for j := range in.Desired.Records {
					if in.Desired.Records[j].Name == r.Name {
						in.Desired.Records[j].Declared = &dns.Declaration{Address: in.Owned[r.ID], File: "f", Line: i + 1}
					}
				}
			}

			z, _ := Diff(in)
			var got []string
			for _, d := range z.Drift {
				line := string(d.Action) + " " + dns.RelativeName(d.Name, "example.com") + " "
				if d.Before != nil {
					line += d.Before.Content
				}
				line += " "
				if d.After != nil {
					line += d.After.Content
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("drift (-want +got):\n%s", diff)
			}
			if len(z.Changes) != c.changes {
				t.Errorf("%d changes besides the drift, want %d", len(z.Changes), c.changes)
			}
		})
	}
}

// A record that was deleted and created again is drift only if it now differs. A difference in an attribute that the
// block ignores is not drift.
func TestRecreatedRecordIsDriftOnlyIfItDiffers(t *testing.T) {
	for _, c := range []struct {
		name    string
		now     string // the record, of another ID
		sameID  bool
		ignored []dns.Attribute
		want    int
	}{
		{"with another TTL", "www 60 A 192.0.2.1", false, nil, 1},
		{"as it was", "www 300 A 192.0.2.1", false, nil, 0},
		{"an ignored attribute beside another change", "www 60 A 192.0.2.9", true, []dns.Attribute{dns.AttrTTL}, 1},
		{"an ignored attribute beside a change of the configuration", "www 60 A 192.0.2.1", true, []dns.Attribute{dns.AttrTTL}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := inputOf(t, []string{c.now}, []string{"www 300 A 192.0.2.1"})
			in.Desired.Records[0].Comment = "new"
			in.Desired.Records[0].Declared = &dns.Declaration{
				Address:       "example.com/A/www",
				File:          "f",
				Line:          1,
				IgnoreChanges: c.ignored,
			}

			last := dnstest.Records(t, "www 300 A 192.0.2.1")[0]
			id := "gone"
			if c.sameID {
				id = in.Seen.Records[0].ID
			}
			in.Owned = map[string]string{id: "example.com/A/www"}
			in.Last = func(string) (dns.Record, bool) { return last, true }
			if z, _ := Diff(in); len(z.Drift) != c.want {
				t.Errorf("drift = %+v, want %d changes", z.Drift, c.want)
			}
		})
	}
}
