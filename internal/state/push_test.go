package state_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func held(context.Context) error { return nil }

func lost(context.Context) error { return state.ErrLockLost }

// at returns the sample state with another serial and lineage.
func at(lineage string, serial uint64) *state.State {
	s := statetest.Sample()
	s.Lineage, s.Serial = lineage, serial
	return s
}

func withJournal(s *state.State) *state.State {
	s.Zone("example.com").Journal = &state.Journal{At: time.Unix(1, 0).UTC(), Who: "alice"}
	return s
}

func TestPushRefusesToLoseAnything(t *testing.T) {
	other := at("a", 3)
	other.EnsureZone("more.example", "1")

	for _, c := range []struct {
		name           string
		stored, pushed *state.State
		says           string // a part of the refusal; "" if the push is accepted
		serial         uint64 // of the stored state after the push, or after a forced push
	}{
		{"into nothing", nil, at("a", 7), "", 7},
		{"never stored, into nothing", nil, at("a", 0), "", 1},
		{"newer", at("a", 3), at("a", 9), "", 9},
		{"the same", at("a", 3), at("a", 3), "", 3},
		{"older", at("a", 3), at("a", 2), "is newer: its serial is 3, the serial of the pushed one is 2", 4},
		{"same serial, other contents", other, at("a", 3), "the same serial, 3", 4},
		{"another lineage", at("a", 3), at("b", 9), "lineage is a, the lineage of the pushed one is b", 9},
		{"another lineage, older", at("a", 3), at("b", 1), "lineage is a, the lineage of the pushed one is b", 4},
		{"a journal that is still open", withJournal(at("a", 3)), at("a", 4), "open request to example.com, by alice", 4},
		{"a journal that is in both", withJournal(at("a", 3)), withJournal(at("a", 4)), "", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := newPath(t)
			if c.stored != nil {
				write(t, path, string(encode(t, c.stored)))
			}

			store := state.Open(local.New(path))
			_, err := store.Push(t.Context(), c.pushed, false, held)
			if c.says != "" {
				var refused *state.PushError
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) ||
					content(t, path) != string(encode(t, c.stored)) {
					t.Fatalf("Push = %v, want %q and an unchanged state", err, c.says)
				}
				_, err = store.Push(t.Context(), c.pushed, true, held)
			}

			if err != nil {
				t.Fatalf("Push = %v", err)
			}

			got := read(t, path)
			if got.Serial != c.serial || got.Lineage != c.pushed.Lineage ||
				store.Last() != (state.Stamp{Lineage: got.Lineage, Serial: got.Serial}) {
				t.Errorf("serial %d and lineage %s are stored, want %d and %s", got.Serial, got.Lineage, c.serial,
					c.pushed.Lineage)
			}
		})
	}
}

func TestPushWritesNothingWithoutTheLock(t *testing.T) {
	path := newPath(t)
	if _, err := state.Open(local.New(path)).Push(t.Context(), at("a", 1), true, lost); !errors.Is(err,
		state.ErrLockLost) {
		t.Errorf("Push after the lock was lost = %v, want ErrLockLost", err)
	}
	holds(t, path)
}

// filled returns a store with a state, snapshots and an archive.
func filled(t *testing.T, path string) *state.Store {
	t.Helper()
	s := state.Open(local.New(path))
	write(t, path, string(encode(t, at("a", 7))))
	if err := s.UpdateSnapshots(t.Context(), nil, func(all *state.Snapshots) bool { return all.Set(statetest.SampleSnapshot()) }); err != nil {
		t.Fatal(err)
	}

	for _, name := range []string{"apply-1", "apply-2"} {
		if err := s.Keep(t.Context(), name, []byte("what "+name+" did")); err != nil {
			t.Fatal(err)
		}
	}

	return s
}

func TestMigrateCopiesEverythingAndLeavesTheOldPlace(t *testing.T) {
	old, path := newPath(t), filepath.Join(t.TempDir(), "new.json")
	from, to := filled(t, old), state.Open(local.New(path))
	before := content(t, old)
	got, err := state.Migrate(t.Context(), &from.Reader, to, held)
	if err != nil || got.Already || got.Snapshots != 1 || got.Entries != 2 || len(got.Left) > 0 ||
		got.State.Serial != 7 {
		t.Errorf("Migrate = %+v, %v; want serial 7, 1 snapshot and 2 entries", got, err)
	}

	if content(t, old) != before || content(t, path) != before {
		t.Errorf("the old place has %s, the new one %s, want %s", content(t, old), content(t, path), before)
	}

	all, err := to.Snapshots(t.Context())
	if d := statetest.DiffSnapshots(statetest.SampleSnapshot(), all.Of("example.com")); d != "" || err != nil {
		t.Errorf("the snapshot (-want +got):\n%s%v", d, err)
	}
	if names, _ := to.Entries(t.Context()); !slices.Equal(names, []string{"apply-1", "apply-2"}) {
		t.Errorf("the archive has %v, want both entries", names)
	}
	if again, err := state.Migrate(t.Context(), &from.Reader, to, held); err != nil || !again.Already {
		t.Errorf("a second Migrate = %+v, %v; want Already", again, err)
	}
}

