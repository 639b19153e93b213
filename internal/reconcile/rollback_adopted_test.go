package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// These tests adopt a record that others created. A rollback must make it unmanaged again, whatever happened
// to it in between.

const theirsName = "theirs.one.example"

// withTheirs returns a zone with a record that others created.
func withTheirs() sandbox.Zone {
	return sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "theirs", Content: "192.0.2.7", TTL: 300}}}
}

func theirs(content string) dns.Record { return a("one.example", "theirs", content) }

func declare(records ...dns.Record) dns.Zone { return dns.Zone{Name: "one.example", Records: records} }

func (w *world) rollback(t testing.TB, serial uint64, o reconcile.PlanOptions, zones ...dns.Zone) *plan.Plan {
	t.Helper()
	o.AllowDestroy = 1000
	p, err := w.Rollback(context.Background(), serial, zones, o)
	if err != nil {
		t.Fatalf("Rollback: %v", err)
	}
	p.Seal()
	return p
}

// first returns the serial of the oldest apply.
func (w *world) first(t testing.TB) uint64 {
	t.Helper()
	list, err := w.History(context.Background())
	if err != nil || len(list) == 0 {
		t.Fatalf("History = %v, %v; want an apply", list, err)
	}
	return list[len(list)-1].Serial
}

// ownsNothing fails unless cfplan owns nothing and a plan without records has no changes.
func (w *world) ownsNothing(t testing.TB) {
	t.Helper()
	if got := w.ownedNames(t, "one.example"); len(got) > 0 {
		t.Errorf("cfplan owns %v, want nothing", got)
	}
	if p := w.plan(t, declare()); p.HasChanges() {
		t.Errorf("the next plan would do %+v", p.Summary)
	}
}

func TestRollbackGivesUpAnAdoptedRecordThatLaterAppliesChanged(t *testing.T) {
	t.Parallel()
	alias := dns.Record{Name: theirsName, Type: dns.CNAME, Content: "x.example.net", TTL: 300, Declared: &dns.Declaration{Address: "one.example/CNAME/theirs"}}
	for _, c := range []struct {
		name    string
		applies []dns.Zone // the applies after the adoption
		forth   bool       // the rollback can be undone as well
	}{
		{"a changed content", []dns.Zone{declare(theirs("192.0.2.8"))}, true},
		{"an alias instead", []dns.Zone{declare(alias)}, false},
		{"a block of several values", []dns.Zone{declare(theirs("192.0.2.8")), declare(theirs("192.0.2.8"), theirs("192.0.2.75"))}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, withTheirs())
			start := w.content("one.example")
			w.apply(t, w.plan(t, declare(theirs("192.0.2.7"))))
			for _, z := range c.applies {
				w.apply(t, w.plan(t, z))
			}
			end := w.content("one.example")
			w.back(t, w.first(t))
			same(t, "back", start, w.content("one.example"))
			w.ownsNothing(t)
			if c.forth {
				w.back(t, 0)
				same(t, "forth", end, w.content("one.example"))
			}
		})
	}
}

// After a partial rollback, cfplan owns nothing that it did not own before the applies.
func TestAPartialRollbackOwnsNothingNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	w.apply(t, w.plan(t, declare(theirs("192.0.2.7"))))
	w.apply(t, w.plan(t, declare(dns.Record{Name: theirsName, Type: dns.CNAME, Content: "x.example.net", TTL: 300,
		Declared: &dns.Declaration{Address: "one.example/CNAME/theirs"}})))
	w.apply(t, w.rollback(t, w.first(t), reconcile.PlanOptions{Selection: only(t, "one.example/CNAME")}))
	w.ownsNothing(t)
}

func TestWhatOthersDidToAnAdoptedRecordStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	w.apply(t, w.plan(t, declare(theirs("192.0.2.7"))))
	for _, r := range w.api.Records("one.example") {
		if _, err := w.api.EditRecord("one.example", r.ID, func(r *sandbox.Record) { r.Content = "192.0.2.70" }); err != nil {
			t.Fatal(err)
		}
	}
	w.back(t, 0)
	if got := w.content("one.example"); got["A theirs.one.example 192.0.2.70"] == "" {
		t.Errorf("the zone has %v, want the record as others changed it", got)
	}
	w.ownsNothing(t)
}

func TestWhatOthersCreatedAgainIsNotTakenOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	w.apply(t, w.plan(t, declare(theirs("192.0.2.7"))))
	w.back(t, 0)
	for _, r := range w.api.Records("one.example") {
		w.api.DeleteRecord("one.example", r.ID)
	}
	w.put(t, "one.example", "theirs", "192.0.2.7", 300)
	if p := w.rollback(t, 0, reconcile.PlanOptions{}); p.HasChanges() {
		t.Errorf("the rollback would do %+v, want nothing: the record has another ID", p.Summary)
	}
}

