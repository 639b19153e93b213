package plan_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// at returns the record as the block with a label declares it.
func at(label string, r dns.Record) dns.Record {
	r.Declared = &dns.Declaration{Address: "example.com/" + string(r.Type) + "/" + label}
	return r
}

func TestDiffRenamesRecordsInPlace(t *testing.T) {
	const old, now, third = "old.example.com", "new.example.com", "third.example.com"
	lifecycle := func(d dns.Declaration, r dns.Record) dns.Record {
		d.Address = "example.com/" + string(r.Type) + "/www"
		return declared(d, r)
	}
	for _, tt := range []struct {
		name    string
		policy  dns.Policy
		desired []dns.Record
		seen    []dns.Record
		// owned maps IDs to the labels of the blocks that declared the records last.
		owned  map[string]string
		want   []string
		errors []string
	}{
		{
			name:    "the record of the block gets the name and the values",
			desired: []dns.Record{at("www", a(now, "192.0.2.2"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"change 1 A new.example.com 192.0.2.1/300>192.0.2.2/300 (was old.example.com)"},
		},
		{
			name:    "another block is another record",
			desired: []dns.Record{at("web", a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"add  A new.example.com >192.0.2.1/300", "destroy 1 A old.example.com 192.0.2.1/300>"},
		},
		{
			name:    "another type is another record",
			desired: []dns.Record{at("www", cname(now, "example.net"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"add  CNAME new.example.com >example.net/300", "destroy 1 A old.example.com 192.0.2.1/300>"},
		},
		{
			name:    "a record that is not owned stays",
			desired: []dns.Record{at("www", a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			want:    []string{"add  A new.example.com >192.0.2.1/300"},
		},
		{
			name:    "a content that is ignored comes along",
			desired: []dns.Record{lifecycle(dns.Declaration{IgnoreChanges: []dns.Attribute{dns.AttrContent}}, a(now, "192.0.2.9"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"change 1 A new.example.com 192.0.2.1/300>192.0.2.1/300 (was old.example.com)"},
		},
		{
			name:    "a content that is ignored does not come along if an equal record exists, which Cloudflare would refuse",
			desired: []dns.Record{lifecycle(dns.Declaration{IgnoreChanges: []dns.Attribute{dns.AttrContent}}, a(now, "192.0.2.9"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1")), id("2", a(now, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"add  A new.example.com >192.0.2.9/300", "destroy 1 A old.example.com 192.0.2.1/300>"},
		},
		{
			name: "a content that is ignored does not come along if another record becomes equal",
			desired: []dns.Record{
				lifecycle(dns.Declaration{IgnoreChanges: []dns.Attribute{dns.AttrContent}}, a(now, "192.0.2.9")),
				at("other", a(now, "192.0.2.1")),
			},
			seen:  []dns.Record{id("1", a(old, "192.0.2.1")), id("2", a(now, "192.0.2.2"))},
			owned: map[string]string{"1": "www", "2": "other"},
			want: []string{
				"add  A new.example.com >192.0.2.9/300",
				"change 2 A new.example.com 192.0.2.2/300>192.0.2.1/300",
				"destroy 1 A old.example.com 192.0.2.1/300>",
			},
		},
		{
			name:    "a record that only an exclusive zone owns has no address, so nothing is paired with it",
			policy:  dns.Policy{Ownership: dns.Exclusive},
			desired: []dns.Record{at("www", a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			want:    []string{"add  A new.example.com >192.0.2.1/300", "destroy 1 A old.example.com 192.0.2.1/300>"},
		},
		{
			name:    "the records of a list are told apart by their contents",
			desired: []dns.Record{at("www", a(now, "192.0.2.1")), at("www", a(now, "192.0.2.2"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1")), id("2", a(old, "192.0.2.2"))},
			owned:   map[string]string{"1": "www", "2": "www"},
			want: []string{
				"change 1 A new.example.com 192.0.2.1/300>192.0.2.1/300 (was old.example.com)",
				"change 2 A new.example.com 192.0.2.2/300>192.0.2.2/300 (was old.example.com)",
			},
		},
		{
			name:    "what could be either is neither",
			desired: []dns.Record{at("www", a(now, "192.0.2.3")), at("www", a(now, "192.0.2.4"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1")), id("2", a(old, "192.0.2.2"))},
			owned:   map[string]string{"1": "www", "2": "www"},
			want: []string{
				"add  A new.example.com >192.0.2.3/300",
				"add  A new.example.com >192.0.2.4/300",
				"destroy 1 A old.example.com 192.0.2.1/300>",
				"destroy 2 A old.example.com 192.0.2.2/300>",
			},
		},
		{
			name:    "a record of the same name comes first",
			desired: []dns.Record{at("www", a(old, "192.0.2.9")), at("www", a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want: []string{
				"add  A new.example.com >192.0.2.1/300",
				"change 1 A old.example.com 192.0.2.1/300>192.0.2.9/300",
			},
		},
		{
			name:    "a record that prevent_destroy protects keeps its name",
			desired: []dns.Record{lifecycle(dns.Declaration{PreventDestroy: true}, a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"add  A new.example.com >192.0.2.1/300", "destroy 1 A old.example.com 192.0.2.1/300>"},
			errors:  []string{"has lifecycle.prevent_destroy set"},
		},
		{
			name:    "destroy = false keeps the old name",
			desired: []dns.Record{lifecycle(dns.Declaration{LetGo: true}, a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"add  A new.example.com >192.0.2.1/300", "forget 1 A old.example.com 192.0.2.1/300>192.0.2.1/300"},
		},
		{
			name:    "an ignored name is left alone",
			policy:  dns.Policy{Ignore: []dns.Pattern{{Name: "old"}}},
			desired: []dns.Record{at("www", a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"add  A new.example.com >192.0.2.1/300"},
		},
		{
			name:    "a name outside of the scope is left alone",
			policy:  dns.Policy{Scope: dns.Scope{Names: []string{"new"}}},
			desired: []dns.Record{at("www", a(now, "192.0.2.1"))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"add  A new.example.com >192.0.2.1/300"},
		},
		{
			name:    "the new name is not free",
			desired: []dns.Record{at("www", cname(now, "example.net"))},
			seen:    []dns.Record{id("1", cname(old, "example.net")), id("2", a(now, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"change 1 CNAME new.example.com example.net/300>example.net/300 (was old.example.com)"},
			errors:  []string{"CNAME new.example.com example.net cannot stand beside A new.example.com 192.0.2.1"},
		},
		{
			name:    "ignored attributes stay as they are",
			desired: []dns.Record{lifecycle(dns.Declaration{IgnoreChanges: []dns.Attribute{dns.AttrTTL}}, ttl(60, a(now, "192.0.2.1")))},
			seen:    []dns.Record{id("1", a(old, "192.0.2.1"))},
			owned:   map[string]string{"1": "www"},
			want:    []string{"change 1 A new.example.com 192.0.2.1/300>192.0.2.1/300 (was old.example.com)"},
		},
		{
			name:    "two names that cannot be exchanged in place",
			desired: []dns.Record{at("www", cname(now, "example.net")), at("www", a(old, "192.0.2.1"))},
			seen:    []dns.Record{id("1", cname(old, "example.net")), id("2", a(now, "192.0.2.1"))},
			owned:   map[string]string{"1": "www", "2": "www"},
			want: []string{
				"add  A old.example.com >192.0.2.1/300",
				"add  CNAME new.example.com >example.net/300",
				"destroy 1 CNAME old.example.com example.net/300>",
				"destroy 2 A new.example.com 192.0.2.1/300>",
			},
		},
		{
			name:    "only the record whose new name is free is renamed in place",
			desired: []dns.Record{at("www", cname(now, "example.net")), at("www", a(third, "192.0.2.1"))},
			seen:    []dns.Record{id("1", cname(old, "example.net")), id("2", a(now, "192.0.2.1"))},
			owned:   map[string]string{"1": "www", "2": "www"},
			want: []string{
				"add  CNAME new.example.com >example.net/300",
				"change 2 A third.example.com 192.0.2.1/300>192.0.2.1/300 (was new.example.com)",
				"destroy 1 CNAME old.example.com example.net/300>",
			},
		},
		{
			name:    "a delegation with DS is destroyed and added",
			desired: []dns.Record{at("www", ns(now, "ns.example.net")), at("www", dns.Record{Name: now, Type: dns.DS, Content: "1 13 2 AB", TTL: 300})},
			seen:    []dns.Record{id("1", ns(old, "ns.example.net")), id("2", dns.Record{Name: old, Type: dns.DS, Content: "1 13 2 AB", TTL: 300})},
			owned:   map[string]string{"1": "www", "2": "www"},
			want: []string{
				"add  DS new.example.com >1 13 2 AB/300",
				"add  NS new.example.com >ns.example.net/300",
				"destroy 1 NS old.example.com ns.example.net/300>",
				"destroy 2 DS old.example.com 1 13 2 AB/300>",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := renamedInput(tt.desired, tt.seen, tt.owned)
			in.Desired.Policy = tt.policy
			z, diags := plan.Diff(in)
			var got, errors []string
			for _, c := range z.Changes {
				got = append(got, lineWithNames(c))
			}
			for _, d := range diags {
				errors = append(errors, d.Detail)
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("changes:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
			if len(errors) != len(tt.errors) || len(errors) > 0 && !strings.Contains(errors[0], tt.errors[0]) {
				t.Errorf("errors %q, want %q", errors, tt.errors)
			}
		})
	}
}

func renamedInput(desired, seen []dns.Record, owned map[string]string) plan.Input {
	in := plan.Input{
		Desired:      dns.Zone{Name: zoneName, Records: desired},
		Seen:         dns.Zone{Name: zoneName, Records: seen},
		Owned:        map[string]string{},
		Source:       plan.Source{Kind: plan.SourceLive},
		AllowDestroy: 100,
	}
	for _, r := range seen {
		if label, known := owned[r.ID]; known {
			in.Owned[r.ID] = "example.com/" + string(r.Type) + "/" + label
		}
	}
	return in
}

func lineWithNames(c plan.Change) string {
	if c.Renames() {
		return line(c) + " (was " + c.PreviousName + ")"
	}
	return line(c)
}

// oneRename returns a plan that renames one record from old.example.com to new.example.com, and its input.
func oneRename() (plan.Input, plan.Zone) {
	in := renamedInput([]dns.Record{at("www", a("new.example.com", "192.0.2.1"))},
		[]dns.Record{id("1", a("old.example.com", "192.0.2.1"))}, map[string]string{"1": "www"})
	z, _ := plan.Diff(in)
	return in, z
}

func TestTargetMatchesBothNamesOfARename(t *testing.T) {
	in, _ := oneRename()
	for text, selected := range map[string]bool{"old.example.com": true, "new.example.com": true, "www.example.com": false} {
		target, err := plan.ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		in.Selection = plan.Select([]plan.Target{target}, nil)
		if z, _ := plan.Diff(in); (len(z.Changes) == 1) != selected {
			t.Errorf("-target=%s selects %d changes, want it selected: %v", text, len(z.Changes), selected)
		}
		in.Selection = plan.Select(nil, []plan.Target{target})
		if z, _ := plan.Diff(in); (len(z.Changes) == 0) != selected {
			t.Errorf("-exclude=%s leaves %d changes, want it left out: %v", text, len(z.Changes), selected)
		}
	}
}

// A record that takes the old name of a renamed record must come after the rename, in the same request.
func TestRenameMakesRoomForTheNextRecord(t *testing.T) {
	in := renamedInput(
		[]dns.Record{at("www", a("new.example.com", "192.0.2.1")), at("alias", cname("old.example.com", "new.example.com"))},
		[]dns.Record{id("1", a("old.example.com", "192.0.2.1")), id("2", cname("new.example.com", "example.net"))},
		map[string]string{"1": "www", "2": "gone"})
	z, diags := plan.Diff(in)
	batches := plan.Batches(z, 200)
	if len(diags) > 0 || len(batches) != 1 {
		t.Fatalf("%v, %d requests, want 1", diags, len(batches))
	}
	var got []string
	for _, c := range batches[0] {
		got = append(got, string(c.Action))
	}
	if want := []string{"destroy", "change", "add"}; !slices.Equal(got, want) {
		t.Errorf("order %q, want %q", got, want)
	}
	if stale := plan.Guard(z, in.Seen); len(stale) > 0 {
		t.Errorf("Guard = %+v, want nothing", stale)
	}

	// The three changes stay in one request even if the plan needs two requests.
	more := in
	more.Desired.Records = append(slices.Clone(in.Desired.Records), at("other", a("other.example.com", "192.0.2.2")))
	more.Seen.Records = append(slices.Clone(in.Seen.Records), id("3", a("other.example.com", "192.0.2.1")))
	more.Owned = map[string]string{"1": in.Owned["1"], "2": in.Owned["2"], "3": "example.com/A/other"}
	fourth, _ := plan.Diff(more)
	if batches := plan.Batches(fourth, 3); len(batches) != 2 || len(batches[0]) != 3 || batches[1][0].RecordID != "3" {
		t.Errorf("requests %+v, want the three changes in the first and the other change in the second", batches)
	}

	target, err := plan.ParseTarget("example.com/CNAME/alias")
	if err != nil {
		t.Fatal(err)
	}
	in.Selection = plan.Select([]plan.Target{target}, nil)
	if z, _ := plan.Diff(in); len(z.Changes) != 3 {
		t.Errorf("-target of the alias selects %d changes, want the 3 that need each other", len(z.Changes))
	}
}

func TestGuardChecksBothNamesOfARename(t *testing.T) {
	in, z := oneRename()
	for _, tt := range []struct {
		name string
		now  []dns.Record
		why  string
		done bool
	}{
		{"as planned", in.Seen.Records, "", false},
		{"done", []dns.Record{id("1", a("new.example.com", "192.0.2.1"))}, "name was", true},
		{"renamed elsewhere since", []dns.Record{id("1", a("other.example.com", "192.0.2.1"))},
			`name was "old.example.com" and is "other.example.com"`, false},
		{"the same record exists", append(slices.Clone(in.Seen.Records), id("2", a("new.example.com", "192.0.2.1"))), "it exists now", true},
		{"the name is taken", append(slices.Clone(in.Seen.Records), id("2", cname("new.example.com", "example.net"))), "now conflicts with it", false},
	} {
		stale := plan.Guard(z, dns.Zone{Name: zoneName, Records: tt.now})
		switch {
		case tt.why == "" && len(stale) == 0:
		case tt.why == "" || len(stale) != 1 || !strings.Contains(stale[0].Why, tt.why) || stale[0].Done != tt.done:
			t.Errorf("%s: Guard = %+v, want %q, done %v", tt.name, stale, tt.why, tt.done)
		}
	}
}

func TestBothNamesOfARenameAreMasked(t *testing.T) {
	in, _ := oneRename()
	in.Desired.Records[0].Declared.Sensitive = []dns.Attribute{dns.AttrName}
	z, _ := plan.Diff(in)
	p := plan.New("0.1.0", time.Unix(1767225600, 0), []plan.Zone{z}, nil, nil)
	var b bytes.Buffer
	if err := plan.Encode(&b, p.Masked()); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Contains(text, "old.example") || strings.Contains(text, "new.example") {
		t.Errorf("a sensitive name is shown:\n%s", text)
	}
	if c := p.Masked().Zones[0].Changes[0]; !slices.Equal(c.Changed(), []dns.Attribute{dns.AttrName}) {
		t.Errorf("the masked change changes %q, want the name", c.Changed())
	}
}

func TestRenameByOthersIsDrift(t *testing.T) {
	in, _ := oneRename()
	in.Desired.Records = nil
	in.Owned["1"] = "example.com/A/www"
	in.Desired.Records = []dns.Record{at("www", a("www.example.com", "192.0.2.1"))}
	in.Last = func(string) (dns.Record, bool) { return a("www.example.com", "192.0.2.1"), true }
	z, _ := plan.Diff(in)
	if len(z.Drift) != 1 || z.Drift[0].PreviousName != "www.example.com" || z.Drift[0].Name != "old.example.com" {
		t.Errorf("drift %+v, want that www.example.com became old.example.com", z.Drift)
	}
	if len(z.Changes) != 1 || lineWithNames(z.Changes[0]) != "change 1 A www.example.com 192.0.2.1/300>192.0.2.1/300 (was old.example.com)" {
		t.Errorf("changes %+v, want one that restores the name www.example.com", z.Changes)
	}
}

// Only a change in place may have two names, and they must differ.
func TestOnlyAChangeInPlaceMayHaveTwoNames(t *testing.T) {
	_, z := oneRename()
	for _, edit := range []func(*plan.Change){
		func(c *plan.Change) { c.PreviousName = c.Name },
		func(c *plan.Change) { c.Action = plan.Adopt },
		func(c *plan.Change) { c.Action, c.After = plan.Destroy, nil },
	} {
		forged := z
		forged.Changes = slices.Clone(z.Changes)
		edit(&forged.Changes[0])
		p := plan.New("0.1.0", time.Unix(1767225600, 0), []plan.Zone{forged}, nil, nil)
		p.Recount()
		if p.WellFormed() == nil {
			t.Errorf("WellFormed accepts %+v, want an error", forged.Changes[0])
		}
	}
}

// A forged plan may contain any rename. Admissible must judge a rename as a destroy and an add.
func TestForgedRenamesAreNotAdmissible(t *testing.T) {
	in, honest := oneRename()
	if got := plan.Admissible(honest, boundsOf(in)); len(got) > 0 {
		t.Fatalf("Admissible = %+v, want nothing for an honest rename", got)
	}
	for _, tt := range []struct {
		name  string
		edit  func(*plan.Bounds, *plan.Change)
		wrong string
	}{
		{"not owned", func(b *plan.Bounds, _ *plan.Change) { b.Owned = nil }, "does not own"},
		{"protected", func(b *plan.Bounds, _ *plan.Change) {
			b.Declared.Records = []dns.Record{declared(dns.Declaration{Address: "example.com/A/www", PreventDestroy: true}, a("old.example.com", "192.0.2.1"))}
		}, "prevent_destroy"},
		{"ignored", func(b *plan.Bounds, _ *plan.Change) { b.Declared.Policy.Ignore = []dns.Pattern{{Name: "old"}} }, "ignore block"},
		{"to an ignored name", func(b *plan.Bounds, c *plan.Change) {
			b.Declared.Policy.Ignore, c.Name = []dns.Pattern{{Name: "their"}}, "their.example.com"
		}, "ignore block"},
		{"from outside of the scope", func(b *plan.Bounds, _ *plan.Change) { b.Declared.Policy.Scope = dns.Scope{Names: []string{"new"}} }, "scope"},
		{"another former name", func(_ *plan.Bounds, c *plan.Change) { c.PreviousName = "other.example.com" }, "not as the plan says"},
		{"out of the zone", func(_ *plan.Bounds, c *plan.Change) { c.Name = "www.example.net" }, "not inside the zone"},
	} {
		b, forged := boundsOf(in), honest
		forged.Changes = slices.Clone(honest.Changes)
		tt.edit(&b, &forged.Changes[0])
		got := plan.Admissible(forged, b)
		if len(got) == 0 || !strings.Contains(got[0].Why, tt.wrong) {
			t.Errorf("%s: Admissible = %+v, want a violation with %q", tt.name, got, tt.wrong)
		}
	}
}

// A sensitive name must stay hidden, even if a forged plan says that it is not sensitive.
func TestPreviousNameStaysSensitive(t *testing.T) {
	in, _ := oneRename()
	in.Desired.Records[0].Declared.Sensitive = []dns.Attribute{dns.AttrName}
	z, _ := plan.Diff(in)
	z.Changes[0].Sensitive = nil
	if got := plan.Restate(z, boundsOf(in)).Changes[0].Sensitive; !slices.Equal(got, []dns.Attribute{dns.AttrName}) {
		t.Errorf("sensitive are %q, want the name", got)
	}

	in.Sensitive = map[string][]dns.Attribute{"1": {dns.AttrName}}
	in.Desired.Records[0].Declared.Sensitive = nil
	z, _ = plan.Diff(in)
	b := boundsOf(in)
	b.Sensitive = in.Sensitive
	if got := plan.Restate(z, b).Changes[0].Sensitive; !slices.Equal(got, []dns.Attribute{dns.AttrName}) {
		t.Errorf("sensitive are %q, want the name that the state knows to be sensitive", got)
	}

	// The name is also sensitive if the declaration of another record at the previous name says so.
	in.Sensitive = nil
	other := at("other", txt("old.example.com", "x"))
	other.Declared.Sensitive = []dns.Attribute{dns.AttrName}
	in.Desired.Records = append(in.Desired.Records, other)
	z, _ = plan.Diff(in)
	for _, z := range []plan.Zone{z, plan.Restate(z, boundsOf(in))} {
		for _, c := range z.Changes {
			if !slices.Contains(c.Sensitive, dns.AttrName) {
				t.Errorf("%s: sensitive are %q, want the name", c.Action, c.Sensitive)
			}
		}
	}
}

func TestDigestsOfRenamesFromDifferentNamesDiffer(t *testing.T) {
	_, z := oneRename()
	c := z.Changes[0]
	other := c
	other.PreviousName = "other.example.com"
	if c.Digest() == other.Digest() {
		t.Error("the digests of renames from different names are equal")
	}
}
