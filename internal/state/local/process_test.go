package local_test

import (
	"errors"
	"os"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestMain(m *testing.M) {
	statetest.Child(func(path string) (state.Backend, error) { return local.New(path), nil })
	os.Exit(m.Run())
}

func TestTwoProcessesLoseNothing(t *testing.T) {
	path := newPath(t)
	statetest.Race(t, path, local.New(path))
	holds(t, path, "cfplan.state.json", "cfplan.state.json.backup")
}

func TestTwoProcessesAddAnEntryOnce(t *testing.T) {
	path := newPath(t)
	statetest.RaceToAdd(t, path, local.New(path))
}

func TestALargeStateInBoundedMemory(t *testing.T) {
	statetest.Big(t, local.New(newPath(t)))
}

func TestAKilledWriterLeavesAWholeDocument(t *testing.T) {
	path := newPath(t)
	for i := range 20 {
		p := statetest.StartProcess(t, "write", "-", path)
		for range i%4 + 1 {
			p.Line(t)
		}
		p.Kill(t) // at some point of the next replacement
		read(t, path)
	}
	replace(t, path, read(t, path))
	holds(t, path, "cfplan.state.json", "cfplan.state.json.backup")
}

func TestTheLockOfAKilledProcessIsFree(t *testing.T) {
	path := newPath(t)
	p := statetest.StartProcess(t, "lock", "child@vm", path)
	id := p.Line(t)
	_, err := state.Open(local.New(path)).Lock(t.Context(), state.Holder{}, 0)
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != id || locked.Holder.Who != "child@vm" {
		t.Fatalf("Lock = %v, want *LockedError that names child@vm and %s", err, id)
	}

	p.Kill(t)
	l := lock(t, path)
	if l.Holder().ID == id {
		t.Error("the next lock has the ID of the killed process's lock")
	}
}

func TestForceUnlockOfALivingProcessKeepsItsFlock(t *testing.T) {
	path := newPath(t)
	p := statetest.StartProcess(t, "lock", "child@vm", path)
	if err := state.Open(local.New(path)).ForceUnlock(t.Context(), p.Line(t)); err != nil {
		t.Fatalf("ForceUnlock = %v", err)
	}

	l := lock(t, path)
	p.Kill(t)
	if err := l.Check(t.Context()); err != nil {
		t.Errorf("the end of the former holder released the lock: %v", err)
	}
	if _, err := state.Open(local.New(path)).Lock(t.Context(), state.Holder{}, 0); err == nil {
		t.Error("the end of the former holder let a third run lock")
	}
}
