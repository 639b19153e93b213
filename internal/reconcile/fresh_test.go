package reconcile_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// slowClock is a clock that only advances when the test advances it.
type slowClock struct{ passed atomic.Int64 }

func (c *slowClock) pass(d time.Duration) { c.passed.Add(int64(d)) }

func (c *slowClock) now() time.Time {
	return time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC).Add(time.Duration(c.passed.Load()))
}

// slow gives the world a slowClock.
func (w *world) slow() *slowClock {
	c := &slowClock{}
	w.Now = c.now
	return c
}

// edit changes a record as a colleague in the dashboard would.
func (w *world) edit(t testing.TB, zone, name string, change func(*sandbox.Record)) {
	t.Helper()
	for _, r := range w.api.Records(zone) {
		if r.Name == name {
			if _, err := w.api.EditRecord(zone, r.ID, change); err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Errorf("%s has no record %s", zone, name)
}

// lists counts how often the records of a zone were read.
func (w *world) lists(t testing.TB, zone string) int {
	t.Helper()
	z, ok := w.api.Zone(zone)
	if !ok {
		t.Fatalf("no zone %s", zone)
	}
	n := 0
	for _, r := range w.api.Requests() {
		if r.Method == "GET" && strings.Contains(r.Path, z.ID+"/dns_records") {
			n++
		}
	}
	return n
}

// retargeted declares n hosts with another address.
func retargeted(zone string, n int) dns.Zone {
	z := hosts(zone, n)
	for i := range z.Records {
		z.Records[i].Content = "192.0.2.77"
	}
	return z
}

// twoZones returns a world with two zones of one host each, its clock, and zones that declare another address
// for both hosts. An apply writes the zones one after the other.
func twoZones(t *testing.T) (*world, *slowClock, []dns.Zone) {
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
	w.Parallelism = 1
	w.apply(t, w.plan(t, hosts("one.example", 1), hosts("two.example", 1)))
	return w, w.slow(), []dns.Zone{retargeted("one.example", 1), retargeted("two.example", 1)}
}

// staleIn fails unless the error is about one record of one zone that changed during the apply.
func staleIn(t testing.TB, err error, zone, name string) {
	t.Helper()
	var stale *reconcile.StaleError
	if !errors.As(err, &stale) || !stale.Started || len(stale.Zones) != 1 || stale.Zones[0].Name != zone {
		t.Fatalf("Apply = %v, want %s to have changed meanwhile", err, zone)
	}
	if changes := stale.Zones[0].Changes; len(changes) != 1 || changes[0].Change.Name != name {
		t.Errorf("stale changes = %+v, want %s alone", changes, name)
	}
}

// A colleague has edited the second zone before the apply begins, so the first one is not written
// either.
func TestOneStaleZoneKeepsAllFromBeingWritten(t *testing.T) {
	t.Parallel()
	w, _, desired := twoZones(t)
	p := w.plan(t, desired...)
	w.edit(t, "two.example", "h0.two.example", func(r *sandbox.Record) { r.Content = "192.0.2.200" })
	w.api.ResetRequests()

	_, err := w.Apply(context.Background(), p)

	var stale *reconcile.StaleError
	if !errors.As(err, &stale) || stale.Started || len(stale.Zones) != 1 || stale.Zones[0].Name != "two.example" {
		t.Errorf("Apply = %v, want two.example to be stale before anything began", err)
	}
	if n := len(w.api.Writes()); n != 0 {
		t.Errorf("%d writing calls, want none", n)
	}
}

// A colleague edits the second zone while the request to the first one takes its time.
func TestAnEditInTheNextZoneIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w, clock, desired := twoZones(t)
	p := w.plan(t, desired...)
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
		clock.pass(6 * time.Second)
		w.edit(t, "two.example", "h0.two.example", func(r *sandbox.Record) { r.Content = "192.0.2.200" })
	}))

	report, err := w.Apply(context.Background(), p)

	staleIn(t, err, "two.example", "h0.two.example")
	if report.Done.Change != 1 || len(report.Left) != 1 || len(w.api.Writes()) != 3 {
		t.Errorf("done %+v, left %d, %d writes in all; want one zone changed and 3",
			report.Done, len(report.Left), len(w.api.Writes()))
	}
	if w.content("two.example")["A h0.two.example 192.0.2.200"] == "" {
		t.Errorf("two.example has %v, want the colleague's edit", w.content("two.example"))
	}
	if j := w.journal(t, "two.example"); j != nil {
		t.Errorf("the journal announces %+v, want nothing: the request was not sent", j)
	}
	if w.content("one.example")["A h0.one.example 192.0.2.77"] == "" || w.owned(t, "one.example") != 1 {
		t.Errorf("one.example has %v, want it as planned", w.content("one.example"))
	}
}

