package interrupt_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/interrupt"
)

func enter(t *testing.T, s *interrupt.Section, remains string) *interrupt.Entry {
	t.Helper()
	e, err := s.Enter(remains)
	if err != nil {
		t.Fatalf("Enter: %v", err)
	}
	return e
}

func TestOnlyAWriteInProgressDelaysAnInterrupt(t *testing.T) {
	for name, c := range map[string]struct {
		do      func(t *testing.T, s *interrupt.Section)
		writing bool
		remains []string
	}{
		"nothing was written": {func(*testing.T, *interrupt.Section) {}, false, nil},
		"a lock is held":      {func(t *testing.T, s *interrupt.Section) { enter(t, s, "lock") }, true, []string{"lock"}},
		"a lock was released": {func(t *testing.T, s *interrupt.Section) { enter(t, s, "lock").Leave() }, false, nil},
		"one lock was released twice, another is held": {func(t *testing.T, s *interrupt.Section) {
			e := enter(t, s, "first")
			enter(t, s, "second")
			e.Leave()
			e.Leave()
		}, true, []string{"second"}},
		"a lock could not be released": {func(t *testing.T, s *interrupt.Section) {
			enter(t, s, "lock").LeaveUndone()
		}, false, []string{"lock"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, called := &interrupt.Section{}, false
			c.do(t, s)
			s.Interrupt(func(writing bool) {
				called = true
				if writing != c.writing {
					t.Errorf("writing is %v, want %v", writing, c.writing)
				}
			})

			if !called {
				t.Error("stop was not called")
			}
			if got := s.Remains(); !slices.Equal(got, c.remains) {
				t.Errorf("Remains = %q, want %q", got, c.remains)
			}
		})
	}
}

func TestNothingBeginsAfterAnInterrupt(t *testing.T) {
	s := &interrupt.Section{}
	s.Interrupt(func(bool) {})

	e, err := s.Enter("lock")
	if !errors.Is(err, interrupt.ErrStopped) || !errors.Is(err, context.Canceled) {
		t.Errorf("Enter after an interrupt = %v, want ErrStopped", err)
	}
	e.Leave()
	if got := s.Remains(); len(got) > 0 {
		t.Errorf("Remains = %q, want nothing", got)
	}
}

func TestANilSectionIsNeverInterrupted(t *testing.T) {
	var s *interrupt.Section
	e := enter(t, s, "lock")
	e.LeaveUndone()
	e.Leave()
}
