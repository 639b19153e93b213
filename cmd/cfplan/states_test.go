package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

// newMoved returns the services of a directory whose backend block has changed while the state is
// still at the old place, and the new configuration. errs receives stderr.
func newMoved(t *testing.T, errs *strings.Builder) (*services, *config.Config) {
	t.Helper()
	dir := t.TempDir()
	in := func() *services {
		s := newServices(streams{strings.NewReader(""), &strings.Builder{}, errs}, nil)
		s.dir.chdir = dir
		return s
	}

	s := in()
	old, err := s.state.forWriting(&config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.Update(t.Context(), func(st *state.State) (bool, error) {
		st.Zones["example.com"] = &state.Zone{
			ID:    "1",
			Owned: map[string]state.Owned{"a": {Address: "example.com/A/www", Name: "www.example.com", Type: dns.A}},
		}
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.state.remember()
	return in(), &config.Config{Backend: &config.Backend{Type: "local", Attributes: map[string]string{"path": "new.json"}}}
}

func TestAWriterRefusesAStateThatWasNotMoved(t *testing.T) {
	var errs strings.Builder
	s, cfg := newMoved(t, &errs)
	st, err := s.state.forWriting(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Read(t.Context()); err == nil || describe(err).summary != "Backend has changed" {
		t.Errorf("Read = %v, want the refusal", err)
	}
	if errs.Len() > 0 {
		t.Errorf("the refusal is shown before the command has failed: %s", errs.String())
	}
}

func TestAReaderWarnsOnceAboutAStateThatWasNotMoved(t *testing.T) {
	var errs strings.Builder
	s, cfg := newMoved(t, &errs)
	st, err := s.state.forReading(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := st.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(errs.String(), "Warning: Backend has changed"); n != 1 {
		t.Errorf("%d warnings, want one: %s", n, errs.String())
	}
}

func TestAnObserverSavesNothingInAStateThatWasNotMoved(t *testing.T) {
	var errs strings.Builder
	s, cfg := newMoved(t, &errs)
	o, err := s.state.forObserving(cfg)
	if err != nil {
		t.Fatal(err)
	}
	st, err := o.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	if _, err := o.Create(t.Context(), st); err == nil || !strings.Contains(err.Error(), "the state has not been moved") {
		t.Errorf("Create = %v, want the reason why nothing is written", err)
	}
	if _, err := os.Stat(filepath.Join(s.dir.root(), "new.json")); err == nil {
		t.Error("a state was created in the new place")
	}
	if !strings.Contains(errs.String(), "Warning: Backend has changed") {
		t.Errorf("no warning: %s", errs.String())
	}
}

func TestAReplacerMayStartAnotherState(t *testing.T) {
	var errs strings.Builder
	s, cfg := newMoved(t, &errs)
	st, err := s.state.forReplacing(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Read(t.Context()); err != nil || errs.Len() > 0 {
		t.Errorf("Read = %v, %s, want neither an error nor a warning", err, errs.String())
	}
}
