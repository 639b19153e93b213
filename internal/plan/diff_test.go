package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func a(name, content string) dns.Record {
	return dns.Record{Name: name, Type: dns.A, Content: content, TTL: 300}
}

func cname(name, content string) dns.Record {
	return dns.Record{Name: name, Type: dns.CNAME, Content: content, TTL: 300}
}

func ns(name, content string) dns.Record {
	return dns.Record{Name: name, Type: dns.NS, Content: content, TTL: 300}
}

func txt(name, content string) dns.Record {
	return dns.Record{Name: name, Type: dns.TXT, Content: `"` + content + `"`, TTL: 300}
}

func id(id string, r dns.Record) dns.Record { r.ID = id; return r }

func ttl(ttl int, r dns.Record) dns.Record { r.TTL = ttl; return r }

func proxied(r dns.Record) dns.Record { r.Proxied, r.TTL = true, dns.AutoTTL; return r }

func keptBy(product string, r dns.Record) dns.Record { r.ManagedBy = product; return r }

func declared(d dns.Declaration, r dns.Record) dns.Record { r.Declared = &d; return r }

// line writes a change as one line: action, ID, type, name, and content and TTL before and after.
func line(c plan.Change) string {
	var before, after string
	if c.Before != nil {
		before = fmt.Sprintf("%s/%d", c.Before.Content, c.Before.TTL)
	}
	if c.After != nil {
		after = fmt.Sprintf("%s/%d", c.After.Content, c.After.TTL)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s>%s", c.Action, c.RecordID, c.Type, c.Name, before, after))
}

func TestDiff(t *testing.T) {
	const www = "www.example.com"
	exclusive := dns.Policy{Ownership: dns.Exclusive}
	for _, tt := range []struct {
		name    string
		policy  dns.Policy
		desired []dns.Record
		seen    []dns.Record
		owned   []string
		destroy bool
		want    []string
		errors  []string // a substring of each diagnostic
		counts  plan.Summary
	}{
		{name: "a new record is added",
			desired: []dns.Record{a(www, "192.0.2.1")},
			want:    []string{"add  A www.example.com >192.0.2.1/300"}, counts: plan.Summary{Add: 1}},
		{name: "a changed content keeps the record",
			desired: []dns.Record{a(www, "192.0.2.2")}, seen: []dns.Record{id("1", a(www, "192.0.2.1"))}, owned: []string{"1"},
			want: []string{"change 1 A www.example.com 192.0.2.1/300>192.0.2.2/300"}, counts: plan.Summary{Change: 1}},
		{name: "a changed TTL is a change",
			desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", ttl(60, a(www, "192.0.2.1")))}, owned: []string{"1"},
			want: []string{"change 1 A www.example.com 192.0.2.1/60>192.0.2.1/300"}, counts: plan.Summary{Change: 1}},
		{name: "a type change destroys and adds",
			desired: []dns.Record{cname(www, "example.net")}, seen: []dns.Record{id("1", a(www, "192.0.2.1"))}, owned: []string{"1"},
			want:   []string{"destroy 1 A www.example.com 192.0.2.1/300>", "add  CNAME www.example.com >example.net/300"},
			counts: plan.Summary{Add: 1, Destroy: 1}},
		{name: "an equal record that is not owned is adopted",
			desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", a(www, "192.0.2.1"))},
			want: []string{"adopt 1 A www.example.com 192.0.2.1/300>192.0.2.1/300"}, counts: plan.Summary{Adopt: 1}},
		{name: "an adopted record takes the declared TTL",
			desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", ttl(60, a(www, "192.0.2.1")))},
			want: []string{"adopt 1 A www.example.com 192.0.2.1/60>192.0.2.1/300"}, counts: plan.Summary{Adopt: 1, Change: 1}},
		{name: "an unowned neighbour in the same set stays",
			desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", a(www, "192.0.2.9"))},
			want: []string{"add  A www.example.com >192.0.2.1/300"}, counts: plan.Summary{Add: 1, Unmanaged: 1}},
		{name: "an owned record that is not declared is destroyed, an unowned one stays",
			seen: []dns.Record{id("1", a(www, "192.0.2.1")), id("2", a(www, "192.0.2.2"))}, owned: []string{"1"},
			want: []string{"destroy 1 A www.example.com 192.0.2.1/300>"}, counts: plan.Summary{Destroy: 1, Unmanaged: 1}},
		{name: "an exclusive zone loses undeclared records, but neither its name servers nor what Cloudflare keeps",
			policy: exclusive,
			seen: []dns.Record{id("1", a(www, "192.0.2.1")), id("2", dns.Record{Name: "example.com", Type: dns.NS, Content: "ns.example.net", TTL: 300}),
				id("3", keptBy("Email Routing", txt("example.com", "v=spf1")))},
			want: []string{"destroy 1 A www.example.com 192.0.2.1/300>"}, counts: plan.Summary{Destroy: 1, Unmanaged: 2}},
		{name: "an exclusive zone leaves ignored records alone",
			policy: dns.Policy{Ownership: dns.Exclusive, Ignore: []dns.Pattern{{Name: "_acme-challenge.*"}}},
			seen:   []dns.Record{id("1", txt("_acme-challenge.www.example.com", "token"))},
			counts: plan.Summary{Unmanaged: 1}},
		{name: "an exclusive zone owns an equal record without adopting it",
			policy: exclusive, desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", a(www, "192.0.2.1"))},
			counts: plan.Summary{Unchanged: 1}},
		{name: "changed texts are paired by their kind",
			desired: []dns.Record{txt("example.com", "v=spf1 -all"), txt("example.com", "google-site-verification=b")},
			seen:    []dns.Record{id("1", txt("example.com", "v=spf1 ~all")), id("2", txt("example.com", "google-site-verification=a"))},
			owned:   []string{"1", "2"},
			want: []string{`change 2 TXT example.com "google-site-verification=a"/300>"google-site-verification=b"/300`,
				`change 1 TXT example.com "v=spf1 ~all"/300>"v=spf1 -all"/300`}, counts: plan.Summary{Change: 2}},
		{name: "a CNAME that conflicts with an unowned address is an error that names the address",
			desired: []dns.Record{cname(www, "example.net")}, seen: []dns.Record{id("1", a(www, "192.0.2.1"))},
			want:   []string{"add  CNAME www.example.com >example.net/300"},
			errors: []string{"A www.example.com 192.0.2.1"}, counts: plan.Summary{Add: 1, Unmanaged: 1}},
		{name: "a delegation that conflicts with an unowned text is an error that names the text",
			desired: []dns.Record{ns(www, "ns1.example.net")}, seen: []dns.Record{id("1", txt(www, "x"))},
			want:   []string{"add  NS www.example.com >ns1.example.net/300"},
			errors: []string{`TXT www.example.com "x"`}, counts: plan.Summary{Add: 1, Unmanaged: 1}},
		{name: "a text that conflicts with an unowned delegation is an error that names the delegation",
			desired: []dns.Record{txt(www, "x")}, seen: []dns.Record{id("1", ns(www, "ns1.example.net"))},
			want:   []string{`add  TXT www.example.com >"x"/300`},
			errors: []string{"NS www.example.com ns1.example.net"}, counts: plan.Summary{Add: 1, Unmanaged: 1}},
		{name: "of equal records the one that needs no change is adopted, whatever its ID",
			desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", ttl(60, a(www, "192.0.2.1"))), id("2", a(www, "192.0.2.1"))},
			want: []string{"adopt 2 A www.example.com 192.0.2.1/300>192.0.2.1/300"}, counts: plan.Summary{Adopt: 1, Unmanaged: 1}},
		{name: "of equal records in an exclusive zone the one that needs no change survives", policy: exclusive,
			desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", ttl(60, a(www, "192.0.2.1"))), id("2", a(www, "192.0.2.1"))},
			want: []string{"destroy 1 A www.example.com 192.0.2.1/60>"}, counts: plan.Summary{Destroy: 1, Unchanged: 1}},
		{name: "of equal records the owned one is paired first",
			desired: []dns.Record{a(www, "192.0.2.1")}, seen: []dns.Record{id("1", ttl(60, a(www, "192.0.2.1"))), id("2", a(www, "192.0.2.1"))}, owned: []string{"1"},
			want: []string{"change 1 A www.example.com 192.0.2.1/60>192.0.2.1/300"}, counts: plan.Summary{Change: 1, Unmanaged: 1}},
		{name: "a record that Cloudflare keeps is not changed",
			desired: []dns.Record{ttl(60, txt("example.com", "v=spf1"))},
			seen:    []dns.Record{id("1", keptBy("Email Routing", txt("example.com", "v=spf1")))},
			errors:  []string{"Email Routing"}, counts: plan.Summary{Unmanaged: 1}},
		{name: "destroy removes what is owned",
			desired: []dns.Record{a(www, "192.0.2.1")}, destroy: true,
			seen: []dns.Record{id("1", a(www, "192.0.2.1")), id("2", a(www, "192.0.2.2"))}, owned: []string{"1"},
			want: []string{"destroy 1 A www.example.com 192.0.2.1/300>"}, counts: plan.Summary{Destroy: 1, Unmanaged: 1}},
		{name: "prevent_destroy forbids a destroy",
			desired: []dns.Record{declared(dns.Declaration{Address: "example.com/X/y", PreventDestroy: true}, a(www, "192.0.2.1"))}, destroy: true,
			seen: []dns.Record{id("1", a(www, "192.0.2.1"))}, owned: []string{"1"},
			want:   []string{"destroy 1 A www.example.com 192.0.2.1/300>"},
			errors: []string{"prevent_destroy"}, counts: plan.Summary{Destroy: 1}},
		{name: "ignore_changes keeps the live TTL",
			desired: []dns.Record{declared(dns.Declaration{Address: "w", IgnoreChanges: []dns.Attribute{"ttl"}}, a(www, "192.0.2.1"))},
			seen:    []dns.Record{id("1", ttl(60, a(www, "192.0.2.1")))}, owned: []string{"1"}, counts: plan.Summary{Unchanged: 1}},
		{name: "a record that stays proxied keeps the automatic TTL",
			desired: []dns.Record{declared(dns.Declaration{Address: "w", IgnoreChanges: []dns.Attribute{"proxied"}}, a(www, "192.0.2.1"))},
			seen:    []dns.Record{id("1", proxied(a(www, "192.0.2.1")))}, owned: []string{"1"}, counts: plan.Summary{Unchanged: 1}},
		{name: "ignore_changes keeps the live content",
			desired: []dns.Record{declared(dns.Declaration{Address: "w", IgnoreChanges: []dns.Attribute{"content"}}, a(www, "192.0.2.1"))},
			seen:    []dns.Record{id("1", ttl(60, a(www, "192.0.2.7")))}, owned: []string{"1"},
			want: []string{"change 1 A www.example.com 192.0.2.7/60>192.0.2.7/300"}, counts: plan.Summary{Change: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := plan.Input{
				Desired: dns.Zone{Name: zoneName, Policy: tt.policy, Records: tt.desired},
				Seen:    dns.Zone{Name: zoneName, ID: "z", Records: tt.seen},
				Owned:   map[string]string{},
				Destroy: tt.destroy,
			}
			for _, o := range tt.owned {
				in.Owned[o] = "example.com/X/y"
			}

			z, diags := plan.Diff(in)
			var got []string
			for _, c := range z.Changes {
				got = append(got, line(c))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("changes:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if z.Summary != tt.counts {
				t.Errorf("summary = %+v, want %+v", z.Summary, tt.counts)
			}
			if len(diags) != len(tt.errors) {
				t.Fatalf("diagnostics = %+v, want %d", diags, len(tt.errors))
			}
			for i, d := range diags {
				if !strings.Contains(d.Detail, tt.errors[i]) {
					t.Errorf("diagnostic %q, want %q in it", d.Detail, tt.errors[i])
				}
			}
		})
	}
}

func TestPreventDestroyProtectsOnlyItsOwnBlock(t *testing.T) {
	const www = "www.example.com"
	guarded := declared(dns.Declaration{Address: "example.com/A/one", PreventDestroy: true}, a(www, "192.0.2.1"))
	seen := dns.Zone{Name: zoneName, Records: []dns.Record{id("1", a(www, "192.0.2.1")), id("2", a(www, "192.0.2.2"))}}

	for owner, want := range map[string]int{"example.com/A/one": 1, "example.com/A/two": 0} {
		_, diags := plan.Diff(plan.Input{
			Desired: dns.Zone{Name: zoneName, Records: []dns.Record{guarded}},
			Seen:    seen,
			Owned:   map[string]string{"1": "example.com/A/one", "2": owner},
		})
		if len(diags) != want {
			t.Errorf("destroying a record of %s: diagnostics = %+v, want %d", owner, diags, want)
		}
	}

	exclusive := dns.Policy{Ownership: dns.Exclusive}
	_, diags := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: zoneName, Policy: exclusive, Records: []dns.Record{guarded}},
		Seen:    seen,
	})
	if len(diags) != 1 {
		t.Errorf("destroying an unowned record beside a protected one: %+v, want one error", diags)
	}
}

