package cfplan_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Each promise in docs/security.md names the tests that check it. These tests must exist.
func TestSecurityNamesTestsThatExist(t *testing.T) {
	known := map[string]bool{"TestName": true, "TestScripts": true}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !regexp.MustCompile(`_test\.go$|statetest/.*\.go$`).MatchString(path) {
			return err
		}
		for _, m := range function.FindAllStringSubmatch(read(t, path), -1) {
			known[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	for _, name := range regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`).FindAllString(read(t, "docs/security.md"), -1) {
		if !known[name] {
			t.Errorf("docs/security.md names %s, but there is no such test", name)
		}
	}
}
