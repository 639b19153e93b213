package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

func TestAnApplyThatIsCutOffFromPostgreSQL(t *testing.T) { testCutOff(t, onPostgres) }
func TestAnApplyThatIsCutOffFromS3(t *testing.T)         { testCutOff(t, onS3) }
func TestAnApplyThatIsCutOffFromHTTP(t *testing.T)       { testCutOff(t, onHTTP) }

// testCutOff cuts an apply off from its backend at each of its steps, before the server receives
// the request or after, once or permanently. The next run finishes, duplicates nothing, loses no
// ownership, leaves records of others alone, gets the lock, and can be rolled back.
func testCutOff(t *testing.T, open openBackend) {
	whole := newCutRun(t, open, cut{step: -1})
	if _, err := whole.w.Apply(t.Context(), whole.plan); err != nil {
		t.Fatalf("Apply without a cut: %v", err)
	}
	whole.finished(t)

	for step, what := range whole.backend.steps {
		for _, c := range []cut{{step, false, false}, {step, true, false}, {step, false, true}, {step, true, true}} {
			t.Run(fmt.Sprintf("%s (%d), answers %v, for good %v", what, step, c.answers, c.forGood), func(t *testing.T) {
				t.Parallel()
				newCutRun(t, open, c).test(t)
			})
		}
	}
}

func TestAnApplyWhoseLockIsStolenOnPostgreSQL(t *testing.T) { testStolen(t, onPostgres) }
func TestAnApplyWhoseLockIsStolenOnS3(t *testing.T)         { testStolen(t, onS3) }
func TestAnApplyWhoseLockIsStolenOnHTTP(t *testing.T)       { testStolen(t, onHTTP) }

// testStolen breaks the lock of an apply at each of its steps and takes it: nothing more is sent, and the next run
// finishes.
func testStolen(t *testing.T, open openBackend) {
	whole := newCutRun(t, open, cut{step: -1})
	if _, err := whole.w.Apply(t.Context(), whole.plan); err != nil {
		t.Fatalf("Apply without a theft: %v", err)
	}

	for step, what := range whole.backend.steps {
		if what == "lock" {
			continue
		}
		t.Run(fmt.Sprintf("%s (%d)", what, step), func(t *testing.T) {
			t.Parallel()
			newCutRun(t, open, cut{step: -1}).stolen(t, step)
		})
	}
}

func (r *cutRun) stolen(t *testing.T, at int) {
	var theirs state.Lock
	sent := 0
	r.backend.before = func(step int) {
		if step != at {
			return
		}
		err := r.direct.ForceUnlock(t.Context(), r.backend.held.Holder().ID)
		if err == nil {
			theirs, err = r.direct.Lock(t.Context(), state.Holder{ID: "thief"}, 0)
		}
		if err != nil {
			t.Errorf("stealing the lock: %v", err)
		}
		sent = len(r.w.api.Writes())
	}

	report, err := r.w.Apply(context.Background(), r.plan)
	if theirs == nil {
		t.Fatal("the lock was not stolen")
	}
	if now := len(r.w.api.Writes()); now != sent {
		t.Errorf("%d requests were sent after the lock was stolen, want none", now-sent)
	}
	if err == nil && len(report.Left) > 0 || err != nil && !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Apply = %v with %d changes left, want no error and no changes left, or ErrLockLost", err, len(report.Left))
	}
	if err := theirs.Check(t.Context()); err != nil {
		t.Errorf("the thief lost the lock: %v", err)
	}
	if err := theirs.Unlock(); err != nil {
		t.Errorf("Unlock: %v", err)
	}

	r.w.Store = state.Open(r.direct)
	if _, again := r.w.Apply(t.Context(), r.plan); again != nil && !errors.Is(again, reconcile.ErrApplied) {
		t.Fatalf("the next Apply = %v, want no error or ErrApplied", again)
	}
	r.finished(t)
}

