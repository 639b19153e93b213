package plan_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func TestPlanAfterAnApplyIsEmpty(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genInput(t)
		z, diags := plan.Diff(in)
		if len(diags) > 0 {
			t.Skip("the configuration collides with the zone")
		}

		limit := rapid.IntRange(1, 12).Draw(t, "limit")
		if most := mostAtOneName(z); most > limit {
			limit = most
		}
		again, diags := plan.Diff(carryOut(t, in, plan.Batches(z, limit), z.Changes))
		if len(again.Changes) > 0 || len(diags) > 0 {
			t.Fatalf("after %+v, the second plan has the changes %+v and the diagnostics %+v, want none",
				z.Changes, again.Changes, diags)
		}
		if again.Summary.Unchanged != len(in.Desired.Records) {
			t.Fatalf("unchanged = %d, want %d", again.Summary.Unchanged, len(in.Desired.Records))
		}
	})
}

// mostAtOneName returns the largest number of changes that must stay together: the changes at one name, and at all
// names that renames connect with it.
func mostAtOneName(z plan.Zone) int {
	with := map[string]string{} // maps each name to the first name of its group
	for range z.Changes {
		for _, c := range z.Changes {
			first := min(cmp.Or(with[c.Name], c.Name), cmp.Or(with[c.PreviousName], c.PreviousName, c.Name))
			with[c.Name] = first
			if c.Renames() {
				with[c.PreviousName] = first
			}
		}
	}

	n, most := map[string]int{}, 1
	for _, c := range z.Changes {
		n[with[c.Name]]++
		most = max(most, n[with[c.Name]])
	}
	return most
}

func TestDiffOfEqualZonesIsEmpty(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genInput(t)
		in.Seen.Records = slices.Clone(in.Desired.Records)
		for i := range in.Seen.Records {
			in.Seen.Records[i].ID = string(rune('a' + i))
			in.Owned[in.Seen.Records[i].ID] = "x"
		}
		if z, diags := plan.Diff(in); len(z.Changes)+len(diags) > 0 {
			t.Fatalf("Diff of equal zones = %+v, %+v, want nothing", z.Changes, diags)
		}
	})
}

func TestDiffLeavesUnownedRecordsAlone(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genInput(t)
		in.Destroy = rapid.Bool().Draw(t, "destroy")
		z, _ := plan.Diff(in)
		records := map[string]dns.Record{}
		for _, r := range in.Seen.Records {
			records[r.ID] = r
		}

		for _, c := range z.Changes {
			have, exists := records[c.RecordID]
			_, owned := in.Owned[c.RecordID]
			free := owned || in.Desired.Policy.Ownership == dns.Exclusive
			replaced := !in.Destroy && !free && isReplaced(have, in.Desired.Records)
			writes := c.Action == plan.Destroy || c.Action == plan.Adopt && have.Content != c.After.Content

			switch {
			case exists && have.ManagedBy != "":
				t.Fatalf("%s of a record that Cloudflare keeps: %+v", c.Action, have)
			case c.Action == plan.Update && !free, c.Action == plan.Destroy && !free && !replaced:
				t.Fatalf("%s of a record that is not owned: %+v", c.Action, have)
			case c.Replaces != (replaced && writes):
				t.Fatalf("replaces = %v for %s of %+v", c.Replaces, c.Action, have)
			case c.Action == plan.Adopt && have.Content != c.After.Content && !replaced:
				t.Fatalf("adoption changes the content of %+v to %q, want that only for replaced records", have, c.After.Content)
			}
		}
	})
}

// isReplaced reports whether a declared record with adopt = "replace" conflicts with a record.
func isReplaced(have dns.Record, declared []dns.Record) bool {
	return slices.ContainsFunc(declared, func(want dns.Record) bool {
		spf := strings.HasPrefix(have.Content, `"v=spf1`) == strings.HasPrefix(want.Content, `"v=spf1`)
		return want.Name == have.Name && want.Declared != nil && want.Declared.Replaces &&
			(want.Type == have.Type && spf || dns.ConflictAt(want.Name, zoneName, want.Type, have.Type) != dns.NoConflict)
	})
}

func TestDiffIgnoresTheOrderOfRecords(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genInput(t)
		want, wantDiags := plan.Diff(in)

		shuffled := in
		shuffled.Desired.Records = rapid.Permutation(in.Desired.Records).Draw(t, "desired order")
		shuffled.Seen.Records = rapid.Permutation(in.Seen.Records).Draw(t, "seen order")
		got, gotDiags := plan.Diff(shuffled)
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotDiags, wantDiags) {
			t.Fatalf("Diff of shuffled input = %+v, want %+v", got, want)
		}
	})
}

func TestDiffDoesNotModifyItsInput(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genInput(t)
		before := inputText(t, in)
		plan.Diff(in)
		if after := inputText(t, in); !bytes.Equal(before, after) {
			t.Fatalf("Diff changed its input from %s to %s", before, after)
		}
	})
}

