package state_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// tapped is a local backend that counts the writes, and can make them fail.
type tapped struct {
	*local.Backend
	states, parts atomic.Int32
	// fail returns the error of the next write; stored says whether the write is carried out anyway.
	fail func(what string) (stored bool, err error)
	// kept is called before an entry is read, if it is not nil.
	kept func()
}

func (b *tapped) write(what string, do func() error) error {
	if b.fail != nil {
		if stored, err := b.fail(what); err != nil {
			if stored {
				_ = do()
			}
			return err
		}
	}
	return do()
}

func (b *tapped) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (v state.Version, err error) {
	if doc == state.DocState {
		b.states.Add(1)
	}
	err = b.write(string(doc), func() error {
		v, err = b.Backend.Write(ctx, doc, text, was)
		return err
	})
	return v, err
}

func (b *tapped) Add(ctx context.Context, name string, data []byte) error {
	b.parts.Add(1)
	return b.write("part", func() error { return b.Backend.Add(ctx, name, data) })
}

func (b *tapped) Kept(ctx context.Context, name string) ([]byte, error) {
	if f := b.kept; f != nil {
		b.kept = nil
		f()
	}
	return b.Backend.Kept(ctx, name)
}

// single hides the archive of a backend.
type single struct{ state.Backend }

// logged is a state in a file, with a log that has begun.
type logged struct {
	*testing.T
	path    string
	backend *tapped
	log     *state.Log
	of      state.Applied
}

func newLogged(t *testing.T, wrap func(*tapped) state.Backend) *logged {
	t.Helper()
	l := &logged{T: t, path: newPath(t)}
	replace(t, l.path, state.New())
	l.backend = &tapped{Backend: local.New(l.path)}
	store := state.Open(wrap(l.backend))
	st, err := store.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	l.of = state.Applied{
		Hash:   "sha256:1",
		At:     time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC),
		Who:    "job",
		Serial: st.Serial,
	}
	l.log = store.NewLog(l.of, state.LogOptions{})
	return l
}

func archived(b *tapped) state.Backend { return b }

// entry returns a function that makes an entry about a zone. The first entry begins the apply.
func (l *logged) entry(e state.Entry) func(*state.State) (state.Entry, error) {
	return func(st *state.State) (state.Entry, error) {
		if st.Begun == nil {
			begun := l.of
			st.Begun = &begun
		}
		return e, nil
	}
}

func (l *logged) open(zone string) error {
	return l.log.Announce(l.Context(), l.entry(state.Entry{Zone: zone, Open: &state.Journal{At: l.of.At, Who: "job"}}))
}

func (l *logged) close(zone string) error {
	return l.log.Record(l.Context(), l.entry(state.Entry{Zone: zone, Closed: &state.Request{At: l.of.At, Who: "job"}}))
}

func (l *logged) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// journals returns the zones with an open request, as another run reads the state.
func (l *logged) journals(b state.Backend) (open []string) {
	l.Helper()
	st, err := state.OpenReader(b).Read(l.Context())
	l.must(err)
	for name, z := range st.Zones {
		if z.Journal != nil {
			open = append(open, name)
		}
	}
	slices.Sort(open)
	return open
}

func (l *logged) parts() []string {
	l.Helper()
	names, err := l.backend.Entries(l.Context())
	l.must(err)
	return names
}

func TestConcurrentEntriesShareParts(t *testing.T) {
	for name, wrap := range map[string]func(*tapped) state.Backend{
		"archive":  archived,
		"document": func(b *tapped) state.Backend { return single{b} },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogged(t, wrap)
			const zones = 60
			var g sync.WaitGroup
			for i := range zones {
				g.Go(func() {
					zone := fmt.Sprintf("z%d.example", i)
					if err := errors.Join(l.open(zone), l.close(zone), l.open(zone)); err != nil {
						t.Errorf("%s: %v", zone, err)
					}
				})
			}

			g.Wait()

			if open := l.journals(wrap(l.backend)); len(open) != zones {
				t.Errorf("%d zones have an open request, want %d", len(open), zones)
			}
			if n := l.backend.parts.Load(); n >= 3*zones/2 {
				t.Errorf("%d parts were written for %d entries, want fewer than %d", n, 3*zones, 3*zones/2)
			}

			l.must(l.log.Close(t.Context()))
			if n := l.backend.states.Load(); n != 2 {
				t.Errorf("the state was written %d times, want 2", n)
			}
			if open := l.journals(wrap(l.backend)); len(open) != zones || len(l.parts()) > 0 {
				t.Errorf("after Close %d zones have an open request, and there are the parts %v; want %d and no part", len(open), l.parts(), zones)
			}
		})
	}
}