// A move that was cut off starts over, because the state is copied last.
func TestMigrateCanBeRunAgainAfterEachInterruption(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.json")
	from, to := filled(t, newPath(t)), state.Open(local.New(path))
	if _, err := state.Migrate(t.Context(), &from.Reader, to, lost); !errors.Is(err, state.ErrLockLost) {
		t.Fatalf("Migrate without its lock = %v, want ErrLockLost", err)
	}
	if st := read(t, path); st.Serial != 0 {
		t.Errorf("an interrupted move has left a state of serial %d, want no state", st.Serial)
	}

	newer := state.NewSnapshot(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), dns.Zone{Name: "example.com", ID: "newer"})
	if err := to.UpdateSnapshots(t.Context(), nil, func(all *state.Snapshots) bool { return all.Set(newer) }); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Migrate(t.Context(), &from.Reader, to, held); err != nil || read(t, path).Serial != 7 {
		t.Errorf("the second Migrate = %v, want it to store serial 7", err)
	}
	if all, err := to.Snapshots(t.Context()); err != nil || all.Of("example.com").Head().ID != "newer" {
		t.Errorf("the newer snapshot was lost (%v)", err)
	}
}

func TestMigrateRefusesAPlaceThatIsInUse(t *testing.T) {
	blank := state.New()
	blank.Serial = 9
	newer := at("a", 8)
	newer.EnsureZone("more.example", "1").AppliedAt = time.Unix(1, 0)

	for _, c := range []struct {
		name, says string
		there      *state.State
	}{
		{"another state", "is another one", at("b", 1)},
		{"a newer one", "is newer", newer},
		{"an older one", "", at("a", 6)},
		{"a state that a plan created", "", blank},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "new.json")
			there := string(encode(t, c.there))
			write(t, path, there)
			_, err := state.Migrate(t.Context(), &filled(t, newPath(t)).Reader, state.Open(local.New(path)), held)
			var refused *state.PushError
			if c.says != "" {
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) || content(t, path) != there {
					t.Errorf("Migrate = %v, want %q and an unchanged state", err, c.says)
				}
				return
			}

			if got := read(t, path); err != nil || got.Lineage != "a" || got.Serial < 7 ||
				got.Serial <= c.there.Serial {
				t.Errorf("Migrate = %v, with lineage %s and serial %d; want lineage a and a higher serial", err, got.Lineage, got.Serial)
			}
		})
	}

	if _, err := state.Migrate(t.Context(), &state.Open(local.New(newPath(t))).Reader,
		state.Open(local.New(newPath(t))), held); !errors.Is(err, state.ErrNoState) {
		t.Errorf("Migrate without a state = %v, want ErrNoState", err)
	}
}

func TestGuardsSeeEachStateAndMayStopWrites(t *testing.T) {
	path := newPath(t)
	store := state.Open(local.New(path))
	no := errors.New("no")
	var seen []uint64
	store.Guard = func(_ context.Context, st *state.State) error {
		if seen = append(seen, st.Serial); len(seen) == 2 {
			return no
		}
		return nil
	}

	st, err := store.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	if err := store.Replace(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Read(t.Context()); !errors.Is(err, no) || !slices.Equal(seen, []uint64{0, 1}) {
		t.Errorf("Read = %v, and the guard got the serials %v; want the guard's error after 0 and 1", err, seen)
	}

	store.StopWriting(no)
	snapshot := func(all *state.Snapshots) bool { return all.Set(statetest.SampleSnapshot()) }
	if err := store.Replace(t.Context(), st); !errors.Is(err, no) {
		t.Errorf("Replace after StopWriting = %v, want its reason", err)
	}
	if err := store.UpdateSnapshots(t.Context(), nil, snapshot); !errors.Is(err, no) {
		t.Errorf("UpdateSnapshots after StopWriting = %v, want its reason", err)
	}

	holds(t, path, "cfplan.state.json")
}

// The replacement of a damaged state has a higher serial, because some stores refuse a serial that they have
// had.
func TestAForcedPushRaisesTheSerial(t *testing.T) {
	path := newPath(t)
	write(t, path, `{"version": 2, "serial": 41, "lineage": "a", "zones": 7}`)
	out, err := state.Open(local.New(path)).Push(t.Context(), at("a", 3), true, held)
	if err != nil || out.Serial != 42 || read(t, path).Serial != 42 {
		t.Errorf("Push = %+v, %v; want serial 42", out, err)
	}
	if _, err := state.Open(local.New(path)).Push(t.Context(), at("a", 1<<53), true, held); err == nil {
		t.Error("Push accepted a serial that no later apply can exceed")
	}
}

// A state that is older than one that this run has seen comes from a cache, or was just restored. Read
// refuses it.
func TestAnOlderStateThanTheOneSeenIsRefused(t *testing.T) {
	path := newPath(t)
	write(t, path, string(encode(t, at("a", 7))))
	s := state.Open(local.New(path))
	if _, err := s.Read(t.Context()); err != nil {
		t.Fatal(err)
	}

	write(t, path, string(encode(t, at("a", 6))))
	if _, err := s.Read(t.Context()); err == nil || !strings.Contains(err.Error(),
		"has serial 6, but this run has already seen serial 7") {
		t.Errorf("Read of an older state = %v, want an error with both serials", err)
	}
	if st, err := state.Open(local.New(path)).Read(t.Context()); err != nil || st.Serial != 6 {
		t.Errorf("another run reads %+v, %v; want serial 6", st, err)
	}
}
