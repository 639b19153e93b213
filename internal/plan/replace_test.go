package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// replacing returns the record as a block with adopt = "replace" declares it.
func replacing(r dns.Record) dns.Record {
	r.Declared = &dns.Declaration{
		Address:  zoneName + "/" + string(r.Type) + "/" + dns.RelativeName(r.Name, zoneName),
		File:     "dns.cf.hcl",
		Line:     3,
		Replaces: true,
	}
	return r
}

func mx(name, host string) dns.Record {
	return dns.Record{Name: name, Type: dns.MX, Content: host, Priority: 10, TTL: 300}
}

// lines writes each change of a plan as a line, with the ID and the content before and after.
func lines(z plan.Zone) []string {
	var out []string
	for _, c := range z.Changes {
		text := fmt.Sprintf("%s %s %s", c.Action, c.Type, c.RecordID)
		if c.Before != nil {
			text += " " + c.Before.Content
		}
		if c.After != nil {
			text += " -> " + c.After.Content
		}
		if c.Replaces {
			text += " (replaces)"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func TestAdoptReplaceReplacesConflictingUnmanagedRecords(t *testing.T) {
	const www, sub = "www." + zoneName, "sub." + zoneName
	ignoring := func(in *plan.Input) { in.Desired.Policy.Ignore = []dns.Pattern{{Name: "www"}} }
	owning := func(ids ...string) func(*plan.Input) {
		return func(in *plan.Input) {
			for _, id := range ids {
				in.Owned[id] = zoneName + "/A/www"
			}
		}
	}
	sticky := replacing(a(www, "192.0.2.1"))
	sticky.Declared.IgnoreChanges = []dns.Attribute{dns.AttrContent}

	for _, c := range []struct {
		name    string
		desired []dns.Record
		seen    []dns.Record
		change  func(*plan.Input)
		want    []string
	}{
		{"the same type is changed in place",
			[]dns.Record{replacing(a(www, "192.0.2.1"))}, []dns.Record{id("1", a(www, "192.0.2.7"))}, nil,
			[]string{"adopt A 1 192.0.2.7 -> 192.0.2.1 (replaces)"}},
		{"another type is destroyed",
			[]dns.Record{replacing(a(www, "192.0.2.1"))}, []dns.Record{id("1", cname(www, "x.example.net"))}, nil,
			[]string{"add A  -> 192.0.2.1", "destroy CNAME 1 x.example.net (replaces)"}},
		{"an alias is changed in place",
			[]dns.Record{replacing(cname(www, "y.example.net"))}, []dns.Record{id("1", cname(www, "x.example.net"))}, nil,
			[]string{"adopt CNAME 1 x.example.net -> y.example.net (replaces)"}},
		{"an alias replaces all addresses, but no MX",
			[]dns.Record{replacing(cname(www, "y.example.net"))},
			[]dns.Record{id("1", a(www, "192.0.2.7")), id("2", a(www, "192.0.2.8")), id("3", mx(www, "mx.example.net"))}, nil,
			[]string{"add CNAME  -> y.example.net", "destroy A 1 192.0.2.7 (replaces)", "destroy A 2 192.0.2.8 (replaces)"}},
		{"an equal one is adopted, and a surplus one destroyed",
			[]dns.Record{replacing(a(www, "192.0.2.8"))}, []dns.Record{id("1", a(www, "192.0.2.7")), id("2", a(www, "192.0.2.8"))}, nil,
			[]string{"adopt A 2 192.0.2.8 -> 192.0.2.8", "destroy A 1 192.0.2.7 (replaces)"}},
		{"several are paired in order, and a surplus declared one is added",
			[]dns.Record{replacing(a(www, "192.0.2.1")), replacing(a(www, "192.0.2.2")), replacing(a(www, "192.0.2.3"))},
			[]dns.Record{id("2", a(www, "192.0.2.8")), id("1", a(www, "192.0.2.7"))}, nil,
			[]string{"add A  -> 192.0.2.3", "adopt A 1 192.0.2.7 -> 192.0.2.1 (replaces)", "adopt A 2 192.0.2.8 -> 192.0.2.2 (replaces)"}},
		{"an owned record is changed first",
			[]dns.Record{replacing(a(www, "192.0.2.1"))}, []dns.Record{id("1", a(www, "192.0.2.7")), id("2", a(www, "192.0.2.8"))}, owning("2"),
			[]string{"change A 2 192.0.2.8 -> 192.0.2.1", "destroy A 1 192.0.2.7 (replaces)"}},
		{"an unmanaged record beside an owned one",
			[]dns.Record{replacing(a(www, "192.0.2.1"))}, []dns.Record{id("1", a(www, "192.0.2.1")), id("2", a(www, "192.0.2.8"))}, owning("1"),
			[]string{"destroy A 2 192.0.2.8 (replaces)"}},
		{"another block of the same name and type without replace",
			[]dns.Record{replacing(a(www, "192.0.2.1")), a(www, "192.0.2.2")}, []dns.Record{id("1", a(www, "192.0.2.7"))}, nil,
			[]string{"add A  -> 192.0.2.2", "adopt A 1 192.0.2.7 -> 192.0.2.1 (replaces)"}},
		{"texts of one kind",
			[]dns.Record{replacing(txt(zoneName, "v=spf1 -all"))},
			[]dns.Record{id("1", txt(zoneName, "V=SPF1 include:x ~all")), id("2", txt(zoneName, "site-verification=1"))}, nil,
			[]string{`adopt TXT 1 "V=SPF1 include:x ~all" -> "v=spf1 -all" (replaces)`}},
		{"a bare SPF is of the kind",
			[]dns.Record{replacing(txt(zoneName, "v=spf1 -all"))}, []dns.Record{id("1", txt(zoneName, "v=spf1"))}, nil,
			[]string{`adopt TXT 1 "v=spf1" -> "v=spf1 -all" (replaces)`}},
		{"a name server of the zone stays",
			[]dns.Record{replacing(ns(zoneName, "ns1.example.org"))}, []dns.Record{id("1", ns(zoneName, "ns1.example.net"))}, nil,
			[]string{"add NS  -> ns1.example.org"}},
		{"a delegation is destroyed with its DS",
			[]dns.Record{replacing(a(sub, "192.0.2.1"))},
			[]dns.Record{id("1", ns(sub, "ns1.example.net")), id("2", dns.Record{Name: sub, Type: dns.DS, Content: "1 13 2 aa", TTL: 300})}, nil,
			[]string{"add A  -> 192.0.2.1", "destroy DS 2 1 13 2 aa (replaces)", "destroy NS 1 ns1.example.net (replaces)"}},
		{"a delegation replaces everything but DS",
			[]dns.Record{replacing(ns(sub, "ns1.example.net"))},
			[]dns.Record{id("1", txt(sub, "x")), id("2", mx(sub, "mx.example.net"))}, nil,
			[]string{"add NS  -> ns1.example.net", `destroy MX 2 mx.example.net (replaces)`, `destroy TXT 1 "x" (replaces)`}},
		{"an ignored record stays beside it",
			[]dns.Record{replacing(a(www, "192.0.2.1"))}, []dns.Record{id("1", a(www, "192.0.2.7"))}, ignoring,
			[]string{"add A  -> 192.0.2.1"}},
		{"an ignored content stays as it is",
			[]dns.Record{sticky}, []dns.Record{id("1", a(www, "192.0.2.7"))}, nil,
			[]string{"adopt A 1 192.0.2.7 -> 192.0.2.7"}},
		{"by default nothing is replaced",
			[]dns.Record{a(www, "192.0.2.1")}, []dns.Record{id("1", a(www, "192.0.2.7"))}, nil,
			[]string{"add A  -> 192.0.2.1"}},
		{"destroy replaces nothing",
			[]dns.Record{replacing(a(www, "192.0.2.1"))}, []dns.Record{id("1", a(www, "192.0.2.7"))},
			func(in *plan.Input) { in.Destroy = true }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := plan.Input{
				Desired: dns.Zone{Name: zoneName, Records: c.desired},
				Seen:    dns.Zone{Name: zoneName, ID: "z", Records: c.seen},
				Owned:   map[string]string{},
			}
			if c.change != nil {
				c.change(&in)
			}
			z, diags := plan.Diff(in)
			if got := lines(z); !slices.Equal(got, c.want) || len(diags) > 0 {
				t.Errorf("changes = %q, want %q; diagnostics %+v", got, c.want, diags)
			}
			if v := plan.Admissible(z, boundsOf(in)); len(v) > 0 {
				t.Errorf("Admissible = %+v, want nothing", v)
			}
		})
	}
}

// If adopt = "replace" must leave a record alone, the error names both records.
func TestReplaceLeavesProtectedRecordsAlone(t *testing.T) {
	const www = "www." + zoneName
	for _, c := range []struct {
		name    string
		desired dns.Record
		seen    []dns.Record
		policy  dns.Policy
		want    []string
	}{
		{"a product keeps records of the type",
			replacing(mx(zoneName, "mx.example.net")),
			[]dns.Record{
				id("1", keptBy("Email Routing", mx(zoneName, "route1.mx.cloudflare.net"))),
				id("2", keptBy("Email Routing", mx(zoneName, "route2.mx.cloudflare.net"))),
			}, dns.Policy{},
			[]string{"The lifecycle of example.com/MX/@", "Email Routing keeps MX example.com 10 route1.mx.cloudflare.net and MX example.com 10 route2",
				"Turn Email Routing off"}},
		{"a product keeps an alias",
			replacing(a(www, "192.0.2.1")), []dns.Record{id("1", keptBy("Cloudflare Tunnel", cname(www, "x.cfargotunnel.com")))}, dns.Policy{},
			[]string{"A www.example.com 192.0.2.1 cannot stand beside CNAME www.example.com x.cfargotunnel.com", "turn Cloudflare Tunnel off"}},
		{"ignore leaves an alias alone",
			replacing(a(www, "192.0.2.1")), []dns.Record{id("1", cname(www, "x.example.net"))}, dns.Policy{Ignore: []dns.Pattern{{Name: "www"}}},
			[]string{"An ignore block of the zone matches CNAME www.example.com"}},
		{"the scope leaves an alias alone",
			replacing(a(www, "192.0.2.1")), []dns.Record{id("1", cname(www, "x.example.net"))},
			dns.Policy{Scope: dns.Scope{Types: []dns.Type{dns.A}}},
			[]string{"CNAME www.example.com x.example.net is outside of the scope"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, diags := plan.Diff(plan.Input{
				Desired: dns.Zone{Name: zoneName, Records: []dns.Record{c.desired}, Policy: c.policy},
				Seen:    dns.Zone{Name: zoneName, ID: "z", Records: c.seen},
			})
			if len(diags) != 1 || diags[0].Severity != dns.Error || diags[0].Position == nil || diags[0].Position.Line != 3 {
				t.Fatalf("diagnostics = %+v, want one error at the declaration", diags)
			}
			for _, want := range c.want {
				if !strings.Contains(diags[0].Detail, want) {
					t.Errorf("detail = %q, want %q in it", diags[0].Detail, want)
				}
			}
			if slices.ContainsFunc(z.Changes, func(c plan.Change) bool { return c.Replaces }) {
				t.Errorf("changes = %q, want no change that replaces a record", lines(z))
			}
		})
	}
}

// prevent_destroy also protects the unmanaged records of the same name and type.
func TestReplaceObeysPreventDestroy(t *testing.T) {
	const www = "www." + zoneName
	want := replacing(a(www, "192.0.2.1"))
	want.Declared.PreventDestroy = true
	_, diags := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: zoneName, Records: []dns.Record{want}},
		Seen:    dns.Zone{Name: zoneName, ID: "z", Records: []dns.Record{id("1", a(www, "192.0.2.7")), id("2", a(www, "192.0.2.8"))}},
	})
	if len(diags) != 1 || diags[0].Summary != "Record cannot be destroyed" {
		t.Errorf("diagnostics = %+v, want that the surplus record is protected", diags)
	}
}