// inputText returns the input as JSON, without its functions.
func inputText(t *rapid.T, in plan.Input) []byte {
	text, err := json.Marshal([]any{in.Desired, in.Seen, in.Source, in.Owned, in.Protected})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestBatchesHaveEveryWriteOnceAndKeepNamesTogether(t *testing.T) {
	check(t, func(t *rapid.T) {
		z, _ := plan.Diff(genInput(t))
		limit := rapid.IntRange(1, 8).Draw(t, "limit")
		fits := mostAtOneName(z) <= limit
		home := map[string]int{}
		n := 0
		for i, b := range plan.Batches(z, limit) {
			if len(b) == 0 || len(b) > limit {
				t.Fatalf("batch %d has %d operations, limit %d", i, len(b), limit)
			}
			for _, c := range b {
				n++
				for _, name := range []string{c.Name, cmp.Or(c.PreviousName, c.Name)} {
					if at, ok := home[name]; ok && at != i && fits {
						t.Fatalf("the changes of %s are in batches %d and %d, want one batch", name, at, i)
					}
					home[name] = i
				}
			}
		}

		writes := 0
		for _, c := range z.Changes {
			if c.Writes() {
				writes++
			}
		}
		if n != writes {
			t.Fatalf("the batches have %d changes, want the %d that write", n, writes)
		}
	})
}

func TestGuardAcceptsTheZoneOfThePlan(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genInput(t)
		z, diags := plan.Diff(in)
		if len(diags) > 0 {
			t.Skip("the configuration collides with the zone")
		}
		if stale := plan.Guard(z, in.Seen); len(stale) > 0 {
			t.Fatalf("Guard = %+v, want nothing", stale)
		}

		done := carryOut(t, in, plan.Batches(z, 1000), z.Changes)
		writes := slices.DeleteFunc(slices.Clone(z.Changes), func(c plan.Change) bool { return !c.Writes() })
		z.Changes = writes
		if stale := plan.Guard(z, done.Seen); !plan.AllDone(z, stale) {
			t.Fatalf("Guard after the apply = %+v, want all done", stale)
		}
	})
}

func TestDecodeReversesEncode(t *testing.T) {
	check(t, func(t *rapid.T) {
		z, diags := plan.Diff(genInput(t))
		p := plan.New("0.0.0", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), []plan.Zone{z}, nil, diags)
		p.Seal()

		var first, second bytes.Buffer
		if err := plan.Encode(&first, p); err != nil {
			t.Fatal(err)
		}
		back, err := plan.Decode(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("Decode of an encoded plan = %v, want nil", err)
		}
		if err := plan.Encode(&second, back); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Fatalf("read back:\n%s\nwant:\n%s", second.String(), first.String())
		}
	})
}

// If a part of a plan is applied by itself, the next plan must have the other part.
func TestTargetedPlanLeavesTheRestForTheNextPlan(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := genInput(t)
		whole, diags := plan.Diff(in)
		if len(diags) > 0 {
			t.Skip("the configuration collides with the zone")
		}

		var targets, exclude []plan.Target
		texts := rapid.SampledFrom([]string{"*/A", "*/CNAME/www", "mail.example.com", "*/*/a.b", "example.com/MX"})
		for _, text := range rapid.SliceOfN(texts, 1, 3).Draw(t, "targets") {
			target, err := plan.ParseTarget(text)
			if err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "exclude") {
				exclude = append(exclude, target)
			} else {
				targets = append(targets, target)
			}
		}

		in.Selection = plan.Select(targets, exclude)
		part, diags := plan.Diff(in)
		if len(diags) > 0 || len(part.Changes)+part.LeftOut != len(whole.Changes) {
			t.Fatalf("%d of %d changes, %d left out, diagnostics %v; the numbers must add up, without diagnostics",
				len(part.Changes), len(whole.Changes), part.LeftOut, diags)
		}

		rest := carryOut(t, in, plan.Batches(part, 200), part.Changes)
		rest.Selection = plan.Selection{}
		second, diags := plan.Diff(rest)
		// An add and a destroy that were left out may be one rename now: the part has settled which record becomes
		// which.
		left, want := steps(second), steps(whole)-steps(part)
		if len(diags) > 0 || left != want {
			t.Fatalf("after the part, the plan has %d steps and the diagnostics %v; want the %d steps that were left out",
				left, diags, want)
		}
		if z, _ := plan.Diff(carryOut(t, rest, plan.Batches(second, 200), second.Changes)); len(z.Changes) > 0 {
			t.Fatalf("after both parts, the plan has the changes %+v, want none", z.Changes)
		}
	})
}

// steps counts the changes of a plan. A rename counts as two: a destroy and an add.
func steps(z plan.Zone) int {
	n := 0
	for _, c := range z.Changes {
		n += len(c.WithoutRename())
	}
	return n
}
