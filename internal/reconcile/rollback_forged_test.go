package reconcile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// entryFiles returns the files of the history, oldest first.
func (w *world) entryFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(w.state), "cfplan.state.history", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("entries: %v, %v", files, err)
	}
	return files
}

// forge edits the plan in the newest entry of the history, and corrects the counts of the entry.
func (w *world) forge(t *testing.T, edit func(*plan.Plan)) {
	t.Helper()
	files := w.entryFiles(t)
	path := files[len(files)-1]
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var entry reconcile.Applied
	if err := json.Unmarshal(text, &entry); err != nil {
		t.Fatal(err)
	}
	edit(entry.Plan)
	entry.Announced = false
	entry.Plan.Recount()
	entry.Summary = entry.Plan.Summary
	if text, err = json.Marshal(entry); err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// destroyed returns a change that destroyed an A record, which the rollback would create again.
func destroyed(zone, name string) plan.Change {
	r := dns.Record{Name: name, Type: dns.A, Content: "192.0.2.66", TTL: 300}
	return plan.Change{Action: plan.Destroy, Address: zone + "/A/x", Name: name, Type: dns.A, RecordID: "0123456789abcdef0123456789abcdef", Before: plan.ValuesOf(r)}
}

// With an edited entry of the history, a rollback still does nothing that the configuration and the state do
// not allow: it does not leave the zone, or touch another zone or records of others.
func TestRollbackOverAForgedEntry(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(w *world, p *plan.Plan)
		want string // a part of an error or a warning; empty if it is enough that nothing of others changes
	}{
		"a name outside of the zone": {func(_ *world, p *plan.Plan) {
			p.Zones[0].Changes = append(p.Zones[0].Changes, destroyed("one.example", "www.two.example"))
		}, "is damaged"},
		"a name that only ends like the zone": {func(_ *world, p *plan.Plan) {
			p.Zones[0].Changes = append(p.Zones[0].Changes, destroyed("one.example", "wwwone.example"))
		}, "is damaged"},
		"a name with control characters": {func(_ *world, p *plan.Plan) {
			p.Zones[0].Changes = append(p.Zones[0].Changes, destroyed("one.example", "\x1b[2J.one.example"))
		}, "is damaged"},
		"a type that cfplan does not write": {func(_ *world, p *plan.Plan) {
			c := destroyed("one.example", "one.example")
			c.Type = "SOA"
			p.Zones[0].Changes = append(p.Zones[0].Changes, c)
		}, "is damaged"},
		"the ID of another zone": {func(w *world, p *plan.Plan) {
			other, _ := w.api.Zone("two.example")
			p.Zones[0].ID = other.ID
		}, ""},
		"another zone in which cfplan has nothing": {func(w *world, p *plan.Plan) {
			other, _ := w.api.Zone("two.example")
			z := p.Zones[0]
			z.Name, z.ID, z.Changes = "two.example", other.ID, []plan.Change{destroyed("two.example", "x.two.example")}
			p.Zones = append(p.Zones, z)
		}, "two.example"},
		"an exclusive zone": {func(_ *world, p *plan.Plan) { p.Zones[0].Ownership = dns.Exclusive }, ""},
		"the record of a stranger": {func(w *world, p *plan.Plan) {
			for i, c := range p.Zones[0].Changes {
				c.After = plan.ValuesOf(dns.Record{Name: "theirs.one.example", Type: dns.A, Content: "192.0.2.7", TTL: 300})
				c.Name, p.Zones[0].Changes[i] = "theirs.one.example", c
			}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withTheirs(), sandbox.Zone{Name: "two.example", Records: []sandbox.Record{{Type: "A", Name: "theirs", Content: "192.0.2.7", TTL: 300}}})
			w.apply(t, w.plan(t, hosts("one.example", 2)))
			theirs, others := w.content("one.example")["A theirs.one.example 192.0.2.7"], fmt.Sprint(w.content("two.example"))
			w.forge(t, func(p *plan.Plan) { c.edit(w, p) })

			p, err := w.Rollback(t.Context(), 0, []dns.Zone{hosts("one.example", 2)}, reconcile.PlanOptions{AllowDestroy: 10})
			said := fmt.Sprint(err)
			if err == nil {
				said = fmt.Sprint(p.Diagnostics)
				if !p.HasErrors() {
					p.Seal()
					_, _ = w.Apply(context.Background(), p) // whatever it says
				}
			}
			if !strings.Contains(said, c.want) {
				t.Errorf("the rollback says %s, want %q", said, c.want)
			}
			if strings.ContainsRune(said, '\x1b') {
				t.Errorf("the message shows control characters: %q", said)
			}
			if now := w.content("one.example"); now["A theirs.one.example 192.0.2.7"] != theirs {
				t.Errorf("the stranger's record is gone: %v", now)
			}
			for record := range w.content("one.example") {
				if strings.Contains(record, "192.0.2.66") {
					t.Errorf("the forged record was made: %s", record)
				}
			}
			if now := fmt.Sprint(w.content("two.example")); now != others {
				t.Errorf("the other zone has %s, want %s", now, others)
			}
		})
	}
}

