package doctor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/state"
)

func TestMissingStateIsOKAndIsNotCreated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.examine(t)

	s := got.one(t, "state", doctor.OK)
	says(t, s, w.path+": none yet; the first plan creates it. It can be locked.")
	snapshot := got.one(t, "snapshot", doctor.Warning)
	says(t, snapshot, "None: ")
	advises(t, snapshot, "", "cfplan refresh")

	if _, err := os.Stat(w.path); !os.IsNotExist(err) {
		t.Errorf("Stat of the state after the doctor: %v, want that it does not exist", err)
	}
}

func TestHealthyStateIsOKAndIsUnlockedAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t)
	says(t, w.examine(t).one(t, "state", doctor.OK), w.path+": serial 1, 1 zone. It can be locked.")
	w.unlocked(t)
}

// write stores a state with one zone.
func (w *world) write(t *testing.T) {
	t.Helper()
	id := w.zoneID(t, "example.com")
	_, err := w.store.Update(t.Context(), func(st *state.State) (bool, error) {
		st.EnsureZone("example.com", id)
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unlocked fails the test unless the lock is free.
func (w *world) unlocked(t *testing.T) {
	t.Helper()
	lock, err := w.store.Lock(t.Context(), state.Holder{Operation: "test", Who: "tester"}, 0)
	if err != nil {
		t.Fatalf("the lock is not free: %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Error(err)
	}
}

// A locked state can be read, so the doctor tests the rest. It does not wait for the lock, or this test
// would hang.
func TestLockedStateGetsAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t)
	lock, err := w.store.Lock(t.Context(), state.Holder{Operation: "apply", Who: "another@host", Created: now}, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Unlock() })

	got := w.examine(t)
	s := got.one(t, "state", doctor.Warning)
	says(t, s, "serial 1, 1 zone. It is locked: the state is locked by another@host since 2026-11-27 12:00:00 UTC (operation apply")
	advises(t, s, "", "cfplan force-unlock "+lock.Holder().ID)
	got.one(t, "read records", doctor.OK)
	got.one(t, "snapshot", doctor.Warning)

	if err := lock.Check(t.Context()); err != nil {
		t.Errorf("the doctor took the lock of the other run: %v", err)
	}
}

// Text from a forged lock must not become part of the recommended command.
func TestUnlockCommandQuotesAForgedLockID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t)
	lock, err := w.store.Lock(t.Context(), state.Holder{Who: "another@host"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Unlock() })
	info := filepath.Join(filepath.Dir(w.path), ".cfplan.state.json.lock.info")
	if err := os.WriteFile(info, []byte(`{"ID": "x; rm -rf ~\u001b", "Who": "me"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	advises(t, w.examine(t).one(t, "state", doctor.Warning), "", "cfplan force-unlock 'x; rm -rf ~'")
}

func TestStateThatCannotBeLockedFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// A directory in the place of the lock file prevents the lock, even if root runs the test. A missing write
	// permission would not stop root.
	if err := os.Mkdir(filepath.Join(filepath.Dir(w.path), ".cfplan.state.json.lock.info"), 0o700); err != nil {
		t.Fatal(err)
	}

	got := w.examine(t)
	failed := got.one(t, "state", doctor.Failed)
	says(t, failed, "none yet; the first plan creates it. It cannot be locked: ")
	advises(t, failed, "", "Make the place of the state writable")
	got.one(t, "read records", doctor.OK)
	got.one(t, "snapshot", doctor.Warning)
}

func TestDamagedStateFailsAndIsNotChanged(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"cut short":      `{"version": 1, "lineage": "`,
		"empty":          "",
		"something else": `{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "resources": []}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if err := os.WriteFile(w.path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}

			got := w.examine(t)
			failed := got.one(t, "state", doctor.Failed)
			says(t, failed, w.path)
			advises(t, failed, "", "the backend in the cfplan block")

			// The API is still tested; the snapshots are not.
			got.one(t, "read records", doctor.OK)
			if strings.Contains(strings.Join(got.outline(), "\n"), "snapshot") {
				t.Errorf("snapshots are tested although the state cannot be read: %q", got.outline())
			}
			if now, err := os.ReadFile(w.path); err != nil || string(now) != text {
				t.Errorf("the damaged state is now %q (%v), want it unchanged", now, err)
			}
		})
	}
}

func TestSnapshotOlderThanAMonthGetsAWarning(t *testing.T) {
	t.Parallel()
	const month = 30 * 24 * time.Hour
	for age, status := range map[time.Duration]doctor.Status{
		0: doctor.OK, month: doctor.OK, month + time.Second: doctor.Warning,
	} {
		w := newWorld(t)
		w.remember(t, now.Add(-age))
		snapshot := w.examine(t).one(t, "snapshot", status)
		says(t, snapshot, "1 record, as of ")
		if status == doctor.Warning {
			says(t, snapshot, "more than a month ago")
			advises(t, snapshot, "", "Run cfplan refresh")
		}
	}
}

func TestDamagedSnapshotGetsAWarning(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		damage func(string) string
		detail string
	}{
		"one of its records": {
			func(text string) string { return strings.Replace(text, `"192.0.2.1"`, `42`, 1) },
			"Unusable: ",
		},
		"all of the document": {
			func(text string) string { return text[:len(text)/2] },
			"snapshots",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.remember(t, now)
			path := strings.TrimSuffix(w.path, ".json") + ".snapshots.json"
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(test.damage(string(text))), 0o600); err != nil {
				t.Fatal(err)
			}

			got := w.examine(t)
			snapshot := got.one(t, "snapshot", doctor.Warning)
			says(t, snapshot, test.detail)
			advises(t, snapshot, "", "Run cfplan refresh with working credentials.")
			if !doctor.Healthy(got) {
				t.Errorf("Healthy = false although the snapshot can be fetched again: %q", got.outline())
			}
		})
	}
}
