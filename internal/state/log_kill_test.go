package state_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// mortal is the local backend of a process that is killed at one of its writes. It counts each write of a
// state or of a part, and each deletion of parts.
type mortal struct {
	*local.Backend
	// left is the number of writes until the process is killed. If late is true, the last write is carried out,
	// but the process never learns of it.
	left  int
	late  bool
	wrote int
}

var errKilled = errors.New("killed")

func (m *mortal) alive(do func() error) error {
	m.left--
	if m.left >= 0 {
		m.wrote++
		return do()
	}
	if m.left == -1 && m.late {
		_ = do()
	}
	return errKilled
}

func (m *mortal) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (v state.Version, err error) {
	err = m.alive(func() error {
		v, err = m.Backend.Write(ctx, doc, text, was)
		return err
	})
	return v, err
}

func (m *mortal) Add(ctx context.Context, name string, data []byte) error {
	return m.alive(func() error { return m.Backend.Add(ctx, name, data) })
}

func (m *mortal) Drop(ctx context.Context, names ...string) error {
	return m.alive(func() error { return m.Backend.Drop(ctx, names...) })
}

// applied runs an apply over some zones, with a log that is folded on the way, until it is killed. It
// returns the requests that were announced, and those whose outcome was recorded.
func (l *logged) applied(zones int) (announced, recorded map[string]bool) {
	announced, recorded = map[string]bool{}, map[string]bool{}
	for i := range zones {
		zone := fmt.Sprintf("z%d.example", i)
		if l.open(zone) != nil {
			break
		}
		announced[zone] = true
		l.log.FoldAfter(600)
		if l.close(zone) != nil {
			break
		}
		recorded[zone] = true
	}

	_ = l.log.Close(l.Context())
	return announced, recorded
}

// holdsAll fails unless the state has, for each zone, at least what was reported as written.
func (l *logged) holdsAll(what string, announced, recorded map[string]bool) {
	l.Helper()
	st, err := state.OpenReader(local.New(l.path)).Read(l.Context())
	if err != nil {
		l.Fatalf("%s: %v", what, err)
	}

	for zone := range announced {
		z := st.Zone(zone)
		switch {
		case z == nil:
			l.Errorf("%s: the state does not know that a request to %s was announced", what, zone)
		case recorded[zone] && z.Journal != nil:
			l.Errorf("%s: the state does not know the outcome of the request to %s", what, zone)
		}
	}
}

// A process may be killed at each of its writes, including those that fold or end its log and those that drop
// parts. So may the next run, which closes the log. Nothing that was reported as written is lost.
func TestALogIsSafeAtEachKillPoint(t *testing.T) {
	const zones = 5
	start := func(left int, late bool) (*logged, *mortal) {
		m := &mortal{left: left, late: late}
		l := newLogged(t, func(b *tapped) state.Backend {
			m.Backend = b.Backend
			return m
		})
		return l, m
	}

	takeOver := func(m *mortal) error {
		_, err := state.Open(m).Update(t.Context(), func(*state.State) (bool, error) { return true, nil })
		return err
	}

	smooth, whole := start(1<<20, false)
	if _, recorded := smooth.applied(zones); len(recorded) != zones {
		t.Fatalf("without a kill %d outcomes are recorded, want %d", len(recorded), zones)
	}

	points := 0
	for at := range whole.wrote {
		for _, late := range []bool{false, true} {
			for second := range 3 {
				l, _ := start(at, late)
				announced, recorded := l.applied(zones)
				what := fmt.Sprintf("killed at write %d, late %v", at, late)
				l.holdsAll(what, announced, recorded)

				// The run that takes over is killed when it writes its seal, and when it writes the state.
				next := &mortal{Backend: local.New(l.path), left: second, late: late}
				_ = takeOver(next)
				l.holdsAll(what+fmt.Sprintf(", the next run at write %d", second), announced, recorded)
				if err := takeOver(&mortal{Backend: local.New(l.path), left: 1 << 20}); err != nil {
					t.Errorf("%s, the next run at write %d: the run after that = %v", what, second, err)
				}

				l.holdsAll(what+", and two more runs", announced, recorded)
				points++
			}
		}
	}

	if whole.wrote < 12 {
		t.Errorf("there are %d writes, want at least 12, so that the log is folded", whole.wrote)
	}

	t.Logf("%d points tried, of %d writes", points, whole.wrote)
}
