package state_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/interrupt"
	"github.com/cfplan/cfplan/internal/state"
)

func TestUnlockCommandIsQuotedForAShell(t *testing.T) {
	for id, want := range map[string]string{
		"9d3f8a60-0000-4000-8000-000000000001": "cfplan force-unlock 9d3f8a60-0000-4000-8000-000000000001",
		"":                                     "",
		"\x1b\u202e":                           "",
		"-force":                               "cfplan force-unlock -- '-force'",
		"a; rm -rf ~":                          "cfplan force-unlock 'a; rm -rf ~'",
		"it's":                                 `cfplan force-unlock 'it'\''s'`,
		"a\nb":                                 "cfplan force-unlock ab",
		strings.Repeat("é", 1000):              "cfplan force-unlock '" + strings.Repeat("é", 200) + "'",
	} {
		if got := (state.Holder{ID: id}).UnlockCommand(); got != want {
			t.Errorf("UnlockCommand of %.20q = %q, want %q", id, got, want)
		}
	}
}

// lockable is a backend that is also its own lock. Its other methods are not used.
type lockable struct {
	state.Backend
	locking, unlocking error
}

func (b *lockable) Place(state.Document) string { return "here" }

func (b *lockable) Lock(context.Context, state.Holder, time.Duration) (state.Lock, error) {
	return b, b.locking
}

func (b *lockable) Holder() state.Holder        { return state.Holder{} }
func (b *lockable) Check(context.Context) error { return nil }
func (b *lockable) Unlock() error               { return b.unlocking }

func TestALockDelaysAnInterruptUntilItIsReleased(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		backend lockable
		unlock  bool
		writing bool
		remains string
	}{
		"held":         {lockable{}, false, true, "If the next run finds the state locked: cfplan force-unlock "},
		"released":     {lockable{}, true, false, ""},
		"not taken":    {lockable{locking: broken}, false, false, ""},
		"not released": {lockable{unlocking: broken}, true, false, "If the next run finds the state locked: cfplan force-unlock "},
	} {
		t.Run(name, func(t *testing.T) {
			section := &interrupt.Section{}
			locker := state.NewLocker(&c.backend)
			locker.Within(section)
			lock, err := locker.Lock(t.Context(), state.Holder{}, 0)
			if !errors.Is(err, c.backend.locking) {
				t.Fatalf("Lock = %v, want %v", err, c.backend.locking)
			}

			if c.unlock {
				if err := lock.Unlock(); !errors.Is(err, c.backend.unlocking) {
					t.Fatalf("Unlock = %v, want %v", err, c.backend.unlocking)
				}
			}

			section.Interrupt(func(writing bool) {
				if writing != c.writing {
					t.Errorf("writing is %v, want %v", writing, c.writing)
				}
			})

			if got := strings.Join(section.Remains(), "\n"); !strings.HasPrefix(got, c.remains) ||
				(got == "") != (c.remains == "") {
				t.Errorf("Remains = %q, want it to begin with %q", got, c.remains)
			}
			if _, err := locker.Lock(t.Context(), state.Holder{}, 0); !errors.Is(err, interrupt.ErrStopped) {
				t.Errorf("Lock after an interrupt = %v, want ErrStopped", err)
			}
		})
	}
}
