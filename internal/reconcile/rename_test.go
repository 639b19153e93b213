package reconcile_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// inBlock is a record of one.example whose block does not depend on its name.
func inBlock(label string, t dns.Type, name, content string) dns.Record {
	return dns.Record{Name: name + ".one.example", Type: t, Content: content, TTL: 600, Declared: &dns.Declaration{
		Address: fmt.Sprintf("one.example/%s/%s", t, label),
		File:    "dns.cf.hcl",
		Line:    7,
	}}
}

func TestARenamedRecordKeepsItsID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: besides})
	w.rollOut(t, []dns.Record{inBlock("web", dns.A, "www", "192.0.2.1"), inBlock("web", dns.MX, "www", "mx.example.org")})
	start, ids := w.content("one.example"), w.ids("one.example")

	renamed := []dns.Record{inBlock("web", dns.A, "shop", "192.0.2.1"), inBlock("web", dns.MX, "shop", "mx2.example.org")}
	w.api.ResetRequests()
	p := w.rollOut(t, renamed)
	if n := len(w.api.Writes()); p.Summary.Change != 2 || n != 1 {
		t.Errorf("%+v in %d requests, want 2 changes in one", p.Summary, n)
	}
	w.converged(t, declare(renamed...))
	if got := w.ids("one.example"); !slices.Equal(got, ids) {
		t.Errorf("the records have the IDs %v, want %v", got, ids)
	}

	w.back(t, 0)
	same(t, "one apply back", start, w.content("one.example"))
	if got := w.ids("one.example"); !slices.Equal(got, ids) {
		t.Errorf("after the rollback the records have the IDs %v, want %v", got, ids)
	}
}

// drawBlocks draws the records of a few blocks. Each block may have any of the names, so that one block often
// gets a name that another block leaves.
func drawBlocks(t *rapid.T, title string) []dns.Record {
	var out []dns.Record
	blocks := []struct {
		label    string
		typ      dns.Type
		contents []string
	}{
		{"x", dns.A, []string{"192.0.2.1", "192.0.2.2"}},
		{"y", dns.A, []string{"192.0.2.1", "192.0.2.3"}},
		{"x", dns.CNAME, []string{"x.example.net", "y.example.net"}},
		{"y", dns.CNAME, []string{"x.example.net"}},
		{"x", dns.NS, []string{"ns1.example.net"}},
		{"x", dns.TXT, []string{`"v=spf1 -all"`, `"site=1"`}},
	}
	for _, b := range blocks {
		name := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, title+" name")
		for _, content := range rapid.SliceOfNDistinct(rapid.SampledFrom(b.contents), 0, 2, rapid.ID).Draw(t, title+" contents") {
			if r := inBlock(b.label, b.typ, name, content); fits(r, out) {
				out = append(out, r)
			}
		}
	}
	return out
}

func fits(r dns.Record, others []dns.Record) bool {
	return !slices.ContainsFunc(others, func(o dns.Record) bool {
		return o.Key() == r.Key() || o.Name == r.Name && dns.ConflictAt(r.Name, "one.example", o.Type, r.Type) != dns.NoConflict
	})
}

// Whatever names the blocks exchange, Cloudflare accepts the requests, and a rollback restores the zone.
func TestAnyRenamesCanBeAppliedAndRolledBack(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	renames := 0
	rapid.Check(t, func(rt *rapid.T) {
		first, second := drawBlocks(rt, "first"), drawBlocks(rt, "second")
		w := newWorld(t, sandbox.Zone{Name: "one.example", Records: besides[1:2]})
		w.rollOut(t, first)
		start := fmt.Sprint(w.content("one.example"))
		p := w.rollOut(t, second)
		for _, c := range p.Zones[0].Changes {
			if c.Renames() {
				renames++
			}
		}
		w.converged(t, declare(second...))

		if len(p.Zones[0].Changes) == 0 {
			return
		}
		w.back(t, 0)
		if got := fmt.Sprint(w.content("one.example")); got != start {
			rt.Fatalf("after %+v and back the zone has\n%s\nwant\n%s", p.Zones[0].Changes, got, start)
		}
	})
	if renames == 0 {
		t.Error("no record was renamed: the test shows nothing")
	}
}

// If the apply of a rename is cut off at any moment, the next run finishes it.
func TestTheNextRunFinishesARenameThatWasCutOff(t *testing.T) {
	t.Parallel()
	for saves := range 6 {
		w := newWorld(t, sandbox.Zone{Name: "one.example", Records: besides[1:2]})
		w.rollOut(t, []dns.Record{inBlock("web", dns.A, "www", "192.0.2.1")})
		ids := w.ids("one.example")
		z := declare(inBlock("web", dns.A, "shop", "192.0.2.1"))
		_ = w.cutOffPlan(saves, w.plan(t, z))
		if p := w.plan(t, z); p.HasChanges() {
			w.apply(t, p)
		}
		w.converged(t, z)
		if got := w.ids("one.example"); !slices.Equal(got, ids) {
			t.Errorf("cut off at save %d: the records have the IDs %v, want %v", saves, got, ids)
		}
	}
}
