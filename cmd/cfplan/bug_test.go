package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// brokenOutput panics on every write.
type brokenOutput struct{}

func (brokenOutput) Write(p []byte) (int, error) { panic("cannot write " + string(p)) }

func TestAPanicIsReportedWithoutValues(t *testing.T) {
	dir, errs := t.TempDir(), &bytes.Buffer{}
	in := strings.NewReader("variable \"x\" { default = \"hunter2\" }\n")

	code := run(t.Context(), []string{"fmt", "-chdir=" + dir, "-"}, streams{in, brokenOutput{}, errs}, nil)

	text := errs.String()
	if code != exitError {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, want := range []string{
		"Error: cfplan crashed",
		"a panic with a value of type string",
		issues,
		"cfplan fmt, version " + version,
		"cmd/cfplan.brokenOutput.Write (cfplan/bug_test.go:",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "hunter2") || strings.Contains(text, "0x") || strings.Contains(text, dir) {
		t.Errorf("the report has values:\n%s", text)
	}
}

// The clock panics in a goroutine that writes a zone, while the lock is held.
func TestAPanicInAnApplyReleasesTheLock(t *testing.T) {
	dir, errs := t.TempDir(), &bytes.Buffer{}
	config := []byte("zone \"example.com\" {\n  record \"A\" \"x\" { content = \"192.0.2.40\" }\n}\n")
	if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	api := sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	env := environment{"CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4", "CLOUDFLARE_API_TOKEN=" + secretToken}
	s := newServices(streams{strings.NewReader(""), &bytes.Buffer{}, errs}, env)
	s.provider.now = func() time.Time {
		if len(api.Writes()) > 0 && strings.Contains(string(debug.Stack()), "internal/reconcile.(*zoneApply)") {
			return time.Unix(int64([]int{}[len(api.Writes())]), 0) // out of range
		}
		return time.Now()
	}

	code := s.run(t.Context(), []string{"apply", "-auto-approve", "-chdir=" + dir})

	if code != exitError || !strings.Contains(errs.String(), "index out of range [1] with length 0") {
		t.Errorf("exit code %d, want 1 and a report:\n%s", code, errs)
	}
	if len(api.Writes()) != 1 {
		t.Errorf("%d writes, want 1", len(api.Writes()))
	}
	if locks, _ := filepath.Glob(filepath.Join(dir, ".*.lock")); len(locks) > 0 {
		t.Errorf("the lock is still there: %q", locks)
	}
	if left := s.writing.Remains(); len(left) > 0 {
		t.Errorf("the run leaves %q, want nothing", left)
	}

	if code := run(t.Context(), []string{"apply", "-auto-approve", "-chdir=" + dir},
		streams{strings.NewReader(""), &bytes.Buffer{}, errs}, env); code != exitDone || len(api.Writes()) != 1 {
		t.Errorf("the next apply ends with %d after %d writes, want 0 and no other write:\n%s", code, len(api.Writes()), errs)
	}
}