// cutRun is a world with one configuration applied, another planned, and a backend that will be cut
// off.
type cutRun struct {
	w       *world
	backend *stepping
	direct  state.Backend
	plan    *plan.Plan
	before  []dns.Zone
	after   []dns.Zone
	start   map[string]string // contents before the plan, by zone
}

// cutZones returns two versions of the zones. A plan from before to after has adds, changes, destroys and an
// adoption.
func cutZones() (before, after []dns.Zone) {
	const one, two = "one.example", "two.example"
	before = []dns.Zone{hosts(one, 3), hosts(two, 3)}
	after = []dns.Zone{hosts(one, 5), hosts(two, 4)}
	for i := range after {
		after[i].Records = after[i].Records[1:]
		after[i].Records[0].Content = "192.0.2.70"
	}
	after[1].Records = append(after[1].Records, a(two, "adopted", "192.0.2.8"))
	return before, after
}

func newCutRun(t *testing.T, open openBackend, c cut) *cutRun {
	t.Helper()
	proxy, through, direct := open(t)
	w := newWorld(t, cutForeign()...)
	w.Parallelism = 1
	r := &cutRun{w: w, direct: direct, start: map[string]string{}}
	r.before, r.after = cutZones()

	w.Store = state.Open(direct)
	w.mustApply(t, r.before)
	p, err := w.Plan(t.Context(), r.after, reconcile.PlanOptions{AllowDestroy: 1000})
	if err != nil {
		t.Fatalf("Plan: %v", err)
	}
	p.Seal()
	r.plan = p
	for _, z := range r.before {
		r.start[z.Name] = fmt.Sprint(w.content(z.Name))
	}

	b, stepping := newStepping(through, proxy, c)
	r.backend, w.Store = stepping, state.Open(b)
	w.api.ResetRequests()
	return r
}

func cutForeign() []sandbox.Zone {
	var out []sandbox.Zone
	for _, name := range []string{"one.example", "two.example"} {
		out = append(out, sandbox.Zone{Name: name, Plan: "free", Records: []sandbox.Record{
			{Type: "A", Name: "theirs", Content: "192.0.2.250", TTL: 300},
			{Type: "A", Name: "adopted", Content: "192.0.2.8", TTL: 300},
			{Type: "MX", Name: "@", Content: "mx.example.net", Priority: 10, TTL: 300},
		}})
	}
	return out
}

// recordIDs returns the records that the zones have at Cloudflare, by ID.
func (r *cutRun) recordIDs() map[string]string {
	out := map[string]string{}
	for _, z := range r.before {
		for _, rec := range r.w.api.Records(z.Name) {
			out[rec.ID] = fmt.Sprint(rec.Type, rec.Name, rec.Content, rec.TTL)
		}
	}
	return out
}

// made counts the records that differ between two results of recordIDs.
func made(before, after map[string]string) (s plan.Summary) {
	for id, was := range before {
		switch now, there := after[id]; {
		case !there:
			s.Destroy++
		case now != was:
			s.Change++
		}
	}
	for id := range after {
		if _, there := before[id]; !there {
			s.Add++
		}
	}
	return s
}

func (r *cutRun) test(t *testing.T) {
	was := r.recordIDs()
	report, err := r.w.Apply(context.Background(), r.plan)
	t.Logf("the run that was cut off: %+v, lock left: %v: %v", report.Done, report.LockLeft, err)

	done := report.Done
	done.Adopt, done.Unchanged, done.Unmanaged = 0, 0, 0
	if now := made(was, r.recordIDs()); now != done {
		t.Errorf("the report has %+v, but the zones at Cloudflare changed by %+v", done, now)
	}
	if err == nil && len(report.Left) > 0 {
		t.Errorf("Apply left %d changes but returned no error", len(report.Left))
	}

	r.w.Store = state.Open(r.direct)
	r.lockIsFreed(t, report)
	if _, again := r.w.Apply(t.Context(), r.plan); again != nil && !errors.Is(again, reconcile.ErrApplied) {
		t.Fatalf("the next Apply = %v, want no error or ErrApplied", again)
	}
	r.finished(t)
	r.leadsBack(t)
}

