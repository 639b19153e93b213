package state_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

// asChild, where it is set, makes the test binary one of several processes that
// use a state: "what path argument".
const asChild = "CFPLAN_STATE_TEST_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(asChild); role != "" {
		if err := child(strings.SplitN(role, " ", 3)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(role []string) error {
	what, arg, path := role[0], role[1], role[2]
	store := state.OpenLocal(path)
	switch what {
	case "race":
		return race(store, arg)
	case "lock":
		l, err := store.Lock(context.Background(), state.Holder{Operation: "apply", Who: arg})
		if err != nil {
			return err
		}
		fmt.Println(l.Holder().ID)
		select {} // until it is killed
	case "write":
		for {
			if err := replaceOnce(store, "example.com"); err != nil && !errors.Is(err, state.ErrConflict) {
				return err
			}
			fmt.Println("written")
		}
	default:
		return fmt.Errorf("unknown role %q", what)
	}
}

// races is how often each of the racing processes must win.
const races = 150

// race replaces the state until it has won often enough, and prints how often
// the other was faster.
func race(store *state.Store, name string) error {
	conflicts := 0
	for won := 0; won < races; {
		switch err := replaceOnce(store, name+strconv.Itoa(won)); {
		case err == nil:
			won++
		case errors.Is(err, state.ErrConflict):
			conflicts++
		default:
			return err
		}
	}
	fmt.Println(conflicts)
	return nil
}

func replaceOnce(store *state.Store, zone string) error {
	s, err := store.Read(context.Background())
	if err != nil {
		return err
	}
	s.EnsureZone(zone, "1")
	return store.Replace(context.Background(), s)
}

func TestTwoProcessesNeverBothWin(t *testing.T) {
	path := newPath(t)
	a, b := start(t, "race", "a", path), start(t, "race", "b", path)
	conflicts := a.line(t) + " and " + b.line(t)
	a.end(t)
	b.end(t)
	s := read(t, path)
	if s.Serial != 2*races || len(s.Zones) != 2*races {
		t.Errorf("after %d wins by each of two processes the serial is %d and %d of their changes are there (conflicts: %s)",
			races, s.Serial, len(s.Zones), conflicts)
	}
	t.Logf("conflicts: %s", conflicts)
	holds(t, path, "cfplan.state.json", "cfplan.state.json.backup")
}

func TestAKilledWriterLeavesAWholeDocument(t *testing.T) {
	path := newPath(t)
	for i := range 20 {
		p := start(t, "write", "-", path)
		for range i%4 + 1 {
			p.line(t)
		}
		p.kill(t) // somewhere in the next replacement
		read(t, path)
	}
	replace(t, path, read(t, path))
	holds(t, path, "cfplan.state.json", "cfplan.state.json.backup")
}

func TestLockOfAProcessThatIsKilled(t *testing.T) {
	path := newPath(t)
	p := start(t, "lock", "child@vm", path)
	id := p.line(t)
	_, err := state.OpenLocal(path).Lock(expired(t), state.Holder{})
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != id || locked.Holder.Who != "child@vm" {
		t.Fatalf("Lock = %v, want *LockedError that names child@vm and %s", err, id)
	}
	p.kill(t)
	l := lock(t, path)
	if l.Holder().ID == id {
		t.Error("the next lock has the dead one's ID")
	}
}

func TestForceUnlockOfALivingProcess(t *testing.T) {
	path := newPath(t)
	p := start(t, "lock", "child@vm", path)
	if err := state.OpenLocal(path).ForceUnlock(t.Context(), p.line(t)); err != nil {
		t.Fatalf("ForceUnlock = %v", err)
	}
	l := lock(t, path)
	p.kill(t)
	if err := l.Check(t.Context()); err != nil {
		t.Errorf("the end of the former holder took the lock away: %v", err)
	}
	if _, err := state.OpenLocal(path).Lock(expired(t), state.Holder{}); err == nil {
		t.Error("the end of the former holder gave the lock away")
	}
}

// process is a child under way.
type process struct {
	cmd *exec.Cmd
	out *bufio.Scanner
	err *strings.Builder
}

func start(t *testing.T, role ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0]), err: &strings.Builder{}}
	p.cmd.Env = append(slices.Clone(os.Environ()), asChild+"="+strings.Join(role, " "))
	p.cmd.Stderr = p.err
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// line waits for the child to print one.
func (p *process) line(t *testing.T) string {
	t.Helper()
	if !p.out.Scan() {
		t.Fatalf("the child ended early: %v: %s", p.cmd.Wait(), p.err)
	}
	return p.out.Text()
}

func (p *process) end(t *testing.T) {
	t.Helper()
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("the child failed: %v: %s", err, p.err)
	}
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // says that it was killed
}
