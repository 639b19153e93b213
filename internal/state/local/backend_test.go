package local_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestLocalIsABackend(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Backend {
		return local.New(filepath.Join(t.TempDir(), state.DefaultName))
	})
}

func TestReplaceKeepsTheFormerDocument(t *testing.T) {
	path := newPath(t)
	s := statetest.Sample()
	replace(t, path, s)
	first := content(t, path)
	if first != string(encode(t, s)) {
		t.Errorf("the file has %s, want the output of Encode", first)
	}
	if _, err := os.Stat(path + ".backup"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the first document has a backup: %v", err)
	}

	for range 2 {
		former := content(t, path)
		replace(t, path, s)
		if got := content(t, path+".backup"); got != former {
			t.Errorf("the backup is %s, want %s", got, former)
		}
	}

	holds(t, path, "cfplan.state.json", "cfplan.state.json.backup")
}

func TestOnlyTheOwnerMayReadTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}

	path := newPath(t)
	write(t, path, string(encode(t, statetest.Sample())))
	s := read(t, path)
	replace(t, path, s)
	lock(t, path)
	for _, name := range []string{path, path + ".backup", hidden(path, ".lock"), hidden(path, ".lock.info")} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, info.Mode(), err)
		}
	}
}

func TestUnlockRemovesTheFilesOfTheLock(t *testing.T) {
	path := newPath(t)
	l := lock(t, path)
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock: %v", err)
	}
	holds(t, path)
	l = lock(t, path)
	if err := state.Open(local.New(path)).ForceUnlock(t.Context(), l.Holder().ID); err != nil {
		t.Errorf("ForceUnlock: %v", err)
	}
	holds(t, path)
}

func TestWriteCreatesTheDirectoriesOfTheState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "s.json")
	if got := read(t, path).Serial; got != 0 {
		t.Errorf("serial %d, want 0 for a missing file", got)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read created a directory: %v", err)
	}

	lock(t, path)
	replace(t, path, statetest.Sample())
	if got := read(t, path).Serial; got != 1 {
		t.Errorf("serial %d, want 1", got)
	}
}

func TestOnlyRegularFilesOfSensibleSizeAreRead(t *testing.T) {
	dir := newPath(t)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}

	huge := newPath(t)
	write(t, huge, "{")
	if err := os.Truncate(huge, state.MaxSize+1); err != nil { // a sparse file, which takes no room
		t.Fatal(err)
	}

	for path, says := range map[string]string{dir: "not a regular file", huge: "larger than"} {
		_, err := state.Open(local.New(path)).Read(t.Context())
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), path) {
			t.Errorf("Read = %v, want an error with %q and %s", err, says, path)
		}
		if err := state.Open(local.New(path)).Replace(t.Context(), state.New()); err == nil {
			t.Errorf("Replace replaced a file that is %s", says)
		}
	}
}

