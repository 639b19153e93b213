// Package statetest is the suite of tests that every state.Backend must pass, through a state.Store and
// directly. It is only for tests.
package statetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

// Limit is something that the protocol of a store does not allow a backend to do.
type Limit string

const (
	// JSONAlone means that the store accepts only JSON objects whose serial grows.
	JSONAlone Limit = "documents are JSON objects whose serial grows"
	// HolderByID means that the store keeps only the ID of a lock's holder, and its own words for the rest.
	HolderByID Limit = "a holder is known by its ID"
)

// Run tests the backends that open returns; each call must return a new, empty one. If a limit excludes a
// property, Run tests what remains of that property. If the backend has no archive, Run tests that a store
// works without one.
func Run(t *testing.T, open func(t *testing.T) state.Backend, limits ...Limit) {
	held := lockHeld
	if slices.Contains(limits, HolderByID) {
		held = lockHeldByID
	}

	for _, c := range []struct {
		name string
		test func(*testing.T, *state.Store)
	}{
		{"an empty store reads as a new state", missing},
		{"a stored state is read back", roundTrip},
		{"each replacement raises the serial", serials},
		{"an old serial is a conflict and changes nothing", oldSerial},
		{"a new state does not replace a stored one", newOverStored},
		{"a state of another lineage is a conflict", otherLineage},
		{"a state with a serial is a conflict if nothing is stored", serialOverNothing},
		{"a state that could not be read back is refused", invalidState},
		{"an update without a change writes nothing", updateUnchanged},
		{"an update whose function fails writes nothing", updateFails},
		{"an update that is always too late gives up", updateConflicts},
		{"concurrent updates lose nothing", updatesSideBySide},
		{"an update that fails does not affect concurrent ones", updateFailsBesideOthers},
		{"an update that was given up does not run", updateGivenUp},
		{"snapshots are read back", snapshotsRoundTrip},
		{"snapshots are merged, the newer one winning", snapshotsMerge},
		{"saving snapshots and saving the state do not conflict", snapshotsApart},
		{"saving snapshots concurrently loses none", snapshotsSideBySide},
		{"a held lock names its holder", held},
		{"a released lock can be taken", lockAgain},
		{"a run that waits for the lock gets it", lockWaits},
		{"Lock waits no longer than it may", lockWaitIsOver},
		{"Lock gives up when its context is done", lockGivesUp},
		{"only one run at a time holds the lock", lockExcludes},
		{"the lock does not stop a replacement", replaceUnderLock},
		{"force-unlock with the right ID breaks the lock", forceUnlock},
		{"force-unlock with a wrong ID names the right one", forceUnlockWrongID},
		{"force-unlock without a lock reports that", forceUnlockNotLocked},
		{"a broken lock is no longer its holder's", lockLost},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, state.Open(open(t))) })
	}

	t.Run("the archive keeps its entries", func(t *testing.T) {
		b := open(t)
		if _, ok := b.(state.Archive); ok {
			archive(t, state.Open(b))
		} else {
			noArchive(t, state.Open(b))
		}
	})

	t.Run("an entry is added once", func(t *testing.T) { addOnce(t, archiveOf(t, open(t))) })
	t.Run("one of many concurrent additions succeeds", func(t *testing.T) { addSideBySide(t, archiveOf(t, open(t))) })
	t.Run("many entries are dropped at once", func(t *testing.T) { dropMany(t, archiveOf(t, open(t))) })
	documents(t, open, slices.Contains(limits, JSONAlone))
	logs(t, open)
}

