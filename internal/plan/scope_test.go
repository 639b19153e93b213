package plan_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// genScope draws a scope. Each of its lists is missing, empty, or has entries.
func genScope(t *rapid.T) dns.Scope {
	list := func(label string, of ...string) []string {
		return rapid.SampledFrom([][]string{nil, nil, {}, of[:1], of}).Draw(t, label)
	}
	s := dns.Scope{
		Zones: list("zones", zoneName, "example.net"),
		Names: list("names", "www", "@", "*.b"),
	}
	if types := list("types", "A", "TXT"); types != nil {
		s.Types = []dns.Type{}
		for _, text := range types {
			s.Types = append(s.Types, dns.Type(text))
		}
	}
	return s
}

// inScope reports whether a record is in a scope that genScope has drawn. It shares no code with dns.Scope.
func inScope(s dns.Scope, r dns.Record) bool {
	zone := s.Zones == nil || slices.Contains(s.Zones, zoneName)
	name := s.Names == nil
	for _, pattern := range s.Names {
		switch pattern {
		case "www":
			name = name || r.Name == "www."+zoneName
		case "@":
			name = name || r.Name == zoneName
		case "*.b":
			name = name || strings.HasSuffix(r.Name, ".b."+zoneName)
		}
	}
	return zone && name && (s.Types == nil || slices.Contains(s.Types, r.Type))
}

// For any configuration, state and zone, every change must be inside of the scope, and the records outside of the
// scope must count as unmanaged.
func TestNoPlanLeavesItsScope(t *testing.T) {
	changed := 0
	check(t, func(t *rapid.T) {
		in := genInput(t)
		in.Destroy = rapid.Bool().Draw(t, "destroy")
		scope := genScope(t)
		in.Desired.Policy.Scope = scope
		in.Last = func(id string) (dns.Record, bool) {
			last := genRecord(false).Draw(t, "last")
			return last, true
		}
		if len(in.Seen.Records) > 0 {
			in.Reclaim = map[string]bool{in.Seen.Records[0].ID: true}
		}

		z, _ := plan.Diff(in)
		for _, c := range slices.Concat(z.Changes, z.Drift) {
			if !inScope(scope, dns.Record{Name: c.Name, Type: c.Type}) {
				t.Fatalf("%s %s %s is outside of the scope %+v", c.Action, c.Type, c.Name, scope)
			}
		}
		changed += len(z.Changes)

		outside := 0
		for _, r := range in.Seen.Records {
			if !inScope(scope, r) {
				outside++
			}
		}
		if z.Summary.Unmanaged < outside {
			t.Fatalf("%d records are unmanaged, want at least the %d outside of the scope", z.Summary.Unmanaged, outside)
		}
	})
	if changed == 0 {
		t.Error("no plan had a change, so this test checks nothing")
	}
}

// cfplan may not remove a record outside of the scope, even if it owns it.
func TestRecordOutsideOfTheScopeCollides(t *testing.T) {
	in := plan.Input{
		Desired: dns.Zone{Name: zoneName, Records: []dns.Record{{Name: "www." + zoneName, Type: dns.A, Content: "192.0.2.1", TTL: 300}}},
		Seen: dns.Zone{Name: zoneName, ID: "z", Records: []dns.Record{
			{ID: "1", Name: "www." + zoneName, Type: dns.CNAME, Content: "example.net", TTL: 300},
		}},
		Source: plan.Source{Kind: plan.SourceLive},
		Owned:  map[string]string{"1": "example.com/CNAME/www"},
	}
	in.Desired.Policy.Scope = dns.Scope{Types: []dns.Type{dns.A}, File: "cfplan.cf.hcl", Line: 3}

	_, diags := plan.Diff(in)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "outside of the scope (cfplan.cf.hcl:3)") {
		t.Errorf("diagnostics %+v, want one that names the scope", diags)
	}

	in.Desired.Policy.Scope = dns.Scope{}
	if z, diags := plan.Diff(in); len(diags) > 0 || len(z.Changes) != 2 {
		t.Errorf("without a scope: changes %+v, diagnostics %+v; want a destroy and an add, and none", z.Changes, diags)
	}
}
