package state_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

func TestTheCommandThatBreaksALock(t *testing.T) {
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