// SampleSnapshot returns a snapshot that uses every field.
func SampleSnapshot() *state.Snapshot {
	snapshot := state.NewSnapshot(time.Date(2026, 11, 22, 18, 4, 5, 678, time.UTC), dns.Zone{
		Name: "example.com", ID: "023e105f4ecef8ad9ca31a8372d0c353", Tier: "free",
		NameServers: []string{"amy.ns.cloudflare.com", "bob.ns.cloudflare.com"},
		Records: []dns.Record{
			{ID: "5a7805061c76ada191ed06f989cc3dac", Name: "example.com", Type: dns.MX, Content: "mx1.example.net", Priority: 10, TTL: 300},
			{ID: "9c1b", Name: "example.com", Type: dns.TXT, Content: `"v=spf1 <a> & ü"`, TTL: dns.AutoTTL,
				Comment: "who's < 1 & > 0?\n\"quoted\"", Tags: []string{"owner:dns", "prod"}, ManagedBy: "Email Routing"},
			{ID: "372e67954025e0ba6aaa6d586b9e0b59", Name: "www.example.com", Type: dns.A, Content: "192.0.2.1",
				TTL: dns.AutoTTL, Proxied: true, Settings: dns.Settings{IPv4Only: true}},
		},
	})

	snapshot.SetPending([]string{"sha256:9", "sha256:8"})
	return snapshot
}

// Sample returns a state that uses every field. Its serial is 0.
func Sample() *state.State {
	s := state.New()
	z := s.EnsureZone("example.com", "023e105f4ecef8ad9ca31a8372d0c353")
	z.Owned["372e67954025e0ba6aaa6d586b9e0b59"] = state.Owned{
		Address: "example.com/A/www",
		Name:    "www.example.com",
		Type:    dns.A,
	}
	z.Owned["5a7805061c76ada191ed06f989cc3dac"] = state.Owned{
		Address: `example.com/MX/mail["mx1"]`,
		Name:    "example.com",
		Type:    dns.MX,
	}
	s.EnsureZone("example.org", "")
	s.RecordApplied("sha256:1", time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), "root@vm")
	s.RecordApplied("sha256:2", time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), "root@vm")
	return s
}

// Diff compares two states by their content. An empty map or list equals a nil one.
func Diff(want, got *state.State) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(state.State{}))
}

// DiffSnapshots compares the snapshots of two zones by their content.
func DiffSnapshots(want, got *state.Snapshot) string {
	return cmp.Diff(said(want), said(got), cmpopts.EquateEmpty())
}

// saidSnapshot is the content of a snapshot.
type saidSnapshot struct {
	FetchedAt time.Time
	Pending   []string
	Zone      dns.Zone
	Damage    string
}

func said(s *state.Snapshot) *saidSnapshot {
	if s == nil {
		return nil
	}
	zone, err := s.Zone()
	return &saidSnapshot{s.FetchedAt, s.Pending, zone, fmt.Sprint(err)}
}

func missing(t *testing.T, s *state.Store) {
	first, second := read(t, s), read(t, s)
	if first.Serial != 0 || len(first.Zones) != 0 || first.Lineage == "" {
		t.Errorf("Read of nothing = %+v, want an empty state with a lineage", first)
	}
	if first.Lineage == second.Lineage {
		t.Errorf("two new states have the same lineage %s", first.Lineage)
	}
}

func roundTrip(t *testing.T, s *state.Store) {
	want := Sample()
	z := want.Zone("example.com")
	for id, o := range z.Owned {
		o.Last = state.Remember(dns.Record{
			Name:    o.Name,
			Type:    o.Type,
			Content: "192.0.2.1 <&>",
			TTL:     300,
			Tags:    []string{"a:b"},
		})
		z.Owned[id] = o
	}

	z.Journal = &state.Journal{At: time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC), Who: "root@vm",
		Operations: []state.Operation{
			{
				Action:  "add",
				Address: "example.com/A/new",
				Record:  dns.Record{Name: "new.example.com", Type: dns.A, Content: "192.0.2.3", TTL: 1},
			},
			{
				Action:  "destroy",
				Address: "example.com/A/www",
				Record:  dns.Record{ID: "9c1b", Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1},
			},
		}}

	want.Begun = &state.Applied{Hash: "sha256:3", At: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Who: "root@vm",
		Serial: 7, Made: map[string][]string{"example.com": {"0a1b", "2c3d"}}}

	want.Finished = 5
	replace(t, s, want)
	if d := Diff(want, read(t, s)); d != "" {
		t.Errorf("the state read back differs from the stored one (-want +got):\n%s", d)
	}
}

