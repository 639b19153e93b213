package plan_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// secretive returns a plan with a secret in every place that can have one. Each secret contains "zq7".
func secretive(t *testing.T) *plan.Plan {
	t.Helper()
	was := id("1", a("zq7name.example.com", "192.0.2.1"))
	was.Comment, was.Tags = "zq7old", []string{"zq7:old"}
	want := declared(dns.Declaration{Address: "example.com/A/x", File: "f", Line: 1, Sensitive: dns.Maskable()},
		a("zq7name.example.com", "192.0.2.1"))
	want.Comment, want.Tags = "zq7new", []string{"zq7:new"}
	gone := id("2", a("zq7gone.example.com", "192.0.2.2"))
	drifted := was
	drifted.Comment = "zq7drift"

	z, diags := plan.Diff(plan.Input{
		Desired:   dns.Zone{Name: zoneName, Records: []dns.Record{want, a("zzz.example.com", "192.0.2.9")}},
		Seen:      dns.Zone{Name: zoneName, ID: "z", Records: []dns.Record{was, gone}},
		Owned:     map[string]string{"1": "example.com/A/x", "2": "example.com/A/zq7gone"},
		Sensitive: map[string][]dns.Attribute{"2": {dns.AttrName}},
		Last:      func(id string) (dns.Record, bool) { return drifted, id == "1" },
		Source:    plan.Source{Kind: plan.SourceLive},
	})
	for i := range z.Changes {
		z.Changes[i].Risks = []plan.Risk{{
			Level: plan.HighRisk,
			Text:  "zq7name.example.com stops",
			Check: "Ask for zq7name.example.com.",
		}}
	}
	z.Risks = []plan.Risk{{Level: plan.LowRisk, Text: "zq7gone.example.com"}}
	diags = append(diags, plan.Diagnostic{Severity: dns.Warning, Summary: "s", Detail: "zq7name.example.com and \"zq7:new\""})

	p := plan.New("0.1.0", time.Unix(1767225600, 0), []plan.Zone{z}, nil, diags)
	p.Variables = map[string]plan.Variable{
		"hidden": {Type: "string", Value: "zq7", Hidden: true},
		"open":   {Type: "string", Value: "open"},
	}
	p.Salt = "zq7salt"
	p.Seal()
	return p
}

func TestMaskedPlanHasNoSecret(t *testing.T) {
	p := secretive(t)
	before, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal(p.Masked())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(shown), "zq7") {
		t.Errorf("the masked plan has a secret: %s", shown)
	}
	if !strings.Contains(string(shown), "zzz.example.com") || !strings.Contains(string(shown), `"open"`) {
		t.Errorf("the masked plan lacks a public value: %s", shown)
	}

	if after, err := json.Marshal(p); err != nil || string(after) != string(before) || !p.Sealed() {
		t.Errorf("masking changed the plan: %s, %v", after, err)
	}
	again, err := json.Marshal(p.Masked().Masked())
	if err != nil || string(again) != string(shown) {
		t.Errorf("masking twice gives %s, %v; want the same as masking once", again, err)
	}
	if err := validate(strictSchema(t), p.Masked()); err != nil {
		t.Errorf("the masked plan does not follow the schema: %v", err)
	}
}

func TestMaskedChangeStillSaysWhichAttributesChange(t *testing.T) {
	p := secretive(t)
	for i, c := range p.Zones[0].Changes {
		if got := c.Masked(); !slices.Equal(got.Changed(), c.Changed()) || got.Writes() != c.Writes() {
			t.Errorf("change %d: Changed = %v, masked %v; want the same, and the same Writes", i, c.Changed(), got.Changed())
		}
	}
	open := plan.Change{Action: plan.Add, Name: "x", After: &plan.Values{Comment: "c"}}
	if got := open.Masked(); got.After.Comment != "c" || got.Name != "x" {
		t.Errorf("a change without sensitive attributes becomes %+v, want it unchanged", got)
	}
}

// If the changes stayed sorted by their real names, a masked name could be guessed from its neighbors.
func TestPositionOfAMaskedNameRevealsNothing(t *testing.T) {
	var names []string
	for _, c := range secretive(t).Masked().Zones[0].Changes {
		names = append(names, c.Name)
	}
	if !slices.IsSorted(names) {
		t.Errorf("the shown names are %q, want them sorted", names)
	}
}

func TestMaskedReturnsAPlanWithoutSecretsUnchanged(t *testing.T) {
	p, err := plan.Decode(bytes.NewReader(saved(t)))
	if err != nil {
		t.Fatal(err)
	}
	if p.Masked() != p {
		t.Error("Masked returned another plan, want the same pointer")
	}
}

func TestDecodeRefusesMaskedPlans(t *testing.T) {
	for name, change := range map[string]func(*plan.Plan){
		"masked":                   func(p *plan.Plan) { *p = *p.Masked() },
		"masked, without the mark": func(p *plan.Plan) { *p = *p.Masked(); p.Masks = false },
		"masked changes":           func(p *plan.Plan) { p.Zones[0].Changes[0].MaskedChanges = []dns.Attribute{dns.AttrComment} },
		"a public attribute":       func(p *plan.Plan) { p.Zones[0].Changes[0].Sensitive = []dns.Attribute{dns.AttrContent} },
		"a mark without a record":  func(p *plan.Plan) { p.Zones[0].Marked = []plan.Mark{{Sensitive: dns.Maskable()}} },
		"a public mark": func(p *plan.Plan) {
			p.Zones[0].Marked = []plan.Mark{{RecordID: "1", Sensitive: []dns.Attribute{"ttl"}}}
		},
		"a doubled entry": func(p *plan.Plan) { p.Zones[0].Changes[0].Sensitive = []dns.Attribute{"name", "name"} },
	} {
		p := secretive(t)
		change(p)
		p.Seal()
		var b bytes.Buffer
		if err := plan.Encode(&b, p); err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Decode(&b); err == nil {
			t.Errorf("%s: Decode accepts the plan, want an error", name)
		}
	}
}