// Requests that are sent together are answered one shortly after another. In a bubble of synctest, time passes
// only while all goroutines wait.
func TestEntriesOfOneMomentShareAPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLogged(t, archived)
		const rounds, requests = 5, 10
		var g sync.WaitGroup
		for i := range requests {
			zone := fmt.Sprintf("z%d.example", i)
			latency := 50*time.Millisecond + time.Duration(i)*300*time.Microsecond
			g.Go(func() {
				for range rounds {
					l.must(l.open(zone))
					time.Sleep(latency)
					l.must(l.close(zone))
				}
			})
		}

		g.Wait()

		// Each round has one part with the requests (except for the first, which begins the log) and one with
		// the outcomes.
		if n := l.backend.parts.Load(); n != 2*rounds-1 {
			t.Errorf("%d parts were written for %d entries, want %d", n, 2*rounds*requests, 2*rounds-1)
		}
	})
}

// A log that grows large is folded into the state. The number of folds does not grow with the log.
func TestALargeLogIsFolded(t *testing.T) {
	for name, wrap := range map[string]func(*tapped) state.Backend{
		"archive":  archived,
		"document": func(b *tapped) state.Backend { return single{b} },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogged(t, wrap)
			large := state.Entry{Zone: "large.example", Made: []string{strings.Repeat("x", 1<<20)}}
			for i := range 12 {
				l.must(l.log.Record(t.Context(), l.entry(large)))
				l.must(l.open(fmt.Sprintf("z%d.example", i)))
				if i%4 < 3 {
					continue
				}
				if open := l.journals(wrap(l.backend)); len(open) != i+1 {
					t.Fatalf("after step %d there are open requests to %v, want %d", i, open, i+1)
				}
			}

			if n := l.backend.states.Load(); n < 2 || n > 5 {
				t.Errorf("the state was written %d times for a log of 12 MiB, want 2 to 5", n)
			}

			l.must(l.log.Close(t.Context()))
			st, err := state.OpenReader(wrap(l.backend)).Read(t.Context())
			l.must(err)
			if len(st.Begun.Made["large.example"]) != 12 || len(st.Zones) != 13 || len(l.parts()) > 0 {
				t.Errorf("the state has %d changes and %d zones, and there are the parts %v; want 12, 13 and no part",
					len(st.Begun.Made["large.example"]), len(st.Zones), l.parts())
			}
		})
	}
}

// A log of many small parts is folded into the state as well, so that a run that is killed leaves no more parts
// than an archive lists.
func TestALogOfManyPartsIsFolded(t *testing.T) {
	for name, wrap := range map[string]func(*tapped) state.Backend{
		"archive":  archived,
		"document": func(b *tapped) state.Backend { return single{b} },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogged(t, wrap)
			l.log.FoldAfterParts(5)
			for i := range 20 {
				l.must(l.open(fmt.Sprintf("z%d.example", i)))
				if n := len(l.parts()); n > 5 {
					t.Fatalf("after %d entries there are %d parts, want at most 5", i+1, n)
				}
			}

			if open := l.journals(wrap(l.backend)); len(open) != 20 {
				t.Errorf("there are open requests to %v, want 20", open)
			}
			if n := l.backend.states.Load(); n < 3 || n > 5 {
				t.Errorf("the state was written %d times for 20 entries, want 3 to 5", n)
			}
		})
	}
}