func serials(t *testing.T, s *state.Store) {
	st := Sample()
	for want := range uint64(4) {
		if st.Serial != want {
			t.Fatalf("after %d replacements the serial is %d", want, st.Serial)
		}
		replace(t, s, st)
		if got := read(t, s).Serial; got != want+1 {
			t.Fatalf("after %d replacements the stored serial is %d", want+1, got)
		}
	}
}

func oldSerial(t *testing.T, s *state.Store) {
	replace(t, s, Sample())
	mine, theirs := read(t, s), read(t, s)
	theirs.EnsureZone("theirs.example", "1")
	replace(t, s, theirs)
	mine.EnsureZone("mine.example", "2")
	if err := s.Replace(t.Context(), mine); !errors.Is(err, state.ErrConflict) {
		t.Errorf("Replace of serial 1 while 2 is stored = %v, want ErrConflict", err)
	}
	if mine.Serial != 1 {
		t.Errorf("a failed Replace changed the serial from 1 to %d", mine.Serial)
	}

	unchanged(t, s, theirs)
}

func newOverStored(t *testing.T, s *state.Store) {
	stored := Sample()
	replace(t, s, stored)
	if err := s.Replace(t.Context(), state.New()); !errors.Is(err, state.ErrConflict) {
		t.Errorf("Replace of serial 0 while 1 is stored = %v, want ErrConflict", err)
	}
	unchanged(t, s, stored)
}

func otherLineage(t *testing.T, s *state.Store) {
	stored := Sample()
	replace(t, s, stored)
	other := state.New()
	other.Serial = stored.Serial
	if err := s.Replace(t.Context(), other); !errors.Is(err, state.ErrConflict) {
		t.Errorf("Replace of another lineage with the same serial = %v, want ErrConflict", err)
	}
	unchanged(t, s, stored)
}

func serialOverNothing(t *testing.T, s *state.Store) {
	st := Sample()
	st.Serial = 3
	if err := s.Replace(t.Context(), st); !errors.Is(err, state.ErrConflict) {
		t.Errorf("Replace of serial 3 while nothing is stored = %v, want ErrConflict", err)
	}
	if got := read(t, s); got.Serial != 0 || len(got.Zones) != 0 {
		t.Errorf("after a conflict %+v is stored, want nothing", got)
	}
}

func invalidState(t *testing.T, s *state.Store) {
	stored := Sample()
	replace(t, s, stored)
	bad := read(t, s)
	bad.Zone("example.com").Owned["x"] = state.Owned{}
	if err := s.Replace(t.Context(), bad); err == nil || errors.Is(err, state.ErrConflict) {
		t.Errorf("Replace with a record without a name = %v, want an error that is not a conflict", err)
	}
	unchanged(t, s, stored)
}

func updateUnchanged(t *testing.T, s *state.Store) {
	stored := Sample()
	replace(t, s, stored)
	got, err := s.Update(t.Context(), func(*state.State) (bool, error) { return false, nil })
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	if d := Diff(stored, got); d != "" {
		t.Errorf("Update returned a state that differs from the stored one (-want +got):\n%s", d)
	}
	unchanged(t, s, stored)
}

func updateFails(t *testing.T, s *state.Store) {
	stored := Sample()
	replace(t, s, stored)
	errNo := errors.New("no")
	_, err := s.Update(t.Context(), func(st *state.State) (bool, error) {
		st.EnsureZone("half.example", "1")
		return true, errNo
	})
	if !errors.Is(err, errNo) {
		t.Errorf("Update = %v, want the error of its function", err)
	}
	unchanged(t, s, stored)
}

func updateConflicts(t *testing.T, s *state.Store) {
	calls := 0
	_, err := s.Update(t.Context(), func(*state.State) (bool, error) {
		calls++
		faster := read(t, s)
		faster.RecordApplied(fmt.Sprint(calls), time.Unix(0, 0), "another")
		replace(t, s, faster)
		return true, nil
	})
	if !errors.Is(err, state.ErrConflict) {
		t.Errorf("Update while another writer is always faster = %v, want ErrConflict", err)
	}

	if got := read(t, s); calls < 2 || got.Serial != uint64(calls) {
		t.Errorf("after %d attempts and as many replacements by the other writer, the serial is %d", calls, got.Serial)
	}
}

