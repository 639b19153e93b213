//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"github.com/cfplan/cfplan/internal/sandbox"
)

func oddProgram(t *testing.T, name string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path)
	c.Args, c.Dir = []string{name}, t.TempDir()
	return c
}

// exitOf waits for a process and returns its exit code as a shell sees it.
func exitOf(t *testing.T, c *exec.Cmd) int {
	t.Helper()
	err := c.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Error(err)
		return -1
	}
	status := c.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

var endings = []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}

func TestTheFirstInterruptEndsAnEvaluation(t *testing.T) {
	for _, signal := range endings {
		c, errs := oddProgram(t, "cfplan-busy"), &bytes.Buffer{}
		c.Stderr = errs
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("busy"))); err != nil {
			t.Fatal(err)
		}

		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}

		if code := exitOf(t, c); code != exitInterrupted || !strings.Contains(errs.String(), "Error: Interrupted") {
			t.Errorf("%v: exit code %d, stderr %q; want 130 and that it was interrupted", signal, code, errs)
		}
	}
}

// A read of stdin cannot be cancelled. The test writes more than a pipe holds, so once some of it
// is gone, the process is reading.
func TestTheFirstInterruptEndsAReadOfStdin(t *testing.T) {
	for _, args := range [][]string{{"fmt", "-"}, {"state", "push", "-"}} {
		p := newSite(t)
		if err := os.WriteFile(filepath.Join(p.dir, "dns.cf.hcl"), []byte("zone \"example.net\" {}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, out := p.command(t.Context(), args...)
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write(bytes.Repeat([]byte("; a comment\n"), 20_000)); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}

		if err := c.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}

		if code := exitOf(t, c); code != exitInterrupted {
			t.Errorf("%v: exit code %d, want 130\n%s", args, code, out)
		}
		if left, _ := filepath.Glob(filepath.Join(p.dir, "*")); len(left) != 1 || len(p.api.Writes()) > 0 {
			t.Errorf("%v left %q and sent %v, want only the configuration and no writes", args, left, p.api.Writes())
		}
	}
}

func TestTheFirstInterruptEndsARequestThatReads(t *testing.T) {
	for i, args := range [][]string{{"plan", "-out=x.cfplan"}, {"apply", "-auto-approve"}, {"refresh"}} {
		p := newSite(t)
		p.declare(rand.New(rand.NewPCG(1, 1)), "dns.cf.hcl")
		release := make(chan struct{})
		c, out := p.command(t.Context(), args...)
		code := p.interrupted(t, c, endings[i%2], "GET", "/dns_records", release)
		close(release)
		if code != exitInterrupted || !strings.Contains(out.String(), "Interrupted") {
			t.Errorf("%v: exit code %d, want 130\n%s", args, code, out)
		}
		if strings.Contains(out.String(), "Finishing what is under way") || len(p.api.Writes()) > 0 {
			t.Errorf("%v went on after the first interrupt\n%s", args, out)
		}
	}
}

// interrupted starts a process and sends it a signal while it waits for the answer to a request.
// The answer comes once release is closed. It returns the exit code of the process.
func (p *site) interrupted(t *testing.T, c *exec.Cmd, s syscall.Signal, method, path string, release <-chan struct{}) int {
	t.Helper()
	reached, once := make(chan struct{}), sync.Once{}
	p.api.Fail(sandbox.Meanwhile(method, path, func() {
		once.Do(func() { close(reached) })
		<-release
	}))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	code := make(chan int, 1)
	go func() { code <- exitOf(t, c) }()

	select {
	case <-reached:
		if err := c.Process.Signal(s); err != nil {
			t.Error(err)
		}
	case n := <-code:
		t.Errorf("%v ended with %d before it sent the request", c.Args[1:], n)
		return n
	}
	return <-code
}

