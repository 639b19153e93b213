package plan_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// genGuarded draws an input that may have anything that protects records: ignore, prevent_destroy, a limit, a scope.
func genGuarded(t *rapid.T) plan.Input {
	in := genInput(t)
	in.AllowDestroy = rapid.SampledFrom([]int{0, 0, 2, 100}).Draw(t, "allow")
	in.Destroy = rapid.IntRange(0, 4).Draw(t, "destroy") == 0
	if rapid.Bool().Draw(t, "ignore") {
		in.Desired.Policy.Ignore = []dns.Pattern{{Name: rapid.SampledFrom([]string{"www", "*.b", "@"}).Draw(t, "ignored")}}
	}
	if rapid.Bool().Draw(t, "protect") {
		in.Desired.Policy.Protected = []dns.Protection{{
			Zone:  dns.Shape{zoneName},
			Type:  dns.Shape{rapid.SampledFrom([]string{"A", "TXT"}).Draw(t, "protected")},
			Label: dns.Shape{"x"},
		}}
	}

	if rapid.Bool().Draw(t, "limit") {
		in.Desired.Policy.MaxDestroy = &dns.Limit{N: rapid.IntRange(0, 3).Draw(t, "most")}
	}
	if rapid.Bool().Draw(t, "scoped") {
		in.Desired.Policy.Scope = genScope(t)
		in.Desired.Records = slices.DeleteFunc(in.Desired.Records, func(r dns.Record) bool { // config refuses them
			return !inScope(in.Desired.Policy.Scope, r)
		})
	}

	for i := range rapid.IntRange(0, 2).Draw(t, "name servers") {
		ns := dns.Record{
			ID:      fmt.Sprintf("ns%d", i),
			Name:    zoneName,
			Type:    dns.NS,
			Content: fmt.Sprintf("ns%d.example.net", i),
			TTL:     300,
		}
		if !clashes(ns, in.Seen.Records) {
			in.Seen.Records = append(in.Seen.Records, ns)
		}
	}
	return in
}

func boundsOf(in plan.Input) plan.Bounds {
	return plan.Bounds{
		Declared:     in.Desired,
		Live:         in.Seen,
		Owned:        in.Owned,
		Destroy:      in.Destroy,
		AllowDestroy: in.AllowDestroy,
	}
}

// The test skips plans with diagnostics, because Diff has already reported what is wrong with them.
func TestEveryPlanFromDiffIsAdmissible(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genGuarded(t)
		if rapid.Bool().Draw(t, "part") {
			target, err := plan.ParseTarget("*/A")
			if err != nil {
				t.Fatal(err)
			}
			in.Selection = plan.Select([]plan.Target{target}, nil)
		}

		z, diags := plan.Diff(in)
		if len(diags) > 0 {
			t.Skip("the plan has errors, or exceeds the limit")
		}
		if got := plan.Admissible(z, boundsOf(in)); len(got) > 0 {
			t.Fatalf("Admissible = %+v, want nothing for %+v", got, z.Changes)
		}
	})
}

func TestRestateKeepsAnHonestPlan(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genGuarded(t)
		z, diags := plan.Diff(in)
		if len(diags) > 0 {
			t.Skip("the plan has errors, or is beyond the limit")
		}
		if got := plan.Restate(z, boundsOf(in)); !reflect.DeepEqual(got, z) {
			t.Fatalf("Restate =\n%+v, want\n%+v", got, z)
		}
	})
}

// Restate must not trust what a forged plan says about its changes.
func TestRestateIgnoresWhatAForgedPlanSays(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genGuarded(t)
		z, diags := plan.Diff(in)
		if len(diags) > 0 {
			t.Skip("the plan has errors, or is beyond the limit")
		}

		lie := z
		lie.Changes = slices.Clone(z.Changes)
		lie.Risks, lie.Drift, lie.KeptBy = nil, lie.Changes, map[string]int{"Santa": 1}
		lie.Ownership = dns.Exclusive
		lie.Summary.Unchanged, lie.Summary.Unmanaged = 77, 0
		for n := range lie.Changes {
			c := &lie.Changes[n]
			c.Reason, c.DeclaredAt, c.Risks = "all is well", &plan.Position{File: "x", Line: 1}, []plan.Risk{{Level: plan.LowRisk}}
			if c.Action != plan.Add {
				c.Address = "example.com/A/harmless"
			}
		}

		if got := plan.Restate(lie, boundsOf(in)); !reflect.DeepEqual(got, z) {
			t.Fatalf("Restate =\n%+v, want\n%+v", got, z)
		}
	})
}