// A run that reads the state while a log ends and its parts are deleted finds every entry.
func TestAReaderFindsEveryEntryWhileALogEnds(t *testing.T) {
	l := newLogged(t, archived)
	for _, zone := range []string{"a.example", "b.example", "c.example"} {
		l.must(l.open(zone))
	}
	reader := &tapped{Backend: local.New(l.path)}
	reader.kept = func() { l.must(l.log.Close(t.Context())) } // between reading the state and the first part
	if open := l.journals(reader); len(open) != 3 {
		t.Errorf("a run that read the state while the log ended found open requests to %v, want 3", open)
	}
}

// After a write with an unknown outcome, the run goes on, and everything that it reported as written is there.
func TestALogSurvivesAWriteWithoutAnAnswer(t *testing.T) {
	errCut := errors.New("cut off")
	for _, stored := range []bool{false, true} {
		for _, what := range []string{"part", "state"} {
			l := newLogged(t, archived)
			l.must(l.open("a.example"))
			l.must(l.open("b.example"))
			l.backend.fail = func(now string) (bool, error) {
				if now != what {
					return false, nil
				}
				l.backend.fail = nil
				return stored, errCut
			}

			failed := l.open("c.example")
			if what == "state" {
				l.must(failed)
				failed = l.log.Close(t.Context())
			}

			if !errors.Is(failed, errCut) {
				t.Errorf("a write of a %s without an answer = %v, want its error", what, failed)
			}

			want := []string{"a.example", "c.example"}
			if what == "part" {
				l.must(l.close("b.example"))
				l.must(l.open("d.example"))
				want = []string{"a.example", "d.example"}
				if stored {
					want = []string{"a.example", "c.example", "d.example"}
				}
			} else {
				l.must(l.close("b.example"))
			}

			if got := l.journals(l.backend); !slices.Equal(got, want) {
				t.Errorf("%s, carried out %v: open requests to %v, want %v", what, stored, got, want)
			}
		}
	}
}

// If the server accepts no document beside the state, the apply writes the whole state with each entry.
func TestAnApplyWorksWithoutALog(t *testing.T) {
	l := newLogged(t, func(b *tapped) state.Backend { return single{b} })
	l.backend.fail = func(what string) (bool, error) {
		if what == string(state.DocJournal) {
			return false, errors.New("405 Method Not Allowed")
		}
		return false, nil
	}

	for _, zone := range []string{"a.example", "b.example", "c.example"} {
		l.must(l.open(zone))
	}

	if open := l.journals(single{l.backend}); len(open) != 3 || l.backend.states.Load() != 3 {
		t.Errorf("open requests to %v after %d writes of the state, want 3 of each", open, l.backend.states.Load())
	}

	l.must(l.log.Close(t.Context()))
}

func TestADamagedLogIsAnError(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"cut short": func(b []byte) []byte { return b[:len(b)/2] },
		"empty":     func([]byte) []byte { return nil },
		"not JSON":  func([]byte) []byte { return []byte("<html>") },
		"copied":    func(b []byte) []byte { return []byte(strings.Replace(string(b), `"number":2`, `"number":1`, 1)) },
	} {
		l := newLogged(t, archived)
		for _, zone := range []string{"a.example", "b.example", "c.example", "d.example"} {
			l.must(l.open(zone))
		}

		second := filepath.Join(strings.TrimSuffix(l.path, ".json")+".history", l.parts()[1]+".json")
		text, err := os.ReadFile(second)
		l.must(err)
		l.must(os.WriteFile(second, damage(text), 0o600))

		store := state.Open(local.New(l.path))
		_, err = store.Read(t.Context())
		var unreadable *state.UnreadableError
		if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), l.parts()[1]) ||
			!strings.Contains(err.Error(), "delete it and the parts after it") {
			t.Errorf("%s: Read = %v, want an *UnreadableError that names the part and says what to do", name, err)
		}

		// The advice in the error works: everything before the damage is read.
		for _, part := range l.parts()[1:] {
			l.must(store.Drop(t.Context(), part))
		}

		if open := l.journals(l.backend); !slices.Equal(open, []string{"a.example", "b.example"}) {
			t.Errorf("%s: without the damaged part there are open requests to %v, want a.example and b.example", name, open)
		}
	}
}

