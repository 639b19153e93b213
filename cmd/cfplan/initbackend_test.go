package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// promising is a store whose Probe returns answer.
type promising struct {
	*local.Backend
	answer error
}

func (p promising) Probe(context.Context) error { return p.answer }

// A broken guarantee of the store is an error; a credential that may not write is not.
func TestInitRefusesAStoreThatBreaksItsGuarantees(t *testing.T) {
	for _, c := range []struct {
		answer       error
		fails        bool
		prints, says string
	}{
		{nil, false, "safe for writing and locking", ""},
		{errors.New("it replaces an object although If-Match names another"), true, "", ""},
		{fmt.Errorf("put: %w", fs.ErrPermission), false, "", "From here, cfplan plan works"},
	} {
		var out, errs strings.Builder
		s := newServices(streams{strings.NewReader(""), &out, &errs}, nil)
		b := promising{local.New(filepath.Join(t.TempDir(), "s.json")), c.answer}
		err := tryBackend(t.Context(), s, state.Open(b), b)
		if (err != nil) != c.fails || !strings.Contains(out.String(), c.prints) || !strings.Contains(strings.Join(strings.Fields(errs.String()), " "), c.says) {
			t.Errorf("Probe = %v: tryBackend = %v, want an error: %v\n%s%s", c.answer, err, c.fails, out.String(), errs.String())
		}
	}
}

// unlockable is a store that can be read but not locked.
type unlockable struct {
	*local.Backend
	answer error
}

func (u unlockable) Lock(context.Context, state.Holder, time.Duration) (state.Lock, error) {
	return nil, u.answer
}

// Only a missing permission means a read-only credential; any other error means a broken backend.
func TestInitTellsABrokenLockFromAReadOnlyCredential(t *testing.T) {
	for _, c := range []struct {
		answer error
		fails  bool
		says   string
	}{
		{fmt.Errorf("put: %w", fs.ErrPermission), false, "From here, cfplan plan works"},
		{&fs.PathError{Op: "open", Path: "s.json", Err: syscall.EROFS}, false, "From here, cfplan plan works"},
		{errors.New("500 Internal Server Error"), true, ""},
	} {
		var out, errs strings.Builder
		s := newServices(streams{strings.NewReader(""), &out, &errs}, nil)
		b := unlockable{local.New(filepath.Join(t.TempDir(), "s.json")), c.answer}
		err := tryBackend(t.Context(), s, state.Open(b), b)
		if (err != nil) != c.fails || c.fails && !strings.Contains(err.Error(), c.answer.Error()) || !strings.Contains(strings.Join(strings.Fields(errs.String()), " "), c.says) {
			t.Errorf("Lock = %v: tryBackend = %v, want an error: %v\n%s%s", c.answer, err, c.fails, out.String(), errs.String())
		}
	}
}
