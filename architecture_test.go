package cfplan_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const architecture = "docs/architecture.md"

// Every path and every Go file that docs/architecture.md names must exist, so that the page stays true when
// files move.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	text := read(t, architecture)
	for _, path := range regexp.MustCompile(`(?:cmd|internal)/[a-zA-Z0-9_/]+(?:\.go)?`).FindAllString(text, -1) {
		if _, err := os.Stat(strings.TrimSuffix(path, "/")); err != nil {
			t.Errorf("%s names %s, which should exist: %v", architecture, path, err)
		}
	}

	known := map[string]bool{}
	for _, pattern := range []string{"*.go", "cmd/*/*.go", "internal/*/*.go", "internal/*/*/*.go"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			known[filepath.Base(name)] = true
		}
	}
	for _, name := range regexp.MustCompile(`[a-z_]+\.go\b`).FindAllString(text, -1) {
		if !known[name] {
			t.Errorf("%s names %s, but there is no such file", architecture, name)
		}
	}
}

// The drawing in docs/architecture.md must show the floors that layers_test.go enforces.
func TestArchitectureDrawsTheFloors(t *testing.T) {
	drawn := map[string]int{}
	line := regexp.MustCompile(`(?m)^([1-9])   (.+)$`)
	for _, floor := range line.FindAllStringSubmatch(read(t, architecture), -1) {
		number, _ := strconv.Atoi(floor[1])
		for _, room := range rooms(strings.Fields(floor[2])) {
			drawn[room] = number
		}
	}

	for room, floor := range floors {
		if strings.HasSuffix(room, "test") && room != "internal/state/servertest" && room != "internal/state/statetest" {
			continue // test helpers of one room are not in the drawing
		}
		if drawn[strings.TrimPrefix(room, "internal/")] != floor {
			t.Errorf("%s draws %s on floor %d; layers_test.go has it on %d",
				architecture, room, drawn[strings.TrimPrefix(room, "internal/")], floor)
		}
	}
}

// rooms expands a name such as state/{local,s3}.
func rooms(names []string) []string {
	var out []string
	for _, name := range names {
		before, inside, braces := strings.Cut(name, "{")
		if !braces {
			out = append(out, name)
			continue
		}
		for _, each := range strings.Split(strings.TrimSuffix(inside, "}"), ",") {
			out = append(out, before+each)
		}
	}
	slices.Sort(out)
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