func updatesSideBySide(t *testing.T, s *state.Store) {
	const workers, each = 8, 10
	var g sync.WaitGroup
	for w := range workers {
		g.Go(func() {
			for i := range each {
				_, err := s.Update(t.Context(), func(st *state.State) (bool, error) {
					st.EnsureZone(fmt.Sprintf("%d-%d.example", w, i), "1")
					return true, nil
				})
				if err != nil {
					t.Errorf("Update %d of worker %d: %v", i, w, err)
				}
			}
		})
	}

	g.Wait()
	if got := read(t, s); len(got.Zones) != workers*each || got.Serial < 1 || got.Serial > workers*each {
		t.Errorf("after %d updates there are %d zones and serial %d; want as many zones and at most that serial",
			workers*each, len(got.Zones), got.Serial)
	}
}

func updateFailsBesideOthers(t *testing.T, s *state.Store) {
	boom := errors.New("boom")
	var g sync.WaitGroup
	for i := range 20 {
		g.Go(func() {
			_, err := s.Update(t.Context(), func(st *state.State) (bool, error) {
				st.EnsureZone(fmt.Sprintf("%d.example", i), "1")
				if i%2 == 1 {
					return true, boom
				}
				return true, nil
			})
			if failed := errors.Is(err, boom); failed != (i%2 == 1) {
				t.Errorf("Update %d = %v, want an error: %v", i, err, i%2 == 1)
			}
		})
	}

	g.Wait()
	if got := read(t, s); len(got.Zones) != 10 {
		t.Errorf("%d zones are stored, want the zones of the 10 updates that did not fail", len(got.Zones))
	}
}