func TestKeptRecordsAreCountedByProduct(t *testing.T) {
	z, _ := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: zoneName},
		Seen: dns.Zone{Name: zoneName, Records: []dns.Record{
			id("1", keptBy("Email Routing", txt("example.com", "v=spf1"))),
			id("2", keptBy("Cloudflare Tunnel", cname("x.example.com", "t"))),
			id("3", a("y.example.com", "192.0.2.1")),
		}},
	})
	if z.Summary.Unmanaged != 3 || z.KeptBy["Email Routing"] != 1 || z.KeptBy["Cloudflare Tunnel"] != 1 || len(z.KeptBy) != 2 {
		t.Errorf("unmanaged %d, kept by %v; want 3, one each by Email Routing and Cloudflare Tunnel", z.Summary.Unmanaged, z.KeptBy)
	}
}

// Cloudflare serves existing records of the type SPF but creates no new ones: a user who destroys one could not
// restore it.
func TestTypesThatCannotBeWrittenAreNeverTouched(t *testing.T) {
	spf := id("1", dns.Record{Name: "example.com", Type: "SPF", Content: `"v=spf1 -all"`, TTL: 300})
	for name, in := range map[string]plan.Input{
		"exclusive":         {Desired: dns.Zone{Name: zoneName, Policy: dns.Policy{Ownership: dns.Exclusive}}},
		"owned":             {Desired: dns.Zone{Name: zoneName}, Owned: map[string]string{"1": "example.com/SPF/@"}},
		"owned, to destroy": {Desired: dns.Zone{Name: zoneName}, Owned: map[string]string{"1": "example.com/SPF/@"}, Destroy: true},
	} {
		in.Seen = dns.Zone{Name: zoneName, Records: []dns.Record{spf}}
		z, _ := plan.Diff(in)
		want := map[string]int{"Cloudflare (type SPF, which cfplan cannot write)": 1}
		if len(z.Changes) > 0 || z.Summary.Unmanaged != 1 || !maps.Equal(z.KeptBy, want) {
			t.Errorf("%s: changes %+v, %d unmanaged, kept by %v; want none, 1 and %v",
				name, z.Changes, z.Summary.Unmanaged, z.KeptBy, want)
		}
	}
}

