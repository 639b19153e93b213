package config

import (
	"os"
	"strings"
)

// The name of a file decides what it is: .cf.hcl and .cf.json files are configuration, .cfvars and
// .cfvars.json files have values for variables. Hidden files, such as those that editors write, are ignored.

// FileNames returns the sorted names of a directory's configuration files.
func FileNames(dir string) ([]string, error) { return namesIn(dir, IsFileName) }

// IsFileName reports whether a file with this name is part of its directory's configuration. The name must not
// include the directory.
func IsFileName(name string) bool { return isConfiguration(name) && !isHidden(name) }

// CanFormat reports whether Format applies to files with this name: to configuration files and files with
// values for variables, but not to JSON.
func CanFormat(name string) bool {
	return strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cfvars")
}

// isAutoValueFile reports whether a file gives values to variables even if the command line does not name it.
func isAutoValueFile(name string) bool {
	return strings.HasSuffix(strings.TrimSuffix(name, ".json"), ".auto.cfvars") && !isHidden(name)
}

func isConfiguration(name string) bool {
	return strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cf.json")
}

func isHidden(name string) bool { return strings.HasPrefix(name, ".") }

// namesIn returns the sorted names of those files in a directory for which wanted returns true.
func namesIn(dir string, wanted func(name string) bool) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}

	var out []string
	for _, e := range entries {
		if !e.IsDir() && wanted(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}