func updateGivenUp(t *testing.T, s *state.Store) {
	_, err := s.Update(cancelled(t), func(st *state.State) (bool, error) {
		st.EnsureZone("late.example", "1")
		return true, nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update with a cancelled context = %v, want context.Canceled", err)
	}
	if got := read(t, s); len(got.Zones) > 0 {
		t.Errorf("the update ran anyway: %v", got.Zones)
	}
}

func archive(t *testing.T, s *state.Store) {
	ctx := t.Context()
	if names, err := s.Entries(ctx); err != nil || len(names) > 0 {
		t.Errorf("Entries of an empty archive = %v, %v; want none", names, err)
	}
	if _, err := s.Kept(ctx, "000001"); !errors.Is(err, state.ErrNoEntry) {
		t.Errorf("Kept of a missing entry = %v, want ErrNoEntry", err)
	}

	for name, text := range map[string]string{"000002": "two", "000001": "one", "000010": "ten"} {
		if err := s.Keep(ctx, name, []byte(text)); err != nil {
			t.Fatalf("Keep %s: %v", name, err)
		}
	}

	if err := s.Keep(ctx, "000001", []byte("first")); err != nil {
		t.Errorf("Keep over another entry: %v", err)
	}
	if got, err := s.Kept(ctx, "000001"); err != nil || string(got) != "first" {
		t.Errorf("Kept after a second Keep = %q, %v; want %q", got, err, "first")
	}

	names, err := s.Entries(ctx)
	if d := cmp.Diff([]string{"000001", "000002", "000010"}, names); d != "" || err != nil {
		t.Errorf("Entries (-want +got):\n%s%v", d, err)
	}
	if err := errors.Join(s.Drop(ctx, "000002"), s.Drop(ctx, "000002")); err != nil {
		t.Errorf("Drop: %v", err)
	}
	if names, _ = s.Entries(ctx); len(names) != 2 {
		t.Errorf("after Drop there are %v, want two entries", names)
	}

	for _, bad := range []string{"", "../x", "a/b", "A", "a b"} {
		if err := s.Keep(ctx, bad, nil); err == nil {
			t.Errorf("Keep accepted the name %q", bad)
		}
	}

	replace(t, s, Sample()) // must not affect the archive
	if got, err := s.Kept(ctx, "000010"); err != nil || string(got) != "ten" {
		t.Errorf("Kept after a replacement = %q, %v; want %q", got, err, "ten")
	}
}

// archiveOf returns the archive of a backend that has one. Otherwise it skips the test.
func archiveOf(t *testing.T, b state.Backend) state.Archive {
	t.Helper()
	a, ok := b.(state.Archive)
	if !ok {
		t.Skip("the backend keeps no archive")
	}
	return a
}

func addOnce(t *testing.T, a state.Archive) {
	ctx := t.Context()
	keptIs := func(name, want string) {
		t.Helper()
		if got, err := a.Kept(ctx, name); err != nil || string(got) != want {
			t.Errorf("Kept(%s) = %q, %v; want %q", name, got, err, want)
		}
	}

	if err := a.Add(ctx, "part-1", []byte("first")); err != nil {
		t.Fatalf("Add of a new entry = %v", err)
	}

	for _, again := range []string{"second", "first", ""} {
		if err := a.Add(ctx, "part-1", []byte(again)); !errors.Is(err, state.ErrConflict) {
			t.Errorf("Add of %q over an entry = %v, want ErrConflict", again, err)
		}
	}

	keptIs("part-1", "first")

	if err := a.Keep(ctx, "part-2", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	if err := a.Add(ctx, "part-2", []byte("added")); !errors.Is(err, state.ErrConflict) {
		t.Errorf("Add over a kept entry = %v, want ErrConflict", err)
	}

	keptIs("part-2", "kept")

	if err := errors.Join(a.Drop(ctx, "part-1"), a.Add(ctx, "part-1", []byte("third"))); err != nil {
		t.Errorf("Drop, then Add = %v", err)
	}

	keptIs("part-1", "third")
	if err := a.Add(ctx, "../x", nil); err == nil {
		t.Error("Add accepted the name ../x")
	}
}

func addSideBySide(t *testing.T, a state.Archive) {
	const adders = 8
	for i := range 5 {
		name := fmt.Sprintf("part-%d", i)
		errs := make([]error, adders)
		var g sync.WaitGroup
		for j := range adders {
			g.Go(func() { errs[j] = a.Add(t.Context(), name, []byte(strconv.Itoa(j))) })
		}

		g.Wait()

		won := slices.Index(errs, nil)
		for j, err := range errs {
			if j != won && !errors.Is(err, state.ErrConflict) {
				t.Errorf("Add %d = %v, want ErrConflict for all but %d", j, err, won)
			}
		}

		if got, err := a.Kept(t.Context(), name); err != nil || string(got) != strconv.Itoa(won) {
			t.Errorf("Kept = %q, %v; want the entry of the writer that succeeded, %d", got, err, won)
		}
	}
}

func dropMany(t *testing.T, a state.Archive) {
	var names []string
	for i := range 20 {
		names = append(names, fmt.Sprintf("part-%02d", i))
		if err := a.Add(t.Context(), names[i], []byte("x")); err != nil {
			t.Fatal(err)
		}
	}

	if err := a.Drop(t.Context(), append(names[:18:18], "missing")...); err != nil {
		t.Errorf("Drop of 18 entries and a missing one = %v", err)
	}
	if left, err := a.Entries(t.Context()); err != nil || !slices.Equal(left, names[18:]) {
		t.Errorf("after Drop there are %v, %v; want %v", left, err, names[18:])
	}
	if err := a.Drop(t.Context()); err != nil {
		t.Errorf("Drop of nothing = %v", err)
	}
}

// noArchive tests a store whose backend has no archive.
func noArchive(t *testing.T, s *state.Store) {
	ctx := t.Context()
	if err := errors.Join(s.Keep(ctx, "000001", []byte("one")), s.Drop(ctx, "000001")); err != nil {
		t.Errorf("Keep and Drop without an archive = %v", err)
	}
	if names, err := s.Entries(ctx); err != nil || len(names) > 0 {
		t.Errorf("Entries without an archive = %v, %v; want none", names, err)
	}
	if _, err := s.Kept(ctx, "000001"); !errors.Is(err, state.ErrNoEntry) {
		t.Errorf("Kept without an archive = %v, want ErrNoEntry", err)
	}
}

func lockHeldByID(t *testing.T, s *state.Store) {
	held := lock(t, s, state.Holder{Operation: "apply", Who: "root@vm"})
	_, err := s.Lock(t.Context(), state.Holder{Operation: "destroy", Who: "other"}, 0)
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != held.Holder().ID || locked.Holder.Operation == "destroy" {
		t.Errorf("second Lock = %v, want *LockedError with ID %s and not the second's operation", err, held.Holder().ID)
	}
}

func lockHeld(t *testing.T, s *state.Store) {
	created := time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC)
	held := lock(t, s, state.Holder{Operation: "apply", Who: "root@vm", Version: "0.1.0", Created: created})
	h := held.Holder()
	if h.ID == "" || h.Operation != "apply" || h.Who != "root@vm" || h.Version != "0.1.0" || !h.Created.Equal(created) {
		t.Errorf("Holder = %+v, want the given holder, with an ID", h)
	}

	_, err := s.Lock(t.Context(), state.Holder{Operation: "destroy", Who: "other"}, 0)
	var locked *state.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("second Lock = %v, want *LockedError", err)
	}

	if d := cmp.Diff(h, locked.Holder); d != "" {
		t.Errorf("the error names another holder (-want +got):\n%s", d)
	}

	for _, want := range []string{"root@vm", "apply", h.ID, "2026-11-22 18:04:05 UTC"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q lacks %q", err, want)
		}
	}
}