func TestDestroyHasTheAddressOfTheRemovedBlock(t *testing.T) {
	in := plan.Input{
		Desired: dns.Zone{Name: zoneName},
		Seen:    dns.Zone{Name: zoneName, Records: []dns.Record{id("1", a("www.example.com", "192.0.2.1"))}},
		Owned:   map[string]string{"1": `example.com/A/web["x"]`},
	}
	z, _ := plan.Diff(in)
	if got := z.Changes[0].Address; got != `example.com/A/web["x"]` {
		t.Errorf("address = %q, want that of the block that declared the record last", got)
	}
}

func TestBatchAddsNSBeforeDSAndDestroysDSBeforeNS(t *testing.T) {
	sub := "sub.example.com"
	ns := dns.Record{Name: sub, Type: dns.NS, Content: "ns.example.net", TTL: 300}
	ds := dns.Record{Name: sub, Type: dns.DS, Content: "1 13 2 aa", TTL: 300}

	created, _ := plan.Diff(plan.Input{Desired: dns.Zone{Name: zoneName, Records: []dns.Record{ds, ns}}})
	if b := plan.Batches(created, 200)[0]; b[0].Type != dns.NS || b[1].Type != dns.DS {
		t.Errorf("creates %s before %s, want NS first", b[0].Type, b[1].Type)
	}

	removed, _ := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: zoneName},
		Seen:    dns.Zone{Name: zoneName, Records: []dns.Record{id("1", ds), id("2", ns)}},
		Owned:   map[string]string{"1": "", "2": ""},
	})
	if b := plan.Batches(removed, 200)[0]; b[0].Type != dns.DS || b[1].Type != dns.NS {
		t.Errorf("deletes %s before %s, want DS first", b[0].Type, b[1].Type)
	}
}

func TestTenThousandAddsTakeThreePaidBatches(t *testing.T) {
	var records []dns.Record
	for i := range 10000 {
		records = append(records, a(fmt.Sprintf("h%d.example.com", i), "192.0.2.1"))
	}

	z, _ := plan.Diff(plan.Input{Desired: dns.Zone{Name: zoneName, Records: records}})
	if n := len(plan.Batches(z, plan.BatchLimit("enterprise"))); n != 3 {
		t.Errorf("batches = %d, want 3", n)
	}
	if n := len(plan.Batches(z, plan.BatchLimit(""))); n != 50 {
		t.Errorf("batches on an unknown plan = %d, want 50", n)
	}
}
