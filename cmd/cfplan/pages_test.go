package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are the files of docs/ whose commands are run, with the least number of commands in each.
var pages = map[string]int{
	"json.md":                   10,
	"coming-from-terraform.md":  18,
	"coming-from-octodns.md":    7,
	"coming-from-dnscontrol.md": 7,
	"coming-from-zone-files.md": 9,
}

// TestPagesSayWhatHappens runs the commands of a page, in order, on the configuration that the
// page shows: each block of HCL begins with the name of its file, and other files have a comment of
// Markdown above them, such as <!-- file: records.csv -->.
func TestPagesSayWhatHappens(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the commands of every page: not with -short")
	}

	needProgram(t, "jq")
	for page, least := range pages {
		t.Run(page, func(t *testing.T) { runPage(t, page, least) })
	}
}

var (
	fileBlock  = regexp.MustCompile("(?s)```hcl\n# ([\\w./-]+)\n(.*?)```")
	otherBlock = regexp.MustCompile("(?s)<!-- file: ([\\w./-]+) -->\n```\\w+\n(.*?)```")
)

func runPage(t *testing.T, name string, least int) {
	page, err := os.ReadFile(filepath.Join("../../docs", name))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, m := range fileBlock.FindAllSubmatch(page, -1) {
		writePageFile(t, dir, string(m[1]), append([]byte("# "+string(m[1])+"\n"), m[2]...))
	}
	for _, m := range otherBlock.FindAllSubmatch(page, -1) {
		writePageFile(t, dir, string(m[1]), m[2])
	}

	address := listen(t)
	steps := consoleSteps(string(bytes.Join(captures(consoleBlock, page), []byte("\n"))))
	if len(steps) < least {
		t.Fatalf("found %d commands, want at least %d", len(steps), least)
	}
	for _, s := range steps {
		if into, ok := strings.CutPrefix(s.command, "cd "); ok { // each command has a shell of its own
			dir = filepath.Join(dir, into)
			continue
		}
		runStep(t, dir, address, s)
	}
}

func writePageFile(t *testing.T, dir, name string, text []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func runStep(t *testing.T, dir, address string, s consoleStep) {
	t.Helper()
	programs, err := filepath.Abs("testdata/pages") // stand-ins for other tools
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", "-c", s.command)
	c.Dir = dir
	c.Env = append(os.Environ(), "CLOUDFLARE_BASE_URL=http://"+address+"/client/v4",
		"CLOUDFLARE_API_TOKEN="+sandboxToken, "CFPLAN_NAMESERVERS=127.0.0.1:9", "CFPLAN_LOG=off",
		"PATH="+programs+string(filepath.ListSeparator)+os.Getenv("PATH"))
	got, err := c.Output()
	if err != nil {
		t.Errorf("$ %s\n%v\n%s", s.command, err, got)
	} else if !matches(s.output, string(got)) {
		t.Errorf("$ %s\nprints:\n%s\nthe page says:\n%s", s.command, got, s.output)
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
