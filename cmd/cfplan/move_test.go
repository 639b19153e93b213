package main

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A move of the state that is killed at any instant can be run again, and ends with the whole state
// in the new place and in the old one.
func TestKilledMovesOfTheStateLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("dozens of processes are killed: not with -short")
	}
	p := newSite(t)
	r := rand.New(rand.NewPCG(1, 4))
	for range 2 {
		p.declare(r, "dns.cf.hcl")
		p.must("apply", "-auto-approve", "-allow-destroy=100")
	}
	p.write("backend.cf.hcl", "cfplan {\n  backend \"local\" { path = \"new/dns.json\" }\n}\n")
	before, base := p.file("cfplan.state.json"), p.dir
	dead, half := 0, 0
	for range moves {
		p.dir = t.TempDir()
		if err := os.CopyFS(p.dir, os.DirFS(base)); err != nil {
			t.Fatal(err)
		}
		if p.killMove(time.Duration(20_000+r.IntN(40_000)) * time.Microsecond) {
			dead++
			if entries, _ := os.ReadDir(filepath.Join(p.dir, "new")); len(entries) > 0 {
				half++
			}
		}
		p.must("init", "-migrate-state")
		if !bytes.Equal(p.file("cfplan.state.json"), before) || !bytes.Equal(p.file("new/dns.json"), before) {
			t.Fatal("the old or the new place has another state than before")
		}
		if a, b := p.names("cfplan.state.history"), p.names("new/dns.history"); !slices.Equal(a, b) || len(a) != 2 {
			t.Fatalf("the history is %v in the new place and %v in the old one, want the same two entries", b, a)
		}
	}
	p.must("plan", "-require-live")
	p.must("rollback", "-auto-approve", "-allow-destroy=100") // the moved history can be used
	t.Logf("%d of %d moves were killed, %d of them after something was written", dead, moves, half)
}

const moves = 60

// killMove starts a move and kills it after a time. It reports whether the move was still running then.
func (p *site) killMove(after time.Duration) (dead bool) {
	p.t.Helper()
	c, out := p.command(context.Background(), "init", "-migrate-state")
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() }) // it fails if the process has ended by itself
	defer timer.Stop()
	err := c.Wait()
	var status *exec.ExitError
	if err != nil && (!errors.As(err, &status) || status.Exited()) {
		p.t.Fatalf("the move failed by itself: %v\n%s", err, out)
	}
	return err != nil
}

func (p *site) file(name string) []byte {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

func (p *site) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *site) names(dir string) []string {
	p.t.Helper()
	entries, err := os.ReadDir(filepath.Join(p.dir, dir))
	if err != nil {
		p.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") { // a temporary file that a kill left
			out = append(out, e.Name())
		}
	}
	return out
}
