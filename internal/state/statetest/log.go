package statetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

// logs tests the log of an apply in any backend. Each run has its own store, as in its own process.
func logs(t *testing.T, open func(t *testing.T) state.Backend) {
	for _, c := range []struct {
		name string
		test func(*testing.T, state.Backend)
	}{
		{"a log is read with the state", logIsRead},
		{"a log that another run has closed accepts no more entries", logIsSealed},
		{"outcomes are recorded after another run has closed the log", logOutcomeAfterSeal},
		{"two runs close a log and both change the state", logSealedTwice},
		{"a late outcome leaves the log of the next run open", logOutcomeBesideOther},
		{"a log that was cut off is not taken for the next run's", logsApart},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// run is a running apply, in its own store.
type run struct {
	*testing.T
	store *state.Store
	log   *state.Log
	of    state.Applied
}

// begun returns an apply that has written its first entry, about a.example, to an existing state.
func begun(t *testing.T, b state.Backend, who string) *run {
	t.Helper()
	r := &run{T: t, store: state.Open(b)}
	st := read(t, r.store)
	names, err := r.store.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.of = state.Applied{
		Hash:   "sha256:" + who,
		At:     time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC),
		Who:    who,
		Serial: st.Serial,
	}
	r.log = r.store.NewLog(r.of, state.LogOptions{Parts: state.PartsOf(names, st.Lineage, st.Serial, 0)})
	r.must(r.announce("a.example"))
	return r
}

func (r *run) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("%s: %v", r.of.Who, err)
	}
}

// announce opens the journal of a zone.
func (r *run) announce(zone string) error {
	return r.log.Announce(r.Context(), func(st *state.State) (state.Entry, error) {
		if !st.HasBegun(r.of) {
			if st.Serial != r.of.Serial {
				return state.Entry{}, state.ErrLockLost
			}
			begun := r.of
			st.Begun = &begun
		}
		return state.Entry{Zone: zone, ZoneID: "1", Open: &state.Journal{At: r.of.At, Who: r.of.Who}}, nil
	})
}

// record closes the journal of a zone, and records a record whose ID is the zone's name.
func (r *run) record(zone string) error { return r.recordWith(zone, nil) }

func (r *run) recordWith(zone string, finish func(*state.State)) error {
	return r.log.Record(r.Context(), func(*state.State) (state.Entry, error) {
		return state.Entry{
			Zone:   zone,
			Closed: &state.Request{At: r.of.At, Who: r.of.Who},
			Owned:  map[string]state.Owned{"of " + zone: {Address: zone + "/A/" + r.of.Who, Name: zone, Type: dns.A}},
			Made:   []string{"change of " + zone},
			Finish: finish,
		}, nil
	})
}

// finish records the last zone and ends the apply.
func (r *run) finish(zone string) {
	r.Helper()
	r.must(r.recordWith(zone, func(st *state.State) {
		st.RecordFinished(r.of)
		st.RecordApplied(r.of.Hash, r.of.At, r.of.Who)
	}))
	r.must(r.log.Close(r.Context()))
}

// has fails unless the stored state has this number of open requests, and the records of these zones.
func has(t *testing.T, b state.Backend, open int, zones ...string) *state.State {
	t.Helper()
	st := read(t, state.Open(b))
	found := 0
	for _, z := range st.Zones {
		if z.Journal != nil {
			found++
		}
	}

	if found != open {
		t.Errorf("the state has %d open requests, want %d: %+v", found, open, st.Zones)
	}

	for _, zone := range zones {
		if !st.Zone(zone).Owns("of " + zone) {
			t.Errorf("the record of %s is not owned", zone)
		}
	}

	if st.Owned() != len(zones) {
		t.Errorf("%d records are owned, want the records of %v", st.Owned(), zones)
	}

	return st
}

// stored returns a backend with an empty state.
func stored(t *testing.T, b state.Backend) state.Backend {
	t.Helper()
	replace(t, state.Open(b), state.New())
	return b
}

