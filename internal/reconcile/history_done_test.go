package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// kill carries out a plan like a process that is killed after that many saves, when it makes the next one.
func (w *world) kill(t testing.TB, saves int, p *plan.Plan) {
	t.Helper()
	whole := w.Store
	w.Store = failingAfter(w.state, saves)
	_, err := w.Apply(context.Background(), p)
	w.Store = whole
	if err == nil {
		t.Fatal("the run was not cut off")
	}
}

// history fails unless the history has exactly these applies, newest first.
func (w *world) history(t testing.TB, want ...reconcile.Applied) {
	t.Helper()
	got, err := w.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("History = %+v, want %d applies", got, len(want))
	}
	for i, a := range got {
		w := want[i]
		a.Summary.Unchanged, a.Summary.Unmanaged = 0, 0
		if a.Summary != w.Summary || a.InDoubt != w.InDoubt || len(a.Zones) != len(w.Zones) || a.Plan != nil {
			t.Errorf("apply %d = %+v in %v, %d in doubt; want %+v in %v, %d",
				i, a.Summary, a.Zones, a.InDoubt, w.Summary, w.Zones, w.InDoubt)
		}
	}
}

var one = []string{"one.example"}

// bigWorld has a zone with room for 450 hosts, which take three requests.
func bigWorld(t testing.TB) *world {
	return newWorld(t, sandbox.Zone{Name: "one.example", RecordQuota: 1000})
}

func TestTheHistoryOfAKilledApplySaysWhatWasDone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	for _, c := range []struct {
		name  string
		saves int
		want  []reconcile.Applied
	}{
		{"before it noted anything", 0, nil},
		{"in its first request", 1, []reconcile.Applied{{InDoubt: 200, Zones: one}}},
		{"after its first request", 2, []reconcile.Applied{{Summary: plan.Summary{Add: 200}, Zones: one}}},
		{"in its second request", 3, []reconcile.Applied{{Summary: plan.Summary{Add: 200}, InDoubt: 200, Zones: one}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := bigWorld(t)
			desired := hosts("one.example", 450)
			w.kill(t, c.saves, w.plan(t, desired))
			w.history(t, c.want...)

			// The next apply finds out what became of the last request, and does the rest.
			there := len(w.api.Records("one.example"))
			w.apply(t, w.plan(t, desired))
			want := []reconcile.Applied{{Summary: plan.Summary{Add: 450 - there}, Zones: one}}
			if there > 0 {
				want = append(want, reconcile.Applied{Summary: plan.Summary{Add: there}, Zones: one})
			}
			w.history(t, want...)

			w.back(t, w.serials(t)[len(want)-1])
			if n := len(w.api.Records("one.example")); n != 0 {
				t.Errorf("%d records are left after everything was rolled back, want none", n)
			}
		})
	}
}

// serials returns the serials of the applies, newest first.
func (w *world) serials(t testing.TB) []uint64 {
	t.Helper()
	list, err := w.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []uint64
	for _, a := range list {
		out = append(out, a.Serial)
	}
	return out
}

// A record that the killed apply did not reach, and that a colleague destroyed since, does not come back.
func TestRollbackOfAKilledApplyUndoesOnlyWhatWasDone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	for _, saves := range []int{2, 3} { // after its first request, and in its second
		w := bigWorld(t)
		w.apply(t, w.plan(t, hosts("one.example", 450)))
		p, err := w.Plan(t.Context(), []dns.Zone{{Name: "one.example"}}, reconcile.PlanOptions{AllowDestroy: 450})
		if err != nil {
			t.Fatal(err)
		}
		p.Seal()
		w.kill(t, saves, p)
		left := w.api.Records("one.example")
		gone := left[len(left)-1]
		w.api.DeleteRecord("one.example", gone.ID)

		w.back(t, 0)

		got := w.content("one.example")
		if _, there := got["A "+gone.Name+" 192.0.2.1"]; there || len(got) != 449 {
			t.Errorf("killed after %d saves: the zone has %d records, %s is back: %v; want 449, without the record that the colleague "+
				"destroyed",
				saves, len(got), gone.Name, there)
		}
	}
}