func lockAgain(t *testing.T, s *state.Store) {
	first := lock(t, s, state.Holder{Who: "first"})
	unlock(t, first)
	second := lock(t, s, state.Holder{Who: "second"})
	if first.Holder().ID == second.Holder().ID {
		t.Errorf("two locks have the ID %s", second.Holder().ID)
	}
	unlock(t, first) // a second Unlock has no effect
	if err := second.Check(t.Context()); err != nil {
		t.Errorf("Check after the former holder's second Unlock = %v", err)
	}
}

func lockWaits(t *testing.T, s *state.Store) {
	first := lock(t, s, state.Holder{Who: "first"})
	var g sync.WaitGroup
	g.Go(func() {
		second, err := s.Lock(t.Context(), state.Holder{Who: "second"}, time.Minute)
		if err != nil {
			t.Errorf("Lock with a wait = %v", err)
			return
		}
		unlock(t, second)
	})

	unlock(t, first)
	g.Wait()
}

func lockWaitIsOver(t *testing.T, s *state.Store) {
	lock(t, s, state.Holder{Who: "first"})
	_, err := s.Lock(t.Context(), state.Holder{Who: "second"}, 10*time.Millisecond)
	if !errors.As(err, new(*state.LockedError)) {
		t.Errorf("Lock = %v, want *LockedError", err)
	}
}

func lockGivesUp(t *testing.T, s *state.Store) {
	if _, err := s.Lock(cancelled(t), state.Holder{Who: "first"}, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock of a free state = %v, want context.Canceled", err)
	}
	lock(t, s, state.Holder{Who: "second"}) // the cancelled attempt has not taken the lock

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, state.Holder{Who: "third"}, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Lock of a locked state = %v, want context.DeadlineExceeded", err)
	}
}

func lockExcludes(t *testing.T, s *state.Store) {
	var g sync.WaitGroup
	var inside sync.Mutex
	for range 4 {
		g.Go(func() {
			l, err := s.Lock(t.Context(), state.Holder{Who: "one of four"}, time.Minute)
			if err != nil {
				t.Errorf("Lock = %v", err)
				return
			}

			if !inside.TryLock() {
				t.Error("two runs hold the lock at the same time")
				return
			}

			if err := l.Check(t.Context()); err != nil {
				t.Errorf("Check of a held lock = %v", err)
			}

			inside.Unlock()
			unlock(t, l)
		})
	}

	g.Wait()
}

