package statetest

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
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

// asChild is an environment variable that makes a test binary one of several processes which use a store. Its
// value is "role name where".
const asChild = "CFPLAN_STATE_TEST_CHILD"

// Child plays the role of a process that [Race], [RaceToAdd] or [StartProcess] has started, and ends the
// process. In any other process it only returns. TestMain calls it before m.Run. open opens the backend that
// where names.
func Child(open func(where string) (state.Backend, error)) {
	role := os.Getenv(asChild)
	if role == "" {
		return
	}
	if err := child(strings.SplitN(role, " ", 3), open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(role []string, open func(where string) (state.Backend, error)) error {
	what, name, where := role[0], role[1], role[2]
	b, err := open(where)
	if err != nil {
		return err
	}

	store := state.Open(b)
	switch what {
	case "race":
		return race(store, name)
	case "add":
		return addAll(b, name)
	case "lock":
		l, err := store.Lock(context.Background(), state.Holder{Operation: "apply", Who: name}, time.Minute)
		if err != nil {
			return err
		}
		fmt.Println(l.Holder().ID)
		select {} // until the process is killed
	case "write":
		return write(store)
	default:
		return fmt.Errorf("unknown role %q", what)
	}
}

// write replaces the state again and again until the process is killed.
func write(store *state.Store) error {
	for {
		s, err := store.Read(context.Background())
		if err != nil {
			return err
		}
		s.EnsureZone("example.com", "1")
		if err := store.Replace(context.Background(), s); err != nil && !errors.Is(err, state.ErrConflict) {
			return err
		}
		fmt.Println("written")
	}
}

// races is how often each of the racing processes changes the state.
const races = 150

// race changes the state, and prints how often the other process was faster.
func race(store *state.Store, name string) error {
	attempts := 0
	for i := range races {
		_, err := store.Update(context.Background(), func(s *state.State) (bool, error) {
			attempts++
			s.EnsureZone(name+strconv.Itoa(i), "1")
			return true, nil
		})
		if err != nil {
			return fmt.Errorf("update %d of %s: %w", i, name, err)
		}
	}

	fmt.Println(attempts - races)
	return nil
}

// Race lets two processes change one state hundreds of times, and checks that no change is lost. b must be
// empty. where names the store of b for the function that TestMain passed to Child.
func Race(t *testing.T, where string, b state.Backend) {
	one, other := StartProcess(t, "race", "a", where), StartProcess(t, "race", "b", where)
	conflicts := one.Line(t) + " and " + other.Line(t)
	one.end(t)
	other.end(t)
	s := read(t, state.Open(b))
	if s.Serial != 2*races || len(s.Zones) != 2*races {
		t.Errorf("after %d updates by each of two processes the serial is %d and %d of their changes are stored "+
			"(conflicts: %s)",
			races, s.Serial, len(s.Zones), conflicts)
	}
	t.Logf("conflicts: %s", conflicts)
}

// addAll adds many entries with the same names as other processes, and prints how many of its own were added.
func addAll(b state.Backend, name string) error {
	a, ok := b.(state.Archive)
	if !ok {
		return errors.New("the backend keeps no archive")
	}

	mine := 0
	for i := range races {
		err := a.Add(context.Background(), fmt.Sprintf("part-%d", i), []byte(name))
		if err != nil && !errors.Is(err, state.ErrConflict) {
			return fmt.Errorf("entry %d of %s: %w", i, name, err)
		}
		if err == nil {
			mine++
		}
	}

	fmt.Println(mine)
	return nil
}

// RaceToAdd lets two processes add entries with the same names, and checks that for each name exactly one
// succeeds. where and b are as for [Race].
func RaceToAdd(t *testing.T, where string, b state.Backend) {
	names := []string{"a", "b"}
	processes := []*Process{StartProcess(t, "add", names[0], where), StartProcess(t, "add", names[1], where)}
	won := map[string]int{}
	for i, p := range processes {
		n, err := strconv.Atoi(p.Line(t))
		if err != nil {
			t.Fatal(err)
		}
		won[names[i]] = n
		p.end(t)
	}

	for i := range races {
		data, err := b.(state.Archive).Kept(t.Context(), fmt.Sprintf("part-%d", i))
		if err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		won[string(data)]--
	}

	for name, n := range won {
		if n != 0 {
			t.Errorf("process %s reports %d more added entries than it has", name, n)
		}
	}
}

// Process is another process that uses a store.
type Process struct {
	cmd *exec.Cmd
	out *bufio.Scanner
	err *strings.Builder
}

// StartProcess starts the test binary again, in one of two roles that last until it is killed. "lock" takes
// the lock under the name, prints its ID and holds it. "write" writes the state again and again, and prints
// a line after each write. where names the store for the function that TestMain passed to Child. The name
// has no spaces. The process ends with the test.
func StartProcess(t *testing.T, role, name, where string) *Process {
	t.Helper()
	p := &Process{cmd: exec.Command(os.Args[0]), err: &strings.Builder{}}
	p.cmd.Env = append(slices.Clone(os.Environ()), asChild+"="+strings.Join([]string{role, name, where}, " "))
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

// Line waits for the next line that the process prints.
func (p *Process) Line(t *testing.T) string {
	t.Helper()
	if !p.out.Scan() {
		t.Fatalf("the process ended early: %v: %s", p.cmd.Wait(), p.err)
	}
	return p.out.Text()
}

func (p *Process) end(t *testing.T) {
	t.Helper()
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("the process failed: %v: %s", err, p.err)
	}
}

// Kill ends the process immediately, as a crash would.
func (p *Process) Kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // returns that the process was killed
}
