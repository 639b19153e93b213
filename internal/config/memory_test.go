package config

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// bombMemory is the limit for the address space of a process that reads a bomb, in KiB. Go's runtime reserves
// a few hundred MiB of it.
const bombMemory = 3 << 20

// The test loads files of 17 MiB in a separate process with limited memory. Without limits, each byte of a
// file would take hundreds of bytes of memory.
func TestBombsDoNotTakeTheMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("loads bombs in separate processes: not with -short")
	}

	if dir := os.Getenv("CFPLAN_TEST_BOMB"); dir != "" {
		_, _, diags := Load(dir, Options{})
		for _, d := range diags {
			fmt.Printf("%s: %s\n", d.Subject.Filename, d.Detail)
		}
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux bounds the address space of a process with ulimit -v")
	}
	if raceDetector {
		t.Skip("the race detector itself takes more memory than the test allows; .ci/run runs this test without it")
	}

	const size = 17 << 20
	zoneFile := "zone \"example.com\" {\n  zonefile { path = \"x.zone\" }\n}\n"
	for name, tt := range map[string]struct {
		file, src, want string
	}{
		"HCL":            {"x.cf.hcl", "locals {\n a = [" + strings.Repeat("1,", size/2) + "]\n}\n", "x.cf.hcl: with this file"},
		"JSON":           {"x.cf.json", `{"locals":{"a":[` + strings.Repeat("1,", size/2) + "1]}}", "x.cf.json: with this file"},
		"values":         {"x.auto.cfvars", strings.Repeat("a=1\n", size/4), "x.auto.cfvars: with this file"},
		"a heredoc":      {"x.cf.hcl", "locals {\n a = <<E\n" + strings.Repeat("a\n", size/2), "x.cf.hcl: with this file"},
		"zero bytes":     {"x.cf.hcl", strings.Repeat("\x00", size), "x.cf.hcl: it has a zero byte"},
		"skipped":        {"x.zone", strings.Repeat("@ SOA\tx\n", size/8), "x.zone: With \"x.zone\", the zone files have more than"},
		"mistakes":       {"x.zone", strings.Repeat("x\n", size/2), "x.zone: With \"x.zone\", the zone files have more than 500000 problems"},
		"a quoted text":  {"x.zone", "a 60 TXT \"" + strings.Repeat("x", size), "x.zone: The closing quotation mark is missing."},
		"parentheses":    {"x.zone", strings.Repeat("(\n", size/2), "that cfplan did not read the rest"},
		"names to write": {"x.zone", strings.Repeat("$GENERATE 0-2147483647 a$ A 192.0.2.1\n", size/40), "x.zone: The $GENERATE lines make"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeFiles(t, []txtar.File{
				{Name: "main.cf.hcl", Data: []byte(zoneFile)},
				{Name: "x.zone"},
				{Name: tt.file, Data: []byte(tt.src)},
			})
			out, err := limited(t, "^TestBombsDoNotTakeTheMemory$", dir)
			if err != nil || !strings.Contains(out, tt.want) {
				t.Errorf("the process ends with %v and the output %.1000s\nwant %q", err, out, tt.want)
			}
		})
	}
}

// limited runs tests of this binary in a process with limited memory.
func limited(t *testing.T, tests, dir string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf(`ulimit -c 0; ulimit -v %d; exec "$0" -test.run="$1"`, bombMemory)
	c := exec.Command("sh", "-c", script, self, tests)
	c.Env = append(os.Environ(), "CFPLAN_TEST_BOMB="+dir)
	out, err := c.CombinedOutput()
	return string(out), err
}
