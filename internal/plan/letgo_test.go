package plan

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// With destroy = false, a record is given up instead of destroyed. If its block still exists, the block decides;
// otherwise the state does.
func TestRecordsAreGivenUpInsteadOfDestroyed(t *testing.T) {
	remembered := func(in *Input) { in.LetGo = map[string]bool{"0": true} }
	covered := func(in *Input) {
		p := protection(dns.Shape{"example.com"}, "h")
		p.LetGo = true
		in.Desired.Policy.Protected = append(in.Desired.Policy.Protected, p)
	}
	declared := func(says bool) func(*Input) {
		return func(in *Input) {
			in.Desired.Records = append(in.Desired.Records, dns.Record{
				Name: "h0.example.com", Type: dns.TXT, Content: `"x"`, TTL: 300,
				Declared: &dns.Declaration{Address: "example.com/A/h", LetGo: says},
			})
		}
	}
	all := func(changes ...func(*Input)) func(*Input) {
		return func(in *Input) {
			for _, change := range changes {
				change(in)
			}
		}
	}
	destroy := func(in *Input) { in.Destroy = true }
	exclusive := func(in *Input) { in.Desired.Policy.Ownership = dns.Exclusive }
	ignored := func(in *Input) { in.Desired.Policy.Ignore = []dns.Pattern{{Name: "h0"}} }
	prevented := func(in *Input) {
		in.Desired.Policy.Protected = append(in.Desired.Policy.Protected, protection(dns.Shape{"example.com"}, "h"))
	}
	strict := func(in *Input) { in.Desired.Policy.MaxDestroy = &dns.Limit{} }
	removed := func(destroy bool, from string) func(*Input) {
		return func(in *Input) {
			in.Removed = dns.NewRemovals([]dns.Removed{{From: from, Destroy: destroy, File: "main.cf.hcl", Line: 3}})
		}
	}
	sameName := func(in *Input) {
		in.Desired.Records = append(in.Desired.Records, dns.Record{
			Name: "h0.example.com", Type: dns.A, Content: "192.0.2.9", TTL: 300,
			Declared: &dns.Declaration{Address: "example.com/A/other"},
		})
	}
	replacing := func(in *Input) {
		sameName(in)
		in.Desired.Records[len(in.Desired.Records)-1].Declared.Replaces = true
	}
	alias := func(in *Input) {
		in.Desired.Records = append(in.Desired.Records, dns.Record{
			Name: "h0.example.com", Type: dns.CNAME, Content: "x.example.net", TTL: 300,
			Declared: &dns.Declaration{Address: "example.com/CNAME/h"},
		})
	}

	for _, c := range []struct {
		name   string
		change func(*Input)
		want   Action
		fails  string
	}{
		{"by default", nil, Destroy, ""},
		{"the state remembers", remembered, Forget, ""},
		{"an instance of a block that is there", covered, Forget, ""},
		{"a block that is there and says so", declared(true), Forget, ""},
		{"a block that no longer says so", all(remembered, declared(false)), Destroy, ""},
		{"a removed block", removed(false, "example.com/A/h"), Forget, ""},
		{"a removed block for something else", removed(false, "example.com/A/h2"), Destroy, ""},
		{"a removed block that destroys", all(remembered, removed(true, "example.com/A/h")), Destroy, ""},
		{"a removed block, and another block of the name", all(removed(false, "example.com/A/h"), sameName), Forget, ""},
		{"another block of the name", sameName, Update, ""},
		{"a removed block, and another block that would replace it later", all(removed(false, "example.com/A/h"), replacing), Forget,
			"Record would be destroyed later"},
		{"a removed block, and another block that leaves it alone", all(removed(false, "example.com/A/h"), replacing, ignored), Forget, ""},
		{"another block that replaces", replacing, Update, ""},
		{"by destroy", all(remembered, destroy), Forget, ""},
		{"by destroy, by the block", all(covered, destroy), Forget, ""},
		{"with prevent_destroy", all(covered, prevented), Forget, ""},
		{"it does not count for the limit", all(remembered, strict), Forget, ""},
		{"in an exclusive zone", all(remembered, exclusive), Forget, "Record would be destroyed later"},
		{"in an exclusive zone that ignores it", all(remembered, exclusive, ignored), Forget, ""},
		{"by destroy of an exclusive zone", all(remembered, exclusive, destroy), Forget, ""},
		{"in conflict with an alias", all(remembered, alias), Forget, "Record collides"},
		{"not cfplan's", all(remembered, exclusive, func(in *Input) { in.Owned = nil }), Destroy, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, diags := shrink(1, 0, c.change)
			var got []Action
			for _, change := range z.Changes {
				if change.RecordID == "0" {
					got = append(got, change.Action)
				}
			}
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("actions of the record: %v, want %s", got, c.want)
			}

			var errors []string
			for _, d := range diags {
				errors = append(errors, d.Summary)
			}
			if c.fails == "" && len(errors) > 0 || c.fails != "" && (len(errors) != 1 || !strings.Contains(errors[0], c.fails)) {
				t.Errorf("diagnostics: %+v, want one with the summary %q (none if empty)", diags, c.fails)
			}
			if c.want == Forget && z.Summary.Destroy > 0 {
				t.Errorf("the summary counts %d destroys, want none", z.Summary.Destroy)
			}
		})
	}
}

// The state must learn a changed destroy = false even if the record itself does not change.
func TestChangedDestroyFalseIsMarked(t *testing.T) {
	for _, c := range []struct{ declared, remembered, marked bool }{
		{false, false, false}, {true, false, true}, {true, true, false}, {false, true, true},
	} {
		z, _ := shrink(1, 1, func(in *Input) {
			in.Desired.Records[0].Declared = &dns.Declaration{Address: "example.com/A/h", LetGo: c.declared}
			in.LetGo = map[string]bool{"0": c.remembered}
		})
		if got := len(z.Marked) > 0; got != c.marked || got && z.Marked[0].LetGo != c.declared {
			t.Errorf("%+v: marks = %+v, want a mark: %v", c, z.Marked, c.marked)
		}
	}
}