func TestAFailedReplaceLeavesEverythingAsItWas(t *testing.T) {
	path := newPath(t)
	s := statetest.Sample()
	replace(t, path, s)
	want := content(t, path)
	if err := os.MkdirAll(filepath.Join(path+".backup", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := state.Open(local.New(path)).Replace(t.Context(), s); err == nil ||
		!strings.Contains(err.Error(), "left as it is") {
		t.Errorf("Replace without a possible backup = %v, want an error that says so", err)
	}
	if content(t, path) != want || s.Serial != 1 {
		t.Errorf("a failed Replace changed the file or the serial (%d)", s.Serial)
	}

	holds(t, path, "cfplan.state.json", "cfplan.state.json.backup")
}

func TestAProcessThatHangsIsNamed(t *testing.T) {
	path := newPath(t)
	busy := flock.New(hidden(path, ".mutex"))
	if ok, err := busy.TryLock(); !ok {
		t.Fatal(err)
	}
	defer busy.Unlock()

	local := local.New(path)
	local.SetPatience(0)
	store := state.Open(local)
	_, lockErr := store.Lock(t.Context(), state.Holder{}, time.Minute)
	for _, err := range []error{store.Replace(t.Context(), state.New()), lockErr, store.ForceUnlock(t.Context(), "x")} {
		if err == nil || !strings.Contains(err.Error(), busy.Path()) ||
			!strings.Contains(err.Error(), "end it if it hangs") {
			t.Errorf("got %v, want an error that names %s and says what to do", err, busy.Path())
		}
	}

	if got := read(t, path).Serial; got != 0 {
		t.Errorf("serial %d, want 0: reading does not need the mutex", got)
	}
}

func TestACancelledContextDoesNothing(t *testing.T) {
	path := newPath(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := state.Open(local.New(path)).Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Read = %v, want context.Canceled", err)
	}
	if err := state.Open(local.New(path)).Replace(ctx, state.New()); !errors.Is(err, context.Canceled) {
		t.Errorf("Replace = %v, want context.Canceled", err)
	}
	holds(t, path)
}

func TestLinksAreFollowed(t *testing.T) {
	real := newPath(t)
	base := t.TempDir()
	if err := os.MkdirAll(filepath.Join(base, "deep", "er"), 0o700); err != nil {
		t.Fatal(err)
	}

	link := filepath.Join(base, "link.json")
	symlink(t, filepath.Join(base, "deep", "er"), filepath.Join(base, "into"))
	symlink(t, real, filepath.Join(base, "deep", "second.json"))
	symlink(t, "into/../second.json", link) // deep/second.json, not second.json
	s := read(t, link)                      // the target does not exist yet
	replace(t, link, s)
	replace(t, link, s)
	if got := read(t, real); got.Serial != 2 || got.Lineage != s.Lineage {
		t.Errorf("serial 2 was written through the link, but the file has %d", got.Serial)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}

	holds(t, real, "cfplan.state.json", "cfplan.state.json.backup")
	lock(t, link)
	if _, err := state.Open(local.New(real)).Lock(t.Context(), state.Holder{}, 0); err == nil {
		t.Error("the state could be locked a second time under its other name")
	}
}

func TestLinksInACircleAreAnError(t *testing.T) {
	path := newPath(t)
	symlink(t, path, path+"2")
	symlink(t, path+"2", path)
	if _, err := state.Open(local.New(path)).Read(t.Context()); err == nil {
		t.Error("Read followed links in a circle")
	}
	if err := state.Open(local.New(path)).Replace(t.Context(), state.New()); err == nil ||
		!strings.Contains(err.Error(), "too many symbolic links") {
		t.Errorf("Replace = %v, want an error about too many links", err)
	}
}

func TestADirectoryThatIsNotWritableIsExplained(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("the superuser may write everywhere, and Windows has no such modes")
	}

	path := newPath(t)
	s := statetest.Sample()
	replace(t, path, s)
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(path), 0o700) })
	if got := read(t, path).Serial; got != 1 {
		t.Errorf("serial %d, want 1", got)
	}

	_, lockErr := state.Open(local.New(path)).Lock(t.Context(), state.Holder{}, 0)
	for _, err := range []error{state.Open(local.New(path)).Replace(t.Context(), s), lockErr} {
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "the directory "+filepath.Dir(path)) ||
			!strings.Contains(err.Error(), "make it writable") {
			t.Errorf("got %v, want an error that names the directory and says what to do", err)
		}
	}
}

func TestAFileInPlaceOfADirectoryIsNamed(t *testing.T) {
	file := newPath(t)
	write(t, file, "")
	path := filepath.Join(file, "s.json")
	if err := state.Open(local.New(path)).Replace(t.Context(), state.New()); err == nil ||
		!strings.Contains(err.Error(), path) {
		t.Errorf("Replace = %v, want an error that names %s", err, path)
	}
}

func TestLeftoversOfACrashDoNotMatter(t *testing.T) {
	path := newPath(t)
	elsewhere := newPath(t)
	write(t, elsewhere, "mine")
	symlink(t, elsewhere, hidden(path, ".tmp")) // the state must not be written through this link
	for _, name := range []string{".mutex", ".lock", ".lock.info"} {
		write(t, hidden(path, name), "")
	}

	if err := state.Open(local.New(path)).ForceUnlock(t.Context(), "x"); !errors.Is(err, state.ErrNotLocked) {
		t.Errorf("ForceUnlock after a crash that left files = %v, want ErrNotLocked", err)
	}

	for _, name := range []string{".mutex", ".lock", ".lock.info"} {
		write(t, hidden(path, name), `{"ID": "dead", "Who": "a crashed run"}`)
	}

	l := lock(t, path)
	replace(t, path, statetest.Sample())
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock: %v", err)
	}

	holds(t, path, "cfplan.state.json")
	if got := content(t, elsewhere); got != "mine" {
		t.Errorf("the target of the temporary file's link is now %q", got)
	}
}

func TestForceUnlockRemovesADeadHoldersFiles(t *testing.T) {
	path := newPath(t)
	write(t, hidden(path, ".lock"), "")
	write(t, hidden(path, ".lock.info"), `{"ID": "dead", "Who": "a crashed run"}`)
	if err := state.Open(local.New(path)).ForceUnlock(t.Context(), "other"); err == nil ||
		!strings.Contains(err.Error(), "dead") {
		t.Errorf("ForceUnlock with a wrong ID = %v, want an error with the right one", err)
	}
	if err := state.Open(local.New(path)).ForceUnlock(t.Context(), "dead"); err != nil {
		t.Errorf("ForceUnlock = %v", err)
	}
	holds(t, path)
}

