package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

var errDisk = errors.New("no space left on device")

// full is a writer that refuses every write that contains the text at.
type full struct {
	bytes.Buffer
	at string
}

func (f *full) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(f.at)) {
		return 0, errDisk
	}
	return f.Buffer.Write(p)
}

func TestOutputStopsAfterAFailure(t *testing.T) {
	w := &full{at: "second"}
	out := &output{w: w}
	for _, line := range []string{"first\n", "second\n", "third\n"} {
		_, _ = out.Write([]byte(line))
	}
	if w.String() != "first\n" || !errors.Is(out.failure(), errDisk) {
		t.Errorf("written %q, failure %v; want the first line and the disk's error", w.String(), out.failure())
	}
}

func TestFinishReportsAFailedOutput(t *testing.T) {
	own := errors.New("zone refused")
	gone := &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}
	for _, c := range []struct {
		name        string
		failed, err error
		code        int
		says        string
	}{
		{"nothing failed", nil, nil, exitDone, ""},
		{"the command failed", nil, own, exitError, "Zone refused"},
		{"changes are pending", nil, exitStatus(exitChanges), exitChanges, ""},
		{"the output failed", errDisk, nil, exitError, "did all of its work"},
		{"the output failed, changes are pending", errDisk, exitStatus(exitChanges), exitError, "Output could not be written"},
		{"the output ended the command", errDisk, fmt.Errorf("render: %w", errDisk), exitError, "ended there"},
		{"both failed", errDisk, own, exitError, "Zone refused"},
		{"both failed, both are reported", errDisk, own, exitError, "Output could not be written"},
		{"the output failed in an interrupted run", errDisk, reconcile.ErrInterrupted, exitInterrupted, "Interrupted"},
		{"the reader is gone", gone, nil, exitError, ""},
		{"the reader is gone, and the command failed", gone, own, exitError, "Zone refused"},
	} {
		var errs bytes.Buffer
		p := &printer{streams: streams{err: &errs}, output: &output{failed: c.failed}, dir: &directory{}}

		err := p.finish(c.err)

		var status exitStatus
		if err != nil && !errors.As(err, &status) {
			p.report(err)
		}
		if code := exitCode(err); code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, code, c.code)
		}
		if got := errs.String(); !strings.Contains(got, c.says) || c.says == "" && got != "" {
			t.Errorf("%s: stderr is %q, want %q", c.name, got, c.says)
		}
	}
}

// The plan was carried out and recorded; only its last output is lost.
func TestApplyFailsIfItsLastOutputIsLost(t *testing.T) {
	dir := t.TempDir()
	config := []byte("zone \"example.com\" {\n  record \"A\" \"lost\" { content = \"192.0.2.40\" }\n}\n")
	if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	api := sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	env := environment{"CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4", "CLOUDFLARE_API_TOKEN=" + secretToken}
	cfplan := func(out *full, args ...string) (int, string) {
		var errs bytes.Buffer
		code := run(context.Background(), append([]string{"-chdir=" + dir}, args...), streams{strings.NewReader(""), out, &errs}, env)
		return code, errs.String()
	}
	if code, errs := cfplan(&full{at: "\x00"}, "plan", "-out=lost.cfplan"); code != exitDone {
		t.Fatalf("plan = %d: %s", code, errs)
	}

	code, errs := cfplan(&full{at: "Apply complete"}, "apply", "lost.cfplan")

	if code != exitError || !strings.Contains(errs, "Output could not be written") || !strings.Contains(errs, "did all of its work") {
		t.Errorf("apply = %d: %s; want 1, and that only the output is lost", code, errs)
	}
	if n := len(api.Writes()); n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
	if code, errs := cfplan(&full{at: "\x00"}, "plan", "-detailed-exitcode"); code != exitDone {
		t.Errorf("plan -detailed-exitcode after it = %d: %s; want no changes", code, errs)
	}
}