// A forced push replaces a state whose log cannot be read. It closes that log, so that the run that wrote the
// log stops.
func TestAForcedPushClosesALogThatCannotBeRead(t *testing.T) {
	for name, wrap := range map[string]func(*tapped) state.Backend{
		"an archive": archived, "a document": func(b *tapped) state.Backend { return single{b} },
	} {
		l := newLogged(t, wrap)
		for _, zone := range []string{"a.example", "b.example", "c.example", "d.example"} {
			l.must(l.open(zone))
		}

		if name == "an archive" {
			second := filepath.Join(strings.TrimSuffix(l.path, ".json")+".history", l.parts()[1]+".json")
			l.must(os.WriteFile(second, []byte("<html>"), 0o600))
		} else {
			_, version, err := l.backend.Read(t.Context(), state.DocJournal)
			l.must(err)
			_, err = l.backend.Write(t.Context(), state.DocJournal, []byte(`{"version": 1, "log": 7}`), version)
			l.must(err)
		}

		store := state.Open(wrap(&tapped{Backend: local.New(l.path)}))
		if _, err := store.Push(t.Context(), at("foreign", 1), false, held); !errors.As(err,
			new(*state.UnreadableError)) {
			t.Errorf("%s: Push = %v, want an *UnreadableError", name, err)
		}
		if _, err := store.Push(t.Context(), at("foreign", 1), true, held); err != nil {
			t.Errorf("%s: Push with force = %v", name, err)
		}
		if err := l.open("e.example"); !errors.Is(err, state.ErrLockLost) {
			t.Errorf("%s: Announce by the other run after the push = %v, want ErrLockLost", name, err)
		}
		if open := l.journals(l.backend); len(open) > 0 {
			t.Errorf("%s: open requests to %v, want none", name, open)
		}
	}
}

// If the document of a log is damaged, reading the state is an error.
func TestADamagedLogDocumentIsAnError(t *testing.T) {
	for name, damage := range map[string]func(string) string{
		"cut short":     func(s string) string { return s[:len(s)/2] },
		"not a log":     func(string) string { return `{"version": 1, "snapshots": {}}` },
		"a newer one":   func(s string) string { return strings.Replace(s, `"version":1`, `"version":9`, 1) },
		"a part is odd": func(s string) string { return strings.Replace(s, `"number":1`, `"number":"x"`, 1) },
	} {
		l := newLogged(t, func(b *tapped) state.Backend { return single{b} })
		l.must(errors.Join(l.open("a.example"), l.open("b.example")))
		text, version, err := l.backend.Read(t.Context(), state.DocJournal)
		l.must(err)
		_, err = l.backend.Write(t.Context(), state.DocJournal, []byte(damage(string(text))), version)
		l.must(err)

		_, err = state.OpenReader(single{l.backend}).Read(t.Context())
		if !errors.As(err, new(*state.UnreadableError)) {
			t.Errorf("%s: Read = %v, want an *UnreadableError", name, err)
		}
	}
}

// A state that is pulled, pushed or moved includes the entries of the log. A push stops the run that wrote the
// log.
func TestAPulledOrMovedStateIncludesTheLog(t *testing.T) {
	l := newLogged(t, archived)
	l.must(errors.Join(l.open("a.example"), l.open("b.example")))

	store := state.Open(local.New(l.path))
	text, err := store.Stored(t.Context())
	l.must(err)
	pulled, err := state.Decode(text)
	l.must(err)
	if pulled.Zone("b.example") == nil || pulled.Begun == nil || pulled.Begun.Log != 0 {
		t.Errorf("the pulled state lacks the entries of the log: %s", text)
	}

	to := state.Open(single{&tapped{Backend: local.New(newPath(t))}}) // a place without an archive
	moved, err := state.Migrate(t.Context(), &store.Reader, to, held)
	if err != nil || len(moved.State.Zones) != 2 || moved.Entries != 0 {
		t.Errorf("Migrate = %+v, %v; want both zones, and no part as an entry of the history", moved, err)
	}

	if there, err := to.Read(t.Context()); err != nil || there.Zone("b.example") == nil || there.LogIsOpen() {
		t.Errorf("the new place has %+v, %v; want b.example and no open log", there, err)
	}

	same, err := store.Push(t.Context(), pulled, false, held)
	if err != nil || same.Changed {
		t.Errorf("Push of the pulled state = %+v, %v; want nothing to do", same, err)
	}

	l.must(l.open("c.example"))
	pulled.Serial++
	delete(pulled.Zones, "c.example")
	if _, err := store.Push(t.Context(), pulled, false, held); !errors.As(err, new(*state.PushError)) {
		t.Errorf("Push without the request to c.example = %v, want a refusal", err)
	}
	if _, err := store.Push(t.Context(), pulled, true, held); err != nil {
		t.Errorf("Push with force = %v", err)
	}
	if err := l.open("d.example"); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Announce by the other run after a push = %v, want ErrLockLost", err)
	}
	if open := l.journals(l.backend); !slices.Equal(open, []string{"a.example", "b.example"}) {
		t.Errorf("open requests to %v, want those of the pushed state", open)
	}
}