// A saved rollback that was started is continued.
func TestAStartedRollbackIsContinued(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	w := newWorld(t, withTheirs(), sandbox.Zone{Name: "two.example"})
	start := w.content("one.example")
	w.apply(t, w.plan(t, declare(theirs("192.0.2.7")), hosts("two.example", 1)))
	w.apply(t, w.plan(t, declare(theirs("192.0.2.8")), hosts("two.example", 2)))
	back := w.rollback(t, w.first(t), reconcile.PlanOptions{})
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath).InZone("two.example"))
	for range 2 {
		if _, err := w.Apply(context.Background(), back); err == nil {
			t.Fatal("nothing was refused")
		}
		if got := w.ownedNames(t, "one.example"); len(got) > 0 {
			t.Fatalf("cfplan owns %v, want nothing", got)
		}
	}
	w.api.ClearFaults()
	w.apply(t, back)
	same(t, "back", start, w.content("one.example"))
	if n := len(w.api.Records("two.example")); n > 0 {
		t.Errorf("%d records are left in the other zone, want none", n)
	}
}

// The next run of a plan neither repeats nor undoes what an earlier run did.
func TestContinuingAPlanRepeatsNoAdoption(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs(), sandbox.Zone{Name: "two.example"})
	p := w.plan(t, declare(theirs("192.0.2.7")), hosts("two.example", 1))
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath).InZone("two.example"))
	if _, err := w.Apply(context.Background(), p); err == nil {
		t.Fatal("nothing was refused")
	}
	w.api.ClearFaults()
	report, err := w.Apply(context.Background(), p)
	if err != nil || report.Before != 1 || report.Done.Adopt != 0 || report.Done.Add != 1 {
		t.Fatalf("Apply = %+v, %v; want 1 before, no adoption and 1 added", report, err)
	}
	w.back(t, 0)
	if got := w.ownedNames(t, "one.example"); !got[theirsName] {
		t.Error("the rollback of the second run gave up what the first run had adopted")
	}
}

// A rollback that is killed at any moment leaves the records of others unmanaged, so that no later plan
// destroys them.
func TestARollbackThatWasCutOffLeavesRecordsOfOthersUnmanaged(t *testing.T) {
	t.Parallel()
	for saves := range 5 {
		w := newWorld(t, withTheirs())
		changed := theirs("192.0.2.7")
		changed.TTL = 600
		w.apply(t, w.plan(t, declare(changed, a("one.example", "h0", "192.0.2.1"))))
		_ = w.cutOffPlan(saves, w.rollback(t, 0, reconcile.PlanOptions{}))
		w.put(t, "one.example", "other", "192.0.2.200", 300) // any apply settles what was left open
		w.apply(t, w.plan(t, declare(a("one.example", "other", "192.0.2.200"), changed, a("one.example", "h0", "192.0.2.1"))))
		restored := w.content("one.example")["A theirs.one.example 192.0.2.7"]
		if restored != "600 false" {
			t.Errorf("%d saves: the record has %q, want the declared TTL", saves, restored)
		}
		w.back(t, w.first(t))
		if got := w.ownedNames(t, "one.example"); len(got) > 0 {
			t.Errorf("%d saves: cfplan owns %v, want nothing", saves, got)
		}
	}
}

func TestRollbackAndDestroyKeepToPreventDestroyOfARenamedBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	z := hosts("one.example", 1)
	w.apply(t, w.plan(t, z))
	z.Records[0].Declared.Address, z.Records[0].Declared.PreventDestroy = `one.example/A/all["h0"]`, true
	if p := w.rollback(t, 0, reconcile.PlanOptions{}, z); !p.HasErrors() || len(p.Zones[0].Moved) > 0 {
		t.Errorf("the rollback = %+v, want an error and no move", p.Zones)
	}
	p, err := w.Plan(t.Context(), []dns.Zone{z}, reconcile.PlanOptions{Destroy: true})
	if err != nil || !p.HasErrors() {
		t.Errorf("destroy = %+v, %v; want a plan with an error", p, err)
	}
}

// A rollback treats a zone as managed if it was managed at any time in between.
func TestRollbackTreatsAZoneThatWasManagedInBetweenAsManaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	z := hosts("one.example", 2)
	z.Policy.Ownership = dns.Exclusive
	w.put(t, "one.example", "h1", "192.0.2.1", 300)
	w.put(t, "one.example", "h2", "192.0.2.1", 300)
	z.Records = append(z.Records, a("one.example", "h3", "192.0.2.1"))
	z.Policy.Ignore = []dns.Pattern{{Name: "h2"}}
	w.apply(t, w.plan(t, z))
	p := w.rollback(t, w.first(t), reconcile.PlanOptions{}, z)
	if p.Summary.Destroy != 2 || p.Zones[0].Ownership != dns.Managed {
		t.Errorf("the rollback = %+v, want h0 and h3 destroyed", p.Zones[0])
	}
}

// A forged plan cannot give up a record other than the one that it shows.
func TestAForgedForgetIsStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2)))
	p := w.plan(t, hosts("one.example", 2))
	shown := plan.ValuesOf(a("one.example", "harmless", "192.0.2.99"))
	p.Zones[0].Changes = append(p.Zones[0].Changes, plan.Change{Action: plan.Forget, Address: "one.example/A/harmless", Type: dns.A,
		Name: "harmless.one.example", RecordID: w.api.Records("one.example")[0].ID, Before: shown, After: shown, Risks: []plan.Risk{}})
	p.Recount()
	p.Seal()
	var stale *reconcile.StaleError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &stale) {
		t.Errorf("Apply = %v, want a stale plan", err)
	}
	if got := w.ownedNames(t, "one.example"); len(got) != 2 {
		t.Errorf("cfplan owns %v, want both records", got)
	}
}

