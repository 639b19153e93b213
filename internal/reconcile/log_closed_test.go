package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// blind is a backend whose locks do not notice that they were taken away.
type blind struct{ state.Backend }

func (b blind) Lock(ctx context.Context, h state.Holder, wait time.Duration) (state.Lock, error) {
	l, err := b.Backend.Lock(ctx, h, wait)
	return trustingLock{l}, err
}

// blindly wraps a backend, with its archive if it has one.
func blindly(b state.Backend) state.Backend {
	if archive, ok := b.(state.Archive); ok {
		return struct {
			blind
			state.Archive
		}{blind{b}, archive}
	}
	return blind{b}
}

// A run takes over the lock while another run is working, and writes the state. That closes the log of the
// other run, which then sends nothing more, even though its lock has not noticed the loss. What it sent
// before is recorded.
func TestARunWhoseLogWasClosedSendsNothing(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) state.Backend{
		"local":    func(t *testing.T) state.Backend { return local.New(t.TempDir() + "/cfplan.state.json") },
		"s3":       func(t *testing.T) state.Backend { _, _, b := onS3(t); return b },
		"postgres": func(t *testing.T) state.Backend { _, _, b := onPostgres(t); return b },
		"http":     func(t *testing.T) state.Backend { _, _, b := onHTTP(t); return b },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			there, desired := zonesToWrite(4, 1)
			b := open(t)
			w := newWorld(t, there...)
			w.Store, w.Parallelism = state.Open(b), 1
			p := w.plan(t, desired...)
			w.api.Fail(sandbox.Meanwhile("POST", batchPath, func() {
				takeOver := func(*state.State) (bool, error) { return true, nil }
				if _, err := state.Open(b).Update(context.Background(), takeOver); err != nil {
					t.Errorf("Update by the run that takes over: %v", err)
				}
			}).After(1).Once())

			w.Store = state.Open(blindly(b))
			report, err := w.Apply(context.Background(), p)

			if !errors.Is(err, state.ErrLockLost) || report.Done.Add != 2 || len(w.api.Writes()) != 2 {
				t.Errorf("Apply = %+v, %v with %d requests; want ErrLockLost after the second",
					report.Done, err, len(w.api.Writes()))
			}
			w.Store = state.Open(b)
			st, err := w.Store.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for name, z := range st.Zones {
				if z.Journal != nil {
					t.Errorf("%s: the request %+v is open, want its outcome recorded", name, z.Journal)
				}
			}
			if st.Owned() != 2 || st.LogIsOpen() {
				t.Errorf("%d records are owned, log open: %v; want the 2 that were made, and no log", st.Owned(), st.LogIsOpen())
			}
			if _, err := w.Apply(context.Background(), p); err != nil {
				t.Fatalf("the next run: %v", err)
			}
			w.converged(t, desired...)
		})
	}
}

// The part that closed the log of a killed run stays until twenty applies have passed, and so keeps
// that run from continuing. Its other parts are gone after the next apply.
func TestTheSealOfAKilledRunStays(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	there, desired := zonesToWrite(3, 1)
	w := newWorld(t, there...)
	w.Parallelism = 1
	p := w.plan(t, desired...)
	w.kill(t, 4, p)
	if n := len(w.parts(t)); n != 3 {
		t.Fatalf("the killed run has left %d parts, want 3", n)
	}

	w.apply(t, w.plan(t, desired...))
	seal := w.parts(t)
	if len(seal) != 1 {
		t.Fatalf("after the next apply there are the parts %v, want the seal alone", seal)
	}
	for i := range 19 {
		if left := w.parts(t); len(left) != 1 || left[0] != seal[0] {
			t.Fatalf("after %d more applies there are the parts %v, want %v", i, left, seal)
		}
		desired[0].Records[0].Content = fmt.Sprintf("192.0.2.%d", 100+i)
		w.apply(t, w.plan(t, desired...))
	}
	if left := w.parts(t); len(left) > 0 {
		t.Errorf("after 20 applies there are still the parts %v, want none", left)
	}
}