// The age at the time of sending counts: waiting for another try makes a read older.
func TestAnEditBeforeTheNextTryIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w, clock, desired := twoZones(t)
	p := w.plan(t, desired...)
	busy := sandbox.RateLimited(0).On("POST", batchPath).InZone("one.example").Once()
	busy.Then = func() {
		clock.pass(6 * time.Second)
		w.edit(t, "one.example", "h0.one.example", func(r *sandbox.Record) { r.TTL = 60 })
	}
	w.api.Fail(busy)

	report, err := w.Apply(context.Background(), p)

	staleIn(t, err, "one.example", "h0.one.example")
	if report.Done.Change != 1 || w.content("one.example")["A h0.one.example 192.0.2.1"] == "" {
		t.Errorf("done %+v, one.example has %v; want the other zone changed, and this one as the colleague left it",
			report.Done, w.content("one.example"))
	}
	if w.content("two.example")["A h0.two.example 192.0.2.77"] == "" {
		t.Errorf("two.example has %v, want it as planned", w.content("two.example"))
	}
}

func TestAnEditBeforeALaterRequestOfTheZoneIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "one.example", RecordQuota: 1000})
	w.apply(t, w.plan(t, hosts("one.example", 450)))
	clock, desired := w.slow(), retargeted("one.example", 450)
	p := w.plan(t, desired)
	last := p.Zones[0].Changes[449].Name
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
		clock.pass(6 * time.Second)
		w.edit(t, "one.example", last, func(r *sandbox.Record) { r.TTL = 60 })
	}))

	// The edit concerns the third request. The second one is not sent either.
	report, err := w.Apply(context.Background(), p)

	staleIn(t, err, "one.example", last)
	if report.Done.Change != 200 || len(report.Left) != 250 {
		t.Errorf("done %+v, left %d; want 200 and 250", report.Done, len(report.Left))
	}
	if s := w.plan(t, desired).Summary; s.Change != 250 {
		t.Errorf("next plan = %+v, want 250 to change", s)
	}
}

func TestAnOldReadIsRepeatedOnceAndAFreshOneNotAtAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		passes time.Duration
		lists  int
	}{
		{5 * time.Second, 1},
		{5*time.Second + time.Millisecond, 2},
		{-time.Hour, 2}, // the clock was set: the age is not known
	} {
		w, clock, desired := twoZones(t)
		p := w.plan(t, desired...)
		w.api.ResetRequests()
		w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() { clock.pass(c.passes) }))

		w.apply(t, p)

		if one, two := w.lists(t, "one.example"), w.lists(t, "two.example"); one != 1 || two != c.lists {
			t.Errorf("after %v: one.example was read %d times and two.example %d times, want 1 and %d",
				c.passes, one, two, c.lists)
		}
		w.converged(t, desired...)
	}
}

