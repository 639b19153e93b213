package config

import (
	"os"
	"strings"
)

// The name of a file decides what it is. Configuration is in .cf.hcl and .cf.json files, values of
// variables in .cfvars and .cfvars.json files. Hidden files, such as those that editors write, are
// ignored.

// FileNames returns the names of a directory's configuration files in order.
func FileNames(dir string) ([]string, error) { return namesIn(dir, IsFileName) }

// IsFileName reports whether a file with this name, without its directory, is a part of its
// directory's configuration.
func IsFileName(name string) bool { return isConfiguration(name) && !isHidden(name) }

// CanFormat reports whether Format applies to files with this name: configuration and values of
// variables, but not JSON.
func CanFormat(name string) bool {
	return strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cfvars")
}

// isAutoValueFile reports whether a file gives values to variables without being named on
// the command line.
func isAutoValueFile(name string) bool {
	return strings.HasSuffix(strings.TrimSuffix(name, ".json"), ".auto.cfvars") && !isHidden(name)
}

func isConfiguration(name string) bool {
	return strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cf.json")
}

func isHidden(name string) bool { return strings.HasPrefix(name, ".") }

// namesIn returns, in order, the names of a directory's files for which wanted returns true.
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