// A targeted record is selected with the records that it replaces, but not with texts of another kind.
func TestTargetIncludesReplacedRecords(t *testing.T) {
	in := plan.Input{
		Desired: dns.Zone{Name: zoneName, Records: []dns.Record{
			replacing(txt(zoneName, "v=spf1 -all")), replacing(txt(zoneName, "site=new")),
		}},
		Seen: dns.Zone{Name: zoneName, ID: "z", Records: []dns.Record{
			id("1", txt(zoneName, "v=spf1 ~all")),
			id("2", txt(zoneName, "v=spf1 ?all")),
			id("3", txt(zoneName, "site=a")),
			id("4", txt(zoneName, "site=b")),
		}},
	}
	in.Desired.Records[0].Declared.Address, in.Desired.Records[1].Declared.Address = zoneName+"/TXT/spf", zoneName+"/TXT/site"
	target, err := plan.ParseTarget(zoneName + "/TXT/spf")
	if err != nil {
		t.Fatal(err)
	}
	in.Selection = plan.Select([]plan.Target{target}, nil)

	z, _ := plan.Diff(in)
	want := []string{`adopt TXT 2 "v=spf1 ?all" -> "v=spf1 -all" (replaces)`, `destroy TXT 1 "v=spf1 ~all" (replaces)`}
	if got := lines(z); !slices.Equal(got, want) || z.LeftOut != 2 {
		t.Errorf("changes = %q, %d left out, want %q", got, z.LeftOut, want)
	}
}

