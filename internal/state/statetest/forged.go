package statetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/cfplan/cfplan/internal/state"
)

// ForgedHolders returns holders that another program could write into a lock.
func ForgedHolders() map[string]state.Holder {
	long := strings.Repeat("x", 10_000)
	return map[string]state.Holder{
		"control characters": {
			ID:        "a\x1b[2J\nb",
			Who:       "\x1b]0;title\x07root\r\u202e\u009b31m",
			Operation: "apply\n\nError: all is lost",
		},
		"a flag":             {ID: "-force", Who: "--help"},
		"a command":          {ID: "x; rm -rf ~ #'$(id)`id`", Who: "`id`"},
		"a path":             {ID: "../../etc/passwd", Who: "C:\\", Path: "../.."},
		"a workflow command": {ID: "::error::x", Who: "##[error]x"},
		"huge":               {ID: long, Who: long, Operation: long, Version: long, Path: long},
		"of the future":      {ID: "future", Who: "me", Version: "99.0.0", Created: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
		"of the past":        {ID: "past", Who: "me", Version: "0", Created: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)},
	}
}

// ForgedLocks tests a lock whose holder another program has overwritten. The error of the next Lock must show
// that holder without control characters, the command in it must break the lock, and the lock's real holder
// must notice that. open returns a new backend, and a function that overwrites the holder of its lock with
// JSON.
func ForgedLocks(t *testing.T, open func(t *testing.T) (b state.Backend, forge func(h state.Holder, text []byte))) {
	for name, forged := range ForgedHolders() {
		t.Run(name, func(t *testing.T) {
			b, forge := open(t)
			held, err := b.Lock(t.Context(), state.Holder{ID: "honest", Who: "me"}, 0)
			if err != nil {
				t.Fatalf("Lock = %v", err)
			}
			t.Cleanup(func() { _ = held.Unlock() })
			text, err := json.Marshal(forged)
			if err != nil {
				t.Fatal(err)
			}

			forge(forged, text)

			_, err = b.Lock(t.Context(), state.Holder{ID: "next"}, 0)
			var locked *state.LockedError
			if !errors.As(err, &locked) {
				t.Fatalf("Lock of a held lock = %v, want *LockedError", err)
			}

			plainText(t, locked.Error())
			id := pasted(t, locked.Holder.UnlockCommand())
			if err := b.ForceUnlock(t.Context(), "another"); err == nil {
				t.Error("ForceUnlock with another ID broke the lock")
			} else {
				plainText(t, err.Error())
			}

			if err := b.ForceUnlock(t.Context(), id); err != nil {
				t.Fatalf("ForceUnlock with the shown ID %q: %v", id, err)
			}

			checkLost(t, held, "after its lock was broken")
			lock, err := b.Lock(t.Context(), state.Holder{ID: "next"}, 0)
			if err != nil {
				t.Fatalf("Lock after the lock was broken = %v", err)
			}

			unlock(t, lock)
		})
	}
}

func plainText(t *testing.T, text string) {
	t.Helper()
	if len(text) > 3000 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("the text has more than 3000 bytes (%d) or control characters: %.300q", len(text), text)
	}
}

// single matches a command that a shell splits into a program and one argument.
var single = regexp.MustCompile(`^cfplan force-unlock (?:-- )?(?:([0-9A-Za-z][0-9A-Za-z-]*)|'((?:[^']|'\\'')*)')$`)

// pasted returns the ID that cfplan gets if the command is pasted into a shell.
func pasted(t *testing.T, command string) string {
	t.Helper()
	m := single.FindStringSubmatch(command)
	if m == nil || strings.HasPrefix(m[2], "-") && !strings.Contains(command, " -- ") {
		t.Fatalf("a shell would split the command: %s", command)
	}
	return fmt.Sprint(m[1], strings.ReplaceAll(m[2], `'\''`, `'`))
}