// The entry belongs to another state, but its file name fits this state.
func TestRollbackRefusesAnEntryOfAnotherState(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2)))
	w.forge(t, func(p *plan.Plan) {
		head, _, _ := strings.Cut(p.Lineage, "-") // the file name has only this part of the lineage
		p.Lineage = head + "-0000-4000-8000-000000000000"
	})
	p, err := w.Rollback(t.Context(), 0, nil, reconcile.PlanOptions{AllowDestroy: 10})
	if err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("Rollback = %+v, %v; want an error", p, err)
	}
}

func TestRollbackToAnUnknownSerialNamesTheKnownOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	var missing *reconcile.NoHistoryError
	for _, serial := range []uint64{w.first(t) + 1, 1 << 52, 1<<64 - 1} {
		if p, err := w.Rollback(t.Context(), serial, nil, reconcile.PlanOptions{}); !errors.As(err, &missing) || len(missing.Known) != 1 {
			t.Errorf("Rollback to %d = %+v, %v; want an error with the known serial", serial, p, err)
		}
	}
}

// If others have created a destroyed record again, it stays as they made it, and unmanaged.
func TestRollbackLeavesWhatOthersCreatedAgain(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"the same": "192.0.2.1", "another": "192.0.2.99"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "one.example"})
			w.apply(t, w.plan(t, hosts("one.example", 2)))
			w.apply(t, w.plan(t, hosts("one.example", 1)))
			w.put(t, "one.example", "h1", content, 120)
			w.back(t, 0)

			now, owned := w.content("one.example"), w.ownedNames(t, "one.example")
			if !strings.HasPrefix(now["A h1.one.example "+content], "120") {
				t.Errorf("the record is not as others made it: %v", now)
			}
			if content == "192.0.2.1" && (len(now) != 2 || owned["h1.one.example"]) {
				t.Errorf("the zone has %v, and cfplan owns %v; want nothing made or taken over", now, owned)
			}
		})
	}
}

// A partial destroy can be rolled back, and each further rollback undoes the one before.
func TestAPartialDestroyCanBeRolledBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	z := hosts("one.example", 3)
	w.apply(t, w.plan(t, z))
	whole := w.content("one.example")

	p, err := w.Plan(t.Context(), []dns.Zone{z}, reconcile.PlanOptions{Destroy: true, AllowDestroy: 10, Selection: only(t, "one.example/A/h1")})
	if err != nil {
		t.Fatal(err)
	}
	p.Seal()
	w.apply(t, p)
	part := w.content("one.example")
	if len(part) != len(whole)-1 {
		t.Fatalf("the destroy of one record left %v", part)
	}
	for i, want := range []map[string]string{whole, part, whole} {
		w.back(t, 0, z)
		same(t, fmt.Sprintf("after rollback %d", i+1), want, w.content("one.example"))
	}
	w.converged(t, z)
}