// A forged plan must not replace a record that the configuration does not replace.
func TestForgedReplacementsAreRefused(t *testing.T) {
	const www = "www." + zoneName
	theirs, alias := id("1", a(www, "192.0.2.7")), id("1", cname(www, "x.example.net"))
	destroy := func(r dns.Record) plan.Change {
		return plan.Change{Action: plan.Destroy, Type: r.Type, Name: r.Name, RecordID: r.ID, Before: plan.ValuesOf(r), Replaces: true}
	}
	take := func(r, after dns.Record) plan.Change {
		c := destroy(r)
		c.Action, c.After = plan.Adopt, plan.ValuesOf(after)
		return c
	}
	add := func(r dns.Record) plan.Change {
		return plan.Change{Action: plan.Add, Type: r.Type, Name: r.Name, After: plan.ValuesOf(r)}
	}
	ours, equal := replacing(a(www, "192.0.2.1")), a(www, "192.0.2.1")

	for _, c := range []struct {
		name     string
		declared dns.Record
		live     dns.Record
		changes  []plan.Change
		change   func(*plan.Bounds)
		why      string // empty if the plan is allowed
	}{
		{"an alias", ours, alias, []plan.Change{destroy(alias), add(ours)}, nil, ""},
		{"in place", ours, theirs, []plan.Change{take(theirs, ours)}, nil, ""},
		{"without adopt", equal, alias, []plan.Change{destroy(alias), add(equal)}, nil, "does not own"},
		{"in place without adopt", equal, theirs, []plan.Change{take(theirs, equal)}, nil, "name, type and content are equal"},
		{"another value", ours, theirs, []plan.Change{take(theirs, a(www, "192.0.2.66"))}, nil, "declares no such record"},
		{"for another value", ours, alias, []plan.Change{destroy(alias), add(a(www, "192.0.2.66"))}, nil, "does not own"},
		{"without a successor", ours, alias, []plan.Change{destroy(alias)}, nil, "does not own"},
		{"another name", ours, id("1", cname("x."+zoneName, "x.example.net")),
			[]plan.Change{destroy(id("1", cname("x."+zoneName, "x.example.net"))), add(ours)}, nil, "does not own"},
		{"another kind", replacing(txt(www, "v=spf1 -all")), id("1", txt(www, "site=1")),
			[]plan.Change{take(id("1", txt(www, "site=1")), txt(www, "v=spf1 -all"))}, nil, "name, type and content are equal"},
		{"ignored", ours, alias, []plan.Change{destroy(alias), add(ours)},
			func(b *plan.Bounds) { b.Declared.Policy.Ignore = []dns.Pattern{{Name: "www"}} }, "ignore block"},
		{"outside of the scope", ours, alias, []plan.Change{destroy(alias), add(ours)},
			func(b *plan.Bounds) { b.Declared.Policy.Scope = dns.Scope{Types: []dns.Type{dns.A}} }, "outside of the scope"},
		{"kept", ours, keptBy("Cloudflare Tunnel", alias), []plan.Change{destroy(alias), add(ours)}, nil, "Cloudflare Tunnel keeps"},
		{"in a destroy", ours, alias, []plan.Change{destroy(alias)}, func(b *plan.Bounds) { b.Destroy = true }, "does not own"},
		{"changed, not adopted", ours, theirs, []plan.Change{{Action: plan.Update, Type: dns.A, Name: www, RecordID: "1",
			Before: plan.ValuesOf(theirs), After: plan.ValuesOf(ours)}}, nil, "does not own"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := plan.Bounds{
				Declared:     dns.Zone{Name: zoneName, Records: []dns.Record{c.declared}},
				Live:         dns.Zone{Name: zoneName, ID: "z", Records: []dns.Record{c.live}},
				AllowDestroy: 10,
			}
			if c.change != nil {
				c.change(&b)
			}
			got := plan.Admissible(plan.Zone{Name: zoneName, Ownership: dns.Managed, Changes: c.changes}, b)
			switch {
			case c.why == "" && len(got) > 0, c.why != "" && (len(got) != 1 || !strings.Contains(got[0].Why, c.why)):
				t.Errorf("Admissible = %+v, want one violation with %q (none if empty)", got, c.why)
			}
		})
	}
}
