//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// On a real terminal the console prompts, completes names with the tab key, has a history, and
// leaves the terminal as it was.
func TestConsoleOnATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs of the program: not with -short")
	}

	p := newSite(t)
	text := "locals { address = \"192.0.2.40\" }\nzone \"example.com\" {}\n"
	if err := os.WriteFile(filepath.Join(p.dir, "dns.cf.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _ := p.command(t.Context(), "console")
	s := onScreen(t, c, 70)

	const up = "\x1b[A"
	for _, step := range []struct{ typed, want string }{
		{"local.ad\t\r", `"192.0.2.40"`},
		{"{ a = 1\r", ": "},
		{"}\r", "a = 1"},
		{"nosuch\r", "Invalid reference"},
		{up + up + up + up + "\r", `"192.0.2.40"`},
	} {
		s.forget()
		if _, err := io.WriteString(s, step.typed); err != nil {
			t.Fatal(err)
		}
		s.await(t, step.want)
	}
	if _, err := io.WriteString(s, "exit\r"); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("console: %v\n%s", err, s.all())
	}
}

func TestCommonRest(t *testing.T) {
	names := []string{"local.address", "local.addresses", "upper(", "var.web"}
	for prefix, want := range map[string]string{
		"local.a": "ddress", "local.addresses": "", "up": "per(", "v": "ar.web", "": "", "x": "",
	} {
		if got := commonRest(names, prefix); got != want {
			t.Errorf("commonRest(%q) = %q, want %q", prefix, got, want)
		}
	}
}
