package main

import (
	"bytes"
	"context"
	"image/png"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/sandbox"
)

const (
	pictureFile  = "../../docs/img/plan.png"
	pictureLimit = 200_000 // bytes, so that the README loads quickly
)

// TestPicture makes the picture of the README: the page of a plan, made by cfplan against the sandbox, in
// Chromium. It does not compare pixels, which depend on the fonts of the machine. With -update it writes the
// picture again.
func TestPicture(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser: not with -short")
	}

	chromium := findChromium(t)
	page := filepath.Join(t.TempDir(), "plan.html")
	if err := os.WriteFile(page, []byte(picturePage(t)), 0o600); err != nil {
		t.Fatal(err)
	}

	picture := screenshot(t, chromium, page)
	checkPicture(t, picture)

	if *update {
		if err := os.WriteFile(pictureFile, picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(pictureFile)
	if err != nil {
		t.Fatal(err)
	}
	checkPicture(t, kept)
}

// findChromium skips the test if Chromium is not installed, except in CI.
func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}

	needProgram(t, "chromium")
	return ""
}

// picturePage applies one configuration to the sandbox, and returns the page of a plan for another one.
func picturePage(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()}))
	defer server.Close()
	dir := t.TempDir()
	env := []string{"CLOUDFLARE_API_TOKEN=example", "CFPLAN_NAMESERVERS=127.0.0.1:9", "CLOUDFLARE_BASE_URL=" + server.URL}

	var out, errs strings.Builder
	for _, step := range []struct{ configuration, command string }{
		{"before.cf.hcl", "apply -auto-approve"},
		{"after.cf.hcl", "plan -format=html"},
	} {
		text, err := os.ReadFile(filepath.Join("testdata/picture", step.configuration))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), text, 0o600); err != nil {
			t.Fatal(err)
		}

		out.Reset()
		args := append([]string{"-chdir=" + dir}, strings.Fields(step.command)...)
		if code := run(context.Background(), args, streams{strings.NewReader(""), &out, &errs}, env); code != exitDone {
			t.Fatalf("cfplan %s exited with %d\n%s%s", step.command, code, out.String(), errs.String())
		}
	}

	// The README describes these for readers who do not see the picture.
	for _, want := range []string{"Plan for example.com", "mx2.example.net", "quarantine", "192.0.2.41"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page does not say %q:\n%s", want, out.String())
		}
	}
	return out.String()
}

// screenshot returns a PNG of a page, at 1.5 times its resolution, for sharp screens.
func screenshot(t *testing.T, chromium, page string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.png")
	out, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
		"--disable-background-networking", "--user-data-dir="+t.TempDir(),
		"--force-device-scale-factor=1.5", "--window-size=900,800",
		"--screenshot="+file, "file://"+page).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", chromium, err, out)
	}

	picture, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return picture
}

func checkPicture(t *testing.T, picture []byte) {
	t.Helper()
	if len(picture) > pictureLimit {
		t.Errorf("the picture has %d bytes, want at most %d", len(picture), pictureLimit)
	}

	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if size := decoded.Bounds().Size(); size.X != 1350 {
		t.Errorf("the picture has %v pixels, want a width of 1350", size)
	}
}