// lockIsFreed fails unless the lock can be taken: immediately if the run reports that it released the lock,
// otherwise after a force-unlock with the holder's ID from the refusal, or as soon as the server has noticed
// that the holder is gone.
func (r *cutRun) lockIsFreed(t *testing.T, report reconcile.Report) {
	t.Helper()
	lock, err := r.direct.Lock(t.Context(), state.Holder{ID: "next"}, 0)
	var locked *state.LockedError
	if errors.As(err, &locked) {
		if report.LockID != "" && report.LockLeft == nil {
			t.Errorf("the run reports that it released the lock, but Lock = %v", err)
		}
		if id := locked.Holder.ID; report.LockID != "" && id != "" && id != report.LockID {
			t.Errorf("the lock is held by %q, but the report names %q", locked.Holder.ID, report.LockID)
		}
		if locked.Holder.ID != "" {
			if err := r.direct.ForceUnlock(t.Context(), locked.Holder.ID); err != nil && !errors.Is(err, state.ErrNotLocked) {
				t.Errorf("ForceUnlock: %v", err)
			}
		}
		lock, err = r.direct.Lock(t.Context(), state.Holder{ID: "next"}, 10*time.Second)
	}
	if err != nil {
		t.Fatalf("Lock after the run = %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
}

// finished fails unless the zones have the declared records and those that were there before, and exactly the
// declared records are owned.
func (r *cutRun) finished(t *testing.T) {
	t.Helper()
	r.w.converged(t, r.after...)
	st, err := r.w.Store.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range r.after {
		records := r.w.api.Records(z.Name)
		foreign := 2
		if z.Name == "one.example" {
			foreign = 3 // there it is not declared, so it is not adopted
		}
		if len(records) != len(z.Records)+foreign {
			t.Errorf("%s has %d records, want %d", z.Name, len(records), len(z.Records)+foreign)
		}
		for _, rec := range records {
			if (rec.Name == "theirs."+z.Name || rec.Type == "MX") && st.Zones[z.Name].Owns(rec.ID) {
				t.Errorf("%s %s is owned, want it unmanaged", rec.Type, rec.Name)
			}
		}
		if st.Zones[z.Name].Journal != nil {
			t.Errorf("%s: the journal is open, want none", z.Name)
		}
	}
}

// leadsBack fails unless a rollback restores the state before the plan.
func (r *cutRun) leadsBack(t *testing.T) {
	t.Helper()
	if _, ok := r.direct.(state.Archive); !ok {
		return
	}
	list, err := r.w.History(t.Context())
	if err != nil || len(list) < 2 {
		t.Fatalf("History = %+v, %v; want the first apply and at least one of the plan", list, err)
	}
	var sum plan.Summary
	for _, entry := range list[:len(list)-1] {
		sum.Add += entry.Summary.Add
		sum.Change += entry.Summary.Change
		sum.Destroy += entry.Summary.Destroy
		sum.Adopt += entry.Summary.Adopt
	}
	want := r.plan.Summary
	want.Unchanged, want.Unmanaged = 0, 0
	if sum != want {
		t.Errorf("the history has %+v in %d applies, want %+v", sum, len(list)-1, want)
	}
	r.w.back(t, list[len(list)-2].Serial)
	if r.w.ownedNames(t, "two.example")["adopted.two.example"] {
		t.Error("after the rollback adopted.two.example is still owned, want it unmanaged")
	}
	for zone, start := range r.start {
		if now := fmt.Sprint(r.w.content(zone)); now != start {
			t.Errorf("after the rollback %s has %s\nwant %s", zone, now, start)
		}
	}
}
