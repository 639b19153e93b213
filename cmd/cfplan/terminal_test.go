//go:build unix

package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// screen is a real terminal that a program writes to and the test types at.
type screen struct {
	*os.File
	mu   sync.Mutex
	text bytes.Buffer
	news chan struct{}
}

// onScreen starts a program on a terminal of 24 lines.
func onScreen(t *testing.T, c *exec.Cmd, columns uint16) *screen {
	t.Helper()
	c.Stdout, c.Stderr = nil, nil
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: columns})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })

	s := &screen{File: f, news: make(chan struct{}, 1)}
	go s.listen()
	return s
}

func (s *screen) listen() {
	chunk := make([]byte, 4096)
	for {
		n, err := s.Read(chunk)
		s.mu.Lock()
		s.text.Write(chunk[:n])
		s.mu.Unlock()
		select {
		case s.news <- struct{}{}:
		default:
		}
		if err != nil { // the program has ended
			close(s.news)
			return
		}
	}
}

func (s *screen) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// forget drops what the screen has shown so far.
func (s *screen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Reset()
}

// await waits until the screen has shown the text.
func (s *screen) await(t *testing.T, want string) {
	t.Helper()
	for !strings.Contains(s.all(), want) {
		if _, ok := <-s.news; !ok && !strings.Contains(s.all(), want) {
			t.Fatalf("the program ended without %q:\n%s", want, s.all())
		}
	}
}

// On a real terminal, the plan has color and fits the width, the question follows, and a progress
// line is shown during a slow request and erased afterwards.
func TestApplyOnATerminal(t *testing.T) {
	p := newSite(t)
	p.declare(rand.New(rand.NewPCG(1, 1)), "dns.cf.hcl")
	reached, release := make(chan struct{}), make(chan struct{})
	p.api.Fail(sandbox.Meanwhile("POST", "dns_records/batch", func() {
		close(reached)
		<-release
	}))
	c, _ := p.command(t.Context(), "apply")
	c.Env = append(c.Env, "TERM=xterm-256color", "NO_COLOR=", "CLICOLOR_FORCE=")
	s := onScreen(t, c, 70)
	s.await(t, "Reading the state…")
	s.await(t, "Reading: 0 of 2 zones")
	s.await(t, "Planning: 0 of 2 zones")
	s.await(t, "Enter a value: ")
	if _, err := io.WriteString(s, "yes\r"); err != nil {
		t.Fatal(err)
	}
	<-reached
	s.await(t, "Applying: 0 of ")
	close(release)
	s.await(t, "Apply complete! Records:")
	if err := c.Wait(); err != nil {
		t.Fatalf("apply: %v\n%s", err, s.all())
	}
	text := s.all()
	if !strings.Contains(text, "\x1b[32m+\x1b[0m") {
		t.Errorf("no color on a terminal:\n%q", text[:min(len(text), 500)])
	}
	end := text[strings.LastIndex(text, "Apply complete!")-20:]
	if !regexp.MustCompile(`\r\x1b\[K[\r\n]+Apply complete!`).MatchString(end) {
		t.Errorf("the progress line is not erased before the end: %q", end)
	}
	for _, line := range strings.Split(text, "\n") {
		line = line[strings.LastIndex(strings.TrimRight(line, "\r"), "\r")+1:] // what is left of a line that was written over
		if width := ansi.StringWidth(strings.TrimRight(line, "\r")); width > 70 {
			t.Errorf("a line of %d columns on a terminal of 70: %q", width, line)
		}
	}
}

// On a terminal, the plan says everything about a refusal. The log line is written only if a log is
// requested.
func TestARefusalIsLoggedOnATerminalOnlyIfAsked(t *testing.T) {
	p := newSite(t)
	text := "zone \"example.com\" {\n  record \"A\" \"shop\" { content = \"192.0.2.40\" }\n}\n"
	if err := os.WriteFile(filepath.Join(p.dir, "dns.cf.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.api.Fail(sandbox.RefuseIP("203.0.113.7"))

	for _, test := range []struct {
		args, env []string
		want      int
	}{
		{nil, nil, 0},
		{nil, []string{"CFPLAN_LOG_FORMAT=text"}, 0},
		{[]string{"-log-level=warn"}, nil, 1},
		{[]string{"-log-format=text"}, nil, 1},
		{nil, []string{"CFPLAN_LOG=warn"}, 1},
		{[]string{"-log-level=error"}, nil, 0},
	} {
		c, _ := p.command(t.Context(), append([]string{"plan", "-fallback=sample"}, test.args...)...)
		c.Stdout, c.Stderr, c.Env = nil, nil, append(c.Env, test.env...)
		f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 500})
		if err != nil {
			t.Fatal(err)
		}
		s := &screen{File: f, news: make(chan struct{}, 1)}
		s.listen()
		if err := c.Wait(); err != nil {
			t.Fatalf("plan %q: %v\n%s", test.args, err, s.all())
		}
		_ = f.Close()

		shown := s.all()
		if got := strings.Count(shown, "level=WARN"); got != test.want || !strings.Contains(shown, "Cause: ") {
			t.Errorf("%q %q: %d lines in the log, want %d:\n%s", test.args, test.env, got, test.want, shown)
		}
	}
}