// forge edits a zone's plan as an attacker would who knows how cfplan makes plans.
func forge(t *rapid.T, z plan.Zone, in plan.Input) plan.Zone {
	z.Ownership = rapid.SampledFrom([]dns.Ownership{z.Ownership, dns.Exclusive}).Draw(t, "claimed")
	z.Changes = slices.Clone(z.Changes)
	for range rapid.IntRange(1, 4).Draw(t, "edits") {
		z.Changes = append(z.Changes, forgedChange(t, in))
		if n := len(z.Changes); rapid.Bool().Draw(t, "drop") {
			i := rapid.IntRange(0, n-1).Draw(t, "dropped")
			z.Changes = slices.Delete(z.Changes, i, i+1)
		}
	}
	return z
}

// forgedChange draws a change that is well-formed by itself. Most of the changes that it draws are of a live record.
func forgedChange(t *rapid.T, in plan.Input) plan.Change {
	name := rapid.SampledFrom([]string{
		"new." + zoneName, "www." + zoneName, zoneName, "www.example.net", "xexample.com", "WWW.example.com",
	})
	after := genRecord(false).Draw(t, "after")
	if len(in.Seen.Records) == 0 || rapid.IntRange(0, 4).Draw(t, "add") == 0 {
		return plan.Change{
			Action: plan.Add, Type: after.Type, Name: name.Draw(t, "name"), Address: "example.com/A/forged",
			After: plan.ValuesOf(after), Forget: rapid.IntRange(0, 3).Draw(t, "forget") == 0,
		}
	}

	have := rapid.SampledFrom(in.Seen.Records).Draw(t, "record")
	c := plan.Change{
		Action: rapid.SampledFrom([]plan.Action{plan.Update, plan.Destroy, plan.Adopt, plan.Forget}).Draw(t, "action"),
		Type:   have.Type, Name: have.Name, RecordID: have.ID, Address: "example.com/MX/forged", Before: plan.ValuesOf(have),
	}
	changed := have
	switch rapid.IntRange(0, 2).Draw(t, "what") {
	case 0:
		changed.TTL = 86400
	case 1:
		changed.Content = after.Content
	}

	if c.Action == plan.Update && rapid.Bool().Draw(t, "rename") {
		to := cmp.Or(rapid.SampledFrom([]string{"", after.Name}).Draw(t, "to"), name.Draw(t, "name"))
		if to != have.Name {
			c.Name, c.PreviousName = to, have.Name
		}
	}

	switch c.Action {
	case plan.Forget:
		c.After = c.Before
	case plan.Destroy:
	default:
		c.After = plan.ValuesOf(changed)
	}
	return c
}

func TestNoForgedPlanTouchesWhatIsProtected(t *testing.T) {
	passed := 0
	check(t, func(t *rapid.T) {
		in := genGuarded(t)
		z, _ := plan.Diff(in)
		z = forge(t, z, in)
		plans := []plan.Zone{z}
		for _, c := range z.Changes {
			one := z
			one.Changes = []plan.Change{c}
			plans = append(plans, one)
		}

		for _, z := range plans {
			if len(plan.Admissible(z, boundsOf(in))) > 0 {
				continue
			}
			passed++
			for _, wrong := range harm(in, z) {
				t.Errorf("Admissible allows a plan that would %s", wrong)
			}
		}
	})
	if passed == 0 {
		t.Error("no forged plan was admissible, so this test checks nothing")
	}
}