// The serial of a state does not change while a log grows. If an apply has recorded something since a state was
// pulled, pushing that state is refused.
func TestPushRefusesAStateWithoutTheLogsChanges(t *testing.T) {
	l := newLogged(t, archived)
	held := func(context.Context) error { return nil }
	made := func(zone string) {
		l.must(l.open(zone))
		l.must(l.log.Record(t.Context(), l.entry(state.Entry{
			Zone:   zone,
			Closed: &state.Request{At: l.of.At, Who: "job"},
			Owned:  map[string]state.Owned{"of " + zone: {Name: zone, Type: dns.A}},
			Made:   []string{"change of " + zone},
		})))
	}

	made("a.example")
	store := state.Open(l.backend)
	pulled := read(t, l.path)
	pulled.Serial++
	made("b.example") // the run is killed here

	var refused *state.PushError
	if _, err := store.Push(t.Context(), pulled, false, held); !errors.As(err, &refused) ||
		!strings.Contains(refused.Why, "1 change, made by job") {
		t.Errorf("Push of the state pulled before = %v, want a refusal", err)
	}

	pulled = read(t, l.path)
	pulled.Serial++
	if _, err := store.Push(t.Context(), pulled, false, held); err != nil {
		t.Errorf("Push of the state pulled now = %v, want success", err)
	}
	if st := read(t, l.path); st.Owned() != 2 {
		t.Errorf("%d records are owned, want 2", st.Owned())
	}
}

// The remaining parts of a log are dropped when a later apply ends, except for the last part, which may be
// a seal.
func TestTheNextApplyDropsOldParts(t *testing.T) {
	l := newLogged(t, archived)
	for _, zone := range []string{"a.example", "b.example", "c.example"} {
		l.must(l.open(zone))
	}

	replace(t, l.path, read(t, l.path)) // the run was killed, and the log is closed
	old := l.parts()

	store := state.Open(l.backend)
	st, err := store.Read(t.Context())
	l.must(err)
	l.of.Serial, l.of.Who = st.Serial, "next"
	l.log = store.NewLog(l.of, state.LogOptions{Parts: state.PartsOf(old, st.Lineage, st.Serial, 0)})
	next := func(st *state.State) (state.Entry, error) {
		begun := l.of
		st.Begun = &begun
		return state.Entry{Zone: "a.example", Made: []string{"x"}}, nil
	}

	l.must(l.log.Record(t.Context(), next))
	if got := l.parts(); !slices.Equal(got, old) {
		t.Errorf("during the apply there are the parts %v, want still %v", got, old)
	}

	l.must(l.log.Close(t.Context()))
	if got := l.parts(); !slices.Equal(got, old[len(old)-1:]) {
		t.Errorf("after the apply there are the parts %v, want the seal %s", got, old[len(old)-1])
	}
}

// Package statetest tests the log with every backend; this test adds a backend without an archive.
func TestTheSuiteHoldsWithoutAnArchive(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Backend { return single{local.New(newPath(t))} })
}

// A panic in an entry reaches the goroutine that added it, and later entries are written anyway.
func TestAPanicInAnEntryReachesItsCaller(t *testing.T) {
	l := newLogged(t, archived)
	l.must(l.open("a.example"))
	p := parallel.Try(func() {
		_ = l.log.Record(t.Context(), func(*state.State) (state.Entry, error) { panic("mistake") })
	})

	if p == nil || p.Value != "mistake" {
		t.Errorf("Record panicked with %v, want the value of the entry's panic", p)
	}

	l.must(errors.Join(l.open("b.example"), l.close("a.example"), l.log.Close(t.Context())))
	if open := l.journals(l.backend); !slices.Equal(open, []string{"b.example"}) {
		t.Errorf("open requests to %v, want b.example alone", open)
	}
}

