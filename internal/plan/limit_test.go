package plan

import (
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// shrink plans a zone of that many records, all of them owned, of which the configuration declares only the first
// kept ones.
func shrink(records, kept int, change func(*Input)) (Zone, []Diagnostic) {
	in := Input{Desired: dns.Zone{Name: "example.com"}, Seen: dns.Zone{Name: "example.com", ID: "z"}, Owned: map[string]string{}}
	in.Desired.Policy.File, in.Desired.Policy.Line = "main.cf.hcl", 7
	for i := range records {
		r := dns.Record{
			ID:      fmt.Sprint(i),
			Name:    fmt.Sprintf("h%d.example.com", i),
			Type:    dns.A,
			Content: "192.0.2.1",
			TTL:     300,
		}
		in.Seen.Records = append(in.Seen.Records, r)
		in.Owned[r.ID] = "example.com/A/h"
		if i < kept {
			r.ID = ""
			in.Desired.Records = append(in.Desired.Records, r)
		}
	}
	if change != nil {
		change(&in)
	}
	return Diff(in)
}

func TestLimitOfDestroys(t *testing.T) {
	limit := func(l dns.Limit) func(*Input) {
		return func(in *Input) { in.Desired.Policy.MaxDestroy = &l }
	}
	for _, c := range []struct {
		name          string
		records, kept int
		change        func(*Input)
		beyond        bool
	}{
		{"30 % by default", 10, 7, nil, false},
		{"one more", 10, 6, nil, true},
		{"half of a small zone", 9, 5, nil, false},
		{"more than half of a small zone", 9, 4, nil, true},
		{"half of an even number", 4, 2, nil, false},
		{"more than half of the smallest zone with a limit", 3, 1, nil, true},
		{"all of a small zone", 3, 0, nil, true},
		{"a tiny zone has none", 2, 0, nil, false},
		{"a number counts in a small zone", 3, 1, limit(dns.Limit{N: 1}), true},
		{"a number counts in a tiny zone", 2, 1, limit(dns.Limit{}), true},
		{"a wider number in a small zone", 9, 0, limit(dns.Limit{N: 9}), false},
		{"a declared share counts in a small zone", 9, 5, limit(dns.Limit{N: 30, Percent: true}), true},
		{"within a declared share of a small zone", 9, 7, limit(dns.Limit{N: 30, Percent: true}), false},
		{"a wider share of a small zone", 9, 0, limit(dns.Limit{N: 100, Percent: true}), false},
		{"a wider share", 10, 5, limit(dns.Limit{N: 50, Percent: true}), false},
		{"cfplan destroy has no limit", 20, 20, func(in *Input) { in.Destroy = true }, false},
		{"records that Cloudflare keeps do not count", 11, 7, func(in *Input) { in.Seen.Records[10].ManagedBy = "Email Routing" }, false},
		{"nothing is destroyed", 20, 20, limit(dns.Limit{}), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, diags := shrink(c.records, c.kept, c.change)
			p := New("", z.Source.FetchedAt, []Zone{z}, nil, diags)
			if got := len(p.BeyondLimit()) > 0; got != c.beyond {
				t.Errorf("beyond the limit: %v, want %v (%v)", got, c.beyond, z.Risks)
			}
			if c.beyond != (len(diags) == 1) {
				t.Errorf("diagnostics: %v, want one only beyond the limit (%v)", diags, c.beyond)
			}
			if p.AllowDestroy = z.Summary.Destroy; len(p.BeyondLimit()) > 0 {
				t.Error("the plan is beyond the limit although -allow-destroy has the number of destroys")
			}
			if p.AllowDestroy = z.Summary.Destroy - 1; c.beyond && len(p.BeyondLimit()) == 0 {
				t.Error("the plan is within the limit although -allow-destroy is one too low")
			}
		})
	}
}

func TestLimitPointsAtTheZone(t *testing.T) {
	_, diags := shrink(10, 0, nil)
	if len(diags) != 1 || diags[0].Severity != dns.Warning || diags[0].Position == nil ||
		*diags[0].Position != (Position{File: "main.cf.hcl", Line: 7}) {
		t.Errorf("diagnostics = %+v, want a warning at the zone's block", diags)
	}
	if _, diags = shrink(10, 0, func(in *Input) { in.AllowDestroy = 10 }); len(diags) > 0 {
		t.Errorf("with AllowDestroy = 10: diagnostics %+v, want none", diags)
	}
}

// replace adds another record at the names of the first n destroyed records.
func replace(n int, max *dns.Limit) func(*Input) {
	return func(in *Input) {
		in.Desired.Policy.MaxDestroy = max
		kept := len(in.Desired.Records)
		for _, r := range in.Seen.Records[kept : kept+n] {
			in.Desired.Records = append(in.Desired.Records, dns.Record{
				Name: r.Name, Type: dns.AAAA, Content: "2001:db8::1", TTL: 300,
			})
		}
	}
}

func TestReplacedRecordsDoNotCountInASmallZone(t *testing.T) {
	for _, c := range []struct {
		name                    string
		records, kept, replaced int
		max                     *dns.Limit
		beyond                  bool
	}{
		{"all are replaced", 5, 0, 5, nil, false},
		{"less than half are destroyed without replacement", 5, 0, 3, nil, false},
		{"more than half are destroyed without replacement", 5, 0, 2, nil, true},
		{"a share of a small zone", 5, 0, 5, &dns.Limit{N: 30, Percent: true}, false},
		{"a number is a number", 5, 0, 5, &dns.Limit{N: 4}, true},
		{"in a larger zone all count", 10, 0, 10, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, _ := shrink(c.records, c.kept, replace(c.replaced, c.max))
			p := New("", z.Source.FetchedAt, []Zone{z}, nil, nil)
			if got := len(p.BeyondLimit()) > 0; got != c.beyond {
				t.Errorf("beyond the limit: %v, want %v (%v)", got, c.beyond, z.Risks)
			}
			if p.AllowDestroy = z.Summary.Destroy; len(p.BeyondLimit()) > 0 {
				t.Error("the plan is beyond the limit although -allow-destroy has the number of destroys")
			}
		})
	}
}