func TestForgedMovesAreRefused(t *testing.T) {
	t.Parallel()
	for _, m := range []plan.Move{
		{RecordID: "1", From: "one.example/A/h0", To: ""},
		{RecordID: "1", From: "one.example/A/h0", To: "two.example/A/h0"},
		{RecordID: "1", From: "one.example/A/h0", To: "one.example/TXT/h0"},
		{RecordID: "", From: "one.example/A/h0", To: "one.example/A/h1"},
	} {
		z := plan.Zone{Name: "one.example", Ownership: dns.Managed, Source: plan.Source{Kind: plan.SourceLive}, Changes: []plan.Change{}, Moved: []plan.Move{m}}
		p := plan.New("0.0.0", time.Unix(1767225600, 0), []plan.Zone{z}, nil, nil)
		p.Seal()
		var b bytes.Buffer
		if err := plan.Encode(&b, p); err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Decode(&b); !errors.Is(err, plan.ErrAltered) {
			t.Errorf("Decode of the move %+v = %v, want ErrAltered", m, err)
		}
	}
}

// stolen is a backend whose locks are broken as soon as they are held.
type stolen struct {
	state.Backend
	state.Archive
}

type stolenLock struct{ state.Lock }

func (stolenLock) Check(context.Context) error { return state.ErrLockLost }

func (s stolen) Lock(ctx context.Context, h state.Holder, wait time.Duration) (state.Lock, error) {
	l, err := s.Backend.Lock(ctx, h, wait)
	return stolenLock{l}, err
}

func TestNothingIsGivenUpWithoutTheLock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withTheirs())
	w.apply(t, w.plan(t, declare(theirs("192.0.2.7"))))
	p := w.rollback(t, 0, reconcile.PlanOptions{})
	backend := local.New(w.state)
	w.Store = state.Open(stolen{backend, backend})
	if _, err := w.Apply(context.Background(), p); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Apply = %v, want ErrLockLost", err)
	}
	if !w.ownedNames(t, "one.example")[theirsName] {
		t.Error("the adopted record was given up without the lock")
	}
}

func TestAnEntryThatCannotBeReadLeavesTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	for i := range 2 {
		w.apply(t, w.plan(t, hosts("one.example", i+1)))
	}
	entries, err := filepath.Glob(filepath.Join(filepath.Dir(w.state), "cfplan.state.history", "*.json"))
	if err != nil || len(entries) != 2 {
		t.Fatalf("entries: %v, %v", entries, err)
	}
	if err := errors.Join(os.Remove(entries[0]), os.Mkdir(entries[0], 0o700)); err != nil {
		t.Fatal(err)
	}
	if list, err := w.History(t.Context()); err != nil || len(list) != 2 || list[0].Damage != nil || list[1].Damage == nil {
		t.Errorf("History = %+v, %v", list, err)
	}
}

// What an apply did not do in a refused zone cannot be undone.
func TestTheHistoryLeavesOutARefusedZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2), hosts("two.example", 1)))
	w.api.Fail(sandbox.AuthenticationError().On("POST", batchPath).InZone("one.example"))
	if _, err := w.Apply(context.Background(), w.plan(t, hosts("one.example", 1), hosts("two.example", 2))); err == nil {
		t.Fatal("nothing was refused")
	}
	w.api.ClearFaults()
	list, err := w.History(t.Context())
	if err != nil || len(list) != 2 || list[0].Summary.Destroy != 0 || list[0].Summary.Add != 1 {
		t.Errorf("History = %+v, %v; want only the zone that was changed", list, err)
	}
}

// Whatever is applied beside a record of others can be rolled back, and the rollback undone,
// exactly.
func TestAnyApplyCanBeRolledBackAndForth(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, withTheirs())
		look := func() string { return fmt.Sprint(w.content("one.example"), w.ownedNames(t, "one.example")) }
		here := look()
		z := declare()
		if rapid.Bool().Draw(rt, "adopt") {
			r := theirs("192.0.2.7")
			r.TTL = rapid.SampledFrom([]int{60, 300}).Draw(rt, "ttl")
			z.Records = append(z.Records, r)
		}
		for i := range rapid.IntRange(0, 3).Draw(rt, "records") {
			z.Records = append(z.Records, a("one.example", fmt.Sprint("h", i), "192.0.2.1"))
		}
		p := w.plan(t, z)
		if !p.HasChanges() {
			rt.Skip("nothing to do")
		}
		w.apply(t, p)
		there := look()
		for range 3 {
			w.apply(t, w.rollback(t, 0, reconcile.PlanOptions{}))
			if got := look(); got != here {
				rt.Fatalf("the zone and the owned records are\n%s\nwant\n%s", got, here)
			}
			here, there = there, here
		}
	})
}