// A run without a log that has lost its lock records what it did, and leaves the log of the current run open.
func TestARunWithoutALogLeavesAnotherRunsLogOpen(t *testing.T) {
	late := newLogged(t, archived)
	st := read(t, late.path)
	short := state.LogOptions{Short: true}
	late.log = state.Open(single{late.backend}).NewLog(late.of, short)
	late.must(late.open("a.example"))

	next := &logged{T: t, path: late.path, backend: late.backend, of: late.of}
	next.of.Who, next.of.Serial = "next", st.Serial+1
	next.log = state.Open(single{late.backend}).NewLog(next.of, state.LogOptions{})
	begin := func(st *state.State) (state.Entry, error) {
		begun := next.of
		st.Begun = &begun
		return state.Entry{Zone: "b.example"}, nil
	}

	next.must(next.log.Announce(t.Context(), begin))

	late.must(late.close("a.example"))
	if err := late.open("c.example"); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Announce after the lock was lost = %v, want ErrLockLost", err)
	}

	next.must(next.open("d.example"))
	next.must(next.log.Close(t.Context()))
	if open := next.journals(single{late.backend}); !slices.Equal(open, []string{"d.example"}) {
		t.Errorf("open requests to %v, want d.example: a.example was recorded", open)
	}
}

// A restored state has the serial of an earlier apply, whose parts may still be in the archive. They are not
// read as parts of the apply that now begins at that serial, even if that apply does not know of them.
func TestPartsOfAnEarlierApplyAreNotRead(t *testing.T) {
	l := newLogged(t, archived)
	former, err := os.ReadFile(l.path)
	l.must(err)
	for _, zone := range []string{"a.example", "b.example", "c.example", "d.example"} {
		l.must(l.open(zone))
	}

	l.must(l.backend.Drop(t.Context(), l.parts()[0]))
	l.must(os.WriteFile(l.path, former, 0o600))

	l.of.At = l.of.At.Add(time.Hour)
	l.log = state.Open(l.backend).NewLog(l.of, state.LogOptions{})
	l.must(l.open("e.example"))
	l.must(l.open("f.example"))
	if open := l.journals(l.backend); !slices.Equal(open, []string{"e.example", "f.example"}) {
		t.Errorf("there are open requests to %v, want those of the second apply", open)
	}

	if err := l.open("g.example"); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Announce of a part whose number is taken = %v, want ErrLockLost", err)
	}

	l.must(l.close("f.example"))
	if open := l.journals(l.backend); !slices.Equal(open, []string{"e.example"}) {
		t.Errorf("in the end there are open requests to %v, want e.example alone", open)
	}
}

// The write of the state that begins a log had no answer. If another run has closed the log since, Announce
// fails, even though the other run has not begun an apply.
func TestAnnounceFailsIfTheLogWasClosedBeforeItsBeginWasConfirmed(t *testing.T) {
	for name, wrap := range map[string]func(*tapped) state.Backend{
		"archive":  archived,
		"document": func(b *tapped) state.Backend { return single{b} },
	} {
		l := newLogged(t, wrap)
		errCut := errors.New("cut off")
		l.backend.fail = func(what string) (bool, error) {
			if what != "state" {
				return false, nil
			}
			l.backend.fail = nil
			return true, errCut
		}

		if err := l.open("a.example"); !errors.Is(err, errCut) {
			t.Fatalf("%s: a write without an answer = %v", name, err)
		}

		other := state.Open(wrap(&tapped{Backend: local.New(l.path)}))
		_, err := other.Update(t.Context(), func(*state.State) (bool, error) { return true, nil })
		l.must(err)

		if err := l.open("b.example"); !errors.Is(err, state.ErrLockLost) {
			t.Errorf("%s: Announce after another run has closed the log = %v, want ErrLockLost", name, err)
		}
	}
}
