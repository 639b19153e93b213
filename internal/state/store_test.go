package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestUpdatesOfOneStoreWaitForEachOther(t *testing.T) {
	store := state.Open(local.New(newPath(t)))
	var calls atomic.Int32
	updateSideBySide(t, 20, func() *state.Store { return store }, &calls)
	if calls.Load() != 20 {
		t.Errorf("20 updates took %d attempts, want one each", calls.Load())
	}
}

func TestUpdatesOfSeveralStoresLoseNothing(t *testing.T) {
	path := newPath(t)
	var calls atomic.Int32
	updateSideBySide(t, 4, func() *state.Store { return state.Open(local.New(path)) }, &calls)
	if got := read(t, path); len(got.Zones) != 4 || got.Serial != 4 {
		t.Errorf("after 4 updates there are %d zones and serial %d, want 4 and 4", len(got.Zones), got.Serial)
	}
}

// A panic in an update reaches the goroutine that called Update, and the next update succeeds.
func TestAPanicInAnUpdateReachesItsCaller(t *testing.T) {
	store := state.Open(local.New(newPath(t)))
	p := parallel.Try(func() {
		_, _ = store.Update(t.Context(), func(*state.State) (bool, error) { panic("mistake") })
	})

	if p == nil || p.Value != "mistake" {
		t.Errorf("Update panicked with %v, want the value of fn's panic", p)
	}

	st, err := store.Update(t.Context(), func(*state.State) (bool, error) { return true, nil })
	if err != nil || st.Serial != 1 {
		t.Errorf("the next update: %v, want serial 1", err)
	}
}

func updateSideBySide(t *testing.T, n int, open func() *state.Store, calls *atomic.Int32) {
	var g sync.WaitGroup
	for i := range n {
		g.Go(func() {
			_, err := open().Update(t.Context(), func(s *state.State) (bool, error) {
				calls.Add(1)
				s.EnsureZone(fmt.Sprint(i), "1")
				return true, nil
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}

	g.Wait()
}

func TestDamagedDocumentsAreRefusedAndLeftAlone(t *testing.T) {
	for name, c := range damaged(t) {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			write(t, path, c.doc)
			_, err := state.Open(local.New(path)).Read(t.Context())
			refused(t, "Read", err, path, c.says)
			if err := state.Open(local.New(path)).Replace(t.Context(), statetest.Sample()); err == nil {
				t.Error("a new state replaced a damaged document")
			}
			if got := content(t, path); got != c.doc {
				t.Errorf("the file is now %.200q, was %.200q", got, c.doc)
			}
			holds(t, path, "cfplan.state.json")
		})
	}
}

func refused(t *testing.T, what string, err error, path, says string) {
	t.Helper()
	var u *state.UnreadableError
	if !errors.As(err, &u) || u.Place != path || !strings.Contains(u.Err.Error(), says) {
		t.Fatalf("%s = %v, want an *UnreadableError for %s with %q", what, err, path, says)
	}

	next := "delete it: equal records are adopted again"
	if strings.Contains(says, "newer") {
		next = "upgrade cfplan"
	}
	if says == "Terraform" {
		next = "cfplan does not touch it: correct the place of the state in the backend block, or with -backend-config"
	}
	if u.Next != next || !strings.HasPrefix(err.Error(), path+": ") || !strings.HasSuffix(err.Error(), next) {
		t.Errorf("%s = %q, want the path at the beginning and %q at the end", what, err, next)
	}
}

func TestUpdateRefusesAnUnreadableDocument(t *testing.T) {
	for _, name := range []string{"empty", "HTML", "no lineage", "a newer version", "a negative serial"} {
		c, ok := damaged(t)[name]
		if !ok {
			t.Fatalf("there is no damaged document with the name %q", name)
		}
		path := newPath(t)
		write(t, path, c.doc)
		_, err := state.Open(local.New(path)).Update(t.Context(), func(*state.State) (bool, error) { return true, nil })
		refused(t, "Update of "+name, err, path, c.says)
	}
}

func TestRefusalPointsToTheBackup(t *testing.T) {
	path := newPath(t)
	s := statetest.Sample()
	replace(t, path, s)
	replace(t, path, s)
	write(t, path, "")
	_, err := state.Open(local.New(path)).Read(t.Context())
	if want := "restore it from " + path + ".backup, or delete it"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Read = %v, want an error with %q", err, want)
	}
}

func newPath(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir()) // the system's temporary directory may be a link
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, state.DefaultName)
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func holds(t *testing.T, path string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}

	var got []string
	for _, e := range entries {
		if runtime.GOOS != "windows" || filepath.Ext(e.Name()) != ".mutex" { // Windows removes no open file
			got = append(got, e.Name())
		}
	}

	if !slices.Equal(got, want) {
		t.Errorf("the directory holds %q, want %q", got, want)
	}
}

func read(t *testing.T, path string) *state.State {
	t.Helper()
	s, err := state.Open(local.New(path)).Read(t.Context())
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return s
}

func replace(t *testing.T, path string, s *state.State) {
	t.Helper()
	if err := state.Open(local.New(path)).Replace(t.Context(), s); err != nil {
		t.Fatalf("Replace: %v", err)
	}
}