// A rollback without a serial skips an apply that did nothing.
func TestRollbackSkipsAnApplyThatDidNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"})
	w.apply(t, w.plan(t, hosts("one.example", 1)))
	p := w.plan(t, retargeted("one.example", 1))
	w.api.Fail(sandbox.InvalidAccessToken().On("POST", batchPath))
	if _, err := w.Apply(context.Background(), p); err == nil {
		t.Fatal("the request was not refused")
	}
	w.api.ClearFaults()
	w.history(t, reconcile.Applied{Summary: plan.Summary{Add: 1}, Zones: one})

	w.back(t, 0)

	if n := len(w.api.Records("one.example")); n != 0 {
		t.Errorf("%d records are left, want none", n)
	}
}

// state rm does not change the history.
func TestTheHistoryOutlivesAForgottenZone(t *testing.T) {
	t.Parallel()
	w := bigWorld(t)
	w.kill(t, 2, w.plan(t, hosts("one.example", 450)))
	st, err := w.Store.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	st.Forget("one.example")
	if err := w.Store.Replace(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	w.history(t, reconcile.Applied{Summary: plan.Summary{Add: 200}, Zones: one})
}

func TestTheHistoryHasOnlyTheDonePartOfAnAdoptionThatWasCutOff(t *testing.T) {
	t.Parallel()
	there := []sandbox.Record{{Type: "A", Name: "h0", Content: "192.0.2.1", TTL: 300}}
	w := newWorld(t, sandbox.Zone{Name: "one.example", Records: there}, sandbox.Zone{Name: "two.example", Records: there})
	w.Parallelism = 1
	p := w.plan(t, hosts("one.example", 1), hosts("two.example", 1))
	p.Hash = "" // as in an import
	w.kill(t, 1, p)
	w.history(t, reconcile.Applied{Summary: plan.Summary{Adopt: 1}, Zones: one})

	w.apply(t, w.plan(t, hosts("one.example", 1), hosts("two.example", 1)))
	two := reconcile.Applied{Summary: plan.Summary{Adopt: 1}, Zones: []string{"two.example"}}
	w.history(t, two, reconcile.Applied{Summary: plan.Summary{Adopt: 1}, Zones: one})
}

// A finished plan is in the history as a whole, and the state keeps nothing of its progress.
func TestAFinishedApplyLeavesNoProgressBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	w.apply(t, w.plan(t, hosts("one.example", 2), hosts("two.example", 2)))
	w.history(t, reconcile.Applied{Summary: plan.Summary{Add: 4}, Zones: []string{"one.example", "two.example"}})
	st, err := w.Store.Read(t.Context())
	if err != nil || st.Begun != nil || st.Finished != w.serials(t)[0] {
		t.Errorf("the state has begun %+v and finished %d, %v; want nothing and %d", st.Begun, st.Finished, err, w.serials(t)[0])
	}
}

// A request whose outcome cannot be found out before the next apply counts as done. A rollback leaves records
// alone that are not as the request would have left them.
func TestARequestInDoubtStaysInTheHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	w.kill(t, 1, w.plan(t, hosts("one.example", 1)))
	w.api.Fail(sandbox.InvalidAccessToken().InZone("one.example"))
	p, err := w.Plan(t.Context(), []dns.Zone{hosts("two.example", 1)}, reconcile.PlanOptions{Selection: only(t, "two.example")})
	if err != nil {
		t.Fatal(err)
	}
	p.Seal()
	w.apply(t, p)
	w.api.ClearFaults()
	w.history(t,
		reconcile.Applied{Summary: plan.Summary{Add: 1}, Zones: []string{"two.example"}},
		reconcile.Applied{Summary: plan.Summary{Add: 1}, Zones: one},
	)
}

var errNoArchive = errors.New("the archive is out of reach")

// archiveless is a backend whose archive cannot be reached.
type archiveless struct{ *local.Backend }

func (archiveless) Kept(context.Context, string) ([]byte, error) { return nil, errNoArchive }

// The history must not lose an entry that it cannot complete.
func TestAnEntryThatCannotBeCompletedStopsTheNextApply(t *testing.T) {
	t.Parallel()
	w := bigWorld(t)
	w.kill(t, 2, w.plan(t, hosts("one.example", 450)))
	p := w.plan(t, hosts("one.example", 450))
	whole := w.Store
	w.Store = state.Open(archiveless{local.New(w.state)})
	_, err := w.Apply(context.Background(), p)
	w.Store = whole
	if !errors.Is(err, errNoArchive) {
		t.Errorf("Apply = %v, want the archive's error", err)
	}
	w.history(t, reconcile.Applied{Summary: plan.Summary{Add: 200}, Zones: one})
	if n := len(w.api.Records("one.example")); n != 200 {
		t.Errorf("the zone has %d records, want 200", n)
	}
}