func TestALockWithAnUnreadableHolderIsALock(t *testing.T) {
	for name, info := range map[string]string{
		"cut short":       `{"ID": "1`,
		"empty":           "",
		"of another kind": "[]",
		"too large":       strings.Repeat(" ", 65<<10) + `{"ID": "1"}`,
	} {
		path := newPath(t)
		l := lock(t, path)
		write(t, hidden(path, ".lock.info"), info)
		_, err := state.Open(local.New(path)).Lock(t.Context(), state.Holder{}, 0)
		var locked *state.LockedError
		if !errors.As(err, &locked) || locked.Holder != (state.Holder{}) {
			t.Errorf("Lock with a holder's file that is %s = %v, want *LockedError without a holder", name, err)
		}
		if err := state.Open(local.New(path)).ForceUnlock(t.Context(), l.Holder().ID); err == nil {
			t.Errorf("ForceUnlock with a holder's file that is %s broke a lock whose ID is unknown", name)
		}
	}
}

func TestAHolderIsShownWithoutControlCharacters(t *testing.T) {
	path := newPath(t)
	l, err := state.Open(local.New(path)).Lock(t.Context(), state.Holder{Who: "\x1b[2Jroot\n@vm\u202e",
		Operation: "apply"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Unlock()

	_, err = state.Open(local.New(path)).Lock(t.Context(), state.Holder{}, 0)
	if err == nil || !strings.Contains(err.Error(), "by [2Jroot@vm since") {
		t.Errorf("Lock = %q, want the holder without control characters", err)
	}

	if err := l.Check(t.Context()); err != nil {
		t.Errorf("Check = %v", err)
	}
}

func TestALockWhoseFilesAreDeletedIsLost(t *testing.T) {
	for _, name := range []string{".lock", ".lock.info"} {
		path := newPath(t)
		l := lock(t, path)
		if err := os.Remove(hidden(path, name)); err != nil {
			t.Skipf("this system does not remove open files: %v", err)
		}
		if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
			t.Errorf("Check without %s = %v, want ErrLockLost", name, err)
		}
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

// hidden returns the path of a hidden file that belongs to the state at path.
func hidden(path, suffix string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+suffix)
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

func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skipf("this system has no symbolic links: %v", err)
	}
}

// holds checks which files are beside the state at path.
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

func lock(t *testing.T, path string) state.Lock {
	t.Helper()
	l, err := state.Open(local.New(path)).Lock(t.Context(), state.Holder{Operation: "apply", Who: "root@vm"}, 0)
	if err != nil {
		t.Fatalf("Lock: %v", err)
	}
	t.Cleanup(func() { _ = l.Unlock() })
	return l
}

func encode(t *testing.T, s *state.State) []byte {
	t.Helper()
	text, err := state.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Every program that can write to the directory can overwrite the lock's holder.
func TestALockThatAnotherProgramWrote(t *testing.T) {
	statetest.ForgedLocks(t, func(t *testing.T) (state.Backend, func(state.Holder, []byte)) {
		path := newPath(t)
		return local.New(path), func(_ state.Holder, holder []byte) { write(t, hidden(path, ".lock.info"), string(holder)) }
	})
}

// Links in place of the hidden files may have come with the configuration. Nothing may be written to their
// targets.
func TestHiddenFilesThatAreLinks(t *testing.T) {
	for _, suffix := range []string{".lock", ".lock.info", ".mutex", ".tmp"} {
		t.Run(suffix, func(t *testing.T) {
			path := newPath(t)
			elsewhere := t.TempDir()
			precious, missing := filepath.Join(elsewhere, "precious"), filepath.Join(elsewhere, "missing")
			write(t, precious, "precious")

			for _, target := range []string{precious, missing} {
				_ = os.Remove(hidden(path, suffix)) // left by the previous round
				symlink(t, target, hidden(path, suffix))
				b := local.New(path)
				if l, err := b.Lock(t.Context(), state.Holder{ID: "me"}, 0); err == nil {
					_ = l.Unlock()
				} else if !strings.Contains(err.Error(), "symbolic link") {
					t.Errorf("Lock = %v, want an error about the symbolic link", err)
				}
				_, _ = b.Write(t.Context(), state.DocState, []byte("{}"), "")
			}

			if got := content(t, precious); got != "precious" {
				t.Errorf("the target of the link has %q, want it unchanged", got)
			}
			if _, err := os.Stat(missing); err == nil {
				t.Error("a file was created at the target of the link")
			}
		})
	}
}