func TestDiffFindsSensitiveAttributes(t *testing.T) {
	secret := func(r dns.Record, attrs ...dns.Attribute) dns.Record {
		return declared(dns.Declaration{Address: "example.com/A/x", File: "f", Line: 1, Sensitive: attrs}, r)
	}
	x, y := a("x.example.com", "192.0.2.1"), a("x.example.com", "192.0.2.2")
	for _, tt := range []struct {
		name string
		in   plan.Input
		want string
	}{
		{"declared", plan.Input{Desired: dns.Zone{Name: zoneName, Records: []dns.Record{secret(x, dns.AttrComment)}}}, "[comment]"},
		{"known to the state", plan.Input{Desired: dns.Zone{Name: zoneName}, Seen: dns.Zone{Records: []dns.Record{id("1", x)}},
			Owned: map[string]string{"1": "a"}, Sensitive: map[string][]dns.Attribute{"1": {dns.AttrTags}}}, "[tags]"},
		{"at an address that the state knows", plan.Input{Desired: dns.Zone{Name: zoneName}, Seen: dns.Zone{Records: []dns.Record{id("dns-1", x)}},
			Owned: map[string]string{"dns-1": "a"}, SensitiveAt: map[string][]dns.Attribute{"a": {dns.AttrTags}}}, "[tags]"},
		{"both", plan.Input{Desired: dns.Zone{Name: zoneName, Records: []dns.Record{secret(y, dns.AttrComment)}}, Seen: dns.Zone{Records: []dns.Record{id("1", x)}},
			Owned: map[string]string{"1": "a"}, Sensitive: map[string][]dns.Attribute{"1": {dns.AttrTags}}}, "[comment tags]"},
		{"a stranger at a sensitive name", plan.Input{Desired: dns.Zone{Name: zoneName, Policy: dns.Policy{Ownership: dns.Exclusive},
			Records: []dns.Record{id("", secret(x, dns.AttrName))}}, Seen: dns.Zone{Records: []dns.Record{id("1", x), id("2", y)}},
			Owned: map[string]string{"1": "example.com/A/x"}, Sensitive: map[string][]dns.Attribute{"1": {dns.AttrName}}}, "[name]"},
		{"destroyed, still declared", plan.Input{Destroy: true, Desired: dns.Zone{Name: zoneName, Records: []dns.Record{secret(x, dns.AttrComment)}},
			Seen: dns.Zone{Records: []dns.Record{id("1", x)}}, Owned: map[string]string{"1": "example.com/A/x"}}, "[comment]"},
		{"the zone's own name", plan.Input{Desired: dns.Zone{Name: zoneName, Records: []dns.Record{secret(a(zoneName, "192.0.2.1"), dns.AttrName),
			declared(dns.Declaration{Address: "o"}, a(zoneName, "192.0.2.2"))}}, Seen: dns.Zone{Records: []dns.Record{id("1", a(zoneName, "192.0.2.1"))}},
			Owned: map[string]string{"1": "example.com/A/x"}, Sensitive: map[string][]dns.Attribute{"1": {dns.AttrName}}}, "[]"},
	} {
		tt.in.Source = plan.Source{Kind: plan.SourceLive}
		z, _ := plan.Diff(tt.in)
		if len(z.Changes) != 1 {
			t.Fatalf("%s: changes %+v, want one", tt.name, z.Changes)
		}

		var words []string
		for _, attr := range z.Changes[0].Sensitive {
			words = append(words, string(attr))
		}
		if got := "[" + strings.Join(words, " ") + "]"; got != tt.want {
			t.Errorf("%s: sensitive attributes %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDiffMarksSensitiveAttributesThatTheStateLacks(t *testing.T) {
	x := a("x.example.com", "192.0.2.1")
	for _, tt := range []struct {
		declared, known []dns.Attribute
		want            int
	}{
		{nil, nil, 0},
		{dns.Maskable(), dns.Maskable(), 0},
		{[]dns.Attribute{dns.AttrComment}, nil, 1},
		{nil, []dns.Attribute{dns.AttrComment}, 1},
	} {
		z, _ := plan.Diff(plan.Input{
			Desired:   dns.Zone{Name: zoneName, Records: []dns.Record{declared(dns.Declaration{Address: "a", Sensitive: tt.declared}, x)}},
			Seen:      dns.Zone{Name: zoneName, Records: []dns.Record{id("1", x)}},
			Owned:     map[string]string{"1": "a"},
			Sensitive: map[string][]dns.Attribute{"1": tt.known},
			Source:    plan.Source{Kind: plan.SourceLive},
		})
		if len(z.Marked) != tt.want || len(z.Changes) > 0 {
			t.Errorf("declared %v, known %v: marks %+v and changes %+v, want %d marks and no changes",
				tt.declared, tt.known, z.Marked, z.Changes, tt.want)
		}
	}
}
