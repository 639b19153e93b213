//go:build unix

package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the ID of the user that runs cfplan if root runs the test, because root may write
// anywhere.
const nobody = 65534

// asReader runs cfplan as a user who may read the directory but not write to it.
func (p *site) asReader(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	c := exec.Command(p.program, args...)
	var out, errs bytes.Buffer
	c.Dir, c.Env, c.Stdout, c.Stderr = p.dir, p.env, &out, &errs
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	if err := c.Run(); c.ProcessState == nil {
		if os.Getenv("CI") != "" {
			p.t.Fatalf("cfplan cannot be run as another user: %v", err)
		}
		p.t.Skipf("cfplan cannot be run as another user here: %v", err)
	}
	return out.String(), strings.Join(strings.Fields(errs.String()), " "), c.ProcessState.ExitCode()
}

// readOnly makes everything in the directory readable for all users and writable for none. It also
// lets all users enter the parents of the directory and of the program.
func (p *site) readOnly() {
	p.t.Helper()
	for _, dir := range []string{filepath.Dir(p.program), filepath.Dir(p.dir)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			p.t.Fatal(err)
		}
	}
	err := filepath.WalkDir(p.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o555)
		}
		return os.Chmod(path, 0o444)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = filepath.WalkDir(p.dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				return os.Chmod(path, 0o755) // so that it can be removed
			}
			return err
		})
	})
}

// A job that may only read the state can plan. Its apply fails before it sends a write, and init
// reports that plan works and apply does not.
func TestAReaderOfTheStateCanPlan(t *testing.T) {
	p := newSite(t)
	p.declare(rand.New(rand.NewPCG(1, 1)), "a.cf.hcl")
	p.must("apply", "-auto-approve")
	p.declare(rand.New(rand.NewPCG(2, 2)), "a.cf.hcl")
	p.readOnly()
	p.api.ResetRequests()

	out, errs, code := p.asReader("plan", "-detailed-exitcode")
	if code != exitChanges || !strings.Contains(out, "Plan: ") || !strings.Contains(errs, "Warning: Snapshots could not be saved") || !strings.Contains(errs, "is not writable") {
		t.Errorf("plan exits with %d, want 2 and a warning:\n%s\n%s", code, out, errs)
	}
	if _, errs, code := p.asReader("apply", "-auto-approve"); code != exitError || !strings.Contains(errs,
		"is not writable, but the state and its lock are files in it") {
		t.Errorf("apply exits with %d, want 1 and the reason: %s", code, errs)
	}
	if w := p.api.Writes(); len(w) > 0 {
		t.Errorf("apply sent %v, want no writes", w)
	}
	out, errs, code = p.asReader("init")
	if code != exitDone || !strings.Contains(out, "records owned") || !strings.Contains(errs, "Warning: State cannot be locked") || !strings.Contains(errs, "From here, cfplan plan works") {
		t.Errorf("init exits with %d, want 0 and a warning:\n%s\n%s", code, out, errs)
	}
	for _, args := range [][]string{{"state", "list"}, {"state", "pull"}, {"show"}, {"state", "history"}} {
		if _, errs, code := p.asReader(args...); code != exitDone || errs != "" {
			t.Errorf("%v exits with %d, want 0 and no message: %s", args, code, errs)
		}
	}
}