// harm lists everything that the changes would do although the rules forbid it. It shares no code with Admissible.
func harm(in plan.Input, z plan.Zone) (out []string) {
	declared := map[dns.Key]bool{}
	for _, r := range in.Desired.Records {
		declared[r.Key()] = true
	}
	records := map[string]dns.Record{}
	for _, r := range in.Seen.Records {
		records[r.ID] = r
	}

	destroyed := 0
	for _, c := range z.Changes {
		wrong := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
		have := records[c.RecordID]
		_, owned := in.Owned[c.RecordID]
		ignored := dns.NewPatterns(in.Desired.Policy.Ignore, zoneName).Match(have)
		if c.Name != zoneName && !strings.HasSuffix(c.Name, "."+zoneName) {
			wrong("write the name %s", c.Name)
		}
		if !inScope(in.Desired.Policy.Scope, dns.Record{Name: c.Name, Type: c.Type}) ||
			!inScope(in.Desired.Policy.Scope, dns.Record{Name: cmp.Or(c.PreviousName, c.Name), Type: c.Type}) {
			wrong("%s %s %s, which is outside of the scope", c.Action, c.Type, c.Name)
		}
		if c.RecordID == "" {
			if c.Forget || in.Destroy {
				wrong("add %s and lose it", c.Name)
			}
			continue
		}

		exclusive := in.Desired.Policy.Ownership == dns.Exclusive
		delegation := have.Type == dns.NS && have.Name == zoneName
		replaced := !in.Destroy && !owned && !exclusive && !delegation && !ignored && isReplaced(have, in.Desired.Records)

		switch c.Action {
		case plan.Adopt:
			equal := declared[have.Key()] && c.After.Content == have.Content
			inPlace := exclusive && !delegation && declared[c.AfterRecord().Key()]
			inPlace = inPlace || replaced && declared[c.AfterRecord().Key()]
			if !equal && !inPlace || !equal && ignored && !declared[have.Key()] {
				wrong("take over %s", plan.Describe(have))
			}
		case plan.Forget:
			if !owned {
				wrong("forget %s", plan.Describe(have))
			}
		case plan.Destroy:
			destroyed++
			if !owned && (!exclusive || delegation) && !replaced {
				wrong("destroy %s, which cfplan does not own", plan.Describe(have))
			}
			if replaced && !answers(in, z, c.Name) {
				wrong("leave %s without an answer", c.Name)
			}
			for _, p := range in.Desired.Policy.Protected {
				if _, covered := dns.NewCoverage([]dns.Protection{p}, zoneName).First(in.Owned[c.RecordID]); owned && covered {
					wrong("destroy %s in spite of prevent_destroy", plan.Describe(have))
				}
			}
		default:
			if c.Renames() {
				out = append(out, harmOfRename(in, c, have)...)
			}
			if !owned && (!exclusive || delegation) {
				wrong("change %s, which cfplan does not own", plan.Describe(have))
			}
		}

		if have.ManagedBy != "" {
			wrong("%s %s, which a product keeps", c.Action, plan.Describe(have))
		}
		if ignored && (c.Action == plan.Destroy || c.Action == plan.Update && !declared[have.Key()]) {
			wrong("%s %s, which is ignored", c.Action, plan.Describe(have))
		}
	}

	if max := in.Desired.Policy.MaxDestroy; max != nil && !in.Destroy && destroyed > max.N && destroyed > in.AllowDestroy {
		out = append(out, fmt.Sprintf("destroy %d records", destroyed))
	}
	return out
}

// harmOfRename lists everything that a rename would do although the rules forbid it.
func harmOfRename(in plan.Input, c plan.Change, have dns.Record) (out []string) {
	wrong := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	ignore := dns.NewPatterns(in.Desired.Policy.Ignore, zoneName)
	after := c.AfterRecord()
	declared := slices.ContainsFunc(in.Desired.Records, func(r dns.Record) bool { return r.Key() == after.Key() })
	if ignore.Match(have) {
		wrong("take the name from %s, which is ignored", plan.Describe(have))
	}
	if ignore.Match(after) && !declared {
		wrong("rename %s to a name that is ignored", plan.Describe(have))
	}
	if after.Type == dns.NS && after.Name == zoneName && !declared {
		wrong("make %s a server of the zone itself", plan.Describe(have))
	}
	for _, p := range in.Desired.Policy.Protected {
		if _, covered := dns.NewCoverage([]dns.Protection{p}, zoneName).First(in.Owned[c.RecordID]); covered {
			wrong("rename %s in spite of prevent_destroy", plan.Describe(have))
		}
	}
	if in.Destroy {
		wrong("rename %s in a destroy", plan.Describe(have))
	}
	return out
}

// answers reports whether cfplan owns a record at the name after a plan.
func answers(in plan.Input, z plan.Zone, name string) bool {
	touched := map[string]bool{}
	for _, c := range z.Changes {
		touched[c.RecordID] = true
		if c.Name == name && c.After != nil && c.Action != plan.Forget {
			return true
		}
	}
	return slices.ContainsFunc(in.Seen.Records, func(r dns.Record) bool {
		_, owned := in.Owned[r.ID]
		return owned && r.Name == name && !touched[r.ID]
	})
}