// While the question waits for an answer, the process is in a read of the terminal.
func TestAnInterruptAtTheQuestionChangesNothing(t *testing.T) {
	p := newSite(t)
	p.declare(rand.New(rand.NewPCG(1, 1)), "dns.cf.hcl")
	s, c := p.onTerminal(t, "apply")
	s.await(t, "Enter a value: ")

	s.press(t, "\x03")

	if code := exitOf(t, c); code != exitInterrupted || len(p.api.Writes()) > 0 {
		t.Errorf("exit code %d after %d writes, want 130 and none\n%s", code, len(p.api.Writes()), s.all())
	}
	s.await(t, "interrupted: nothing was changed")
}

// The progress line is erased before the last message.
func TestAnInterruptClearsTheBar(t *testing.T) {
	p := newSite(t)
	p.declare(rand.New(rand.NewPCG(1, 1)), "dns.cf.hcl")
	release := make(chan struct{})
	p.api.Fail(sandbox.Meanwhile("GET", "/dns_records", func() { <-release }))
	t.Cleanup(func() { close(release) })
	s, c := p.onTerminal(t, "plan")
	s.await(t, "Reading: ")

	s.press(t, "\x03")

	if code := exitOf(t, c); code != exitInterrupted {
		t.Errorf("exit code %d, want 130", code)
	}
	s.await(t, "Interrupted")
	text := s.all()
	end := text[strings.LastIndex(text, "Reading: "):]
	if erased := strings.Index(end, "\r\x1b[K"); erased < 0 || erased > strings.Index(end, "Interrupted") {
		t.Errorf("the bar is left above the last message: %q", end)
	}
}

// onTerminal starts cfplan on a terminal of its own.
func (p *site) onTerminal(t *testing.T, args ...string) (*screen, *exec.Cmd) {
	t.Helper()
	c, _ := p.command(t.Context(), args...)
	c.Stdout, c.Stderr, c.Env = nil, nil, append(c.Env, "TERM=xterm-256color")
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	s := &screen{File: f, news: make(chan struct{}, 1)}
	go s.listen()
	return s, c
}

func (s *screen) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(s.File, keys); err != nil {
		t.Fatal(err)
	}
}

// doctor deletes its test record before an interrupt ends the run.
func TestAnInterruptLeavesNoTestRecord(t *testing.T) {
	p := newSite(t)
	before := len(p.api.Records("example.com"))
	reached, release := make(chan struct{}), make(chan struct{})
	p.api.Fail(sandbox.Meanwhile("POST", "/batch", func() {
		close(reached)
		<-release
	}))
	c, _ := p.command(t.Context(), "doctor", "-write", "example.com")
	said, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	c.Stderr = w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	<-reached

	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	words := make([]byte, len("Interrupt received"))
	if _, err := io.ReadFull(said, words); err != nil || string(words) != "Interrupt received" {
		t.Errorf("stderr begins with %q (%v), want that the interrupt was received", words, err)
	}
	close(release)
	_, _ = io.Copy(io.Discard, said)

	if code := exitOf(t, c); code != exitInterrupted && code != exitDone {
		t.Errorf("exit code %d, want 130 or 0", code)
	}
	if after := len(p.api.Records("example.com")); after != before {
		t.Errorf("the zone has %d records, want %d as before", after, before)
	}
}

// A crash must not have the exit code of a plan with changes (2) or of any other result.
func TestACrashHasItsOwnExitCode(t *testing.T) {
	allowCoreDumps(t)
	for _, name := range []string{"cfplan-overflow", "cfplan-panic"} {
		c := oddProgram(t, name)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if code := exitOf(t, c); code != 128+int(syscall.SIGABRT) {
			t.Errorf("%s: exit code %d, want 134", name, code)
		}
		if left, _ := filepath.Glob(filepath.Join(c.Dir, "*")); len(left) > 0 {
			t.Errorf("%s left %q, want no core dump", name, left)
		}
	}
}

// allowCoreDumps lets the processes of a test write core dumps, as far as the system allows it.
func allowCoreDumps(t *testing.T) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	raised := limit
	raised.Cur = raised.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &raised); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &limit) })
}