// A list that takes long is old itself, but a zone whose list always takes long can still be
// written.
func TestAListThatTakesLongIsReadAgain(t *testing.T) {
	t.Parallel()
	w, clock, desired := twoZones(t)
	p := w.plan(t, desired...)
	list := sandbox.Fault{Method: "GET", Path: "/dns_records", Zone: "two.example", Skip: 1}
	list.Then = func() { clock.pass(6 * time.Second) }
	edited := list.Once()
	edited.Then = func() {
		w.edit(t, "two.example", "h0.two.example", func(r *sandbox.Record) { r.TTL = 60 })
	}
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() { clock.pass(6 * time.Second) }), list, edited)

	_, err := w.Apply(context.Background(), p)

	staleIn(t, err, "two.example", "h0.two.example")

	w, clock, desired = twoZones(t)
	p = w.plan(t, desired...)
	w.api.ResetRequests()
	w.api.Fail(sandbox.Fault{Method: "GET", Path: "/dns_records", Then: func() { clock.pass(6 * time.Second) }})
	w.apply(t, p)
	if n := w.lists(t, "two.example"); n != 4 {
		t.Errorf("two.example was read %d times, want 4: once with all zones, three times before its request", n)
	}
}

func TestAZoneThatCannotBeReadAgainIsNotWritten(t *testing.T) {
	t.Parallel()
	w, clock, desired := twoZones(t)
	p := w.plan(t, desired...)
	w.api.Fail(
		sandbox.Meanwhile("POST", batchPath, func() { clock.pass(6 * time.Second) }),
		sandbox.InvalidAccessToken().On("GET", "/dns_records").InZone("two.example").After(1),
	)

	report, err := w.Apply(context.Background(), p)

	var write *reconcile.WriteError
	if !errors.As(err, &write) || write.Zone != "two.example" || write.InDoubt || report.Done.Change != 1 || len(report.Left) != 1 {
		t.Fatalf("Apply = %v, done %+v, left %d; want two.example refused and left", err, report.Done, len(report.Left))
	}
	if w.journal(t, "two.example") != nil || w.content("two.example")["A h0.two.example 192.0.2.1"] == "" {
		t.Errorf("two.example has %v and the journal %+v, want neither changed",
			w.content("two.example"), w.journal(t, "two.example"))
	}
}

// An adoption needs no request, but the record must still be as it was shown.
func TestARecordThatChangedBeforeItsAdoptionIsNotAdopted(t *testing.T) {
	t.Parallel()
	there := []sandbox.Record{{Type: "A", Name: "h0", Content: "192.0.2.1", TTL: 300}}
	w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example", Records: there})
	w.Parallelism = 1
	clock := w.slow()
	p := w.plan(t, hosts("one.example", 1), hosts("two.example", 1))
	w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
		clock.pass(6 * time.Second)
		w.edit(t, "two.example", "h0.two.example", func(r *sandbox.Record) { r.Content = "192.0.2.200" })
	}))

	report, err := w.Apply(context.Background(), p)

	staleIn(t, err, "two.example", "h0.two.example")
	if report.Done.Add != 1 || report.Done.Adopt != 0 || w.owned(t, "two.example") != 0 {
		t.Errorf("done %+v, %d records of two.example owned; want 1 added and none", report.Done, w.owned(t, "two.example"))
	}
}

// The second try of a request in doubt is checked like the first.
func TestAnEditBeforeTheSecondTryOfARequestInDoubtIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w, clock, desired := twoZones(t)
	p := w.plan(t, desired...)
	w.api.Fail(sandbox.CutBeforeCommit().On("POST", batchPath).InZone("one.example").Once(),
		sandbox.Fault{Method: "GET", Path: "/dns_records", Zone: "one.example", Skip: 1, Times: 1, Then: func() {
			clock.pass(6 * time.Second)
			w.edit(t, "one.example", "h0.one.example", func(r *sandbox.Record) { r.TTL = 60 })
		}})

	_, err := w.Apply(context.Background(), p)

	if err == nil || !strings.Contains(err.Error(), "one.example") || !strings.Contains(err.Error(), "ttl was 300 and is 60") {
		t.Fatalf("Apply = %v, want the record that changed", err)
	}
	if w.content("one.example")["A h0.one.example 192.0.2.1"] == "" {
		t.Errorf("one.example has %v, want the colleague's edit", w.content("one.example"))
	}
}