func replaceUnderLock(t *testing.T, s *state.Store) {
	held := lock(t, s, state.Holder{Who: "first"})
	replace(t, s, Sample())
	if err := held.Check(t.Context()); err != nil {
		t.Errorf("Check after a replacement = %v", err)
	}
}

func forceUnlock(t *testing.T, s *state.Store) {
	first := lock(t, s, state.Holder{Who: "first"})
	if err := s.ForceUnlock(t.Context(), first.Holder().ID); err != nil {
		t.Fatalf("ForceUnlock with the right ID = %v", err)
	}
	lock(t, s, state.Holder{Who: "second"})
}

func forceUnlockWrongID(t *testing.T, s *state.Store) {
	held := lock(t, s, state.Holder{Who: "first"})
	err := s.ForceUnlock(t.Context(), "0-0-0")
	if err == nil || !strings.Contains(err.Error(), held.Holder().ID) {
		t.Errorf("ForceUnlock with a wrong ID = %v, want an error that names %s", err, held.Holder().ID)
	}
	if err := held.Check(t.Context()); err != nil {
		t.Errorf("Check after a failed ForceUnlock = %v", err)
	}
	if _, err := s.Lock(t.Context(), state.Holder{Who: "second"}, 0); err == nil {
		t.Error("a failed ForceUnlock released the lock")
	}
}

func forceUnlockNotLocked(t *testing.T, s *state.Store) {
	if err := s.ForceUnlock(t.Context(), "0-0-0"); !errors.Is(err, state.ErrNotLocked) {
		t.Errorf("ForceUnlock of a state that was never locked = %v, want ErrNotLocked", err)
	}
	l := lock(t, s, state.Holder{Who: "first"})
	unlock(t, l)
	if err := s.ForceUnlock(t.Context(), l.Holder().ID); !errors.Is(err, state.ErrNotLocked) {
		t.Errorf("ForceUnlock after Unlock = %v, want ErrNotLocked", err)
	}
}

func lockLost(t *testing.T, s *state.Store) {
	first := lock(t, s, state.Holder{Who: "first"})
	if err := first.Check(t.Context()); err != nil {
		t.Fatalf("Check of a held lock = %v", err)
	}
	if err := s.ForceUnlock(t.Context(), first.Holder().ID); err != nil {
		t.Fatalf("ForceUnlock = %v", err)
	}

	checkLost(t, first, "while it is free")
	second := lock(t, s, state.Holder{Who: "second"})
	checkLost(t, first, "while another run holds it")
	unlock(t, first)
	if err := second.Check(t.Context()); err != nil {
		t.Errorf("the Unlock of a broken lock released the next holder's lock: %v", err)
	}
	if _, err := s.Lock(t.Context(), state.Holder{Who: "third"}, 0); err == nil {
		t.Error("the Unlock of a broken lock released the next holder's lock")
	}
}

func checkLost(t *testing.T, l state.Lock, when string) {
	t.Helper()
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check of a broken lock %s = %v, want ErrLockLost", when, err)
	}
}

// cancelled returns a context that is already cancelled.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func lock(t *testing.T, s *state.Store, who state.Holder) state.Lock {
	t.Helper()
	l, err := s.Lock(t.Context(), who, 0)
	if err != nil {
		t.Fatalf("Lock for %s = %v", who.Who, err)
	}
	t.Cleanup(func() { _ = l.Unlock() })
	return l
}

func unlock(t *testing.T, l state.Lock) {
	t.Helper()
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock by %s = %v", l.Holder().Who, err)
	}
}

func read(t *testing.T, s *state.Store) *state.State {
	t.Helper()
	st, err := s.Read(t.Context())
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return st
}

func replace(t *testing.T, s *state.Store, st *state.State) {
	t.Helper()
	if err := s.Replace(t.Context(), st); err != nil {
		t.Fatalf("Replace: %v", err)
	}
}

func unchanged(t *testing.T, s *state.Store, want *state.State) {
	t.Helper()
	if d := Diff(want, read(t, s)); d != "" {
		t.Errorf("the stored state has changed (-want +got):\n%s", d)
	}
}
