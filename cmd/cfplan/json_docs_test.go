package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestJSONPageSaysWhatHappens runs the commands of docs/json.md, in order, on the
// configuration that the page shows.
func TestJSONPageSaysWhatHappens(t *testing.T) {
	needProgram(t, "jq")
	page, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, m := range hclBlock.FindAllSubmatch(page, -1) {
		text := append([]byte("# "+string(m[1])+"\n"), m[2]...)
		if err := os.WriteFile(filepath.Join(dir, string(m[1])), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	address := listen(t)
	steps := consoleSteps(string(bytes.Join(captures(consoleBlock, page), []byte("\n"))))
	if len(steps) < 10 {
		t.Fatalf("found %d commands in docs/json.md, want at least 10", len(steps))
	}
	for _, s := range steps {
		c := exec.Command("sh", "-c", s.command)
		c.Dir = dir
		c.Env = append(os.Environ(), "CLOUDFLARE_BASE_URL=http://"+address+"/client/v4",
			"CLOUDFLARE_API_TOKEN="+sandboxToken, "CFPLAN_NAMESERVERS=127.0.0.1:9", "CFPLAN_LOG=off")
		got, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("$ %s\n%v\n%s", s.command, err, got)
		} else if !matches(s.output, string(got)) {
			t.Errorf("$ %s\nprints:\n%s\nthe page says:\n%s", s.command, got, s.output)
		}
	}
}

// needProgram skips a test if a program is missing, and fails it in CI.
func needProgram(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}
