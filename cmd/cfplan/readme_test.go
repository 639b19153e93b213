package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// readmeAddress is the address in the README; the sandbox of the test has another.
const readmeAddress = "127.0.0.1:8787"

var (
	hclBlock     = regexp.MustCompile("(?s)```hcl\n# (dns\\.cf\\.hcl)\n(.*?)```")
	consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")
)

// TestReadmeSaysWhatHappens runs every command in the README's console blocks, in order, with the
// configuration that the README shows. Each prints what the README says.
func TestReadmeSaysWhatHappens(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, m := range hclBlock.FindAllSubmatch(readme, -1) {
		text := append([]byte("# "+string(m[1])+"\n"), m[2]...)
		if err := os.WriteFile(filepath.Join(dir, string(m[1])), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address := listen(t)
	steps := consoleSteps(string(bytes.Join(captures(consoleBlock, readme), []byte("\n"))))
	if len(steps) < 6 {
		t.Fatalf("found %d commands in the README, want at least 6", len(steps))
	}
	for _, s := range steps {
		got := shell(t, dir, address, s.command)
		if !matches(s.output, got) {
			t.Errorf("$ %s\nprints:\n%s\nthe README says:\n%s", s.command, got, s.output)
		}
	}
}

// A user who looks for a command finds it in the README's table, in the order of the help.
func TestReadmeListsEveryCommand(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}

	var want []string
	for _, group := range commands(newServices(streams{}, nil)) {
		for _, c := range group.commands {
			want = append(want, c.Name())
		}
	}
	_, section, _ := strings.Cut(string(readme), "\n## Commands\n")
	table, _, _ := strings.Cut(section, "\n## ")

	var got []string
	for _, name := range commandsInTable(table) {
		if slices.Contains(want, name) && !slices.Contains(got, name) {
			got = append(got, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md does not list the commands as cfplan help does (-help +README):\n%s", diff)
	}
}

// commandsInTable returns the commands of the first column of a table, row by row.
func commandsInTable(table string) []string {
	var names []string
	command := regexp.MustCompile("`([a-z-]+)")
	for line := range strings.Lines(table) {
		cell, _, isRow := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !isRow {
			continue
		}
		for _, m := range command.FindAllStringSubmatch(cell, -1) {
			names = append(names, m[1])
		}
	}
	return names
}

func captures(re *regexp.Regexp, text []byte) [][]byte {
	var out [][]byte
	for _, m := range re.FindAllSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

func listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

type consoleStep struct{ command, output string }

func consoleSteps(console string) []consoleStep {
	var steps []consoleStep
	for _, line := range strings.Split(console, "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			steps = append(steps, consoleStep{command: command})
		} else if n := len(steps); n > 0 {
			steps[n-1].output += line + "\n"
		}
	}
	return steps
}

// shell runs one command as a reader of the README would. curl may be missing on a machine that has
// only Go, so the test sends that request itself.
func shell(t *testing.T, dir, address, command string) string {
	t.Helper()
	command = strings.ReplaceAll(command, readmeAddress, address)
	if rest, ok := strings.CutPrefix(command, "curl -sX POST "); ok {
		answer, err := http.Post(strings.Trim(rest, `"`), "", nil)
		if err != nil || answer.StatusCode >= 300 {
			t.Fatalf("%s: %v %v", command, answer, err)
		}
		answer.Body.Close()
		return "done\n"
	}
	args := strings.Fields(command)
	c := exec.Command(args[0], args[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "CLOUDFLARE_BASE_URL=http://"+address+"/client/v4",
		"CLOUDFLARE_API_TOKEN="+sandboxToken, "CFPLAN_NAMESERVERS=127.0.0.1:9", "CFPLAN_LOG=off")
	out, err := c.Output()
	if err != nil {
		t.Errorf("%s: %v", command, err)
	}
	return string(out)
}

// matches compares output with what the README shows of it: … stands for any text or, on a line of
// its own, for any number of lines.
func matches(want, got string) bool {
	pattern := regexp.QuoteMeta(strings.TrimSpace(want))
	pattern = regexp.MustCompile(`(?m)^…$`).ReplaceAllString(pattern, `(?s:.*)`)
	pattern = strings.ReplaceAll(pattern, "…", `.*`)
	return regexp.MustCompile(`^\s*` + pattern + `\s*$`).MatchString(strings.TrimSpace(got))
}
