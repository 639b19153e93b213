package workdir_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/workdir"
)

const defaultState = "cfplan.state.json"

// bench is a working directory with local states.
type bench struct {
	*testing.T
	path string
}

func newBench(t *testing.T) bench { return bench{t, t.TempDir()} }

// directory opens the directory as a new run does.
func (b bench) directory() *workdir.Directory {
	return workdir.Open(b.path, defaultState, state.Settings{}, b.open)
}

func (b bench) open(p workdir.Place) (state.Backend, error) {
	if p.Kind != "local" {
		return nil, errors.New("there is no backend " + p.Kind)
	}
	return local.Configure(p.Settings, b.path)
}

func at(path string) workdir.Place {
	return workdir.Place{Kind: "local", Settings: settings(map[string]string{"path": path})}
}

func settings(attrs map[string]string) state.Settings {
	return state.NewSettings(nil, state.Layer{Attributes: attrs})
}

// store opens the state at a path.
func (b bench) store(path string) *state.Store {
	b.Helper()
	backend, err := b.open(at(path))
	if err != nil {
		b.Fatal(err)
	}
	return state.Open(backend)
}

// write raises the serial of the state at a path, which then owns one record.
func (b bench) write(path string) *state.Store {
	b.Helper()
	s := b.store(path)
	_, err := s.Update(b.Context(), func(st *state.State) (bool, error) {
		st.Zones["example.com"] = &state.Zone{
			ID:    "1",
			Owned: map[string]state.Owned{"a": {Address: "example.com/A/www", Name: "www.example.com", Type: dns.A}},
		}
		return true, nil
	})
	if err != nil {
		b.Fatal(err)
	}

	return s
}

// use writes the state at a path and the note about it.
func (b bench) use(path string) {
	b.Helper()
	s, d := b.write(path), b.directory()
	if err := d.Remember(d.NoteOf(at(path), &s.Reader)); err != nil {
		b.Fatal(err)
	}
}

// check reads the state at a path and compares it with the note.
func (b bench) check(path string) *workdir.Finding {
	b.Helper()
	s := b.store(path)
	st, err := s.Read(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return b.directory().Check(b.Context(), at(path), &s.Reader, st)
}

// copyState copies a state file.
func (b bench) copyState(from, to string) {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(b.path, from))
	if err == nil {
		err = os.WriteFile(filepath.Join(b.path, to), text, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func (b bench) remove(name string) {
	b.Helper()
	if err := os.RemoveAll(filepath.Join(b.path, name)); err != nil {
		b.Fatal(err)
	}
}

// want compares a finding with a summary and a part of its detail. An empty summary means no finding.
func (b bench) want(got *workdir.Finding, refusal bool, summary, detail string) {
	b.Helper()
	switch {
	case got == nil && summary == "":
	case got == nil:
		b.Errorf("no finding, want %q", summary)
	case got.Summary != summary || !strings.Contains(got.Detail, detail):
		b.Errorf("finding %q: %s\nwant %q: %s", got.Summary, got.Detail, summary, detail)
	case got.Refusal != refusal:
		b.Errorf("%q: refusal %v, want %v", got.Summary, got.Refusal, refusal)
	case refusal && got.Reason == "":
		b.Errorf("%q gives no reason for commands that may not write", got.Summary)
	}
}

func TestSameStateGivesNoFinding(t *testing.T) {
	b := newBench(t)
	b.want(b.check(defaultState), false, "", "") // a fresh checkout

	b.use(defaultState)
	b.want(b.check(defaultState), false, "", "")

	b.write(defaultState) // as another checkout would
	b.want(b.check(defaultState), false, "", "")
}

func TestChangedBackendIsRefused(t *testing.T) {
	b := newBench(t)
	b.use("old.json")
	b.want(b.check("new.json"), true, "Backend has changed",
		"The state is at old.json (backend \"local\"), with 1 record owned.")
}

func TestChangedBackendIsRefusedWithoutANote(t *testing.T) {
	b := newBench(t)
	b.write(defaultState)
	b.want(b.check("new.json"), true, "Backend has changed", "The state is at "+defaultState)
}

func TestMovedStateGivesNoFinding(t *testing.T) {
	b := newBench(t)
	b.use("old.json")
	b.copyState("old.json", "new.json")
	b.want(b.check("new.json"), false, "", "")
}

func TestOlderCopyElsewhereIsRefused(t *testing.T) {
	b := newBench(t)
	b.write("new.json")
	b.copyState("new.json", "old.json")
	b.use("new.json")
	b.want(b.check("old.json"), true, "State is an older copy",
		"old.json (backend \"local\") has an older copy of the state, with serial 1.")
}

func TestOlderStateInItsPlaceIsAWarning(t *testing.T) {
	b := newBench(t)
	b.write(defaultState)
	b.copyState(defaultState, "backup.json")
	b.use(defaultState)
	b.copyState("backup.json", defaultState)
	b.want(b.check(defaultState), false, "The state is an older one", "has serial 1, but had 2")
}

func TestAnotherLineageIsRefused(t *testing.T) {
	b := newBench(t)
	b.use("ours.json")
	b.write("theirs.json")
	b.want(b.check("theirs.json"), true, "State is another one", "correct the backend block")
}

func TestLostStateIsAWarning(t *testing.T) {
	b := newBench(t)
	b.use(defaultState)
	b.remove(defaultState)
	b.want(b.check(defaultState), false, "The state is gone", "plan shows them as adopted and changed")
}

func TestStateThatIsGoneFromBothPlacesIsRefused(t *testing.T) {
	b := newBench(t)
	b.use("old.json")
	b.remove("old.json")
	b.want(b.check("new.json"), true, "Backend has changed", "and is gone from there")
}

func TestLeavingAPlaceWithoutAStateGivesNoFinding(t *testing.T) {
	b := newBench(t)
	d := b.directory()
	if err := d.Remember(d.NoteOf(at("old.json"), &b.store("old.json").Reader)); err != nil {
		t.Fatal(err)
	}
	b.want(b.check("new.json"), false, "", "")
}

func TestOldPlaceThatCannotBeReadIsRefused(t *testing.T) {
	b := newBench(t)
	b.use("old.json")
	if err := os.WriteFile(filepath.Join(b.path, "old.json"), []byte("not a state"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.want(b.check("new.json"), true, "Backend has changed", "cfplan could not check whether the old place still has it")
}
