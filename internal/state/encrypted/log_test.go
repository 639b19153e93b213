package encrypted_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// The log of an apply reveals as much about zones as the state, so it is encrypted, too. If a part was
// altered, the error says what to do.
func TestTheLogOfAnApplyIsEncrypted(t *testing.T) {
	path, k := newPath(t), newKey(t)
	b := open(t, path, identity(k), k.public)
	st := statetest.Sample()
	store(t, b, st)
	s := state.Open(b)
	st, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	of := state.Applied{At: time.Unix(1, 0).UTC(), Who: "job", Serial: st.Serial}
	log := s.NewLog(of, state.LogOptions{})
	for range 2 {
		err := log.Record(t.Context(), func(st *state.State) (state.Entry, error) {
			begun := of
			st.Begun = &begun
			return state.Entry{Zone: "example.com", Open: &state.Journal{At: of.At, Who: "job"}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}

	assertSealed(t, filepath.Dir(path), 3) // the state, its backup, and a part

	parts, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.history", "journal-*.json"))
	if err != nil || len(parts) != 1 {
		t.Fatalf("parts = %v, %v; want one", parts, err)
	}

	text, err := os.ReadFile(parts[0])
	if err == nil {
		text[len(text)-10] ^= 1
		err = os.WriteFile(parts[0], text, 0o600)
	}

	if err != nil {
		t.Fatal(err)
	}

	if _, err := state.OpenReader(b).Read(t.Context()); !errors.As(err, new(*state.UnreadableError)) {
		t.Errorf("Read with an altered part = %v, want an *UnreadableError", err)
	}
}