func logIsRead(t *testing.T, b state.Backend) {
	r := begun(t, stored(t, b), "one")
	has(t, b, 1)
	r.must(r.record("a.example"))
	has(t, b, 0, "a.example")

	zones := []string{"a.example"}
	for i := range 12 {
		zone := fmt.Sprintf("b%d.example", i)
		r.must(r.announce(zone))
		has(t, b, 1, zones...)
		r.must(r.record(zone))
		zones = append(zones, zone)
	}

	st := has(t, b, 0, zones...)
	if st.Serial != 2 || !st.LogIsOpen() || !st.HasBegun(r.of) || len(st.Begun.Made) != 13 {
		t.Errorf("during the apply the serial is %d, the log open: %v, begun %+v; want 2, true and 13 changes", st.Serial,
			st.LogIsOpen(), st.Begun)
	}

	r.must(r.announce("last.example"))
	r.finish("last.example")
	st = has(t, b, 0, append(zones, "last.example")...)
	if _, applied := st.WasApplied(r.of.Hash); st.Serial != 3 || st.LogIsOpen() || st.Begun != nil || !applied {
		t.Errorf("after the apply the serial is %d, the log open: %v, begun %+v, applied: %v; want 3, false, nil and true", st.Serial,
			st.LogIsOpen(), st.Begun, applied)
	}

	names, err := state.Open(b).Entries(t.Context())
	if err != nil || len(names) > 0 {
		t.Errorf("after the apply there are the entries %v, %v; want none", names, err)
	}
}

func logIsSealed(t *testing.T, b state.Backend) {
	r := begun(t, stored(t, b), "one")
	r.must(r.record("a.example"))
	r.must(r.announce("b.example"))

	other := state.Open(b)
	_, err := other.Update(t.Context(), func(st *state.State) (bool, error) {
		st.EnsureZone("theirs.example", "2")
		return true, nil
	})

	r.must(err)
	for _, zone := range []string{"c.example", "d.example"} {
		if err := r.announce(zone); !errors.Is(err, state.ErrLockLost) {
			t.Errorf("Announce of %s in a log that another run has closed = %v, want ErrLockLost", zone, err)
		}
	}

	r.must(r.log.Close(t.Context()))

	st := has(t, b, 1, "a.example")
	if st.Zone("b.example").Journal == nil || st.Zone("c.example") != nil || st.Zone("theirs.example") == nil ||
		st.LogIsOpen() {
		t.Errorf("the state has %+v, log open: %v; want the open request to b.example and the other run's change",
			st.Zones, st.LogIsOpen())
	}
}

func logOutcomeAfterSeal(t *testing.T, b state.Backend) {
	r := begun(t, stored(t, b), "one")
	replace(t, state.Open(b), read(t, state.Open(b)))

	r.must(r.record("a.example"))
	has(t, b, 0, "a.example")
	if err := r.announce("b.example"); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Announce after the outcome = %v, want ErrLockLost", err)
	}
}

func logSealedTwice(t *testing.T, b state.Backend) {
	r := begun(t, stored(t, b), "one")
	r.must(r.announce("b.example"))

	const others = 4
	var g sync.WaitGroup
	for i := range others {
		g.Go(func() {
			_, err := state.Open(b).Update(t.Context(), func(st *state.State) (bool, error) {
				st.EnsureZone(fmt.Sprintf("theirs%d.example", i), "2")
				return true, nil
			})
			if err != nil {
				t.Errorf("Update %d: %v", i, err)
			}
		})
	}

	g.Wait()

	if err := r.announce("c.example"); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Announce = %v, want ErrLockLost", err)
	}
	if st := has(t, b, 2); len(st.Zones) != 2+others {
		t.Errorf("the state has %d zones, want the 2 of the log and one of each of the %d runs", len(st.Zones), others)
	}
}

func logOutcomeBesideOther(t *testing.T, b state.Backend) {
	late := begun(t, stored(t, b), "late")
	replace(t, state.Open(b), read(t, state.Open(b))) // as if the lock was broken: this closes the log

	next := begun(t, b, "next")
	next.must(next.announce("b.example"))
	late.must(late.record("late.example"))
	next.must(next.record("b.example"))
	next.must(next.announce("c.example"))
	next.finish("c.example")

	has(t, b, 1, "late.example", "b.example", "c.example")
}

func logsApart(t *testing.T, b state.Backend) {
	stored(t, b)
	for i := range 3 {
		replace(t, state.Open(b), read(t, state.Open(b))) // closes the previous run's log
		zone := fmt.Sprintf("b%d.example", i)
		r := begun(t, b, fmt.Sprintf("run%d", i))
		r.must(r.record("a.example"))
		r.must(r.announce(zone))
		r.must(r.record(zone)) // the run is cut off here
	}
	has(t, b, 0, "a.example", "b0.example", "b1.example", "b2.example")
}
